"""Programmes and their versions (接種事業の版): drafted by a form or a file, tried out, beside the last one, approved by two."""

import copy
import datetime as dt
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sesshu.base import clock
from sesshu.base.errors import Refusal, Refused
from sesshu.inside.planning import queries
from sesshu.inside.planning.golden.rules import Seen, compare, day_by_day, nine
from sesshu.inside.planning.programme import actions, wording
from sesshu.inside.planning.programme import document as documents
from sesshu.inside.planning.programme import refusals as no
from sesshu.inside.planning.programme.refusals import BadDocument
from sesshu.inside.planning.programme.rules import interval_table
from sesshu.inside.planning.programme.terms import Programme
from sesshu.inside.planning.programme.versions import Line, changes, side_by_side
from sesshu.inside.planning.queries import VersionRow
from sesshu.inside.records.entitlements import versions
from sesshu.web.guard import may
from sesshu.zones.office import frame
from sesshu.zones.office.forms import DespiteForm
from sesshu.zones.office.frame import page, say, say_no
from sesshu.zones.office.planning import pictures
from sesshu.zones.office.planning.editing import DocumentForm
from sesshu.zones.office.planning.forms import DocumentFileForm, ShippedForm

APPROVAL_LASTS = dt.timedelta(minutes=10)
STATE_TAGS = {"draft": ("warn", "案"), "approved": ("ok", "承認済"), "withdrawn": ("idle", "取下げ")}
SHOWN_CHANGED, SHOWN_SAME = 12, ("g48", "g44", "g45")  # protected, moved in yesterday, moved away


@dataclass(frozen=True, slots=True)
class Part:
    """規則の一まとまり — the lines of one part of the sheet, with pictures of its intervals."""

    name: str
    lines: list[Line]
    pictures: list[SafeString]


# --- drafts -----------------------------------------------------------------------------------------------


@may("programme.load")
def new(request: HttpRequest) -> HttpResponse:
    """新しい接種事業 — from a shipped document under a name of its own, or from a file."""
    shipped = {name: documents.shipped(name) for name in documents.list_shipped()}
    choices = [(name, made.title) for name, made in shipped.items()]
    how = request.POST.get("how", "")
    form = ShippedForm(request.POST if how == "shipped" else None, choices=choices)
    file = (
        DocumentFileForm(request.POST or None, request.FILES or None) if how == "file" else DocumentFileForm()
    )
    if how == "shipped" and form.is_valid():
        made = copy.deepcopy(shipped[form.cleaned_data["shipped"]].document)
        made |= {k: form.cleaned_data[k] for k in ("name", "title")}
        if found := _drafted(request, made, form, first=True):
            return found
    if how == "file" and file.is_valid():
        if found := _parsed(request, file, first=True):
            return found
    return page(
        request, "planning/new", "plan", form=form, file=file, failed=bool(form.errors or file.errors)
    )


@may("programme.load")
def draft(request: HttpRequest, programme: str) -> HttpResponse:
    """案を作る — every date, age and interval as a field; or a whole document as a file."""
    held, document = _newest(programme)
    how = request.POST.get("how", "")
    form = DocumentForm(document, request.POST if how == "form" else None)
    file = (
        DocumentFileForm(request.POST or None, request.FILES or None) if how == "file" else DocumentFileForm()
    )
    if how == "form" and form.is_valid():
        if found := _drafted(request, form.changed, form):
            return found
    if how == "file" and file.is_valid():
        if found := _parsed(request, file):
            return found
    return page(
        request,
        "planning/draft",
        "plan",
        held=held,
        title=document["title"],
        form=form,
        parts=form.parts(),
        file=file,
        failed=bool(form.errors or file.errors),
    )


def _newest(programme: str) -> tuple[VersionRow, dict]:
    """The draft that waits, or else the version in force, with its document as a starting point."""
    rows = [v for v in queries.list_versions(programme) if v.state == "draft" or v.now]
    if not rows:
        raise Http404
    document = queries.get_document(rows[0].id)
    if rows[0].now:
        document.pop("valid_from", None)
        tomorrow = clock.today() + dt.timedelta(days=1)
        document = {"valid_from": tomorrow.isoformat(), **document}
    return rows[0], document


def _parsed(request: HttpRequest, file: DocumentFileForm, *, first: bool = False) -> HttpResponse | None:
    try:
        document = documents.parse(file.cleaned_data["file"])
    except BadDocument as bad:
        _say_findings(file, bad)
        return None
    document.pop("checked_by", None)
    return _drafted(request, document, file, first=first)


