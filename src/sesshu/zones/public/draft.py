"""A visitor's half-filled form (入力途中): what the signed cookie holds between two pages.

It holds a random draft id, choices and a request id; never a subject, a ticket number, a birth date or a receipt
code. The database decides what the draft stands for and when it ends.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.http import HttpRequest

from sesshu.base import clock

LASTS = dt.timedelta(minutes=40)  # as long as the draft in the database


@dataclass(frozen=True)
class Done:
    """終わった手続 — the request that was accepted and its places; its receipt code is reckoned from the request."""

    request: UUID
    slot: int
    slot2: int | None
    moved: bool


class Draft:
    """入力途中 — reads and writes the session of one visitor."""

    def __init__(self, request: HttpRequest):
        self.session = request.session

    # --- who ---------------------------------------------------------------------------------------------

    @property
    def id(self) -> UUID:
        """The draft id of a recognised visitor; ask ``alive`` first. The database looks at its time again."""
        return UUID(self.session["draft"])

    @property
    def alive(self) -> bool:
        return "draft" in self.session and clock.now().timestamp() < self.session["until"]

    @property
    def expired(self) -> bool:
        """True where there was a draft and its time is over."""
        return "draft" in self.session and not self.alive

    def begin(self, draft_id: UUID, *, proven: bool = False) -> None:
        """Start with a recognised draft; everything of an earlier one is forgotten."""
        self.session.flush()
        until = (clock.now() + LASTS).timestamp()
        self.session.update({"draft": str(draft_id), "until": until, "proven": proven})

    def end(self) -> None:
        """Forget everything."""
        self.session.flush()

    @property
    def proven(self) -> bool:
        """True where a receipt code opened this draft."""
        return bool(self.alive and self.session.get("proven"))

    # --- what --------------------------------------------------------------------------------------------

    @property
    def dose(self) -> int:
        return self.session.get("dose", 1)

    @property
    def with_next(self) -> bool:
        return self.session.get("with_next", False)

    def choose_dose(self, dose: int, with_next: bool) -> None:
        self._put(dose=dose, with_next=with_next)

    @property
    def venue(self) -> int | None:
        return self.session.get("venue")

    def choose_venue(self, venue: int) -> None:
        self._put(venue=venue)

    @property
    def slot(self) -> int | None:
        return self.session.get("slot")

    @property
    def slot2(self) -> int | None:
        return self.session.get("slot2")

    @property
    def request(self) -> UUID | None:
        """The request id of the chosen places: sent twice, it is answered alike."""
        return UUID(self.session["request"]) if "request" in self.session else None

    @property
    def places(self) -> tuple[UUID, int, int | None] | None:
        """Request id and places, once they are chosen."""
        return None if self.slot is None or self.request is None else (self.request, self.slot, self.slot2)

    def choose_places(self, slot: int, slot2: int | None) -> None:
        """Keep the places chosen; another choice is another request."""
        if (slot, slot2) != (self.slot, self.slot2) or "request" not in self.session:
            self._put(slot=slot, slot2=slot2, request=str(uuid4()))

    # --- changing a booking ------------------------------------------------------------------------------

    @property
    def moving(self) -> bytes | None:
        """The stored hash of the receipt of the booking that is being moved."""
        return bytes.fromhex(self.session["moving"]) if self.session.get("moving") else None

    def move(self, receipt: bytes, dose: int, with_next: bool) -> None:
        """Start to move a booking: the same pages as for booking."""
        for name in ("venue", "slot", "slot2", "request"):
            self.session.pop(name, None)
        self._put(moving=receipt.hex(), dose=dose, with_next=with_next)

    def keep(self) -> None:
        """Leave the booking as it is."""
        for name in ("moving", "venue", "slot", "slot2", "request"):
            self.session.pop(name, None)

    def ending(self, what: str, booking_id: int) -> UUID:
        """The request id of a cancellation or its undoing: one per booking, so that a second click does no harm."""
        name = f"{what}{booking_id}"
        if name not in self.session:
            self._put(**{name: str(uuid4())})
        return UUID(self.session[name])

    def forget_ending(self, what: str, booking_id: int) -> None:
        """After an undoing the next cancellation is a new request."""
        self.session.pop(f"{what}{booking_id}", None)

    # --- afterwards --------------------------------------------------------------------------------------

    @property
    def done(self) -> Done | None:
        kept = self.session.get("done")
        return Done(UUID(kept[0]), kept[1], kept[2], kept[3]) if kept else None

    def finish(self) -> None:
        """Keep what was accepted, for the page that shows it."""
        moved = self.moving is not None
        self._put(done=[str(self.request), self.slot, self.slot2, moved])
        self.session.pop("moving", None)

    def say(self, code: str) -> None:
        """A refusal to be shown once on the next page."""
        self._put(say=code)

    def said(self) -> str:
        """The refusal to show now, or ""."""
        return self.session.pop("say", "")

    def _put(self, **values: object) -> None:
        self.session.update(values)
