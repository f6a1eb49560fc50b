"""起動の壁 — what each zone's real process holds in memory when it has started."""

import json
import subprocess
import sys

import pytest

from sesshu.base.machine import child_environment
from tests.support import place as p

STAFF = {"access.Account", "sessions.Session"}
ASK = """
import json, sys
import sesshu.web.serve
from django.apps import apps
print(json.dumps({"models": sorted(m._meta.label for m in apps.get_models()),
                  "modules": sorted(m for m in sys.modules if m.startswith("sesshu."))}))
"""


def started(zone: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=child_environment(p.place().config(zone)),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("zone, may_load", [("public", set()), ("desk", STAFF), ("venue", STAFF)])
def test_wall_an_outside_zone_loads_no_foreign_table(zone, may_load):
    """起動した区画の中に、見てはならない表は一つもない。"""
    found = started(zone)
    assert set(found["models"]) == may_load
    assert not [m for m in found["modules"] if m.startswith("sesshu.inside")]


def test_wall_only_the_sealed_zone_loads_the_sealed_room():
    office, sealed = started("office"), started("sealed")
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
    breach = ASK.replace(
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
