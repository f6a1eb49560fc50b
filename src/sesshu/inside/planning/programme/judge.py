"""One case judged (接種歴の判定): which doses counted, what is due and when. Pure; no database.

The shape of a case and of its answer is a promise: docs/reference and ``sesshu programme judge --help``.
"""

import datetime as dt
from typing import NamedTuple

from sesshu.base.errors import Refused
from sesshu.inside.planning.programme import why
from sesshu.inside.planning.programme.following import (
    Given,
    excluded,
    follow,
    next_openings,
    profile_for,
    stand,
)
from sesshu.inside.planning.programme.rules import scopes
from sesshu.inside.planning.programme.terms import Programme, Sex

EARLIEST, LATEST = dt.date(1868, 1, 1).toordinal(), dt.date(2999, 12, 31).toordinal()
VALID, NOT_VALID, EXTRANEOUS = "valid", "not_valid", "extraneous"
COMPLETE, NOT_COMPLETE, NOT_ELIGIBLE = "complete", "not_complete", "not_eligible"

NOT_YET = why.NOT_YET.code
_BESIDE = {why.OTHER_SEASON.code, why.NOT_NEEDED.code}  # extraneous: neither counted nor wrong
_SEXES = {
    "female": Sex.FEMALE,
    "f": Sex.FEMALE,
    "女": Sex.FEMALE,
    "male": Sex.MALE,
    "m": Sex.MALE,
    "男": Sex.MALE,
}
_SEXES |= {"unknown": Sex.UNKNOWN, "u": Sex.UNKNOWN, "": Sex.UNKNOWN, "不明": Sex.UNKNOWN}
_NO_MARKS: frozenset[str] = frozenset()


class Answer(NamedTuple):
    """判定の答え — a word for each dose in the order given, and what is due; ``next`` None: nothing is."""

    doses: tuple[str, ...]
    status: str
    why: tuple[str, ...]
    next: int | None = None
    earliest: str | None = None
    recommended: str | None = None


def judge(programme: Programme, case: dict) -> dict:
    """判定 — the answer to one case, as a JSON object. Raises Refused (J21–J27) where the case cannot be judged.

    In: ``{"id", "dob", "sex", "asof", "doses": [{"date", "product"}]}``; ``marks`` may list registered marks,
    ``eligibility`` a birth date chosen by staff. A product is written by id, name or another known spelling.
    Out: ``doses`` in the order given, ``status``, ``next`` dose, ``earliest`` and ``recommended`` day of the
    first stretch that has not ended on ``asof`` (it may have begun before), ``why``: codes in order.
    """
    a = decide(programme, case)
    return {
        "id": case["id"],
        "doses": list(a.doses),
        "status": a.status,
        "next": a.next,
        "earliest": a.earliest,
        "recommended": a.recommended,
        "why": list(a.why),
    }


def decide(programme: Programme, case: dict) -> Answer:
    """The same without the envelope. Raises as ``judge``."""
    birth, sex, marks, asof, order, everything = _read(programme, case)
    if birth is None:
        return Answer((NOT_VALID,) * len(order), NOT_ELIGIBLE, (why.NO_BIRTH_DATE.code,))
    profile = profile_for(programme, birth, sex, marks)
    within, given = programme.whole, everything
    if programme.by_season:
        within, given = _season(programme, everything, asof)
    if len(profile.series) == 1:
        standing = [follow(programme, profile.series[0], profile, given, everything)]
    else:
        standing = stand(programme, profile, given, everything)
    verdicts: tuple[str, ...] = ()
    reasons: list[str] = []
    if order:
        said: list[str | None] = [why.WRONG_PRODUCT.code] * len(given)
        if standing:
            said = standing[0].said
        verdicts, reasons = _verdicts(said, given, everything, order)
    if standing and standing[0].complete:
        return Answer(verdicts, COMPLETE, _once(reasons))
    if programme.exclusions and excluded(programme, everything):
        return Answer(verdicts, NOT_ELIGIBLE, _once([*reasons, why.EXCLUDED.code]))
    best = None
    for progress in standing:
        for opening in next_openings(programme, profile, progress, everything, within):
            if opening[1] >= asof and (best is None or opening[0] < best[0]):
                best = opening
    if best is None:
        code = why.OVER.code if profile.eligible else why.NO_GROUP.code
        return Answer(verdicts, NOT_ELIGIBLE, _once([*reasons, code]))
    first, _, _, number, advised = best
    if first > asof:
        reasons.append(NOT_YET)
    earliest = _text(first)
    recommended = earliest if advised == first else _text(advised)
    return Answer(verdicts, NOT_COMPLETE, _once(reasons), number, earliest, recommended)


