"""One print file from the rows of the register (印刷ファイルを作る): composed, pressed, read back, closed, written.

Runs in a process of its own, so it knows no database: rows and settings come in, what was made goes out. The file
is ciphertext to this place's own key before it touches the disk.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from sesshu.base import jdate
from sesshu.base.crypto import seal
from sesshu.base.paper.clusters import MissingGlyph
from sesshu.inside.mailing.batches.rules import Code
from sesshu.inside.mailing.sheets.gate import Fault, check_file
from sesshu.inside.mailing.sheets.press import press_sheets
from sesshu.inside.mailing.sheets.sheet import Letter, PastDose, Sheet
from sesshu.inside.register.residents.words import address_line, full_address, shown_name, shown_postcode

SAMPLE = 40
"""Sheets of each file that are rendered and read back; 28 files of a city make more than a thousand."""


@dataclass(slots=True)
class Row:
    """シートの一行 — what the register says of one piece. Does not print itself."""

    serial: int
    number: str = field(repr=False)
    name: str = field(repr=False)
    latin: str = field(repr=False)
    common_name: str = field(repr=False)
    postcode: str = field(repr=False)
    town: str | None = field(repr=False)
    banchi: str | None = field(repr=False)
    building: str | None = field(repr=False)
    dob_text: str = field(repr=False)
    past: str | None = field(repr=False)  # JSON: [[dose, day, product, lot, place, venue], …]


@dataclass(frozen=True, slots=True)
class Run:
    """印刷の設定 — what all files of a batch share."""

    batch: int
    letter: Letter
    prefecture: str
    municipality: str
    products: Mapping[str, str]  # id → name
    venues: Mapping[int, str]  # id → name
    recipient: str  # this place's own age key
    sample: int = SAMPLE


@dataclass(frozen=True, slots=True)
class Withheld:
    """印字できない封書 — its serial number, the field, the code points of the missing sign (none: too long)."""

    serial: int
    field: str
    code_points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pressed:
    """作ったファイル — SHA-256 of the plain file, its size, whose sheets are in it, what the gate read."""

    sha256: str
    size: int
    serials: tuple[int, ...]
    withheld: tuple[Withheld, ...]
    sampled: int
    read_back: int
    faults: tuple[Fault, ...]


def compose(run: Run, row: Row) -> Sheet:
    """The sheet of one row. Its record id is the management code."""
    here = full_address(row, run.prefecture, run.municipality)
    code = str(Code(run.batch, row.serial))
    return Sheet(
        record_id=code,
        letter=run.letter,
        management_code=code,
        ticket_number=row.number,
        name=shown_name(row),
        postcode=shown_postcode(row.postcode),
        address=(here, row.building) if row.building else (here,),
        register_address=address_line(row, run.prefecture, run.municipality),
        birth=_birth(row.dob_text),
        past=_past(run, row.past) if row.past else (),
    )


@lru_cache(maxsize=40_000)
def _birth(text: str) -> str:
    return jdate.parse_birth_date(text).japanese()


def _past(run: Run, past: str) -> tuple[PastDose, ...]:
    return tuple(
        PastDose(
            dose,
            jdate.japanese(jdate.parse_date(day)),
            f"{run.products.get(product, product)} {lot}".strip(),
            place or run.venues.get(venue, ""),
        )
        for dose, day, product, lot, place, venue in json.loads(past)
    )


def press_part(run: Run, rows: Sequence[Row], path: Path) -> Pressed:
    """Make one file, look through the gate, write its ciphertext to ``path``. Faults: nothing is written."""
    sheets = [compose(run, row) for row in rows]
    printed = press_sheets(sheets)
    serial_of = {sheet.record_id: row.serial for sheet, row in zip(sheets, rows, strict=True)}
    inside = frozenset(printed.record_ids)
    checked = (
        check_file(printed.pdf, [s for s in sheets if s.record_id in inside], run.sample) if inside else None
    )
    if checked and checked.passed:
        _write(path, seal(printed.pdf, run.recipient, about=path.name))
    return Pressed(
        hashlib.sha256(printed.pdf).hexdigest(),
        len(printed.pdf),
        tuple(serial_of[record] for record in printed.record_ids),
        tuple(
            dict.fromkeys(
                Withheld(
                    serial_of[p.record_id], p.field, p.code_points if isinstance(p, MissingGlyph) else ()
                )
                for p in printed.withheld
            )
        ),
        checked.sampled if checked else 0,
        checked.read if checked else 0,
        checked.faults if checked else (),
    )


def _write(path: Path, data: bytes) -> None:
    """In one step: a killed process leaves the old file or the new one, never half of it."""
    new = path.with_name(path.name + ".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