def _drafted(
    request: HttpRequest,
    document: dict,
    form: DocumentForm | DocumentFileForm | ShippedForm,
    *,
    first: bool = False,
) -> HttpResponse | None:
    """To the page of the draft; None where it was refused, and the form says why."""
    document.setdefault("written_by", request.actor.code)
    try:
        version = actions.draft_version(by=request.actor, document=document, first=first)
    except BadDocument as bad:
        _say_findings(form, bad)
        return None
    except Refused as why:
        form.add_error(
            None, f"{why.refusal.sentence}（{why.refusal.code}{'　' + why.column if why.column else ''}）"
        )
        return None
    say(request, _("案を作りました。まだ何も変わっていません。試算して、2人で承認してください。"))
    return redirect("version", version)


def _say_findings(form: DocumentForm | DocumentFileForm | ShippedForm, bad: BadDocument) -> None:
    for f in bad.findings[:20]:
        form.add_error(None, f"{f.refusal.sentence}（{f.refusal.code}　{f.place or '/'}　{f.detail}）")


# --- one version ------------------------------------------------------------------------------------------


@may("programme.show", post="programme.try_out")
def version(request: HttpRequest, version: int) -> HttpResponse:
    """版 — its rules as a sheet, what changes, who sees what, how many; POST tries it out on everybody."""
    row = _get(version)
    if request.method == "POST":
        versions.note_look(by=request.actor, version_id=version)
        return redirect("version", version)
    document, old = queries.get_document(version), _before(row)
    rules = queries.get_rules_of(version)
    seen = _compared(row, old, rules)
    changed = [s for s in seen if s.changes]
    same = [s for s in seen if not s.changes and s.resident.id in SHOWN_SAME]
    return page(
        request,
        "planning/version",
        "plan",
        row=row,
        tag=_tag(row),
        document=document,
        begins=_begins(row),
        parts=_sheet(old.document if old else None, document, rules, row),
        changes=changes(old.document if old else None, document) if old else [],
        old=old,
        seen=len(seen),
        changed=[(s, *_short(s)) for s in changed[:SHOWN_CHANGED]],
        more_changed=len(changed) - SHOWN_CHANGED,
        n_changed=len(changed),
        same=same,
        look=row.look,
        years=_years(row.look),
        holds=_holds(row, changed),
        cannot=_why_not(request, row, changed),
        second=_first_stands(row),
        may_approve=frame.may(request, "programme.approve"),
    )


@may("programme.show", methods=("GET", "HEAD"))
def beside(request: HttpRequest, version: int) -> HttpResponse:
    """版の対照 — every rule of two versions side by side, and all golden residents."""
    row = _get(version)
    old = _before(row)
    document = queries.get_document(version)
    return page(
        request,
        "planning/beside",
        "plan",
        row=row,
        title=document["title"],
        old=old,
        lines=side_by_side(old.document if old else None, document),
        seen=_compared(row, old, queries.get_rules_of(version)),
    )


@may("programme.approve")
def approve(request: HttpRequest, version: int) -> HttpResponse:
    """版の承認 — with a fresh confirmation code; the second of two different persons approves it."""
    row = _get(version)
    if row.state != "draft":
        return redirect("version", version)
    if row.look is None:
        say_no(request, Refused(no.NOT_TRIED))
        return redirect("version", version)
    changed = [s for s in _compared(row, _before(row), queries.get_rules_of(version)) if s.changes]
    form = DespiteForm(request.POST if request.method == "POST" else None, held=_holds(row, changed))
    if request.method == "POST" and form.is_valid():
        despite = {code for code, ticked in form.cleaned_data.items() if ticked}
        try:
            done = versions.approve(by=request.actor, version_id=version, despite=despite)
        except Refused as why:
            say_no(request, why)
        else:
            say(request, _approved(done, row))
        return redirect("version", version)
    return page(
        request,
        "planning/approve",
        "plan",
        row=row,
        title=queries.get_document(version)["title"],
        begins=_begins(row),
        form=form,
        changed=changed,
        cannot=_why_not(request, row, changed, held=False),
        second=_first_stands(row),
        failed=bool(form.errors),
    )


def _approved(done: versions.Approved, row: VersionRow) -> str:
    if not done.complete:
        return _("1人目として承認しました。10分以内に、別の職員が承認してください。")
    if done.in_force:
        return _("この版を使い始めました。予約資格を計算しなおし、変わった方だけを庁外へ送ります。")
    return _("承認されました。%(day)s の0時に、自動で使い始めます。") % {"day": row.valid_from}


@may("programme.withdraw", methods=("POST",))
def withdraw(request: HttpRequest, version: int) -> HttpResponse:
    """版の取下げ."""
    row = _get(version)
    try:
        actions.withdraw_version(by=request.actor, version_id=version)
    except Refused as why:
        say_no(request, why)
    else:
        say(request, _("取り下げました。使用中の版は変わっていません。"))
    return redirect("programme", row.programme) if queries.find_in_force(row.programme) else redirect("plan")