def _once(reasons: list[str]) -> tuple[str, ...]:
    return tuple(reasons) if len(reasons) < 2 else tuple(dict.fromkeys(reasons))


def _season(programme: Programme, everything: Given, asof: int) -> tuple[tuple[int, int], Given]:
    """The season that counts on a day: the running one, else the next, else the last."""
    found = scopes(programme, everything)
    return next((scope for scope in found if scope[0][1] >= asof), found[-1])


def _verdicts(
    said: list[str | None], given: Given, everything: Given, order: list[int]
) -> tuple[tuple[str, ...], list[str]]:
    """The word for each dose in the order of the case, and the reasons in the order of days."""
    if len(given) == len(everything) and not any(said):
        return (VALID,) * len(given), []
    if len(given) < len(everything):  # doses outside the season stand before or after those inside
        before = everything.index(given[0]) if given else 0
        after = len(everything) - before - len(given)
        outside = why.OTHER_SEASON.code
        said = [outside] * before + said + [outside] * after
    words = [VALID if code is None else EXTRANEOUS if code in _BESIDE else NOT_VALID for code in said]
    if order != sorted(order):
        words = [word for _, word in sorted(zip(order, words, strict=True))]
    return tuple(words), [code for code in said if code is not None]


# --- reading a case ---------------------------------------------------------------------------------------


_days: dict[str, int] = {}  # the same days come again and again
_texts: dict[int, str] = {}
MOST_DAYS = 100_000


def _day(text: object) -> int:
    if type(text) is str and text in _days:
        return _days[text]
    try:
        # The form first: Python also reads 20210401 and the week form 2021-W01-1.
        if len(text) == 10 and text[4] == text[7] == "-":  # type: ignore[arg-type, index]
            day = dt.date.fromisoformat(text).toordinal()  # type: ignore[arg-type]
            if EARLIEST <= day <= LATEST:
                if len(_days) >= MOST_DAYS:
                    _days.clear()
                _days[text] = day  # type: ignore[index]
                return day
    except (TypeError, ValueError, KeyError):
        pass
    raise Refused(why.NO_DATE)


def _text(day: int) -> str:
    found = _texts.get(day)
    if found is None:
        if len(_texts) >= MOST_DAYS:
            _texts.clear()
        found = _texts[day] = dt.date.fromordinal(day).isoformat()
    return found


def _read(
    programme: Programme, case: dict
) -> tuple[int | None, Sex, frozenset[str], int, list[int], tuple[tuple[int, str], ...]]:
    """Birth day, sex, marks, asof, the order of the doses by day, and the doses in that order."""
    days, spelled = _days, programme.spelled
    try:
        dob, text, doses = case["dob"], case["asof"], case["doses"]
        asof = days[text] if type(text) is str and text in days else _day(text)
        case["id"]
    except (KeyError, TypeError):
        raise Refused(why.MISSING) from None
    if "eligibility" in case and case["eligibility"] is not None:
        dob = case["eligibility"]
    birth = None if dob is None else days[dob] if type(dob) is str and dob in days else _day(dob)
    word = case.get("sex")
    sex = _SEXES.get(word) if type(word) is str else None
    if sex is None:
        sex = _SEXES.get(str(word or "").lower())
    if sex is None:
        raise Refused(why.UNKNOWN_SEX)
    marks = _marks(programme, case["marks"]) if "marks" in case and case["marks"] else _NO_MARKS
    if not isinstance(doses, list):
        raise Refused(why.MISSING)
    given, born = [], EARLIEST if birth is None else birth
    for dose in doses:
        try:
            text, word = dose["date"], dose["product"]
            product = spelled.get(word)
        except (KeyError, TypeError):
            raise Refused(why.MISSING) from None
        day = days[text] if type(text) is str and text in days else _day(text)
        if product is None:
            raise Refused(why.UNKNOWN_PRODUCT)
        if not born <= day <= asof:
            raise Refused(why.WRONG_ORDER)
        given.append((day, product))
    if birth is not None and birth > asof:
        raise Refused(why.WRONG_ORDER)
    if len(given) < 2:
        return birth, sex, marks, asof, [0] * len(given), tuple(given)
    if len(given) == 2:
        order = [0, 1] if given[0] <= given[1] else [1, 0]
    else:
        order = sorted(range(len(given)), key=given.__getitem__)
    return birth, sex, marks, asof, order, tuple(given[i] for i in order)


def _marks(programme: Programme, named: object) -> frozenset[str]:
    if not isinstance(named, list) or not all(isinstance(mark, str) for mark in named):
        raise Refused(why.MISSING)
    if not programme.marks.issuperset(named):
        raise Refused(why.UNKNOWN_MARK)
    return frozenset(named)
