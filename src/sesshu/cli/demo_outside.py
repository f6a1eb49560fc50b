"""What the demo does outside (見本の庁外の手続): visitors book, halls record, through the real functions and logins.

Runs with the settings of the public or the venue zone: ``python -m sesshu.cli.demo_outside STEP < in.json > out.json``.
"""

import datetime as dt
import json
import sys
import uuid
from pathlib import Path

import django

from sesshu.base import clock
from sesshu.base.machine import machine, set_variable


def _who(person: dict):
    from sesshu.base.jdate import BirthDate
    from sesshu.base.personal import Personal
    from sesshu.outside.booking.recognise import recognise

    return recognise(Personal(person["ticket"]), Personal(BirthDate.from_key(person["dob_key"])))


def book(asked: dict) -> list[dict]:
    """Each person books a first place at the hall named, from the day named on, with a second where asked."""
    from sesshu.outside.booking import gateway
    from sesshu.outside.booking.recognise import receipt_code

    answers = []
    for person in asked["people"]:
        draft, request = uuid.uuid4(), uuid.uuid4()
        if not gateway.find_subject(draft, _who(person), None):
            answers.append({"ticket": person["ticket"], "receipt": None})
            continue
        day = dt.date.fromisoformat(person["from"])
        dose = gateway.list_doses(draft)[0]
        venue = next(v for v in gateway.list_venues(draft, dose.dose) if v.name == person["venue"])
        on = next(
            d.on_date
            for d in gateway.list_days(draft, dose.dose, venue.venue_id)
            if d.on_date >= day and d.mark != "full"
        )
        pair = person.get("pair", False)
        time = next(
            t for t in gateway.list_times(draft, dose.dose, venue.venue_id, on, pair=pair) if t.mark != "full"
        )
        done = gateway.book(request, draft, dose.dose, time.slot_id, time.slot2_id if pair else None)
        if done.refusal:
            raise SystemExit(f"the demo's booking was refused: {done.refusal}")
        answers.append({
            "ticket": person["ticket"], "receipt": receipt_code(request), "on": str(on), "at": f"{time.at:%H:%M}",
            "on2": str(time.slot2_on) if pair else None, "at2": f"{time.slot2_at:%H:%M}" if pair and time.slot2_at else None, "venue_id": venue.venue_id,
        })  # fmt: skip
    return answers


def lock(asked: dict) -> list:
    """Five wrong birth dates: the number is locked until tomorrow, and nobody can see it."""
    from sesshu.outside.booking import gateway

    for person in asked["people"]:
        for n in range(1, 6):
            gateway.find_subject(uuid.uuid4(), _who(person | {"dob_key": f"190101{n:02d}"}), None)
    return []


def give(asked: dict) -> list:
    """A hall receives, examines and injects people who are booked there now."""
    from sesshu.outside.visits import gateway

    for person in asked["people"]:
        venue, who = person["venue_id"], _who(person)
        visit = gateway.check_in(uuid.uuid4(), venue, "R-03", who)
        if visit.refusal or not visit.visit_id:
            raise SystemExit(f"the demo's check-in was refused: {visit.refusal}")
        gateway.precheck(uuid.uuid4(), visit.visit_id, venue, "D-01", "go", "")
        lot = next(
            x
            for x in gateway.list_lots(venue)
            if x.product == visit.product and x.left > 0 and x.expires_on >= clock.today()
        )
        done = gateway.record_dose(
            uuid.uuid4(), visit.visit_id, venue, "N-02", who, lot.lot_id, clock.now(), "left_arm", False
        )
        if done.refusal:
            raise SystemExit(f"the demo's dose was refused: {done.refusal}")
    return []


STEPS = {f.__name__: f for f in (book, lock, give)}


def main() -> None:
    set_variable("DJANGO_SETTINGS_MODULE", "sesshu.jobs.settings_outside")
    django.setup()
    clock.use_file(Path(machine().clock_file))
    json.dump(STEPS[sys.argv[1]](json.load(sys.stdin)), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
