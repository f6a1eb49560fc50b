"""From the question to the sealed list (発送の作成): counted, built, sealed; exclusions asked again each time (G-04)."""

import random
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from sesshu.base import clock
from sesshu.base.crypto import is_recipient, load_keys, try_hasher
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.base.numbers import draw_ticket_numbers
from sesshu.db import calls
from sesshu.inside.mailing.batches import files, queries, rules, seeds
from sesshu.inside.mailing.batches.rules import BATCH_LIFE, BatchState, Query
from sesshu.inside.mailing.batches.seeds import WatchAddress
from sesshu.inside.mailing.enclosure.rules import Window
from sesshu.inside.mailing.models import Batch, Piece, Printer, Seed
from sesshu.inside.mailing.models import WatchAddress as WatchRow
from sesshu.inside.planning import queries as planning
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.tickets import queries as tickets
from sesshu.inside.tickets.rules import PROGRAMME_CLOSED
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor

FEWEST = rules.FEWEST_SEEDS


@dataclass(frozen=True, slots=True)
class Built:
    """作成の結果 — pieces with the seeds among them, print files, and files in whose postcodes no seed could be put."""

    pieces: int
    seeds: int
    parts: int
    parts_without_seed: int


@dataclass(frozen=True, slots=True)
class Asked:
    """除く方の確認の結果 — withheld before print, newly on the pull list, print files that must be made again."""

    withheld: int
    to_pull: int
    void_parts: int


@dataclass(frozen=True, slots=True)
class _Made:
    pieces: int
    parts: int


@dataclass(frozen=True, slots=True)
class _Range:
    number: int
    first_postcode: str
    last_postcode: str
    pieces: int


# --- 登録 ---------------------------------------------------------------------------------------------------


@action("mailing.printer")
def put_printer(*, by: Actor, name: str, recipient: str) -> int:
    """印刷の受託者の登録 — ``recipient``: the firm's age public key. The same name again changes the key.

    Refuses ML05.
    """
    if not name.strip() or not is_recipient(recipient):
        raise Refused(rules.NO_PRINTER)
    made, _ = Printer.objects.update_or_create(
        name=name.strip(),
        defaults={"recipient": recipient, "state": "enabled", "put_at": clock.now(), "put_by": by.code},
    )
    tell(case=f"printer {made.pk}")
    return made.pk


@action("mailing.printer")
def put_watch_address(*, by: Actor, postcode: str, town: str, banchi: str, building: str) -> int:
    """監視先の住所の登録 — a deliverable address of the city's own, for letters to invented households."""
    made, _ = WatchRow.objects.get_or_create(
        postcode=postcode.replace("-", ""), town=town, banchi=banchi, building=building
    )
    tell(case=f"watch address {made.pk}")
    return made.pk


# --- 抽出・作成 ---------------------------------------------------------------------------------------------


@action("mailing.draft")
def draft(
    *, by: Actor, title: str, query: Query, printer_id: int, part_size: int = rules.LARGEST_PART,
    per_part: int = FEWEST, window: Window | None = None,
) -> int:  # fmt: skip
    """発送の条件を決める — counted beside the population before anything is extracted (G-03). Gives the batch's number.

    ``part_size``: sheets of one print file; ``per_part``: seeds in each; ``window``: thickness or weight of a right
    envelope. Refuses ML03, ML04, ML05, T05.
    """
    _check(title, query, part_size, per_part, window)
    if query.programme not in planning.list_open():
        raise Refused(PROGRAMME_CLOSED)
    if not Printer.objects.filter(pk=printer_id, state="enabled").exists():
        raise Refused(rules.NO_PRINTER)
    cohorts = queries.count_cohorts(query)
    if not any(c.chosen for c in cohorts):
        raise Refused(rules.NOBODY)
    made = Batch.objects.create(
        title=title.strip(),
        programme=query.programme,
        dose=query.dose,
        entitled_from=query.entitled_from,
        entitled_until=query.entitled_until,
        cohort_from=query.cohort_from,
        cohort_until=query.cohort_until,
        never_mailed=query.never_mailed,
        printer_id=printer_id,
        part_size=part_size,
        seeds=per_part,
        measure_low=window.low if window else None,
        measure_high=window.high if window else None,
        counts=[list(astuple(c)) for c in cohorts],
        made_at=clock.now(),
        made_by=by.code,
    )
    tell(case=f"batch {made.pk}")
    return made.pk


def _check(title: str, query: Query, part_size: int, per_part: int, window: Window | None) -> None:
    first, last = query.cohort_from, query.cohort_until
    good = (
        0 < len(title.strip()) <= 60
        and 1 <= query.dose <= 9
        and query.entitled_from <= query.entitled_until
        and (first is None or 1850 <= first <= 2200)
        and (last is None or 1850 <= last <= 2200)
        and (first is None or last is None or first <= last)
        and rules.SMALLEST_PART <= part_size <= rules.LARGEST_PART
        and rules.FEWEST_SEEDS <= per_part <= rules.MOST_SEEDS
        and (window is None or 0 <= window.low <= window.high)
    )
    if not good:
        raise Refused(rules.BAD_QUERY)


@action("mailing.build")
def build(*, by: Actor, batch_id: int) -> Built:
    """封書の一覧を作る — in the order of postcodes, with seeds, cut into print files; all or nothing.

    Protected residents are never among them. Refuses ML01, ML02, ML03, ML06.
    """
    # In this order everywhere: the register stands still, then the tickets, then the batch.
    calls.run("register.lock_imports_v1")
    batch = lock(batch_id, "build")
    calls.run("records.lock_v1", p_programme=batch.programme)
    watch = queries.list_watch_addresses()
    if not watch:
        raise Refused(rules.NO_WATCH_ADDRESS)
    ranges = calls.many("mailing.ranges_v1", _Range, p_batch=batch_id)
    if not ranges:
        raise Refused(rules.NOBODY)
    placed, bare = _places(batch, watch, ranges, random.SystemRandom())
    _sow(batch, placed)
    made = calls.one("mailing.build_v1", _Made, p_batch=batch_id, p_by=by.code)
    tell(case=f"batch {batch_id}")
    return Built(made.pieces, len(placed), made.parts, bare)


