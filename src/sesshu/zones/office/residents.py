"""Finding a resident and opening the record (住民の照会). Nothing personal stands in an address; ids are our own."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base import clock, jdate
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.inside.accountability.looks import actions as looks
from sesshu.inside.accountability.looks.queries import Standing, Whole
from sesshu.inside.accountability.slips import actions as slips
from sesshu.inside.records.ledger import queries as ledger
from sesshu.inside.register.imports import queries as imports
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents import words
from sesshu.inside.register.residents.models import Resident
from sesshu.inside.tickets.rules import reason_word
from sesshu.web.guard import may
from sesshu.zones.office import frame
from sesshu.zones.office.forms import ByPerson, ByReference, ByTicket
from sesshu.zones.office.frame import page, say, say_no
from sesshu.zones.office.imports import tag_of
from sesshu.zones.office.walls import walled, warning

WAYS: dict[str, type[forms.Form]] = {"reference": ByReference, "ticket": ByTicket, "person": ByPerson}
CHANNEL_WORDS = {"web": "予約サイト", "phone": "コールセンター", "venue": "会場", "section": "所管課"}
BOOKING_TAGS = {
    "active": ("ok", "予約中"),
    "moved": ("idle", "変更前"),
    "cancelled": ("idle", "取消"),
    "fulfilled": ("ok", "接種済"),
    "examined": ("warn", "予診のみ"),
}
SOURCE_WORDS = {"hall": "会場", "clinic": "医療機関", "state": "国の記録", "office": "担当", "file": "取込"}


@may("resident.find")
def find(request: HttpRequest) -> HttpResponse:
    """住民を探す — what was typed comes by POST and is not kept; only the ids that were found are."""
    ways = {name: form(prefix=name) for name, form in WAYS.items()}
    failed = False
    if request.method == "POST":
        how = request.POST.get("how", "")
        if how in WAYS:
            form = ways[how] = WAYS[how](request.POST, prefix=how)
            if form.is_valid():
                return _found(request, form.cleaned_data)
            failed = True
    rows = []
    if request.method != "POST" and (ids := request.session.get("found")):
        rows = [
            (row, words.STATUS_WORDS.get(row.status, ""), _born(row.dob_text))
            for row in looks.list_found(by=request.actor, resident_ids=ids)
        ]
    staged = [(i, *tag_of(i)) for i in imports.list_imports(5)]
    return page(
        request,
        "residents",
        "residents",
        ways=ways,
        rows=rows,
        walled_rows=[row for row, _s, _b in rows if row.protected],
        staged=staged,
        failed=failed,
    )


def _found(request: HttpRequest, asked: dict) -> HttpResponse:
    request.session.pop("found", None)
    born = asked.get("born")
    try:
        ids = looks.find(
            by=request.actor,
            reference_no=asked.get("reference", ""),
            ticket=asked.get("ticket"),
            name=asked.get("name", ""),
            dob_key=jdate.dob_key(born.open()) if born else "",
        )
    except Refused as no:
        say_no(request, no)
        return redirect("residents")
    if len(ids) == 1:
        return redirect("resident", ids[0])
    request.session["found"] = ids
    return redirect("residents")


@may("resident.find", methods=("POST",))
def forget(request: HttpRequest) -> HttpResponse:
    """検索の結果を消す."""
    request.session.pop("found", None)
    return redirect("residents")


@may("resident.show", methods=("GET", "HEAD"))
@walled
def show(request: HttpRequest, resident: Resident) -> HttpResponse:
    """住民の記録 — one page with what every room knows."""
    try:
        whole = looks.show(by=request.actor, resident_id=resident.pk)
    except Refused:  # protected in this very moment
        return warning(request, resident.pk)
    return page(
        request,
        "resident",
        "residents",
        resident=whole.resident,
        name=words.shown_name(resident),
        pairs=_pairs(whole.resident),
        state_word=words.STATUS_WORDS.get(resident.status, resident.status),
        standings=[(s, _outside(s)) for s in whole.standings],
        tickets=[(t, reason_word(t.void_reason)) for t in whole.tickets],
        bookings=_bookings(whole),
        given=[(g, SOURCE_WORDS.get(g.line.source, g.line.source)) for g in whole.given],
        changes=[(c, "・".join(words.field_words(c.fields))) for c in whole.changes],
        certificates=ledger.list_certificates(resident.pk),
        may_correct=frame.may(request, "record.correct"),
        may_protect=frame.may(request, "resident.protect"),
        slip=request.session.get("slip"),
        now=clock.now(),
    )


@may("slip.hand_on", methods=("POST",))
def hand_on(request: HttpRequest, resident: int) -> HttpResponse:
    """所管課へ引き継ぐ — the one way on from the warning; with the slip that is being worked on, if there is one."""
    found = residents.find_resident(resident)
    if found is None or not found.protected:
        return redirect("residents")  # nobody's page, or a page that has its own ways on
    number = request.POST.get("slip", "")
    number_held = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else None
    try:
        slips.hand_on(by=request.actor, resident_id=resident, number=number_held)
    except Refused as no:
        say_no(request, no)
        return redirect("resident", resident)
    request.session.pop("slip", None)
    request.session.pop("found", None)
    say(
        request, _("所管課へ引き継ぎました。申出者には「担当から折り返しご連絡します」とだけ伝えてください。")
    )
    return redirect("home")


def _born(dob_text: str) -> str:
    return jdate.parse_birth_date(dob_text).japanese()


def _pairs(r: Resident) -> list[tuple[str, str, str]]:
    """(word, value, quiet second line) of the register's own fields; empty ones are left out."""
    m = machine()
    age = f"{jdate.age_on(r.dob, clock.today())}歳" if r.dob else _("月日が分からない方の年齢は示しません")
    found = [
        (_("宛名番号"), r.reference_no, ""),
        (_("フリガナ"), r.kana, ""),
        (_("ローマ字"), r.latin if r.name else "", ""),
        (_("通称"), r.common_name, ""),
        (_("生年月日"), _born(r.dob_text), age),
        (_("性別"), r.sex, ""),
        (_("住所"), words.full_address(r, m.prefecture, m.municipality), r.building or ""),
        (_("郵便番号"), words.shown_postcode(r.postcode), ""),
        (_("電話番号"), r.phone or "", ""),
        (_("異動"), f"{r.event or ''}　{jdate.japanese(r.event_on) if r.event_on else ''}".strip(), ""),
    ]
    return [pair for pair in found if pair[1]]


def _bookings(whole: Whole) -> list[tuple]:
    return [
        (
            b,
            *BOOKING_TAGS.get(b.line.state, ("idle", b.line.state)),
            CHANNEL_WORDS.get(b.line.channel, b.line.channel),
        )
        for b in whole.bookings
    ]


def _outside(s: Standing) -> tuple[str, str]:
    """(kind, words): since when what the outside knows of this resident holds there."""
    if s.subject is None or s.subject.sent_at is None:
        return ("idle", _("庁外には渡していません"))
    if s.trace is None:
        return ("ok", _("庁外へ渡した日時 %s") % _at(s.subject.sent_at))
    if s.trace.outside_at is None:
        return ("warn", _("庁外にまだ届いていません"))
    return ("ok", _("庁外に反映済 %s") % _at(s.trace.outside_at))


def _at(moment) -> str:
    here = moment.astimezone(clock.TOKYO)
    return f"{here.month}月{here.day}日 {here.hour}:{here.minute:02d}"
