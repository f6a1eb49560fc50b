"""Given-steps of a mailing: residents with tickets, a printer with a key, a batch at any point of its life."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

from pyrage import x25519

from sesshu.inside.mailing.batches import actions, handover, printing
from sesshu.inside.mailing.batches.rules import Code, Query
from sesshu.inside.mailing.enclosure.actions import reconcile
from sesshu.inside.mailing.enclosure.rules import Window
from sesshu.inside.mailing.enclosure.scanlog import COLUMNS, END
from sesshu.inside.records.entitlements.actions import recompute
from sesshu.inside.tickets.actions import issue
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.matrix import Proof, Role, Zone
from tests.support.residents import HOST, OFFICER, PROGRAMME, given_programme, given_resident, run

SECOND = Actor("OF-2", Role.CHIEF, Zone.OFFICE, Proof.FRESH)
PRINTER = x25519.Identity.generate()
QUERY = Query(PROGRAMME, 1, dt.date(2026, 10, 1), dt.date(2027, 3, 31))
WINDOW = Window(1100, 1300)


def given_tickets(count: int = 12) -> list[int]:
    """The sample programme, so many old residents with addresses and tickets, the city's own watch address."""
    given_programme()
    made = [given_resident(dob=f"19{30 + n % 25}0401") for n in range(count)]
    for n, resident in enumerate(made):
        address(resident, postcode=f"152{n:04d}", banchi=f"{n + 1}番1号", name=f"見本　花子{chr(0x4E00 + n)}")
    recompute(by=HOST, programme=PROGRAMME)
    issue(by=HOST, programme=PROGRAMME)
    actions.put_watch_address(
        by=HOST, postcode="152-0005", town="中央町一丁目", banchi="9番9号", building="見本区役所分室"
    )
    return made


def address(resident: int, **values: str) -> None:
    """Change fields of one resident as no import would note it."""
    for name, value in values.items():
        run(f"UPDATE register.resident SET {name} = %s WHERE id = %s", value, resident)


def given_printer() -> int:
    return actions.put_printer(by=HOST, name="印刷A", recipient=str(PRINTER.to_public()))


def given_draft(**changes) -> int:
    values = {"title": "65歳以上 第1便", "query": QUERY, "printer_id": given_printer(), "window": WINDOW}
    return actions.draft(by=HOST, **(values | changes))


def given_built(**changes) -> int:
    batch = given_draft(**changes)
    actions.build(by=HOST, batch_id=batch)
    return batch


def given_sealed(**changes) -> int:
    batch = given_built(**changes)
    actions.seal(by=HOST, batch_id=batch)
    return batch


def given_files(**changes) -> int:
    batch = given_sealed(**changes)
    printing.make_files(by=HOST, batch_id=batch, processes=1)
    return batch


def release(batch: int) -> handover.Released:
    """Both people."""
    first = handover.release(by=OFFICER, batch_id=batch)
    assert not first.complete and first.asked == actions.Asked(0, 0, 0)
    return handover.release(by=SECOND, batch_id=batch)


def given_released(**changes) -> int:
    batch = given_files(**changes)
    assert release(batch).complete
    return batch


def serials(batch: int, where: str = "true") -> list[int]:
    return [
        n
        for (n,) in run(
            f"SELECT serial FROM mailing.piece WHERE batch_id = %s AND {where} ORDER BY serial", batch
        )
    ]


def code(batch: int, serial: int) -> str:
    return str(Code(batch, serial))


def piece_of(batch: int, resident: int) -> int:
    """The newest serial of a resident in a batch."""
    return run(
        "SELECT max(serial) FROM mailing.piece WHERE batch_id = %s AND resident_id = %s", batch, resident
    )[0][0]


def state(batch: int, serial: int) -> str:
    return run("SELECT state FROM mailing.piece WHERE batch_id = %s AND serial = %s", batch, serial)[0][0]


def scan_log(path: Path, batch: int, rows: Sequence[int | tuple], box: str = "01", end: bool = True) -> Path:
    """A log of these serials; a tuple says (code, insert, measure) as it stands."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for position, row in enumerate(rows, 1):
        cells = row if isinstance(row, tuple) else (code(batch, row), "", 1200)
        writer.writerow([box, position, *cells])
    if end:
        writer.writerow([END, len(rows), "", "", ""])
    path.write_bytes(out.getvalue().encode("cp932"))
    return path


def read_all(tmp_path: Path, batch: int) -> None:
    """Every printed piece that is not to be pulled is read, rightly."""
    left = serials(batch, "state = 'printed' AND enclosed_at IS NULL AND pull_asked_at IS NULL")
    if left:
        reconcile(
            by=HOST,
            batch_id=batch,
            path=scan_log(tmp_path / f"rest-{left[0]}.csv", batch, left, box=f"R{left[0]}"),
        )


def given_posted(tmp_path: Path, **changes) -> int:
    batch = given_released(**changes)
    read_all(tmp_path, batch)
    assert handover.post(by=HOST, batch_id=batch).complete
    return batch
