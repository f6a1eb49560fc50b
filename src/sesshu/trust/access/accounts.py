"""Accounts of staff (利用者): inviting, enrolling, signing in, one seat, disabling.

Each change is one conditional UPDATE, so that of two at the same moment one wins: a confirmation code is used once
and an enrolment code is spent once, without a transaction around them.
"""

import datetime as dt
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F

from sesshu.base import clock
from sesshu.trust.access import factors
from sesshu.trust.access.models import Account

FREE_TRIES = 5  # then a pause that doubles
LONGEST_PAUSE = dt.timedelta(minutes=15)
ENROL_DAYS = 7
_NOBODY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # the secret checked where there is no account: same work


def find(account_id: int) -> Account | None:
    """The row, or None."""
    return Account.objects.filter(id=account_id).first()


def invite(
    code: str,
    role: str,
    *,
    display: str = "",
    venue_id: int | None = None,
    trained_until: dt.date | None = None,
) -> str:
    """利用者の登録 — add an account (or renew its invitation) and give the one-time code, which is shown once."""
    one_time, hashed = factors.new_enrolment()
    until = clock.now() + dt.timedelta(days=ENROL_DAYS)
    facts = {"role": role, "display": display, "venue_id": venue_id, "trained_until": trained_until}
    facts |= {"enrol_hash": hashed, "enrol_until": until}
    if not Account.objects.filter(code=code).update(**facts):
        Account.objects.create(code=code, state="invited", **facts)
    return one_time


def disable(code: str) -> bool:
    """利用の停止 — takes effect at the next request of the account."""
    changed = {"state": "disabled", "session_key": "", "enrol_hash": "", "enrol_until": None}
    return Account.objects.filter(code=code).update(**changed) == 1


def locked(account: Account | None) -> bool:
    """True while an account pauses after wrong tries. Never shown."""
    return bool(account and account.locked_until and account.locked_until > clock.now())


def count_failure(account: Account | None) -> None:
    """One wrong try more; from the fifth on a pause of 1, 2, 4 … 15 minutes."""
    if account is None:
        return
    rows = Account.objects.filter(id=account.id)
    rows.update(failed=F("failed") + 1)
    over = rows.values_list("failed", flat=True).get() - FREE_TRIES
    if over >= 0:
        pause = min(dt.timedelta(minutes=2 ** min(over, 10)), LONGEST_PAUSE)
        rows.update(locked_until=clock.now() + pause)


def check_sign_in(code: str, password: str, typed: str) -> Account | None:
    """サインインの照合 — the account, if code, password and confirmation code are right and unused; else None.

    Unknown, disabled, paused and wrong give the same answer after the same work.
    """
    account = Account.objects.filter(code=code.strip().upper(), state="enabled").first()
    paused = locked(account)
    right = factors.check_password(password, account.password if account else "")
    step = _step(account, typed)
    if paused:
        return None
    if account is None or not right or step is None or not _use(account, step):
        count_failure(account)
        return None
    return account


def use_code(account_id: int, typed: str) -> bool:
    """確認コードをもういちど — a fresh second factor of somebody who is signed in. A used code is refused."""
    account = Account.objects.filter(id=account_id, state="enabled").first()
    step = _step(account, typed)
    if locked(account):
        return False
    if account is None or step is None or not _use(account, step):
        count_failure(account)
        return False
    return True


def _step(account: Account | None, typed: str) -> int | None:
    """The unused time step of a right code; where there is no account the same work is done for nobody."""
    secret = account and factors.open_secret(settings.SECRET_KEY, account.code, account.totp_secret)
    step = factors.totp_step(secret or _NOBODY, typed, account.totp_last if account else -1)
    return step if secret else None


def _use(account: Account, step: int) -> bool:
    """Spend a time step; False where a twin request was faster."""
    rows = Account.objects.filter(id=account.id, state="enabled", totp_last__lt=step)
    return rows.update(totp_last=step, failed=0, locked_until=None) == 1


# --- One seat (一人一席) -------------------------------------------------------------------------------------


def take_seat(account: Account, session_key: str) -> bool:
    """Sit down with this session; True where somebody else sat there, whose session ends with that."""
    before = Account.objects.filter(id=account.id).values_list("session_key", flat=True).get()
    Account.objects.filter(id=account.id).update(session_key=session_key, seen_at=clock.now())
    return bool(before) and before != session_key


def leave_seat(account_id: int, session_key: str) -> None:
    """Stand up, if it is still one's own seat."""
    Account.objects.filter(id=account_id, session_key=session_key).update(session_key="")


# --- Enrolment (使い始めの手続) -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Enrolment:
    """使い始めの手続の途中 — who, and by which one-time code; kept in the server-side session."""

    account_id: int
    code: str
    enrol_hash: str


def start_enrolment(code: str, one_time: str) -> Enrolment | None:
    """Check account code and one-time code; None for unknown, spent, expired, disabled and wrong alike."""
    account = Account.objects.filter(code=code.strip().upper()).exclude(state="disabled").first()
    right = factors.same_enrolment(one_time, account.enrol_hash if account else "")
    valid = account and account.enrol_until and account.enrol_until > clock.now()
    if locked(account):
        return None
    if not right or not valid:
        count_failure(account)
        return None
    return Enrolment(account.id, account.code, account.enrol_hash)


def finish_enrolment(started: Enrolment, password: str, sealed: str, typed: str) -> Account | None:
    """Store password (hashed) and second factor (sealed) if the code typed is right; the invitation is spent."""
    secret = factors.open_secret(settings.SECRET_KEY, started.code, sealed)
    step = factors.totp_step(secret, typed, -1) if secret else None
    if step is None:
        return None
    rows = Account.objects.filter(
        id=started.account_id, enrol_hash=started.enrol_hash, enrol_until__gt=clock.now()
    )
    done = rows.exclude(state="disabled").update(
        password=password,
        totp_secret=sealed,
        totp_last=step,
        enrol_hash="",
        enrol_until=None,
        state="enabled",
        failed=0,
        locked_until=None,
        session_key="",
    )
    return find(started.account_id) if done else None


def mark_of(account: Account) -> str:
    """The mark that a session must carry to be this account's (see ``factors.seat_mark``)."""
    return factors.seat_mark(settings.SECRET_KEY, account.password)


def same_mark(account: Account, mark: str) -> bool:
    """Compare a session's mark in constant time."""
    return hmac.compare_digest(mark_of(account), mark or "")
