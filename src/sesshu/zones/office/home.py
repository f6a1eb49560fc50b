"""The first page after signing in (はじめのページ): what waits today, and how far the outside is."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from sesshu.base import clock
from sesshu.bridge import queries as bridge
from sesshu.inside.accountability.slips import queries as slips
from sesshu.inside.register.imports import queries as imports
from sesshu.web.guard import may
from sesshu.zones.office import frame
from sesshu.zones.office.frame import page
from sesshu.zones.office.slips import STATE_TAGS


@may("home.show", methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """はじめのページ."""
    context: dict[str, Any] = {
        "today": clock.today(),
        "streams": bridge.streams(),
        "alarms": [],
        "open_slips": [],
        "staged": [],
    }
    if frame.may(request, "bridge.show"):
        context["alarms"] = bridge.list_alarms(cleared=0)[:5]
    if frame.may(request, "slip.list"):
        context["open_slips"] = [(s, *STATE_TAGS[s.state]) for s in slips.list_slips(open_only=True, limit=8)]
    if frame.may(request, "import.list"):
        context["staged"] = [i for i in imports.list_imports(10) if i.state == "staged"]
    return page(request, "home", **context)
