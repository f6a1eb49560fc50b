"""Pages of the venue zone. Each is guarded by an act of the matrix."""

from django.urls import include, path

from sesshu.web.errors import handler400, handler403, handler404, handler500  # noqa: F401
from sesshu.web.health import health
from sesshu.zones.venue import care, lists, reception

urlpatterns = [
    path("health", health, name="health"),
    path("", lists.home, name="home"),
    path("check-in", reception.check_in, name="check-in"),
    path("check-in/cancel", reception.cancel, name="check-in-cancel"),
    path("walk-in", reception.walk_in, name="walk-in"),
    path("precheck", care.precheck, name="precheck"),
    path("dose", care.dose, name="dose"),
    path("day", lists.day, name="day"),
    path("lots", lists.lots, name="lots"),
    path("", include("sesshu.web.signin.urls")),
]
