"""Pages of the public zone. Each is guarded by an act of the matrix."""

from django.urls import path

from sesshu.web.errors import handler400, handler403, handler404, handler500  # noqa: F401
from sesshu.web.health import health

urlpatterns = [
    path("health", health, name="health"),
]
