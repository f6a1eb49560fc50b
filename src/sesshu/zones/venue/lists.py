"""Lists of the hall (一覧): the day by queue numbers, also on paper; the lots. No name, no ticket number."""

from django.http import HttpRequest, HttpResponse

from sesshu.base import clock
from sesshu.outside.visits import gateway
from sesshu.outside.visits.rules import REASON_WORDS, STATE_WORDS, Reason
from sesshu.web.fields import day_in
from sesshu.web.guard import may
from sesshu.zones.venue.hall import page, venue_of


@may("home.show", methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """はじめのページ — how the hall stands, and the way to one's own work."""
    hours = gateway.count_day(venue_of(request), clock.today())
    return page(request, "home", hours=hours)


@may("visit.list", methods=("GET", "HEAD"))
def day(request: HttpRequest) -> HttpResponse:
    """本日の一覧 — printable: the paper on which a hall goes on working when the line is down."""
    on = day_in(request.GET.get("on", "")) or clock.today()
    lines = [
        (x, STATE_WORDS.get(x.state, x.state), REASON_WORDS[Reason(x.reason)] if x.reason else "")
        for x in gateway.list_day(venue_of(request), on)
    ]
    blank = range(len(lines) + 1, len(lines) + 21)
    return page(request, "day", "day", lines=lines, on=on, blank=blank, made_at=clock.now())


@may("stock.list", methods=("GET", "HEAD"))
def lots(request: HttpRequest) -> HttpResponse:
    """ロット — delivered, given, wasted, left."""
    return page(request, "lots", "lots", lots=gateway.list_lots(venue_of(request)))
