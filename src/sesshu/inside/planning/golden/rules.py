"""What golden residents will see, when (見本の住民の答え): on the web, by phone, in the letter. Pure."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Any

from sesshu.base.clock import TOKYO
from sesshu.inside.planning.golden.residents import Golden, list_residents
from sesshu.inside.planning.programme.bookable import Bookable, asking_waves, bookable, moment_of
from sesshu.inside.planning.programme.terms import Programme

NINE = dt.time(9, 0)
UNKNOWN, HANDED_ON = "番号が見つからない", "照合できず、担当へ引き継ぐ"
NO_TICKET, NOTHING = "券がない（対象外）", "いま予約できる接種はない"
PLANNED = (
    "from",
    "until",
    "booking_from",
    "tickets_from",
)  # keys of a document that say when something changes


@dataclass(frozen=True, slots=True)
class Answer:
    """見えるもの — what one person sees at one moment, as sentences an officer can compare."""

    web: str
    phone: str
    letter: str


@dataclass(frozen=True, slots=True)
class Seen:
    """ある時刻に見えるもの — one golden resident, before and after a change; None: there is no version before."""

    resident: Golden
    at: dt.datetime
    before: Answer | None
    after: Answer

    @property
    def changes(self) -> bool:
        return self.before is not None and self.before != self.after


def nine(day: dt.date) -> dt.datetime:
    """9:00 of a day in Japan."""
    return dt.datetime.combine(day, NINE, TOKYO)


def answer(programme: Programme, who: Golden, at: dt.datetime) -> Answer:
    """見本の住民一人の答え — decided by the same rules that decide for everybody."""
    letter = _letter(programme, who, at)
    if not who.stands:
        return Answer(UNKNOWN, HANDED_ON, letter)
    history, today = who.history(programme), at.astimezone(TOKYO).date()
    if not who.ticket or not (history or _ever(programme, who)):
        return Answer(NO_TICKET if who.ticket else "券がまだない", HANDED_ON, letter)
    doses = bookable(programme, who.person, history, today)
    words = _words(programme, doses, at, today)
    return Answer(words, words, letter)


def _ever(programme: Programme, who: Golden) -> bool:
    """Was or will this person be entitled to anything, on any day of the programme?"""
    return bool(bookable(programme, who.person, (), dt.date.fromordinal(programme.first_day)))


def _words(programme: Programme, doses: list[Bookable], at: dt.datetime, today: dt.date) -> str:
    own = next((d for d in doses if not d.after_previous), None)
    if own is None:
        return NOTHING
    if own.opens_at and own.opens_at > at:
        return f"受付は{_moment(own.opens_at)}から"
    products = "・".join(programme.products[p].name for p in own.products)
    both = "、次の回もいっしょに" if any(d.after_previous for d in doses) else ""
    first = f"{_day(own.from_on)}から" if own.from_on > today else ""
    return f"{own.dose}回目を予約できる（{first}{_day(own.until_on)}まで、{products}{both}）"


def _letter(programme: Programme, who: Golden, at: dt.datetime) -> str:
    if who.protected:
        return "送らない（所管課が渡す）"
    if who.status != "present":
        return "送らない"
    if who.person.born_on is None:
        return "送らない（生年月日が決まっていない）"
    waves = asking_waves(programme, who.person, dt.date.fromordinal(programme.first_day))
    if not waves:
        return "送らない（対象外）"
    if not who.ticket:
        return "個別に発行して送る"
    days = [wave.tickets_from for wave, _ in waves if wave.tickets_from]
    if not days:
        return "発送日の定めなし"
    return f"{_day(min(days))}{'から発送済み' if min(days) <= at.date() else 'に発送'}"


def _day(day: dt.date) -> str:
    return f"{day.year}/{day.month}/{day.day}"


def _moment(at: dt.datetime) -> str:
    at = at.astimezone(TOKYO)
    return f"{_day(at)} {at.hour}:{at.minute:02d}"


# --- every scheduled setting ------------------------------------------------------------------------------


def moments(programmes: Iterable[Programme], since: dt.datetime) -> list[dt.datetime]:
    """予定された時刻 — every moment at which a document changes something, from ``since`` on, in order.

    A day counts at 9:00; the day after an end counts, too.
    """
    found = {since}
    for programme in programmes:
        for key, text in _planned(programme.document):
            if "T" in text:
                found.add(moment_of(dt.datetime.fromisoformat(text)))
            else:
                day = dt.date.fromisoformat(text) + dt.timedelta(days=key == "until")
                found.add(nine(day))
    return sorted(m for m in found if m >= since)


def _planned(node: Any) -> Iterable[tuple[str, str]]:
    if isinstance(node, list):
        for item in node:
            yield from _planned(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in PLANNED and isinstance(value, str) and value[:1].isdigit():
                yield key, value
            elif key not in ("sources", "born"):
                yield from _planned(value)


def compare(old: Programme | None, new: Programme, since: dt.datetime, anchor: dt.date) -> list[Seen]:
    """版の比較 — for each golden resident the first moment at which the answers differ; where none does, ``since``."""
    asked = moments([p for p in (old, new) if p], since)
    found = []
    for who in list_residents(anchor):
        first = None
        for at in asked:
            seen = Seen(who, at, answer(old, who, at) if old else None, answer(new, who, at))
            first = first or seen
            if seen.changes:
                first = seen
                break
        if first:
            found.append(first)
    return found


def day_by_day(old: Programme, new: Programme, today: dt.date) -> list[Seen]:
    """きょうと明日 — what each golden resident sees at 9:00 today by one set of rules, and tomorrow by another."""
    tomorrow = today + dt.timedelta(days=1)
    return [
        Seen(who, nine(tomorrow), answer(old, who, nine(today)), answer(new, who, nine(tomorrow)))
        for who in list_residents(today)
    ]


# --- what was signed --------------------------------------------------------------------------------------


def to_sign(programme: Programme, since: dt.datetime, anchor: dt.date) -> dict[str, Any]:
    """署名する答え — everything the golden residents will see at every scheduled moment, as JSON.

    An answer that stays the same is written once.
    """
    asked = moments([programme], since)
    answers: dict[str, list[list[str]]] = {}
    for who in list_residents(anchor):
        rows: list[list[str]] = []
        for at in asked:
            said = [*astuple(answer(programme, who, at))]
            if not rows or rows[-1][1:] != said:
                rows.append([at.isoformat(timespec="minutes"), *said])
        answers[who.id] = rows
    return {"anchor": anchor.isoformat(), "since": since.isoformat(timespec="minutes"), "answers": answers}


def unsigned(programme: Programme, signed: Mapping[str, Any]) -> list[str]:
    """署名のない答え — ids of golden residents whose answers are no longer those that two people signed."""
    now = to_sign(
        programme, dt.datetime.fromisoformat(signed["since"]), dt.date.fromisoformat(signed["anchor"])
    )
    then = signed["answers"]
    return [id_ for id_, rows in now["answers"].items() if then.get(id_) != rows]


def digest(document: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    """署名の対象 — 16 characters that stand for a document and the answers that follow from it."""
    text = json.dumps([document, answers], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
