"""Who sits here (着席): turns a session into an actor at every request, or ends it.

Django's own middleware is not used: it would bring the tables of contrib.auth into the process.
"""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.trust.access import accounts
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.matrix import Proof, Role, Zone
from sesshu.trust.access.models import Account
from sesshu.web.middleware import request_id_of
from sesshu.web.settings import LONGEST_SECONDS

FRESH_SECONDS = 5 * 60
FIRM_ZONES = (Zone.DESK, Zone.VENUE, Zone.PARTNER)  # where the people of a contractor work
TOUCH_SECONDS = 60  # the idle time is renewed at most once a minute: one write less per page
WHY = {
    "seat": "同じ利用者番号で別の場所からサインインがあったため、こちらは終了しました。心当たりがないときは責任者に伝えてください。",
    "state": "この利用者番号は使えません。責任者に確認してください。",
    "time": "時間がたったため終了しました。もういちどサインインしてください。",
}


class SeatMiddleware:
    """着席の確認 — disabling, a changed password, a second seat take effect at the next request (S-05, S-07)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor, request.account, request.ended, request.untrained = None, None, "", False
        if (account_id := request.session.get("account")) is not None:
            account = accounts.find(account_id)
            request.ended = _why_ended(request, account)
            if request.ended or account is None:
                request.session.flush()
            else:
                _sit(request, account)
        return self.get_response(request)


def _why_ended(request: HttpRequest, account: Account | None) -> str:
    """The reason why this session is no longer good: a key of WHY, or "" where it is."""
    if account is None or account.state != "enabled":
        return "state"
    if account.session_key != request.session.session_key:
        return "seat"
    if not accounts.same_mark(account, request.session.get("mark", "")):
        return "time"
    return "time" if time.time() - request.session.get("began", 0) > LONGEST_SECONDS else ""


def _sit(request: HttpRequest, account: Account) -> None:
    now = time.time()
    fresh = now - request.session.get("fresh", 0) <= FRESH_SECONDS
    request.account = account
    request.untrained = _untrained(account)
    request.actor = actor_of(request, account, Proof.FRESH if fresh else Proof.SIGNED_IN)
    if now - request.session.get("seen", 0) > TOUCH_SECONDS:
        request.session["seen"] = now  # saves the session, which renews its idle time


def _untrained(account: Account) -> bool:
    """研修要件 — a firm's member needs a training record that is still good (C-08); an officer's may be absent."""
    if account.trained_until is None:
        return settings.SESSHU_ZONE in FIRM_ZONES
    return account.trained_until < clock.today()


def actor_of(request: HttpRequest, account: Account, proof: Proof) -> Actor:
    """The actor that an account is in this process."""
    return Actor(
        account.code,
        Role(account.role),
        Zone(settings.SESSHU_ZONE),
        proof,
        account_id=account.id,
        venue_id=account.venue_id,
        request_id=request_id_of(request),
        display=account.display,
    )


def sit_down(request: HttpRequest, account: Account, step: int | None = None) -> bool:
    """Begin a session for an account; True where this ended another seat. Raises Refused S03 for a spent code."""
    request.session.flush()  # nothing of an earlier session survives, and its key is of no use to anybody
    now = time.time()
    request.session.update(
        {"account": account.id, "mark": accounts.mark_of(account), "began": now, "fresh": now, "seen": now}
    )
    request.session.save()
    by = actor_of(request, account, Proof.FRESH)
    try:
        return accounts.take_seat(by=by, session_key=request.session.session_key, step=step)
    except Refused:
        request.session.flush()
        raise


def stand_up(request: HttpRequest) -> None:
    """End this session."""
    if request.actor is not None:
        accounts.leave_seat(by=request.actor, session_key=request.session.session_key)
    request.session.flush()
    request.actor, request.account = None, None
