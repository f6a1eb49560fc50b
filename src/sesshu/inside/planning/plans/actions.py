"""Loading a plan file: halls, sessions, slots, lots and deliveries in one step (計画ファイルの登録)."""

from collections import defaultdict
from dataclasses import dataclass

from sesshu.base.errors import Refused
from sesshu.inside.planning import queries
from sesshu.inside.planning.plans.rules import Plan
from sesshu.inside.planning.supply.actions import delivery, lot
from sesshu.inside.planning.venues.actions import session, slots, venue
from sesshu.inside.planning.venues.rules import UNKNOWN_PRODUCT
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Opened:
    """開設の結果 — how much a plan put."""

    venues: int
    sessions: int
    slots: int
    lots: int
    deliveries: int


@action("plan.put")
def load_plan(*, by: Actor, plan: Plan) -> Opened:
    """計画の登録 — everything of a plan or nothing; what is there already is renewed. Refuses L04, L05.

    The plan names two people, who wrote and who checked it; ``plans.rules.read`` refuses one hand for both.
    """
    products = queries.get_rules(plan.programme).products
    wanted = {s.product for h in plan.halls for s in h.sessions} | {x.product for x in plan.lots}
    if wanted - set(products):
        raise Refused(UNKNOWN_PRODUCT)
    halls, n_sessions, n_slots = {}, 0, 0
    for h in plan.halls:
        halls[h.name] = venue(
            name=h.name, kana=h.kana, address=h.address, access=h.access, step_free=h.step_free
        )
        by_pattern = defaultdict(list)
        for s in h.sessions:
            by_pattern[s.pattern].append(
                session(halls[h.name], plan.programme, s.product, s.on_date, s.opens_at, s.closes_at)
            )
        n_sessions += len(h.sessions)
        n_slots += sum(slots(sessions, pattern) for pattern, sessions in by_pattern.items())
    lots = {(x.product, x.lot_no): lot(x.product, x.lot_no, x.expires_on, x.state) for x in plan.lots}
    for d in plan.deliveries:
        delivery(halls[d.venue], lots[d.product, d.lot_no], d.doses, d.on)
    tell(case=f"{plan.programme} plan", fields=("venues", "sessions", "slots", "lots", "deliveries"))
    return Opened(len(halls), n_sessions, n_slots, len(lots), len(plan.deliveries))
