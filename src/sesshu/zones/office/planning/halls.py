"""Halls, opening days and places (会場・開設・枠数): added and changed by two people; the calendar as a picture; supply."""

import datetime as dt
from collections import defaultdict

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base import clock, jdate
from sesshu.base.errors import Refused
from sesshu.inside.planning import queries
from sesshu.inside.planning.capacity import actions as capacity
from sesshu.inside.planning.capacity import queries as changes
from sesshu.inside.planning.models import Venue
from sesshu.inside.planning.plans.rules import hall_of
from sesshu.inside.planning.supply.queries import list_weeks
from sesshu.inside.planning.venues import opening
from sesshu.inside.records.ledger import queries as ledger
from sesshu.inside.records.rebooking import actions as rebooking
from sesshu.inside.records.rebooking import queries as places
from sesshu.web.guard import may
from sesshu.zones.office import frame
from sesshu.zones.office.forms import DespiteForm
from sesshu.zones.office.frame import page, say, say_no
from sesshu.zones.office.planning import pictures
from sesshu.zones.office.planning.forms import CallForm, ChangeForm, HallForm

DAYS_SHOWN, CHANGE_DAYS = 42, 60
CHANGE_TAGS = {
    "draft": ("warn", "案"),
    "approved": ("ok", "承認済・進行中"),
    "done": ("idle", "済"),
    "withdrawn": ("idle", "取下げ"),
}
APPROVAL_LASTS = dt.timedelta(minutes=10)


# --- 会場を加える -----------------------------------------------------------------------------------------


