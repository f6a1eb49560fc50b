"""Choosing for the caller (会場・日・時間), reading back (復唱), booking, moving (予約・変更).

What is being chosen stands in the address line: dose, hall, day, slot; nothing of the caller. What is booked is what
the read-back page showed, whatever other tabs did meanwhile.
"""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sesshu.base import clock
from sesshu.outside.booking import gateway as booking
from sesshu.outside.booking import rules as booking_rules
from sesshu.outside.booking.recognise import receipt_code
from sesshu.outside.calls import rules
from sesshu.outside.calls.rules import Outcome
from sesshu.web import errors
from sesshu.web.fields import day_in
from sesshu.web.guard import may
from sesshu.zones.desk.forms import BookForm
from sesshu.zones.desk.sitting import Now, identified, in_case, page, remember, say_no

WEEKS = 4  # of the calendar on one page


@dataclass(frozen=True)
class Want:
    """望み — which dose; ``pair``: its next dose may go with it; ``old``: the booking that is to be moved."""

    dose: int
    title: str
    pair: bool
    old: booking.Booking | None = None
    old_next: booking.Booking | None = None

    def address(self, name: str, **more: object) -> str:
        """The address of a page of this choice."""
        query: dict[str, object] = {"move": 1} if self.old else {"dose": self.dose}
        query |= {k: v for k, v in more.items() if v is not None}
        return f"{reverse(name)}?{urlencode(query)}"


def read_want(request: HttpRequest, now: Now) -> Want | None:
    """From ``?dose=1`` or ``?move=1``; None where this caller may not, or the booking is not proven."""
    if request.GET.get("move"):
        return moving(now)
    doses = {str(d.dose): d for d in booking.list_doses(now.id)}
    dose = doses.get(request.GET.get("dose", ""))
    return Want(dose.dose, dose.title, dose.with_next) if dose else None


def moving(now: Now) -> Want | None:
    """The proven booking, while it is active, as a thing to move; with the dose that hangs on it."""
    shown = booking.show_bookings(now.id)
    old = next((b for b in shown if b.proven and b.state == "active"), None)
    if old is None:
        return None
    later = next((b for b in shown if not b.proven and b.state == "active"), None)
    return Want(old.dose, "", later is not None, old, later)


