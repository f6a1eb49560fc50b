"""Pages of the desk zone. Each is guarded by an act of the matrix; none has a word about a caller in its address."""

from django.urls import include, path

from sesshu.web.errors import handler400, handler403, handler404, handler500  # noqa: F401
from sesshu.web.health import health
from sesshu.zones.desk import bookings, choose, ending, home, identify

urlpatterns = [
    path("health", health, name="health"),
    path("", home.home, name="home"),
    path("", include("sesshu.web.signin.urls")),
    path("away", home.away, name="away"),
    path("case/start", home.start, name="start"),
    path("case/", identify.case, name="case"),
    path("case/match", identify.match, name="match"),
    path("case/look", choose.look, name="look"),
    path("case/read-back", choose.read_back, name="read-back"),
    path("case/book", choose.book, name="book"),
    path("case/move", choose.move, name="move"),
    path("case/booked", choose.booked, name="booked"),
    path("case/receipt", bookings.receipt, name="receipt"),
    path("case/booking", bookings.show, name="booking"),
    path("case/cancel", bookings.cancel, name="cancel"),
    path("case/undo", bookings.undo, name="undo"),
    path("case/slip", ending.slip, name="slip"),
    path("case/handed", ending.handed, name="handed"),
    path("case/centres", ending.centres, name="centres"),
    path("case/end", ending.end, name="end"),
]
