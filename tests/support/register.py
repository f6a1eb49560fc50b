"""Given-steps for the register: files with lines of made-up people, officers, an import accepted by two."""

import csv
import datetime as dt
import io
from pathlib import Path

from django.db import connection

from sesshu.inside.register.imports import actions
from sesshu.inside.register.imports.queries import ImportReport
from sesshu.inside.register.imports.rules import COLUMNS, FIELDS
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.matrix import Proof, Role, Zone

HOST = Actor("host", Role.HOST, Zone.HOST, Proof.SIGNED_IN)
FIRST = Actor("OF-1", Role.OFFICER, Zone.OFFICE, Proof.FRESH)
SECOND = Actor("OF-2", Role.CHIEF, Zone.OFFICE, Proof.FRESH)
AS_OF = dt.date(2026, 10, 20)

GOOD = {
    "reference_no": "100000019", "household_no": "200000017", "relation": "世帯主", "name": "架空　太郎",
    "kana": "カクウ　タロウ", "latin": "", "common_name": "", "dob_text": "S21.04.01", "sex": "男",
    "postcode": "1530061", "town": "中目黒二丁目", "banchi": "１９番１５号", "building": "架空荘２０１",
    "phone": "03-0000-0000", "resident_from": "H12.05.01", "event": "国内転入", "event_on": "H12.05.01",
    "status": "現存", "foreign": "0", "protected": "0",
}  # fmt: skip
assert list(GOOD) == [name for name, _ in FIELDS]


def person(n: int, **changes: str) -> dict[str, str]:
    """Somebody with a number, a household and a house of their own."""
    own = {"reference_no": str(1000 + n), "household_no": str(5000 + n), "banchi": f"{n + 1}番{n + 1}号"}
    return GOOD | own | changes


def write(path: Path, *rows: dict | list, encoding: str = "cp932", header=COLUMNS) -> Path:
    """A register file of these lines (a dict by field, or raw cells)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(list(row.values()) if isinstance(row, dict) else row for row in rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def stage(tmp_path: Path, *rows: dict | list, **more) -> ImportReport:
    """Stage a file of these lines, by the host."""
    settings = {"by": HOST, "as_of": AS_OF} | more
    return actions.stage(path=write(tmp_path / "register.csv", *rows), **settings)


def no_walls(resident_ids, *, by, source) -> None:
    """For imports in which nobody becomes protected."""
    raise AssertionError("nobody was to be protected here")


def accept(report: ImportReport, protect=no_walls, despite=frozenset()) -> actions.Accepted:
    """Both approvals."""
    more = {"import_id": report.id, "protect": protect, "despite": despite}
    assert not actions.accept(by=FIRST, **more).complete
    return actions.accept(by=SECOND, **more)


def take_in(tmp_path: Path, *rows: dict | list, **more) -> actions.Accepted:
    """Stage and accept."""
    return accept(stage(tmp_path, *rows), **more)


def run(query: str, *values) -> list[tuple]:
    """Any statement, on the test's own connection."""
    with connection.cursor() as c:
        c.execute(query, values)
        return c.fetchall() if c.description else []
