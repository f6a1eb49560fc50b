"""Given-steps of the office: a small register in which everybody has a name of fish or birds, so that leaks are found."""

import base64
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from sesshu.base.crypto import load_keys
from sesshu.bridge.slips import Slip, SlipKind, seal_slip
from sesshu.inside.planning.plans import actions as plans
from sesshu.inside.planning.plans import rules as plan_rules
from sesshu.inside.records.entitlements import actions as entitlements
from sesshu.inside.records.protection.actions import protect
from sesshu.inside.records.subjects import actions as subjects
from sesshu.inside.register.residents.models import Resident
from sesshu.inside.tickets import actions as tickets
from sesshu.inside.tickets.models import Ticket
from tests.support import place as p
from tests.support import register as r
from tests.support.plan import PLAN
from tests.support.residents import HOST, PROGRAMME, WORKER, arrive, given_programme, run

# Where the protected are. None of these words may ever be seen in the office.
ADDRESS, PHONE, HOUSEHOLD, KIN, LOT_BANCHI = "鯉鮎荘311", "03-7777-1234", "777000111", "妻鰻", "88番77号"
CANARIES = (ADDRESS, PHONE, HOUSEHOLD, KIN, LOT_BANCHI)
WALLED_NAME = "鱒川　渚"
WALLED = {
    "name": WALLED_NAME, "kana": "マスカワ　ナギサ", "dob_text": "S21.04.01", "building": ADDRESS, "phone": PHONE,
    "household_no": HOUSEHOLD, "relation": KIN, "banchi": LOT_BANCHI, "protected": "1",
}  # fmt: skip
OPEN = {
    1: {"name": "鷺沢　ひばり", "kana": "サギサワ　ヒバリ", "dob_text": "S25.04.01", "phone": "03-0000-1111"},
    2: {"name": "雉村　つぐみ", "kana": "キジムラ　ツグミ", "dob_text": "S26.05.02"},
    3: {"name": "鱒川　岸", "kana": "マスカワ　キシ", "dob_text": "S21.04.01"},  # shares name and day with the walled one
    4: {"name": "鶴見　かもめ", "kana": "ツルミ　カモメ", "dob_text": "S27.06.03"},
    5: {"name": "鴨居　つばめ", "kana": "カモイ　ツバメ", "dob_text": "S28.07.04"},
    6: {"name": "", "latin": "HERON ALBA", "kana": "", "dob_text": "1955/08/05", "foreign": "1"},
    7: {"name": "鳩山　とき", "kana": "ハトヤマ　トキ", "dob_text": "S29.08.05"},
    8: {"name": "小鳥遊　雲雀", "kana": "タカナシ　ヒバリ", "dob_text": "H27.08.05"},  # too young
}  # fmt: skip


@dataclass
class Town:
    """The register's people by the numbers above; ``walled`` is protected."""

    ids: dict[int, int] = field(default_factory=dict)
    walled: int = 0
    walled_reference: str = "1009"
    slips: int = 0

    def number(self, n: int) -> str:
        """The live ticket number of somebody."""
        return Ticket.objects.get(resident_id=self.ids[n], state="issued").number

    def subject(self, n: int) -> str:
        return str(
            run(
                "SELECT id FROM records.subject WHERE resident_id = %s AND programme = %s",
                self.ids[n],
                PROGRAMME,
            )[0][0]
        )

    def slip(self, *, n: int | None = None, subject: str | None = None, words: str = "券をなくした") -> int:
        """A slip arrives from the desk; about somebody it had recognised, or about nobody."""
        self.slips += 1
        number, case = self.slips, 400 + self.slips
        sealed = seal_slip(
            Slip(SlipKind.REISSUE, "申出 しゃも", "090-0000-9876", words),
            load_keys(p.place().keys / "outside").recipient("inside"),
            case,
        )
        arrive(
            "slip.put",
            {
                "number": number,
                "case": case,
                "subject": subject or (self.subject(n) if n else None),
                "operator": "OP-117",
                "ciphertext": base64.b64encode(sealed).decode(),
                "made_at": "2026-11-24T09:30:00+09:00",
            },
        )
        return number

    def dose(self, n: int) -> None:
        """A dose comes back from the hall."""
        body = {
            "id": str(uuid.uuid4()), "visit": str(uuid.uuid4()), "booking": None, "subject": self.subject(n), "programme": PROGRAMME,
            "dose": 1, "product": "pfizer", "lot": 1, "venue": 1, "given_at": "2026-11-24T09:40:00+09:00",
            "entered_at": "2026-11-24T09:41:00+09:00", "by": "RE-2", "site": "left_arm",
        }  # fmt: skip
        assert arrive("dose.given", body) == "done"

    def booking(self, n: int, number: int) -> None:
        slot = run("SELECT min(id) FROM planning.slot")[0][0]
        body = {
            "id": number, "subject": self.subject(n), "programme": PROGRAMME, "dose": 1, "slot": slot, "channel": "web",
            "made_at": "2026-11-20T09:40:00+09:00",
        }  # fmt: skip
        assert arrive("booking.made", body) == "done"


def rows() -> list[dict]:
    """The lines of the register file."""
    return [r.person(n, **OPEN[n]) for n in OPEN] + [r.person(9, **WALLED)]


def town(folder: Path) -> Town:
    """Programme, register, plan, entitlements, tickets, and everybody sent outside."""
    given_programme()
    done = r.take_in(folder, *rows(), protect=protect)
    assert done.added == len(OPEN) + 1
    plans.load_plan(by=HOST, plan=plan_rules.plan_of(PLAN))
    entitlements.recompute(by=r.FIRST, programme=PROGRAMME)
    tickets.issue(by=r.FIRST, programme=PROGRAMME)
    subjects.send_changes(by=WORKER, programme=PROGRAMME)
    by_reference = dict(Resident.objects.values_list("reference_no", "pk"))
    made = Town({n: by_reference[str(1000 + n)] for n in OPEN}, by_reference["1009"])
    return made


def entries(act: str, resident: int | None = None) -> list[tuple[str, str, list[str]]]:
    """(actor, result, fields) of the audit log, in order."""
    return run(
        "SELECT actor, result, fields FROM audit.entry WHERE act = %s AND (%s::bigint IS NULL OR resident = %s) ORDER BY id",
        act,
        resident,
        resident,
    )
