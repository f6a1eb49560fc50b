"""Questions about batches, their print files and pieces (発送の照会)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sesshu.base.errors import Refused
from sesshu.db import calls
from sesshu.inside.mailing.batches import rules
from sesshu.inside.mailing.batches.rules import Code, Cohort, Query, Tally, parse_code
from sesshu.inside.mailing.batches.seeds import WatchAddress
from sesshu.inside.mailing.models import Batch, Part, Piece, Printer, Seed, Withheld
from sesshu.inside.mailing.models import WatchAddress as WatchRow


@dataclass(frozen=True, slots=True)
class PulledCount:
    """引抜の内訳 — pieces withheld before print, pulled after, and still to be pulled, by reason."""

    reason: str
    withheld: int
    pulled: int
    to_pull: int

    @property
    def word(self) -> str:
        return rules.PULL_WORDS[rules.Pull(self.reason)]


@dataclass(frozen=True, slots=True)
class ToPull:
    """引抜一覧の一行 — code, where it lies if it was read, and why; no name."""

    code: Code
    reason: str
    asked_at: dt.datetime
    box: str | None
    position: int | None

    @property
    def word(self) -> str:
        return rules.PULL_WORDS[rules.Pull(self.reason)]


@dataclass(frozen=True, slots=True)
class SeedHit:
    """監視用の番号の使用 — the number of a seed was tried somewhere: the files of this batch have been seen (FX-17)."""

    at: dt.datetime
    zone: str
    batch_id: int
    printer: str


@dataclass(frozen=True, slots=True)
class _Planned:
    pk: int
    pieces: int


@dataclass(frozen=True, slots=True)
class WithheldPiece:
    """印字できない封書 — which field of it, and the code points as people write them (empty: too long)."""

    code: Code
    field: str
    signs: str


def list_batches() -> list[Batch]:
    """All batches, the newest first."""
    return list(Batch.objects.select_related("printer").order_by("-id"))


def get_batch(batch_id: int) -> Batch:
    """One batch. Raises Refused ML01."""
    found = Batch.objects.select_related("printer").filter(pk=batch_id).first()
    if found is None:
        raise Refused(rules.NO_BATCH)
    return found


def query_of(batch: Batch) -> Query:
    """The question of a batch."""
    return Query(
        batch.programme,
        batch.dose,
        batch.entitled_from,
        batch.entitled_until,
        batch.cohort_from,
        batch.cohort_until,
        batch.never_mailed,
    )


def count_cohorts(query: Query) -> list[Cohort]:
    """生まれ年度ごとの人数 — beside the population, before anything is extracted (G-03)."""
    calls.run("mailing.know_sizes_v1")
    return calls.many(
        "mailing.count_v1",
        Cohort,
        p_programme=query.programme,
        p_dose=query.dose,
        p_from=query.entitled_from,
        p_until=query.entitled_until,
        p_cohort_from=query.cohort_from,
        p_cohort_until=query.cohort_until,
        p_never=query.never_mailed,
    )


def cohorts_of(batch: Batch) -> list[Cohort]:
    """The counts that were shown when the batch was drafted."""
    return [Cohort(*row) for row in batch.counts]


def tally(batch_id: int) -> Tally:
    """通数の内訳 of a batch now."""
    return calls.one("mailing.tally_v1", Tally, p_batch=batch_id)


def count_pulled(batch_id: int) -> list[PulledCount]:
    """引抜の内訳 by reason."""
    return calls.many("mailing.count_pulled_v1", PulledCount, p_batch=batch_id)


def list_parts(batch_id: int) -> list[Part]:
    """印刷ファイル of a batch, by number."""
    return list(Part.objects.filter(batch_id=batch_id).order_by("number"))


def list_to_print(batch_id: int) -> list[tuple[Part, int]]:
    """印刷待ち — parts without a good file that have pieces to print, and how many; by number."""
    counts = {c.pk: c.pieces for c in calls.many("mailing.count_planned_v1", _Planned, p_batch=batch_id)}
    waiting = [p for p in list_parts(batch_id) if p.state == rules.PartState.PLANNED]
    return [(p, counts[p.pk]) for p in waiting if counts.get(p.pk)]


def list_to_pull(batch_id: int) -> list[ToPull]:
    """引抜一覧 — printed pieces that must not go and were not read yet, in the order in which they lie."""
    found = Piece.objects.filter(batch_id=batch_id, state="printed", pull_asked_at__isnull=False)
    return [
        ToPull(Code(p.batch_id, p.serial), p.pull_reason or "other", p.pull_asked_at, p.box, p.position)
        for p in found.order_by("serial")
        if p.pull_asked_at
    ]


def list_withheld(batch_id: int) -> list[WithheldPiece]:
    """印字できない封書 of a batch."""
    found = Withheld.objects.filter(piece__batch_id=batch_id).select_related("piece")
    return [
        WithheldPiece(
            Code(batch_id, w.piece.serial), w.field, " ".join(f"U+{point:04X}" for point in w.code_points)
        )
        for w in found.order_by("piece__serial", "field")
    ]


def find_piece(typed: str) -> Piece | None:
    """The piece of a management code as scanned or typed."""
    code = parse_code(typed)
    if code is None:
        return None
    found = Piece.objects.select_related("batch", "part", "seed")
    return found.filter(batch_id=code.batch, serial=code.serial).first()


def get_piece(typed: str) -> Piece:
    """The piece of a management code. Raises Refused ML15."""
    found = find_piece(typed)
    if found is None:
        raise Refused(rules.NO_PIECE)
    return found


def show_piece(piece_id: int) -> Piece | None:
    """One piece by its own id, with what it replaces."""
    return Piece.objects.select_related("batch", "part", "replaces").filter(pk=piece_id).first()


def code_of(piece: Piece) -> str:
    """The management code of a piece."""
    return str(Code(piece.batch_id, piece.serial))


def reprint_of(piece_id: int) -> Piece | None:
    """The piece that goes instead of a spoiled or changed one."""
    return Piece.objects.filter(replaces_id=piece_id).first()


def pieces_by_serial(batch_id: int, serials: Iterable[int]) -> dict[int, int]:
    """Serial number → id of these pieces."""
    found = Piece.objects.filter(batch_id=batch_id, serial__in=set(serials))
    return dict(found.values_list("serial", "id"))


def list_pieces_of(resident_id: int) -> list[Piece]:
    """封書 that were made for one resident, the newest first."""
    return list(Piece.objects.select_related("batch").filter(resident_id=resident_id).order_by("-id"))


def list_open() -> list[int]:
    """Batches whose pieces may still have to be pulled."""
    return calls.column("mailing.open_batches_v1")


def list_printers() -> list[Printer]:
    """受託者 who may open print files."""
    return list(Printer.objects.filter(state="enabled").order_by("name"))


def list_watch_addresses() -> list[WatchAddress]:
    """監視先の住所."""
    rows = WatchRow.objects.filter(state="enabled").order_by("postcode", "id")
    return [WatchAddress(w.id, w.postcode, w.town, w.banchi, w.building) for w in rows]


def list_seed_hits(limit: int = 20) -> list[SeedHit]:
    """監視用の番号の使用, the newest first."""
    return calls.many("mailing.list_seed_hits_v1", SeedHit, p_limit=limit)


def find_seed_batch(try_hash: bytes) -> int | None:
    """どの発送の架空世帯か — the batch whose seed's number was used somewhere (FX-17)."""
    return Seed.objects.filter(try_hash=try_hash).values_list("batch_id", flat=True).first()
