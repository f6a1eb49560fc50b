"""Putting lots and deliveries; each goes to the outside (ロット・納入の登録)."""

import datetime as dt

from sesshu.base.errors import Refused, refusal
from sesshu.bridge import outbox
from sesshu.inside.planning.models import Delivery, Lot, Venue
from sesshu.inside.planning.venues.rules import UNKNOWN_VENUE
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor

UNKNOWN_LOT = refusal("L06", "そのロットは登録されていません。先にロットを登録してください。", "no such lot")
NO_DOSES = refusal("L07", "納入の回数は1以上にしてください。", "a delivery has at least one dose")


@action("supply.put")
def put_lot(*, by: Actor, product: str, lot_no: str, expires_on: dt.date, state: str = "usable") -> int:
    """ロットの登録・変更 — by product and number; state recalled stops its use at once. Gives its id."""
    made = lot(product, lot_no, expires_on, state)
    tell(case=f"lot {made}", fields=("expires_on", "state"))
    return made


@action("supply.put")
def put_delivery(*, by: Actor, venue_id: int, lot_id: int, doses: int, on_date: dt.date) -> int:
    """納入の登録 — doses of a lot for a hall. The same lot, hall and day is the same delivery. Refuses L03, L06, L07."""
    made = delivery(venue_id, lot_id, doses, on_date)
    tell(case=f"delivery {made}", fields=("doses",))
    return made


@step
def lot(product: str, lot_no: str, expires_on: dt.date, state: str = "usable") -> int:
    """One lot."""
    made, _ = Lot.objects.update_or_create(
        product=product, lot_no=lot_no, defaults={"expires_on": expires_on, "state": state}
    )
    outbox.put(
        "lot.put",
        {"id": made.pk, "product": product, "lot_no": lot_no, "expires_on": expires_on, "state": state},
    )
    return made.pk


@step
def delivery(venue_id: int, lot_id: int, doses: int, on_date: dt.date) -> int:
    """One delivery; sent once, because the outside counts what arrives."""
    if doses < 1:
        raise Refused(NO_DOSES)
    if not Venue.objects.filter(pk=venue_id).exists():
        raise Refused(UNKNOWN_VENUE)
    if not Lot.objects.filter(pk=lot_id).exists():
        raise Refused(UNKNOWN_LOT)
    made, new = Delivery.objects.get_or_create(
        venue_id=venue_id, lot_id=lot_id, on_date=on_date, defaults={"doses": doses}
    )
    if new:
        outbox.put("delivery.put", {"id": made.pk, "venue": venue_id, "lot": lot_id, "doses": doses})
    return made.pk
