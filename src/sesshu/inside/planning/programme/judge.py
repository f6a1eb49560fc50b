"""One case judged (接種歴の判定): which doses counted, what is due and when. Pure; no database.

The shape of a case and of its answer is a promise: docs/reference and ``sesshu programme judge --help``.
"""

import datetime as dt

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
from sesshu.inside.planning.programme.terms import Counts, Programme, Sex

EARLIEST, LATEST = dt.date(1868, 1, 1).toordinal(), dt.date(2999, 12, 31).toordinal()
VALID, NOT_VALID, EXTRANEOUS = "valid", "not_valid", "extraneous"
COMPLETE, NOT_COMPLETE, NOT_ELIGIBLE = "complete", "not_complete", "not_eligible"

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


def judge(programme: Programme, case: dict) -> dict:
    """判定 — the answer to one case. Raises Refused (J21–J27) where the case cannot be judged.

    In: ``{"id", "dob", "sex", "asof", "doses": [{"date", "product"}]}``; ``marks`` may list registered marks,
    ``eligibility`` a birth date chosen by staff. A product is written by id, name or another known spelling.
    Out: ``doses`` in the order given, ``status``, ``next`` dose, ``earliest`` and ``recommended`` day of the
    first stretch that has not ended on ``asof`` (it may have begun before), ``why``: codes in order.
    """
    birth, sex, marks, asof, order, everything = _read(programme, case)
    if birth is None:
        return _answer(case, [NOT_VALID] * len(order), NOT_ELIGIBLE, [why.NO_BIRTH_DATE.code])
    profile = profile_for(programme, birth, sex, marks)
    within, given = _scope(programme, everything, asof)
    if len(profile.series) == 1:
        standing = [follow(programme, profile.series[0], profile, given, everything)]
    else:
        standing = stand(programme, profile, given, everything)
    verdicts, reasons = _verdicts(
        standing[0].said if standing else [why.WRONG_PRODUCT.code] * len(given), given, everything, order
    )
    if standing and standing[0].complete:
        return _answer(case, verdicts, COMPLETE, reasons)
    if programme.exclusions and excluded(programme, everything):
        return _answer(case, verdicts, NOT_ELIGIBLE, [*reasons, why.EXCLUDED.code])
    best = None
    for progress in standing:
        for opening in next_openings(programme, profile, progress, everything, within):
            if opening.last >= asof and (best is None or opening.first < best.first):
                best = opening
    if best is None:
        code = why.OVER.code if profile.eligible else why.NO_GROUP.code
        return _answer(case, verdicts, NOT_ELIGIBLE, [*reasons, code])
    if best.first > asof:
        reasons.append(why.NOT_YET.code)
    answer = _answer(case, verdicts, NOT_COMPLETE, reasons)
    answer["next"] = best.number
    answer["earliest"] = dt.date.fromordinal(best.first).isoformat()
    answer["recommended"] = dt.date.fromordinal(best.advised).isoformat()
    return answer


def _answer(case: dict, verdicts: list[str], status: str, reasons: list[str]) -> dict:
    return {
        "id": case["id"],
        "doses": verdicts,
        "status": status,
        "next": None,
        "earliest": None,
        "recommended": None,
        "why": list(dict.fromkeys(reasons)),
    }


def _scope(programme: Programme, everything: Given, asof: int) -> tuple[tuple[int, int], Given]:
    """The season that counts on a day: the running one, else the next, else the last."""
    if programme.counts is Counts.ALL:
        return (programme.first_day, programme.last_day), everything
    found = scopes(programme, everything)
    return next((scope for scope in found if scope[0][1] >= asof), found[-1])


def _verdicts(
    said: list[str | None], given: Given, everything: Given, order: list[int]
) -> tuple[list[str], list[str]]:
    """The word for each dose in the order of the case, and the reasons in the order of days."""
    if len(given) < len(everything):  # doses outside the season stand before or after those inside
        before = everything.index(given[0]) if given else 0
        after = len(everything) - before - len(given)
        outside = why.OTHER_SEASON.code
        said = [outside] * before + said + [outside] * after
    verdicts = [""] * len(order)
    for position, code in zip(order, said, strict=True):
        verdicts[position] = VALID if code is None else EXTRANEOUS if code in _BESIDE else NOT_VALID
    return verdicts, [code for code in said if code is not None]


# --- reading a case ---------------------------------------------------------------------------------------


def _day(text: object) -> int:
    try:  # the form first: Python also reads 20210401 and the week form 2021-W01-1
        if len(text) == 10 and text[4] == text[7] == "-":  # type: ignore[arg-type, index]
            day = dt.date.fromisoformat(text).toordinal()  # type: ignore[arg-type]
            if EARLIEST <= day <= LATEST:
                return day
    except (TypeError, ValueError, KeyError):
        pass
    raise Refused(why.NO_DATE)


def _read(
    programme: Programme, case: dict
) -> tuple[int | None, Sex, frozenset[str], int, list[int], tuple[tuple[int, str], ...]]:
    """Birth day, sex, marks, asof, the order of the doses by day, and the doses in that order."""
    try:
        dob, asof, doses = case["dob"], _day(case["asof"]), case["doses"]
        case["id"]
    except (KeyError, TypeError):
        raise Refused(why.MISSING) from None
    chosen = case.get("eligibility")
    birth = None if dob is None and chosen is None else _day(dob if chosen is None else chosen)
    sex = _SEXES.get(str(case.get("sex") or "").lower())
    if sex is None:
        raise Refused(why.UNKNOWN_SEX)
    marks = _marks(programme, case["marks"]) if case.get("marks") else _NO_MARKS
    if not isinstance(doses, list):
        raise Refused(why.MISSING)
    given, spelled = [], programme.spelled
    for dose in doses:
        try:
            day, product = _day(dose["date"]), spelled.get(dose["product"])
        except (KeyError, TypeError):
            raise Refused(why.MISSING) from None
        if product is None:
            raise Refused(why.UNKNOWN_PRODUCT)
        if day > asof or (birth is not None and day < birth):
            raise Refused(why.WRONG_ORDER)
        given.append((day, product))
    if birth is not None and birth > asof:
        raise Refused(why.WRONG_ORDER)
    if len(given) < 2:
        return birth, sex, marks, asof, [0] * len(given), tuple(given)
    order = sorted(range(len(given)), key=given.__getitem__)
    return birth, sex, marks, asof, order, tuple(given[i] for i in order)


def _marks(programme: Programme, named: object) -> frozenset[str]:
    if not isinstance(named, list) or not all(isinstance(mark, str) for mark in named):
        raise Refused(why.MISSING)
    if not programme.marks.issuperset(named):
        raise Refused(why.UNKNOWN_MARK)
    return frozenset(named)
