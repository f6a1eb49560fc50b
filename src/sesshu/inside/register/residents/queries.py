"""Questions about residents (住民についての問い)."""

from collections.abc import Iterable

from django.db.models import QuerySet

from sesshu.base.errors import Refused
from sesshu.inside.register.residents.models import History, Protection, Resident
from sesshu.inside.register.residents.rules import NO_RESIDENT


def get_resident(resident_id: int) -> Resident:
    """One resident. Raises Refused R90."""
    found = Resident.objects.filter(id=resident_id).first()
    if found is None:
        raise Refused(NO_RESIDENT)
    return found


def find_resident(resident_id: int) -> Resident | None:
    """One resident, or None."""
    return Resident.objects.filter(id=resident_id).first()


def find_by_reference(reference_no: str) -> Resident | None:
    """宛名番号で一人."""
    return Resident.objects.filter(reference_no=reference_no).first()


def list_found(*, kana: str = "", dob_key: str = "", limit: int = 51) -> QuerySet[Resident]:
    """氏名カナの前方一致・生年月日 — residents in the order of kana and birth date; nothing asked gives nobody.

    ``kana``: the beginning, as stored (``base.text.wide_kana``); ``dob_key``: 8 characters (``base.jdate.dob_key``).
    The ids of the protected are among them with name and birth date only: a page shows the warning first (P-05).
    """
    found = Resident.objects.all()
    if kana:
        # A range, not LIKE: the index is in the order of code points.
        found = found.filter(kana__gte=kana, kana__lt=kana + "\U0010ffff")
    if dob_key:
        found = found.filter(dob_key=dob_key)
    return found.order_by("kana", "dob_key", "id")[:limit] if kana or dob_key else found.none()


def list_by_ids(resident_ids: Iterable[int]) -> list[Resident]:
    """These residents, in the order of kana and birth date."""
    return list(Resident.objects.filter(id__in=list(resident_ids)).order_by("kana", "dob_key", "id"))


def list_names_in_use(names: Iterable[str]) -> set[str]:
    """Those of these names that somebody on the register has."""
    return set(Resident.objects.filter(name__in=list(names)).values_list("name", flat=True))


def list_history(resident_id: int, limit: int = 100) -> list[History]:
    """異動履歴 of one resident, the newest first."""
    return list(History.objects.filter(resident_id=resident_id)[:limit])


def walled_numbers() -> frozenset[str]:
    """宛名番号 of everybody who is protected now."""
    return frozenset(Resident.objects.filter(protected=True).values_list("reference_no", flat=True))


def list_unwalled(resident_ids: Iterable[int]) -> list[int]:
    """Those of these residents who have no wall, locked until the end of the transaction."""
    rows = Resident.objects.select_for_update().filter(id__in=list(resident_ids), protected=False)
    return list(rows.order_by("id").values_list("id", flat=True))


def count_walls(source: str) -> int:
    """How many protections began by this source (``import 3``)."""
    return Protection.objects.filter(source=source).count()


def open_protection(resident_id: int) -> Protection | None:
    """The protection that stands now, with ``release_asked_at``."""
    return Protection.objects.filter(resident_id=resident_id, ended_at=None).first()


def list_release_asked() -> QuerySet[Protection]:
    """支援措置の区分が消えた人 — for the section: a file came without the flag; the walls stand (P-13)."""
    return Protection.objects.filter(ended_at=None, release_asked_at__isnull=False).order_by(
        "release_asked_at"
    )
