"""Given-steps for the outside: what arrives there, through the real arrival functions."""

import contextlib
import datetime as dt
import functools
import hashlib
import uuid
from dataclasses import dataclass, field

import psycopg
from psycopg.types.json import Jsonb

from tests.support import place as p

PROGRAMME = "demo-covid19"
PRODUCTS = ("pfizer", "moderna")


def h(*parts: object) -> bytes:
    """A stand-in for a keyed hash: 32 bytes."""
    return hashlib.sha256(repr(parts).encode()).digest()


@dataclass
class Town:
    """A small outside: one programme, halls with slots, subjects that may book doses 1 and 2."""

    subjects: list[uuid.UUID] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)

    def act(self, n: int) -> bytes:
        return h("act", n)

    def try_(self, n: int) -> bytes:
        return h("try", n)


def arrive(type_: str, body: dict, courier: psycopg.Connection | None = None) -> str:
    """One message arrives. ``courier``: a connection to use again."""
    with contextlib.nullcontext(courier) if courier else p.connect("out_courier") as c:
        return c.execute(f"SELECT arrive.{type_.replace('.', '_')}_v1(%s)", [Jsonb(body)]).fetchone()[0]


def town(
    *,
    subjects: int = 3,
    halls: int = 2,
    days: int = 60,
    web: int = 5,
    phone: int = 3,
    first: dt.date = dt.date(2026, 11, 26),
    made: Town | None = None,
) -> Town:
    """Make it: ``days`` days from ``first``, three slots a day and hall, halls alternate between the two products."""
    with p.connect("out_courier") as courier:
        return _town(
            functools.partial(arrive, courier=courier),
            made or Town(),
            subjects,
            halls,
            days,
            web,
            phone,
            first,
        )


def _town(
    arrive, t: Town, subjects: int, halls: int, days: int, web: int, phone: int, first: dt.date
) -> Town:
    arrive(
        "programme.put",
        {
            "code": PROGRAMME,
            "title": "新型コロナワクチン接種（見本）",
            "doses": 2,
            "season_from": "2026-10-01",
            "season_until": "2027-03-31",
            "phone": "0120-000-000",
            "state": "open",
        },
    )
    slots, sid = [], 0
    for hall in range(1, halls + 1):
        arrive(
            "venue.put",
            {
                "id": hall,
                "name": f"第{hall}会場",
                "kana": f"だい{hall}",
                "address": "中央町一丁目",
                "access": "駅から6分",
                "step_free": True,
                "state": "open",
            },
        )
        for day in range(days):
            sid += 1
            on = first + dt.timedelta(days=day)
            arrive(
                "session.put",
                {
                    "id": sid,
                    "venue_id": hall,
                    "programme": PROGRAMME,
                    "product": PRODUCTS[(hall - 1) % 2],
                    "on_date": str(on),
                    "opens_at": "09:00",
                    "closes_at": "12:00",
                    "state": "open",
                },
            )
            for k, at in enumerate(("09:30", "10:00", "10:30")):
                t.slots.append(sid * 10 + k)
                slots.append(
                    {
                        "id": sid * 10 + k,
                        "session_id": sid,
                        "at": at,
                        "cap_web": web,
                        "cap_phone": phone,
                        "cap_section": 0,
                    }
                )
    arrive("slot.put", {"slots": slots})
    with p.superuser("outside") as c:
        for product, gap in (("pfizer", 19), ("moderna", 21)):
            c.execute(
                "INSERT INTO booking.interval_row SELECT %s, 2, %s, d::date, d::date + %s, '2027-03-31', ARRAY[%s] "
                "FROM generate_series('2026-10-01'::timestamp, '2027-03-01', '1 day') d",
                [PROGRAMME, product, gap, product],
            )
    for n in range(subjects):
        subject = uuid.UUID(int=n + 1)
        t.subjects.append(subject)
        arrive("subject.put", {
            "id": str(subject), "programme": PROGRAMME, "act": t.act(n).hex(), "try": t.try_(n).hex(),
            "ask_full": h("full", n).hex(), "ask_lot": h("lot", n).hex(), "ask_former": None, "form_version": 1,
            "entitlements": [
                {"dose": 1, "from_on": "2026-10-01", "until_on": "2027-03-31", "products": list(PRODUCTS), "after_previous": False},
                {"dose": 2, "from_on": "2026-10-01", "until_on": "2027-03-31", "products": list(PRODUCTS), "after_previous": True},
            ],
        })  # fmt: skip
    return t


def draft_for(n: int, t: Town) -> uuid.UUID:
    """A visitor who typed the right ticket number and birth date of subject ``n``."""
    draft = uuid.uuid4()
    with p.connect("out_public") as c:
        ok = c.execute(
            "SELECT api.find_subject_v1(%s, %s, %s, %s)", [draft, t.act(n), t.try_(n), b"net"]
        ).fetchone()[0]
    assert ok
    return draft
