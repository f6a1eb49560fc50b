"""起動した区画の中に、見てはならない表は一つもない: models in memory after the start of the real application."""

import subprocess
import sys

import pytest

from sesshu.base.machine import child_environment
from tests.support import place as p

SHELF = {"sessions.Session", "access.Account"}
LOOK = (
    "import sys, sesshu.web.serve; from django.apps import apps; "
    "print(*(m._meta.label for m in apps.get_models())); "
    "print(*(m for m in sys.modules if m.startswith(('sesshu.inside', 'django.contrib.auth.models', 'django.contrib.contenttypes'))))"
)


def _start(zone: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", LOOK],
        env=child_environment(p.place().config(zone)),
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("zone", "may_load"),
    [("public", set()), ("desk", SHELF), ("venue", SHELF)],
    ids=["public", "desk", "venue"],
)
def test_an_outside_zone_loads_no_foreign_table(zone, may_load):
    done = _start(zone)
    assert done.returncode == 0, done.stderr
    models, modules = done.stdout.split("\n")[:2]
    assert set(models.split()) == may_load and not modules.split()


def test_a_zone_that_is_none_does_not_start(tmp_path):
    config = p.place().config("public").read_text().replace('"zone": "public"', '"zone": "nothing"')
    (tmp_path / "x.json").write_text(config)
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        env=child_environment(tmp_path / "x.json"),
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0 and "setting zone" in done.stderr