def number_in(request: HttpRequest, name: str) -> int | None:
    """A number of the query, or None."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


@may("case.look", methods=("GET", "HEAD"))
@identified
def look(request: HttpRequest, now: Now) -> HttpResponse:
    """会場・日・時間 — one page, each choice a line further down."""
    want = read_want(request, now)
    if want is None:
        return redirect("case")
    venues = booking.list_venues(now.id, want.dose)
    venue = next((v for v in venues if v.venue_id == number_in(request, "venue")), None)
    if venue is None and len(venues) == 1:
        venue = venues[0]
    days = booking.list_days(now.id, want.dose, venue.venue_id) if venue else []
    said = request.GET.get("day", "").strip()
    on = rules.day_said(said, clock.today()) if said else day_in(request.GET.get("on", ""))
    day = next((d for d in days if d.on_date == on), None)
    times: list[booking.Time] = []
    if venue and day:
        times = booking.list_times(now.id, want.dose, venue.venue_id, day.on_date, pair=want.pair)
    begin = day_in(request.GET.get("from", "")) or on or (venue.first_free if venue else None)
    return page(
        request,
        now,
        "case/look.html",
        at=3,
        script="time" if day else "day" if venue else "venue",
        want=want,
        venues=[(v, want.address("look", venue=v.venue_id)) for v in venues],
        venue=venue,
        day=day,
        times=times,
        weeks=calendar(days, begin) if days else [],
        further=further(days, begin, want, venue) if days else None,
        wrong_day=_wrong_day(said, on, day),
        choosable=any(t.mark != "full" for t in times),
        product=day.product if day and "," not in day.product else "",
        first_slot=next((t.slot_id for t in times if t.mark != "full"), None),
    )


def _wrong_day(said: str, on: dt.date | None, day: booking.Day | None) -> str:
    """Why the day that was typed is not chosen; "" where it is, or where none was typed."""
    if not said or day:
        return ""
    return (
        rules.WRONG_DAY.sentence
        if on is None
        else "その日は開設がないか、この方が予約できる日ではありません。"
    )


def calendar(
    days: list[booking.Day], begin: dt.date | None
) -> list[list[tuple[dt.date, booking.Day | None]]]:
    """暦 — four weeks from Monday, seven cells each; a cell without a day has no session."""
    known = {d.on_date: d for d in days}
    monday = _monday(begin or days[0].on_date)
    cells = [monday + dt.timedelta(days=n) for n in range(7 * WEEKS)]
    return [[(c, known.get(c)) for c in cells[7 * w : 7 * w + 7]] for w in range(WEEKS)]


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def further(
    days: list[booking.Day], begin: dt.date | None, want: Want, venue: booking.Venue | None
) -> tuple[str, str]:
    """Addresses of the weeks before and after, "" where there is no day."""
    monday, span = _monday(begin or days[0].on_date), dt.timedelta(weeks=WEEKS)
    chosen = venue.venue_id if venue else None

    def link(start: dt.date) -> str:
        return want.address("look", venue=chosen, **{"from": start})

    before = link(max(monday - span, _monday(days[0].on_date))) if days[0].on_date < monday else ""
    after = link(monday + span) if days[-1].on_date >= monday + span else ""
    return before, after


@may("case.look", methods=("GET", "HEAD"))
@identified
def read_back(request: HttpRequest, now: Now) -> HttpResponse:
    """復唱 — nothing is booked yet. Shows exactly what the button will do."""
    want, slot_id = read_want(request, now), number_in(request, "slot")
    slot = booking.show_slot(slot_id) if want and slot_id else None
    if want is None or slot is None:
        return redirect("case")
    pair = want.pair and request.GET.get("pair") == "1"
    times = booking.list_times(now.id, want.dose, slot.venue_id, slot.on_date, pair=pair)
    chosen = next((t for t in times if t.slot_id == slot.slot_id), None)
    if chosen is None or chosen.mark == "full":
        say_no(request, rules.NO_PLACE)
        return redirect(want.address("look", venue=slot.venue_id, on=slot.on_date))
    say = [rules.spoken_slot(want.dose, slot.on_date, slot.at, slot.venue)]
    if chosen.slot2_on and chosen.slot2_at:
        say.append(rules.spoken_slot(want.dose + 1, chosen.slot2_on, chosen.slot2_at, slot.venue))
    initial = {"case": now.case.number, "dose": want.dose, "slot": slot.slot_id, "slot2": chosen.slot2_id}
    return page(
        request,
        now,
        "case/read_back.html",
        at=4,
        script="read_back",
        say=("復唱いたします。", *say, "以上でよろしいでしょうか。"),
        want=want,
        slot=slot,
        chosen=chosen,
        alone=want.pair and not chosen.slot2_id,
        form=BookForm(initial=initial),
        back=want.address("look", venue=slot.venue_id, on=slot.on_date),
    )


@may("case.book", methods=("POST",))
@identified
def book(request: HttpRequest, now: Now) -> HttpResponse:
    """予約する — what was read back; a pair is booked whole or not at all."""
    form = BookForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    said = form.cleaned_data
    answer = booking.book(said["request"], now.id, said["dose"], said["slot"], said["slot2"])
    return _answered(request, Outcome.BOOKED, form, answer, {"dose": said["dose"]})


@may("case.move", methods=("POST",))
@identified
def move(request: HttpRequest, now: Now) -> HttpResponse:
    """変更する — the old place is kept until the new one is certain; the code becomes a new one."""
    form = BookForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    said = form.cleaned_data
    old = next((b for b in booking.show_bookings(now.id) if b.proven), None)
    if old is None:
        say_no(request, booking_rules.NOT_YOURS)
        return redirect("case")
    # Also where it was moved already: of a doubled click the second is answered like the first.
    answer = booking.move(said["request"], now.id, old.receipt, said["slot"], said["slot2"])
    return _answered(request, Outcome.MOVED, form, answer, {"move": 1})


def _answered(
    request: HttpRequest, how: Outcome, form: BookForm, answer: booking.Booked, again: dict
) -> HttpResponse:
    said = form.cleaned_data
    if answer.refusal:
        say_no(request, answer.refusal)
        if answer.refusal not in booking_rules.CHOOSE_AGAIN:
            return redirect("case")
        slot = booking.show_slot(said["slot"])
        back = again | ({"venue": slot.venue_id, "on": slot.on_date} if slot else {})
        return redirect(f"{reverse('look')}?{urlencode(back)}")
    done = {k: said[k] for k in ("dose", "slot", "slot2")} | {"request": str(said["request"])}
    remember(request, done=done | {"how": how.value})
    return redirect("booked")


@may("case.book", methods=("GET", "HEAD"))
@in_case
def booked(request: HttpRequest, now: Now) -> HttpResponse:
    """予約番号を読む — in groups of four, with words for letters that sound alike."""
    done = now.done
    if not done:
        return redirect("case")
    made = []
    for nth, slot_id in enumerate((done["slot"], done["slot2"]), 1):
        if slot_id and (slot := booking.show_slot(slot_id)):
            code = receipt_code(UUID(done["request"]), nth)
            made.append((done["dose"] + nth - 1, slot, code, rules.spell(code)))
    how = "予約が変わりました。" if done["how"] == Outcome.MOVED else "予約が取れました。"
    number = "新しい予約番号" if done["how"] == Outcome.MOVED else "予約番号"
    return page(
        request,
        now,
        "case/booked.html",
        at=5,
        script="booked",
        say=(how, f"{number}を申し上げます。お書きとめください。"),
        made=made,
        moved=done["how"] == Outcome.MOVED,
    )