def _places(
    batch: Batch, watch: Sequence[WatchAddress], ranges: Sequence[_Range], rng: random.Random
) -> tuple[list[WatchAddress], int]:
    """Where the seeds live: in each print file that has a watch address among its postcodes, so that none stands out.

    And how many files have none. At least three seeds are in a batch, wherever they come to lie.
    """
    placed: list[WatchAddress] = []
    bare = 0
    for part in ranges:
        near = [w for w in watch if part.first_postcode <= w.postcode <= part.last_postcode]
        placed += (rng.choice(near) for _ in range(batch.seeds if near else 0))
        bare += not near
    while len(placed) < batch.seeds:
        placed.append(rng.choice(watch))
    return placed, bare


def _sow(batch: Batch, placed: Sequence[WatchAddress]) -> None:
    """Invented households of this job, with ticket numbers that nobody else will ever have."""
    taken = set(Seed.objects.values_list("name", flat=True))
    while True:
        drawn = seeds.draw(random.SystemRandom(), placed, taken, _years(batch))
        real = residents.list_names_in_use(seed.name for seed in drawn)
        if not real:
            break
        taken |= real
    numbers = draw_ticket_numbers(len(drawn), tickets.list_numbers())
    hash_try = try_hasher(load_keys(machine().keys_dir))
    Seed.objects.bulk_create(
        [
            Seed(
                batch=batch,
                watch_id=where.id,
                number=number,
                try_hash=hash_try(number),
                name=seed.name,
                kana=seed.kana,
                dob_key=seed.dob_key,
                postcode=seed.postcode,
                town=seed.town,
                banchi=seed.banchi,
                building=seed.building,
            )
            for seed, number, where in zip(drawn, numbers, placed, strict=True)
        ]
    )


def _years(batch: Batch) -> tuple[int, int]:
    """Years of birth of those who are chosen, so that a seed looks like its neighbours."""
    years = [c.year for c in queries.cohorts_of(batch) if c.chosen and c.year is not None]
    return min(years), max(years)


# --- 確定・取下げ -------------------------------------------------------------------------------------------


@action("mailing.seal")
def seal(*, by: Actor, batch_id: int) -> Asked:
    """発送の一覧を確定する — exclusions are asked again (G-04); from here on it only gets shorter. Refuses ML01–ML03."""
    calls.run("register.lock_imports_v1")
    batch = lock(batch_id, "seal")
    asked = ask(batch_id, by.code)
    if not Piece.objects.filter(batch_id=batch_id, state="planned").exists():
        raise Refused(rules.NOBODY)
    batch.state, batch.sealed_at, batch.sealed_by = BatchState.SEALED, clock.now(), by.code
    batch.save(update_fields=("state", "sealed_at", "sealed_by"))
    tell(case=f"batch {batch_id}")
    return asked


def withdraw(*, by: Actor, batch_id: int) -> int:
    """発送を取り下げる — before anything left; its print files are destroyed. Gives the number of pieces.

    Refuses ML01, ML02.
    """
    pieces = _withdraw(by=by, batch_id=batch_id)
    files.remove_all(batch_id)
    return pieces


@action("mailing.withdraw")
def _withdraw(*, by: Actor, batch_id: int) -> int:
    batch = lock(batch_id, "withdraw")
    pieces = list(Piece.objects.filter(batch_id=batch_id, state="planned").values_list("id", flat=True))
    calls.one("mailing.pull_v1", Asked, p_pieces=pieces, p_reason=str(rules.Pull.WITHDRAWN), p_by=by.code)
    batch.state, batch.closed_at, batch.closed_by = BatchState.WITHDRAWN, clock.now(), by.code
    batch.save(update_fields=("state", "closed_at", "closed_by"))
    tell(case=f"batch {batch_id}")
    return len(pieces)


@action("mailing.pull")
def ask_again(*, by: Actor, batch_id: int) -> Asked:
    """引抜一覧を更新する — exclusions asked now. Refuses ML01, ML02."""
    calls.run("register.lock_imports_v1")
    lock(batch_id, "post", "seal", "release")
    asked = ask(batch_id, by.code)
    tell(case=f"batch {batch_id}")
    return asked


@action("mailing.find")
def look_up(*, by: Actor, code: str) -> int:
    """管理コードから封書を探す — gives the id of the piece; the resident's list of uses says so. Refuses ML15."""
    piece = queries.get_piece(code)
    shown = rules.Code(piece.batch_id, piece.serial)
    tell(case=f"piece {shown}", resident=piece.resident_id, fields=("ticket",))
    return piece.pk


@step
def ask(batch_id: int, by: str) -> Asked:
    """除く方の確認 — the dead, those who moved, dead tickets, changed names and addresses, protected persons."""
    return calls.one("mailing.ask_v1", Asked, p_batch=batch_id, p_by=by)


@step
def lock(batch_id: int, *steps: str) -> Batch:
    """The batch, locked until the end of the transaction, from a state that has one of these steps.

    Raises Refused ML01, ML02.
    """
    calls.run("mailing.lock_v1", p_batch=batch_id)
    batch = queries.get_batch(batch_id)
    if steps and not any(BATCH_LIFE.may(BatchState(batch.state), step) for step in steps):
        raise Refused(rules.WRONG_STATE)
    return batch
