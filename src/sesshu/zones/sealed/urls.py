"""Pages of the sealed zone. Each is guarded by an act of the matrix."""

from django.urls import include, path

from sesshu.web.errors import handler400, handler403, handler404, handler500  # noqa: F401
from sesshu.web.health import health
from sesshu.zones.sealed import pages

urlpatterns = [
    path("health", health, name="health"),
    path("", pages.home, name="home"),
    path("ask", pages.ask, name="ask"),
    path("opening/<int:opening>/second", pages.second, name="second"),
    path("opening/<int:opening>/look", pages.look, name="look"),
    path("handover/<int:handover>/finish", pages.finish, name="finish"),
    path("", include("sesshu.web.signin.urls")),
]
