"""Register files (住民記録の取込): read, compared, accepted by two persons, or withdrawn. No value is ever shown."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.bridge import queries as bridge
from sesshu.inside.records.protection import actions as protection
from sesshu.inside.register.imports import actions, queries
from sesshu.inside.register.imports.queries import ImportReport
from sesshu.inside.register.imports.rules import Rule
from sesshu.web.guard import may
from sesshu.zones.office.forms import DespiteForm, ImportForm
from sesshu.zones.office.frame import page, say, say_no

STEPS = ("受領", "読取", "比較", "承認（2人）", "反映", "庁外へ")
APPROVAL_LASTS = dt.timedelta(minutes=10)
LINES_SHOWN = 200
STATE_TAGS = {"staged": ("warn", "承認待ち"), "accepted": ("ok", "反映済"), "withdrawn": ("idle", "取下げ")}
# What an officer does about a refused line: the sender mends most of them; the person keeps the old state.
NEXT = {
    Rule.REFERENCE: "抽出元に確かめる（宛名番号がないと、だれの行か分からない）",
    Rule.DOUBLED: "抽出元に確かめる（先の行を受け取ります）",
    Rule.BIRTH: "住民記録担当に確かめる（不詳のときの書き方で出しなおす）",
    Rule.CELLS: "抽出の設定を確かめる（カンマ・引用符の崩れ）",
}
NEXT_OTHERWISE = "住民記録担当に確かめて、次の抽出で直す（それまで前の内容を使います）"


@may("import.list", methods=("GET", "HEAD"))
def index(request: HttpRequest) -> HttpResponse:
    """取込の一覧."""
    rows = [(i, *tag_of(i)) for i in queries.list_imports()]
    return page(request, "imports", "residents", rows=rows)


@may("import.stage")
def new(request: HttpRequest) -> HttpResponse:
    """取込の受領 — the file is read while the browser waits: under a minute for 280,000 lines."""
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*given, too_large=hasattr(request, "too_large"), initial={"as_of": clock.today()})
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            report = actions.stage(
                by=request.actor,
                path=upload.path(),
                as_of=form.cleaned_data["as_of"],
                full=form.cleaned_data["full"],
            )
        except Refused as no:
            form.add_error("file", _refused_file(no))
        else:
            say(request, _("読み取りました。受け取ったファイルは消しました。件数を確かめてください。"))
            return redirect("import", report.id)
        finally:
            upload.close()
    return page(request, "import_new", "residents", form=form, failed=bool(form.errors))


def _refused_file(no: Refused) -> str:
    where = _("（%(line)s行目 %(column)s）") % {"line": no.line, "column": no.column or ""} if no.line else ""
    return f"{no.refusal.sentence}{where}（{no.refusal.code}）"


@may("import.show", methods=("GET", "HEAD"))
def show(request: HttpRequest, import_id: int) -> HttpResponse:
    """取込 — counts, refused lines, characters, birth years beside the last file."""
    report = _get(import_id, limit=LINES_SHOWN)
    kind, word = tag_of(report)
    lines = [
        (r.line, r.column, r.rule, r.why.sentence, NEXT.get(Rule(r.rule), NEXT_OTHERWISE))
        for r in report.refused
    ]
    return page(
        request,
        "import",
        "residents",
        report=report,
        as_of=dt.date.fromisoformat(report.as_of),
        tag=(kind, word),
        steps=STEPS,
        at=_at(report),
        lines=lines,
        more_lines=report.counts["refused_lines"] - len(lines),
        held_rows=_held_rows(report),
        years=[(year, n, before, bool(before and not n)) for year, n, before in report.birth_years],
        cannot=_why_not(request, report) if report.state == "staged" else "",
        second=_first_stands(report),
        kinds=_kinds(report),
    )


@may("import.accept")
def accept(request: HttpRequest, import_id: int) -> HttpResponse:
    """取込の承認 — with a fresh confirmation code; the second of two different persons makes the file the register."""
    report = _get(import_id, limit=1)
    form = DespiteForm(request.POST if request.method == "POST" else None, held=report.held)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.accept(
                by=request.actor,
                import_id=import_id,
                protect=protection.protect,
                despite={code for code, ticked in form.cleaned_data.items() if ticked},
            )
        except Refused as no:
            say_no(request, no)
        else:
            say(request, _accepted(done))
        return redirect("import", import_id)
    if report.state != "staged":
        return redirect("import", import_id)
    return page(
        request,
        "import_accept",
        "residents",
        report=report,
        as_of=dt.date.fromisoformat(report.as_of),
        form=form,
        cannot=_why_not(request, report, held=False),
        second=_first_stands(report),
        held_rows=_held_rows(report),
        failed=bool(form.errors),
    )


def _accepted(done: actions.Accepted) -> str:
    if not done.complete:
        return _("1人目として承認しました。10分以内に、別の職員が承認してください。")
    return _(
        "反映しました。新規 %(new)s・変更 %(changed)s・消除等 %(gone)s。庁外への送付は順に進みます。"
    ) % {
        "new": f"{done.added:,}",
        "changed": f"{done.changed:,}",
        "gone": f"{done.gone:,}",
    }


@may("import.withdraw")
def withdraw(request: HttpRequest, import_id: int) -> HttpResponse:
    """取込の取下げ — what was read is destroyed; the register stays as it is."""
    report = _get(import_id, limit=1)
    if request.method == "POST":
        try:
            actions.withdraw(by=request.actor, import_id=import_id)
        except Refused as no:
            say_no(request, no)
        else:
            say(request, _("取り下げました。読み取った行は消しました。住民記録は変わっていません。"))
        return redirect("import", import_id)
    if report.state != "staged":
        return redirect("import", import_id)
    return page(
        request, "import_withdraw", "residents", report=report, as_of=dt.date.fromisoformat(report.as_of)
    )


def _get(import_id: int, limit: int) -> ImportReport:
    try:
        return queries.get_import(import_id, limit=limit)
    except Refused:
        raise Http404 from None


def _first_stands(report: ImportReport) -> bool:
    """True while the first person's approval waits for a second."""
    return bool(
        report.state == "staged" and report.first_at and clock.now() - report.first_at <= APPROVAL_LASTS
    )


