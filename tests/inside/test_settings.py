"""Processes without pages: what they have loaded, tried with the real process."""

import subprocess
import sys

import pytest

from sesshu.base.machine import child_environment
from tests.support import place as p

LIST = "import django; django.setup(); from django.apps import apps; print(sorted(m.__name__ for m in apps.get_models()))"


@pytest.mark.parametrize(
    "process, settings, models",
    [("outside_worker", "settings_outside", "[]"), ("sealed", "settings_sealed", "['Account']")],
)
def test_a_process_loads_no_foreign_table(process, settings, models):
    more = {"DJANGO_SETTINGS_MODULE": f"sesshu.jobs.{settings}", "PYTHONPATH": str(p.ROOT / "src")}
    env = child_environment(p.place().config(process), **more)
    said = subprocess.run([sys.executable, "-c", LIST], env=env, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == models
