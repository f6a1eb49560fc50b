"""One batch as one page (発送), from the question to the end; each step is a page of its own that asks once more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base.errors import Refused
from sesshu.inside.mailing.batches import actions, handover, printing, queries, rules
from sesshu.inside.mailing.batches.rules import BatchState, PartState, Tally, query_words
from sesshu.inside.mailing.enclosure import queries as enclosure
from sesshu.inside.mailing.enclosure.rules import Resolution
from sesshu.inside.mailing.models import Batch, Part
from sesshu.inside.mailing.returns import queries as returns
from sesshu.inside.planning import queries as planning
from sesshu.web.guard import may
from sesshu.zones.office import frame
from sesshu.zones.office.frame import page, say, say_no
from sesshu.zones.office.mailing.forms import CodeForm, NewForm, PrinterForm, WatchForm

STEPS = ("作成", "確定", "シート", "引渡し", "封入照合", "発送", "完了")
STATE_TAGS = {
    "draft": ("idle", "条件のみ"),
    "built": ("warn", "確定待ち"),
    "sealed": ("warn", "引渡し前"),
    "released": ("warn", "封入中"),
    "posted": ("ok", "発送済"),
    "closed": ("ok", "完了"),
    "withdrawn": ("idle", "取下げ"),
}
HOW_WORDS = {
    Resolution.CHECKED: "開封して確かめた（正しい）",
    Resolution.REPRINTED: "抜いて、刷り直す",
    Resolution.REMOVED: "抜いた",
}
SHOWN = 200


# --- 一覧 ---------------------------------------------------------------------------------------------------


@may("mailing.list", methods=("GET", "HEAD"))
def index(request: HttpRequest) -> HttpResponse:
    """発送の一覧."""
    rows = [(b, tag_of(b, t := queries.tally(b.pk)), t) for b in queries.list_batches()]
    return page(
        request,
        "mailing/list",
        "mailing",
        rows=rows,
        hits=queries.list_seed_hits(),
        returned=len(returns.list_returns(open_only=True)),
        form=CodeForm(),
        may_act=frame.may(request, "mailing.draft"),
    )


def tag_of(batch: Batch, now: Tally) -> tuple[str, str]:
    """(kind, word) of a batch: what is wrong goes before where it stands."""
    if now.open_differences:
        return "stop", _("照合に差があります")
    if now.to_pull:
        return "stop", _("引き抜く封書があります")
    return STATE_TAGS[batch.state]


@may("mailing.find", methods=("POST",))
def find(request: HttpRequest) -> HttpResponse:
    """管理コードで封書を探す — by POST, so that no code stands in an address."""
    try:
        piece = actions.look_up(by=request.actor, code=request.POST.get("code", ""))
    except Refused as no:
        say_no(request, no)
        return redirect("mailing")
    return redirect("piece", piece)


@may("mailing.find", methods=("GET", "HEAD"))
def piece(request: HttpRequest, piece: int) -> HttpResponse:
    """封書 — where it lies and what became of it; its person is one link away, behind the wall."""
    found = queries.show_piece(piece)
    if found is None:
        raise Http404
    code = rules.Code(found.batch_id, found.serial)
    instead = queries.reprint_of(piece)
    return page(
        request,
        "mailing/piece",
        "mailing",
        piece=found,
        code=code,
        word=PIECE_WORDS[found.state],
        pull_word=rules.PULL_WORDS[rules.Pull(found.pull_reason)] if found.pull_reason else "",
        spoil_word=rules.SPOIL_WORDS[rules.Spoil(found.spoil_reason)] if found.spoil_reason else "",
        before=rules.Code(found.batch_id, found.replaces.serial) if found.replaces else None,
        instead=rules.Code(instead.batch_id, instead.serial) if instead else None,
        withheld=[w for w in queries.list_withheld(found.batch_id) if w.code == code],
        differences=[d for d in enclosure.list_differences(found.batch_id) if d.piece_id == piece],
    )


PIECE_WORDS = {
    "planned": "印刷前",
    "pulled": "引抜済",
    "printed": "印刷済",
    "posted": "発送済",
    "spoiled": "刷損じ",
    "returned": "返戻",
}


# --- 新しい発送 ---------------------------------------------------------------------------------------------


@may("mailing.draft")
def new(request: HttpRequest) -> HttpResponse:
    """新しい発送 — first the question in words and its counts beside the population (G-03), then, pressed again, built."""
    posted = request.method == "POST"
    form = NewForm(request.POST if posted else None)
    context: dict[str, Any] = {"firms": queries.list_printers(), "watch": queries.list_watch_addresses()}
    if posted and form.is_valid():
        query = form.query()
        if "make" in request.POST:
            try:
                return redirect("batch", _make(request, form))
            except Refused as no:
                form.add_error(None, f"{no.refusal.sentence}（{no.refusal.code}）")
        cohorts = queries.count_cohorts(query)
        context |= {
            "words": query_words(query, planning.get_rules(query.programme).title),
            "cohorts": cohorts,
            "chosen": sum(c.chosen for c in cohorts),
            "population": sum(c.population for c in cohorts),
        }
    return page(request, "mailing/new", "mailing", form=form, failed=bool(form.errors), **context)


def _make(request: HttpRequest, form: NewForm) -> int:
    d = form.cleaned_data
    batch = actions.draft(
        by=request.actor,
        title=d["title"],
        query=form.query(),
        printer_id=int(d["printer"]),
        part_size=d["part_size"],
        per_part=d["seeds"],
        window=form.window(),
    )
    built = actions.build(by=request.actor, batch_id=batch)
    words = _("%(pieces)s通（うち監視用 %(seeds)s通）を、%(parts)s個の印刷ファイルに分けました。")
    say(request, words % {"pieces": f"{built.pieces:,}", "seeds": built.seeds, "parts": built.parts})
    return batch


@may("mailing.printer")
def firms(request: HttpRequest) -> HttpResponse:
    """受託者と監視先."""
    given = request.POST if request.method == "POST" else None
    printer = PrinterForm(given if given and "recipient" in given else None)
    watch = WatchForm(given if given and "postcode" in given else None)
    if given:
        try:
            if printer.is_bound and printer.is_valid():
                actions.put_printer(by=request.actor, **printer.cleaned_data)
                say(request, _("受託者を登録しました。"))
                return redirect("mailing-firms")
            if watch.is_bound and watch.is_valid():
                actions.put_watch_address(by=request.actor, **watch.cleaned_data)
                say(request, _("監視先の住所を登録しました。"))
                return redirect("mailing-firms")
        except Refused as no:
            printer.add_error("recipient", f"{no.refusal.sentence}（{no.refusal.code}）")
    return page(
        request,
        "mailing/firms",
        "mailing",
        printer=printer,
        watch=watch,
        printers=queries.list_printers(),
        addresses=queries.list_watch_addresses(),
        failed=bool(printer.errors or watch.errors),
    )


# --- 一つの発送 ---------------------------------------------------------------------------------------------


@may("mailing.show", methods=("GET", "HEAD"))
def show(request: HttpRequest, batch: int) -> HttpResponse:
    """発送 — from draft to closed on one page."""
    held, now = get(batch), queries.tally(batch)
    parts = queries.list_parts(batch)
    differences = enclosure.list_differences(batch, open_only=True, limit=SHOWN)
    return page(
        request,
        "mailing/batch",
        "mailing",
        batch=held,
        tag=tag_of(held, now),
        steps=STEPS,
        at=_at(held, now, parts),
        now=now,
        flow_parts=_flow(now),
        flow_words=_("%s通の内わけ") % f"{now.printed:,}",
        pulled=queries.count_pulled(batch),
        pulled_words=_pulled_words(batch),
        differences=[(d, [(h, HOW_WORDS[h]) for h in d.may_end]) for d in differences],
        more=now.open_differences - len(differences),
        words=query_words(queries.query_of(held), planning.get_rules(held.programme).title),
        cohorts=queries.cohorts_of(held) if held.state in ("draft", "built") else [],
        parts=parts,
        to_print=sum(n for _p, n in queries.list_to_print(batch)),
        made=sum(p.state != PartState.PLANNED for p in parts),
        sampled=sum(p.sampled or 0 for p in parts),
        read_back=sum(p.read_back or 0 for p in parts),
        first=handover.first_approval(batch),
        withheld=queries.list_withheld(batch),
        logs=enclosure.list_logs(batch)[:20],
        returned=returns.list_returns(batch) if held.state in ("posted", "closed") else [],
        may_act=frame.may(request, "mailing.scan"),
    )


def get(batch: int) -> Batch:
    """A batch, or a missing page."""
    try:
        return queries.get_batch(batch)
    except Refused:
        raise Http404 from None


def _at(batch: Batch, now: Tally, parts: list[Part]) -> int:
    """Number of the present step of STEPS; beyond the end = all done."""
    if batch.state == BatchState.SEALED:
        return 4 if all(p.state != PartState.PLANNED for p in parts) else 3
    if batch.state == BatchState.RELEASED:
        busy = now.unread or now.to_pull or now.off or now.open_differences or now.waiting
        return 5 if busy else 6
    places = {"draft": 1, "built": 2, "posted": 7, "closed": 8}
    return places.get(batch.state, 1)


def _flow(now: Tally) -> list[tuple[int, str, str]]:
    """The picture: every printed piece in one colour."""
    found = [
        (now.posted, _("発送済"), "ok"),
        (now.enclosed, _("封入済"), "ok"),
        (now.unread, _("未読取"), "idle"),
        (now.to_pull + now.pulled, _("引抜"), "warn"),
        (now.spoiled, _("刷損じ"), "none"),
        (now.off, _("差"), "stop"),
    ]
    return [part for part in found if part[0]]


def _pulled_words(batch: int) -> str:
    """死亡 9・転出 38・その他 4."""
    found = [(c.word, c.pulled + c.to_pull) for c in queries.count_pulled(batch)]
    return "・".join(f"{word} {n:,}" for word, n in found if n)


# --- 段階 ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """段階 — its heading, what is said before, the word on the button, what is done; ``None``: nothing is said after."""

    title: str
    words: str
    button: str
    do: Callable[[HttpRequest, int], str]
    grave: bool = False


def _seal(request: HttpRequest, batch: int) -> str:
    done = actions.seal(by=request.actor, batch_id=batch)
    return _("一覧を確定しました。この確認で引き抜いたのは %s 通です。") % f"{done.withheld:,}"


def _release(request: HttpRequest, batch: int) -> str:
    done = handover.release(by=request.actor, batch_id=batch)
    if done.asked.void_parts or done.asked.withheld:
        return rules.PULLED_NOW.sentence
    if not done.complete:
        return _("1人目として承認しました。10分以内に、別の職員が承認してください。")
    folder = done.folder.name if done.folder else ""
    return _("%(pages)s枚を引き渡しました。受託者へ渡すフォルダー：%(folder)s") % {
        "pages": f"{done.pages:,}",
        "folder": folder,
    }


def _post(request: HttpRequest, batch: int) -> str:
    done = handover.post(by=request.actor, batch_id=batch)
    if not done.complete:
        return _("いま確かめたところ、引き抜く封書が %s 通ありました。まだ発送していません。") % done.to_pull
    return _("%s通を発送しました。") % f"{done.pieces:,}"


def _close(request: HttpRequest, batch: int) -> str:
    handover.close(by=request.actor, batch_id=batch)
    return _("完了しました。受託者へ渡したフォルダーの控えは消しました。")


def _withdraw(request: HttpRequest, batch: int) -> str:
    pieces = actions.withdraw(by=request.actor, batch_id=batch)
    return _("取り下げました（%s通）。印刷ファイルは消しました。") % f"{pieces:,}"


SEAL = Step(
    "一覧を確定する",
    "亡くなった方、転出した方、接種券が無効になった方をもういちど確かめ、一覧から除きます。確定したあとは、減ることはあっても増えることはありません。",
    "確定する",
    _seal,
)
RELEASE = Step(
    "印刷ファイルを引き渡す",
    "除く方をもういちど確かめてから、受託者の鍵で暗号化したフォルダーを作ります。2人の承認が要ります。除く方が見つかったときは引き渡さず、シートを作りなおします。28万通で30秒ほどかかります。",
    "承認する",
    _release,
)
POST = Step(
    "発送する",
    "郵便に差し出した記録をつけます。除く方をもういちど確かめます。照合の差、引抜一覧、読み取っていない封書が残っているあいだは進めません。28万通で30秒ほどかかります。",
    "差し出した",
    _post,
)
CLOSE = Step(
    "完了する",
    "印刷 ＝ 発送 ＋ 引抜 ＋ 刷損じ を確かめて閉じます。返戻は、完了したあとも登録できます。",
    "完了する",
    _close,
)
WITHDRAW = Step(
    "発送を取り下げる",
    "何も印刷せずにやめます。一覧と印刷ファイルを消します。接種券はそのまま有効で、次の発送の対象になります。",
    "取り下げる",
    _withdraw,
    grave=True,
)


def _step(request: HttpRequest, batch: int, step: Step) -> HttpResponse:
    held = get(batch)
    if request.method == "POST":
        try:
            said = step.do(request, batch)
        except Refused as no:
            say_no(request, no)
        else:
            say(request, said)
        return redirect("batch", batch)
    now = queries.tally(batch)
    first = handover.first_approval(batch) if step is RELEASE else None
    own = bool(first and first.first_by == request.actor.code)
    return page(
        request, "mailing/step", "mailing", batch=held, step=step, now=now, first=first, own=own
    )  # fmt: skip


@may("mailing.seal")
def seal(request: HttpRequest, batch: int) -> HttpResponse:
    """一覧を確定する."""
    return _step(request, batch, SEAL)


@may("mailing.release")
def release(request: HttpRequest, batch: int) -> HttpResponse:
    """印刷ファイルを引き渡す — two people."""
    return _step(request, batch, RELEASE)


@may("mailing.post")
def post(request: HttpRequest, batch: int) -> HttpResponse:
    """発送する."""
    return _step(request, batch, POST)


@may("mailing.close")
def close(request: HttpRequest, batch: int) -> HttpResponse:
    """完了する."""
    return _step(request, batch, CLOSE)


@may("mailing.withdraw")
def withdraw(request: HttpRequest, batch: int) -> HttpResponse:
    """取り下げる."""
    return _step(request, batch, WITHDRAW)


@may("mailing.sheets", methods=("POST",))
def sheets(request: HttpRequest, batch: int) -> HttpResponse:
    """シートを作る — the worker makes them, file after file; the page says how far it is."""
    get(batch)
    try:
        printing.ask_for_files(by=request.actor, batch_id=batch)
    except Refused as no:
        say_no(request, no)
    else:
        say(
            request,
            _(
                "シートを作りはじめます。1万枚で数秒から十数秒です。この画面を開きなおすと進み具合が分かります。"
            ),
        )
    return redirect("batch", batch)