@may("programme.show", methods=("GET", "HEAD"))
def tomorrow(request: HttpRequest, programme: str) -> HttpResponse:
    """明日9時に何が見えるか — all golden residents today and tomorrow, by the versions that will then be in force."""
    found, today = queries.find_programme(programme), clock.today()
    if found is None or queries.find_in_force(programme) is None:
        raise Http404
    day = today + dt.timedelta(days=1)
    seen = day_by_day(queries.get_rules(programme), queries.get_rules(programme, day), today)
    return page(
        request,
        "planning/tomorrow",
        "plan",
        programme=found,
        seen=sorted(seen, key=lambda s: not s.changes),
        n_changed=sum(s.changes for s in seen),
        tomorrow=day,
        unsigned=queries.list_unsigned(programme),
    )


# --- parts ------------------------------------------------------------------------------------------------


def _get(version: int) -> VersionRow:
    found = queries.find_version(version)
    if found is None:
        raise Http404
    return found


def _before(row: VersionRow) -> Programme | None:
    """The rules that a version follows: those in force on the day before it, or in force now."""
    day = max(row.valid_from, clock.today()) if row.state == "draft" else row.valid_from
    earlier = [
        v
        for v in queries.list_versions(row.programme)
        if v.state == "approved" and v.version < row.version and v.valid_from <= day
    ]
    return queries.get_rules_of(earlier[0].id) if earlier else None


def _compared(row: VersionRow, old: Programme | None, rules: Programme) -> list[Seen]:
    begins = max(row.valid_from, clock.today()) if row.state == "draft" else row.valid_from
    return compare(old, rules, nine(begins), begins - dt.timedelta(days=1))


def _sheet(old: dict | None, document: dict, rules: Programme, row: VersionRow) -> list[Part]:
    found: dict[str, Part] = {}
    for line in side_by_side(old, document):
        found.setdefault(line.part, Part(line.part, [], [])).lines.append(line)
    day = max(row.valid_from, dt.date.fromordinal(rules.first_day))
    for i in interval_table(rules, day, day):
        part = next((p for p in found.values() if p.name.startswith(f"{i.dose}回目")), None)
        if part:
            name = rules.products[i.previous_product].name
            part.pictures.append(
                pictures.track(day, i.from_on, i.until_on, f"{i.dose}回目ができる期間（{name}）")
            )
    return list(found.values())


def _begins(row: VersionRow) -> str:
    day = wording.date(row.valid_from.isoformat())
    if row.valid_from == clock.today() + dt.timedelta(days=1):
        return _("明日 0:00 から")
    return _("%(day)sから") % {"day": day}


def _tag(row: VersionRow) -> tuple[str, str]:
    if row.now:
        return "ok", _("使用中")
    if _first_stands(row):
        return "warn", _("承認待ち：1人目 済")
    return STATE_TAGS[row.state]


def _short(seen: Seen) -> tuple[str, str]:
    """Before and after for a narrow table: without what stands in brackets, where they differ without it."""
    whole = (seen.before.web if seen.before else "", seen.after.web)
    before, after = (words.partition("（")[0] for words in whole)
    return (before, after) if before != after else whole


def _years(look: dict | None) -> list[tuple[str, int, int, int]]:
    """(year of birth, residents, before, after) where the numbers differ; 0 is an unknown birth date."""
    rows = [(y, *n) for y, n in (look or {}).get("years", {}).items() if n[1] != n[2]]
    return sorted(rows, key=lambda r: int(r[0]), reverse=True)


def _holds(row: VersionRow, changed: list[Seen]) -> list[Refusal]:
    look = row.look or {}
    lost = any(n[1] and not n[2] for n in look.get("years", {}).values())
    applies = ((no.TAKES_BOOKED, look.get("booked")), (no.GOLDEN_CHANGED, changed), (no.COHORT_LOST, lost))
    return [reason for reason, yes in applies if yes]


def _first_stands(row: VersionRow) -> bool:
    """True while the first person's approval waits for a second."""
    return bool(row.state == "draft" and row.first_at and clock.now() - row.first_at <= APPROVAL_LASTS)


def _why_not(request: HttpRequest, row: VersionRow, changed: list[Seen], *, held: bool = True) -> str:
    """Why the button cannot be pressed by this officer now; empty where it can."""
    if _first_stands(row) and row.first_by == request.actor.code:
        return _("1人目はあなたです。別の職員が承認してください")
    if row.valid_from < clock.today():
        return no.STARTS_IN_PAST.sentence.rstrip("。")
    if row.look is None and held:
        return _("先に試算してください")
    return ""
