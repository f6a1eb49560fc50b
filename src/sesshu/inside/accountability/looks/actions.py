"""Finding and opening a resident's record: each look is written before anything is shown (照会)."""

from dataclasses import dataclass, field

from sesshu.base.errors import Refused
from sesshu.base.personal import Personal
from sesshu.inside.accountability.looks import queries, rules
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents.words import shown_name
from sesshu.inside.tickets import queries as tickets
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor

SAME_BIRTHDAY = 5000  # of one birth date; wholly unknown dates are the only ones that many share


@dataclass(frozen=True, slots=True)
class FoundRow:
    """検索の一行 — who it may be. Of a protected resident nothing but the row's number (P-05)."""

    id: int
    protected: bool
    name: str = field(default="", repr=False)
    kana: str = field(default="", repr=False)
    dob_text: str = field(default="", repr=False)
    status: str = ""


@action("resident.find")
def find(
    *,
    by: Actor,
    reference_no: str = "",
    ticket: Personal[str] | None = None,
    name: str = "",
    dob_key: str = "",
) -> list[int]:
    """住民を探す — by 宛名番号, by ticket number, or by the beginning of a name and the birth date. Refuses F01, F02.

    Gives ids only; what is shown of them is an act of its own.
    """
    if reference_no:
        one = residents.find_by_reference(reference_no)
        found = [one.pk] if one else []
    elif ticket:
        held = tickets.find_by_number(ticket.open())
        found = [held[0]] if held else []
    else:
        same_day = residents.list_found(dob_key=dob_key, limit=SAME_BIRTHDAY) if name and dob_key else []
        found = [r.pk for r in same_day if rules.name_begins(name, (r.kana, r.name, r.latin, r.common_name))]
    if not found:
        raise Refused(rules.NOBODY_FOUND)
    if len(found) > rules.MOST_FOUND:
        raise Refused(rules.TOO_MANY)
    return found


@action("resident.find")
def list_found(*, by: Actor, resident_ids: list[int]) -> list[FoundRow]:
    """検索の結果を示す — one entry for each resident shown; the protected first, without a word about them."""
    rows = []
    for r in residents.list_by_ids(resident_ids[: rules.MOST_FOUND]):
        if r.protected:
            rows.append(FoundRow(r.pk, True))
            tell(resident=r.pk, fields=("warning",))
        else:
            rows.append(FoundRow(r.pk, False, shown_name(r), r.kana, r.dob_text, r.status))
            tell(resident=r.pk, fields=("name", "kana", "dob"))
    return sorted(rows, key=lambda row: not row.protected)


@action("resident.show")
def show(*, by: Actor, resident_id: int) -> queries.Whole:
    """住民の記録を開く — what every room knows of one resident. Refuses R90, F03 for a protected one."""
    found = residents.get_resident(resident_id)
    if found.protected:
        raise Refused(rules.HANDED_ON)
    tell(resident=resident_id, fields=queries.FIELDS)
    return queries.get_whole(found)


@action("resident.show")
def warn(*, by: Actor, resident_id: int) -> None:
    """引継の表示 — somebody was led to a protected resident and saw the warning, nothing else."""
    tell(resident=resident_id, fields=("warning",))