@may("plan.change")
def new(request: HttpRequest, programme: str) -> HttpResponse:
    """会場を加える — or further days of one that is there. Nothing is offered before two people open it."""
    if queries.find_in_force(programme) is None:
        raise Http404
    rules = queries.get_rules(programme)
    products = [(p.id, p.name) for p in rules.products.values()]
    tomorrow = clock.today() + dt.timedelta(days=1)
    form = HallForm(
        request.POST or None,
        products=products,
        initial={"first": tomorrow, "opens": dt.time(9), "closes": dt.time(17)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            venue = opening.plan_hall(by=request.actor, programme=programme, hall=hall_of(0, form.raw()))
        except Refused as why:
            form.add_error(None, f"{why.refusal.sentence}（{why.refusal.code}）")
        else:
            say(request, _("案を作りました。まだ予約できません。2人で開いてください。"))
            return redirect("hall-open", venue)
    return page(
        request,
        "planning/hall_new",
        "plan",
        form=form,
        programme=programme,
        title=rules.title,
        failed=bool(form.errors),
    )


@may("plan.open")
def open_(request: HttpRequest, venue: int) -> HttpResponse:
    """会場を開く — with a fresh confirmation code; the second of two different persons opens what is planned."""
    hall = _hall(venue)
    if request.method == "POST":
        try:
            if request.POST.get("how") == "drop":
                opening.drop_planned(by=request.actor, venue_id=venue)
                say(request, _("案を取り下げました。"))
                return redirect("plan")
            done = opening.open_hall(by=request.actor, venue_id=venue)
        except Refused as why:
            say_no(request, why)
            return redirect("hall-open", venue)
        words = (
            _("開きました。庁外へ送ります。")
            if done
            else _("1人目として承認しました。10分以内に、別の職員が承認してください。")
        )
        say(request, words)
        return redirect("hall", venue) if done else redirect("hall-open", venue)
    return page(request, "planning/hall_open", "plan", hall=hall, planned=opening.find_planned(venue))


def _hall(venue: int) -> Venue:
    found = next((v for v in queries.list_venues() if v.pk == venue), None)
    if found is None:
        raise Http404
    return found


# --- 枠数の変更 -------------------------------------------------------------------------------------------


@may("plan.change")
def change_new(request: HttpRequest, venue: int) -> HttpResponse:
    """枠数の変更の案 — for chosen sessions of a hall."""
    hall, today = _hall(venue), clock.today()
    held = [
        s
        for s in queries.list_sessions(venue, today, today + dt.timedelta(days=CHANGE_DAYS))
        if not s.planned
    ]
    slots = defaultdict(list)
    for slot in queries.list_slots([s.pk for s in held]):
        slots[slot.session_id].append(slot)
    booked = ledger.count_booked_by_slot([slot.pk for of_one in slots.values() for slot in of_one])
    choices = [(s.pk, _choice(s, slots[s.pk], booked)) for s in held]
    form = ChangeForm(request.POST or None, sessions=choices)
    if request.method == "POST" and form.is_valid():
        try:
            change = capacity.draft_change(by=request.actor, **form.cleaned_data)
        except Refused as why:
            form.add_error(None, f"{why.refusal.sentence}（{why.refusal.code}）")
        else:
            return redirect("change", change)
    return page(request, "planning/change_new", "plan", hall=hall, form=form, failed=bool(form.errors))


def _choice(session, slots: list, booked: dict[int, int]) -> str:
    """12月3日（木） 09:30–12:00 ファイザー　1枠 6・2・0　予約 4."""
    n = sum(booked.get(slot.pk, 0) for slot in slots)
    each = slots[0] if slots else None
    shares = f"{each.cap_web}・{each.cap_phone}・{each.cap_section}" if each else "–"
    state = "" if session.state == "open" else "　中止"
    return (
        f"{jdate.day_and_weekday(session.on_date)} {session.opens_at:%H:%M}–{session.closes_at:%H:%M}"
        f"　1枠 {shares}　予約 {n}{state}"
    )


@may("plan.show", methods=("GET", "HEAD"))
def change_index(request: HttpRequest) -> HttpResponse:
    """枠数の変更の一覧."""
    rows = [(c, *CHANGE_TAGS[c.state]) for c in changes.list_changes()]
    return page(request, "planning/changes", "plan", rows=rows, to_call=places.count_to_call())


@may("plan.show", methods=("GET", "HEAD"))
def change_show(request: HttpRequest, change: int) -> HttpResponse:
    """枠数の変更 — what it does, how many are left without a place."""
    row = _change(change)
    concerned = places.list_without_place(row) if row.state == "draft" else []
    return page(
        request,
        "planning/change",
        "plan",
        row=row,
        tag=CHANGE_TAGS[row.state],
        concerned=len(concerned),
        cannot=_("1人目はあなたです。別の職員が承認してください")
        if _first_stands(row) and row.first_by == request.actor.code
        else "",
        second=_first_stands(row),
        to_call=places.count_to_call(),
    )


@may("plan.approve_change")
def change_approve(request: HttpRequest, change: int) -> HttpResponse:
    """枠数の変更の承認 — with a fresh confirmation code; the second of two different persons begins it."""
    row = _change(change)
    if row.state != "draft":
        return redirect("change", change)
    concerned = places.list_without_place(row)
    held = [capacity.rules.SOMEBODY_BOOKED] if concerned else []
    form = DespiteForm(request.POST if request.method == "POST" else None, held=held)
    if request.method == "POST" and form.is_valid():
        try:
            done = rebooking.approve_change(
                by=request.actor,
                change_id=change,
                despite={code for code, ticked in form.cleaned_data.items() if ticked},
            )
        except Refused as why:
            say_no(request, why)
        else:
            say(
                request,
                _("変更を始めました。影響のある方を連絡一覧に載せました。")
                if done
                else _("1人目として承認しました。10分以内に、別の職員が承認してください。"),
            )
        return redirect("change", change)
    return page(
        request,
        "planning/change_approve",
        "plan",
        row=row,
        form=form,
        concerned=len(concerned),
        second=_first_stands(row),
        failed=bool(form.errors),
    )


@may("plan.change", methods=("POST",))
def change_withdraw(request: HttpRequest, change: int) -> HttpResponse:
    """枠数の変更の取下げ."""
    _change(change)
    try:
        capacity.withdraw_change(by=request.actor, change_id=change)
    except Refused as why:
        say_no(request, why)
    else:
        say(request, _("取り下げました。枠数は変わっていません。"))
    return redirect("change", change)


def _change(change: int) -> changes.ChangeRow:
    found = changes.find_change(change)
    if found is None:
        raise Http404
    return found


def _first_stands(row: changes.ChangeRow) -> bool:
    return bool(row.state == "draft" and row.first_at and clock.now() - row.first_at <= APPROVAL_LASTS)


# --- 連絡一覧 ---------------------------------------------------------------------------------------------


@may("call_list.show", methods=("GET", "HEAD"))
def calls(request: HttpRequest) -> HttpResponse:
    """振替の連絡一覧 — twenty people at a time; each look is a disclosure."""
    after = request.GET.get("after", "")
    lines = rebooking.show_to_call(
        by=request.actor, after=int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
    )
    return page(
        request,
        "planning/calls",
        "plan",
        lines=lines,
        waiting=places.count_to_call(),
        form=CallForm(),
        more=lines[-1][0].id if len(lines) == rebooking.SHOWN else None,
    )


@may("call_list.close", methods=("POST",))
def call_close(request: HttpRequest, line: int) -> HttpResponse:
    """連絡の結果を残す."""
    form = CallForm(request.POST)
    if form.is_valid():
        try:
            rebooking.close_call(
                by=request.actor, line_id=line, outcome=rebooking.Outcome(form.cleaned_data["outcome"])
            )
        except Refused as why:
            say_no(request, why)
        else:
            say(request, _("連絡の結果を残しました。"))
    return redirect("calls")


# --- 図と供給 ---------------------------------------------------------------------------------------------


@may("plan.show", methods=("GET", "HEAD"))
def calendar(request: HttpRequest, programme: str) -> HttpResponse:
    """開設の図 — six weeks of all halls, and what opens when."""
    if queries.find_in_force(programme) is None:
        raise Http404
    rules = queries.get_rules(programme)
    today = clock.today()
    first = frame.day_of(request) or today
    first -= dt.timedelta(days=first.weekday())
    last = first + dt.timedelta(days=DAYS_SHOWN - 1)
    rows = _rows(programme, first, last)
    totals = [
        (r.name, len(r.days), sum(d.places for d in r.days), sum(d.booked for d in r.days)) for r in rows
    ]
    return page(
        request,
        "planning/calendar",
        "plan",
        programme=programme,
        title=rules.title,
        picture=pictures.calendar(first, DAYS_SHOWN, rows, _marks(rules.waves)),
        totals=totals,
        first=first,
        last=last,
        earlier=first - dt.timedelta(days=DAYS_SHOWN),
        later=first + dt.timedelta(days=DAYS_SHOWN),
    )


def _rows(programme: str, first: dt.date, last: dt.date) -> list[pictures.Row]:
    found = []
    for hall in queries.list_venues():
        sessions = [
            s
            for s in queries.list_sessions(hall.pk, first, last)
            if s.programme == programme and (s.state == "open" or s.planned)
        ]
        slots = defaultdict(list)
        for slot in queries.list_slots([s.pk for s in sessions]):
            slots[slot.session_id].append(slot)
        booked = ledger.count_booked_by_slot([slot.pk for of_one in slots.values() for slot in of_one])
        by_day = defaultdict(list)
        for s in sessions:
            by_day[s.on_date].append(s)
        days = [
            pictures.Day(
                day,
                sum(slot.cap_web + slot.cap_phone + slot.cap_section for s in of_day for slot in slots[s.pk]),
                sum(booked.get(slot.pk, 0) for s in of_day for slot in slots[s.pk]),
                "、".join(f"{s.opens_at:%H:%M}–{s.closes_at:%H:%M}" for s in of_day),
                all(s.planned for s in of_day),
            )
            for day, of_day in sorted(by_day.items())
        ]
        if days:
            found.append(pictures.Row(hall.name, days))
    return found


def _marks(waves) -> list[pictures.Mark]:
    found = []
    for w in waves:
        if w.booking_from:
            found.append(
                pictures.Mark(
                    w.booking_from.date(),
                    _("%(wave)s 受付 %(time)s") % {"wave": w.title, "time": f"{w.booking_from:%H:%M}"},
                )
            )
        if w.days[0] > 1:
            found.append(
                pictures.Mark(dt.date.fromordinal(w.days[0]), _("%(wave)s 接種") % {"wave": w.title})
            )
    return found


@may("supply.show", methods=("GET", "HEAD"))
def supply(request: HttpRequest, programme: str) -> HttpResponse:
    """1回目・2回目と供給のつり合い — week by week."""
    if queries.find_in_force(programme) is None:
        raise Http404
    rules = queries.get_rules(programme)
    weeks = [(w, rules.products[w.supply.product].name) for w in list_weeks(programme)]
    return page(
        request,
        "planning/supply",
        "plan",
        programme=programme,
        title=rules.title,
        weeks=weeks,
        short=any(w.short_doses or w.short_places for w, _name in weeks),
        today=clock.today(),
    )
