"""起動した区画の中に、見てはならない表は一つもない: models in memory after the start of the real application."""

import json
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
def test_wall_an_outside_zone_loads_no_foreign_table(zone, may_load):
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


HELD = """
import json, sys
import sesshu.web.serve
from django.apps import apps
print(json.dumps({"models": sorted(m._meta.label for m in apps.get_models()),
                  "modules": sorted(m for m in sys.modules if m.startswith("sesshu."))}))
"""


def _held(zone: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", HELD],
        env=child_environment(p.place().config(zone)),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_wall_only_the_sealed_zone_loads_the_sealed_room():
    office, sealed = _held("office"), _held("sealed")
    assert not [
        m for m in office["models"] + office["modules"] if "sealed." in m.lower().replace("zones.sealed", "")
    ]
    assert not [m for m in office["modules"] if m.startswith(("sesshu.outside", "sesshu.inside.sealed"))]
    assert {m for m in sealed["models"] if m.startswith("sealed.")} == {
        "sealed.SealedResident", "sealed.Letter", "sealed.Opening", "sealed.Handover",
    }  # fmt: skip
    assert not [m for m in sealed["modules"] if m.startswith("sesshu.outside")]


def test_wall_a_page_without_a_guard_stops_the_start(tmp_path):
    """A URL without @may: no port opens."""
    breach = HELD.replace(
        "import sesshu.web.serve",
        "from sesshu.zones.venue import urls\nfrom django.urls import path\n"
        "urls.urlpatterns.append(path('open', lambda request: None, name='open'))\nimport sesshu.web.serve",
    )
    done = subprocess.run(
        [sys.executable, "-c", "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'sesshu.zones.venue.settings'; import django; django.setup()\n" + breach],
        env=child_environment(p.place().config("venue")), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert "sesshu.E001" in done.stderr
