"""What the demo does inside (見本の庁内の手続): real actions by made-up officers, one step per call.

Runs in a process of its own with the inside's settings: ``python -m sesshu.cli.demo_inside STEP < in.json > out.json``.
"""

import datetime as dt
import json
import sys
from pathlib import Path

import django

from sesshu.base import clock
from sesshu.base.machine import machine, set_variable


def officers():
    """Two made-up officers with a fresh proof: the four eyes of every act that asks for them."""
    from sesshu.trust.access.actor import Actor
    from sesshu.trust.access.matrix import Proof, Role, Zone

    return (
        Actor("S-03", Role.OFFICER, Zone.OFFICE, Proof.FRESH),
        Actor("K-01", Role.CHIEF, Zone.OFFICE, Proof.FRESH),
    )


def take_in(asked: dict) -> dict:
    """Stage and accept one register file."""
    from sesshu.inside.records.protection.actions import protect
    from sesshu.inside.register.imports.actions import accept, stage

    first, second = officers()
    report = stage(by=first, path=Path(asked["file"]), as_of=dt.date.fromisoformat(asked["as_of"]))
    accept(by=first, import_id=report.id, protect=protect)
    accept(by=second, import_id=report.id, protect=protect)
    return {"import": report.id, "counts": report.counts}


def open_programme(asked: dict) -> dict:
    """Load programme and plan, compute who may book when, number the tickets."""
    from sesshu.cli.demo_plan import plan
    from sesshu.inside.planning.plans import rules as plans
    from sesshu.inside.planning.plans.actions import load_plan
    from sesshu.inside.planning.programme.actions import load_programme
    from sesshu.inside.records.entitlements.actions import recompute
    from sesshu.inside.tickets.actions import issue

    first, _ = officers()
    document = json.loads(
        (
            Path(__file__).parents[1] / "inside/planning/programme/shipped" / f"{asked['programme']}.json"
        ).read_text()
    )
    load_programme(by=first, document=document)
    days = [dt.date.fromisoformat(asked[k]) for k in ("first", "until")]
    load_plan(by=first, plan=plans.read(json.dumps(plan(asked["programme"], *days), ensure_ascii=False)))
    recompute(by=first, programme=asked["programme"])
    return {"tickets": issue(by=first, programme=asked["programme"])}


def choose(asked: dict) -> dict:
    """Residents with a live ticket who may book a first dose today, and a few who may not yet, by id."""
    from sesshu.inside.records.models import Entitlement
    from sesshu.inside.register.residents.models import Resident
    from sesshu.inside.tickets.models import Ticket

    day = dt.date.fromisoformat(asked["day"])
    tickets = {
        t.resident_id: t.number for t in Ticket.objects.filter(programme=asked["programme"], state="issued")
    }
    ready: list[dict] = []
    later: list[dict] = []
    people = (
        Resident.objects.filter(protected=False, status="present", id__in=list(tickets))
        .exclude(dob=None)
        .order_by("id")
    )
    windows = dict(
        Entitlement.objects.filter(programme=asked["programme"], dose=1).values_list("resident_id", "from_on")
    )
    for r in people:
        if r.id not in windows or r.reference_no in asked["leave_out"]:
            continue
        row = {
            "id": r.id, "reference": r.reference_no, "ticket": tickets[r.id], "dob_key": r.dob_key, "dob": str(r.dob),
            "address": f"{r.town}{r.banchi}{' ' + r.building if r.building else ''}", "name": r.name,
        }  # fmt: skip
        (ready if windows[r.id] <= day else later).append(row)
    return {"ready": ready[: asked["count"]], "later": later[:3]}


def wall_in(asked: dict) -> dict:
    """Protect residents by hand, and give numbers that are dead."""
    from sesshu.inside.records.protection.actions import protect_by_hand
    from sesshu.inside.tickets.actions import reissue
    from sesshu.inside.tickets.rules import Reason

    first, _ = officers()
    news = {}
    for resident in asked.get("reissue", ()):
        news[resident] = reissue(
            by=first, resident_id=resident, programme=asked["programme"], reason=Reason.LOST
        ).number
    for resident in asked.get("protect", ()):
        protect_by_hand(by=first, resident_id=resident)
    return {"numbers": news}


def find_dead(asked: dict) -> dict:
    """Tickets that died with a reason, with the birth date that went with them."""
    from sesshu.inside.register.residents.models import Resident
    from sesshu.inside.tickets.models import Ticket

    found = []
    for t in Ticket.objects.filter(
        programme=asked["programme"], state="void", void_reason__in=asked["reasons"]
    ).order_by("id"):
        r = Resident.objects.filter(id=t.resident_id).exclude(dob=None).first()
        if r and r.protected == asked["protected"]:
            found.append(
                {
                    "ticket": t.number,
                    "dob": str(r.dob),
                    "dob_key": r.dob_key,
                    "id": r.id,
                    "reference": r.reference_no,
                }
            )
    return {"dead": found[: asked["count"]]}


STEPS = {f.__name__: f for f in (take_in, open_programme, choose, wall_in, find_dead)}


def main() -> None:
    set_variable("DJANGO_SETTINGS_MODULE", "sesshu.jobs.settings_inside")
    django.setup()
    if machine().clock_file:
        clock.use_file(Path(machine().clock_file))
    json.dump(STEPS[sys.argv[1]](json.load(sys.stdin)), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
