"""What an invitation of a member must say (従事者の登録). Pure."""

import datetime as dt

from sesshu.base.errors import Refused, refusal
from sesshu.trust.access.matrix import Zone

NO_VENUE = refusal(
    "S09", "会場の従事者には会場の番号が要ります。", "a member of a hall needs the number of the hall"
)
NOT_TRAINED = refusal(
    "S10", "研修の期限が過ぎています。研修のあとで登録してください。", "the training has expired already"
)


def refuse_member(zone: Zone, venue_id: int | None, trained_until: dt.date | None, today: dt.date) -> None:
    """Raises Refused S09, S10."""
    if zone is Zone.VENUE and venue_id is None:
        raise Refused(NO_VENUE)
    if trained_until is not None and trained_until < today:
        raise Refused(NOT_TRAINED)