def tag_of(report: ImportReport) -> tuple[str, str]:
    kind, word = STATE_TAGS[report.state]
    if _first_stands(report):
        word = _("承認待ち：1人目 済")
    elif report.state == "staged" and report.held:
        kind, word = "stop", _("保留")
    return kind, word


def _why_not(request: HttpRequest, report: ImportReport, *, held: bool = True) -> str:
    """Why the button cannot be pressed by this officer now; empty where it can."""
    if _first_stands(report) and report.first_by == request.actor.code:
        return _("1人目はあなたです。別の職員が承認してください")
    if held and report.held:
        if report.missing_years:
            years = "・".join(f"{year}年度" for year, _n, _b in report.missing_years[:3])
            return _("%(years)s 欠落") % {"years": years}
        return report.held[0].sentence.rstrip("。")
    return ""


def _held_rows(report: ImportReport) -> int:
    """保留した行 — a number; the reason is the responsible section's alone."""
    kinds = report.counts.get("kinds", {})
    return kinds.get("seal", 0) + kinds.get("release_asked", 0) + report.counts.get("refused_protected", 0)


KIND_WORDS = (
    ("moved", "転居"),
    ("renamed", "氏名の変更"),
    ("birth_corrected", "生年月日の修正"),
    ("left", "転出"),
    ("died", "死亡"),
    ("removed", "消除"),
    ("revived", "再転入・取消し"),
    ("other", "その他の修正"),
)


def _kinds(report: ImportReport) -> list[tuple[str, int]]:
    kinds = report.counts.get("kinds", {})
    return [(word, kinds[name]) for name, word in KIND_WORDS if kinds.get(name)]


def _at(report: ImportReport) -> int:
    """Number of the present step, from 1; beyond the last one all is done."""
    if report.state == "staged":
        return 4
    if report.state == "withdrawn":
        return 4
    return 6 if bridge.streams()["out"].waiting else 7
