"""Pages of the public zone. Each is guarded by an act of the matrix; no address holds a value of a person."""

from django.urls import path

from sesshu.web.errors import handler400, handler403, handler404, handler500  # noqa: F401
from sesshu.web.health import health
from sesshu.zones.public import choose, mine, start

urlpatterns = [
    path("health", health, name="health"),
    path("", start.start, name="start"),
    path("venue", choose.venue, name="venue"),
    path("time", choose.time, name="time"),
    path("check", choose.check, name="check"),
    path("done", choose.done, name="done"),
    path("done.ics", choose.done_calendar, name="done-calendar"),
    path("find", start.find, name="find"),
    path("booking", mine.mine, name="mine"),
    path("booking/move", mine.move, name="move"),
    path("booking/keep", mine.keep, name="keep"),
    path("booking/cancel", mine.cancel, name="cancel"),
    path("booking/undo", mine.undo, name="undo"),
    path("end", start.end, name="end"),
]
