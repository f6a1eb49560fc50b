"""Pages of the venue zone. Each is guarded by an act of the matrix."""

from django.urls import include, path

from sesshu.web.errors import handler400, handler403, handler404, handler500  # noqa: F401
from sesshu.web.health import health
from sesshu.zones.venue import home

urlpatterns = [
    path("health", health, name="health"),
    path("", home.home, name="home"),
    path("", include("sesshu.web.signin.urls")),
]
