"""Adding and disabling members of firms (従事者の登録と停止): a message outside with a hashed one-time code."""

import datetime as dt

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.bridge import outbox
from sesshu.inside.partners.members.rules import refuse_member
from sesshu.trust.access import factors
from sesshu.trust.access.accounts import ENROL_DAYS, WRONG_ROLE, clean_code
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.matrix import Role, Zone, roles_of

OUTSIDE = (Zone.DESK, Zone.VENUE)


@action("member.put")
def put(
    *,
    by: Actor,
    code: str,
    zone: Zone,
    role: Role,
    display: str = "",
    venue_id: int | None = None,
    trained_until: dt.date | None = None,
) -> str:
    """従事者の登録 — gives the one-time enrolment code, which is shown once; its hash crosses the bridge.

    Again for the same code: a new invitation, which ends the old password outside. Raises Refused S06, S07, S09, S10.
    """
    code = _checked(code, zone, role)
    refuse_member(zone, venue_id, trained_until, clock.today())
    one_time, hashed = factors.new_enrolment()
    until = clock.now() + dt.timedelta(days=ENROL_DAYS)
    _send(
        code,
        zone,
        role,
        display,
        venue_id,
        trained_until,
        state="invited",
        enrol_hash=hashed,
        enrol_until=until,
    )
    tell(case=f"member {code}", fields=("invitation",))
    return one_time


@action("member.put")
def disable(*, by: Actor, code: str, zone: Zone, role: Role, venue_id: int | None = None) -> None:
    """従事者の停止 — effective at the member's next request after the packet's arrival. Raises Refused S06, S07."""
    code = _checked(code, zone, role)
    _send(code, zone, role, "", venue_id, None, state="disabled")
    tell(case=f"member {code}", fields=("state",), purpose="disabled")


def _checked(code: str, zone: Zone, role: Role) -> str:
    if zone not in OUTSIDE or role not in roles_of(zone):
        raise Refused(WRONG_ROLE)
    return clean_code(code)


def _send(
    code: str,
    zone: Zone,
    role: Role,
    display: str,
    venue_id: int | None,
    trained_until: dt.date | None,
    **more: object,
) -> None:
    fields = {"venue": venue_id, "trained_until": trained_until, **more}
    known = {name: value for name, value in fields.items() if value is not None}
    outbox.put(
        "member.put", {"code": code, "display": display, "zone": str(zone), "role": str(role), **known}
    )
