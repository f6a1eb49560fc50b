"""Accounts of staff (利用者): inviting, enrolling, signing in, one seat, disabling.

Each look at a password, code or enrolment is one conditional UPDATE, so that of two at the same moment one wins: a
confirmation code is used once and an enrolment code is spent once. What comes of it is an act with its audit entry.
"""

import datetime as dt
import hmac
import re
from dataclasses import dataclass

from django.conf import settings
from django.db.models import F

from sesshu.base import clock
from sesshu.base.errors import Refusal, Refused, refusal
from sesshu.trust.access import factors
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.matrix import Proof, Role, Zone, roles_of
from sesshu.trust.access.models import Account
from sesshu.trust.audit.writing import write

FREE_TRIES = 5  # then a pause that doubles
LONGEST_PAUSE = dt.timedelta(minutes=15)
ENROL_DAYS = 7
CODE = re.compile(r"[A-Z]{1,4}-[0-9]{1,4}")  # OP-117: of no use to anybody who reads it

NOT_SIGNED_IN = refusal(
    "S03",
    "サインインできませんでした。利用者番号、パスワード、確認コードを確かめてください。"
    "続けて間違えると、しばらく入れなくなります。",
    "code, password or confirmation code is wrong, used, or the account pauses or is disabled: one answer",
)
NOT_ENROLLED = refusal(
    "S04",
    "番号を確かめられませんでした。使い始めの番号には期限があり、使えるのは一度だけです。責任者に確認してください。",
    "the one-time code is unknown, wrong, spent, or expired: one answer",
)
WRONG_NOW = refusal(
    "S05",
    "確認コードが違います。アプリに表示されている新しい数字を入力してください。",
    "the confirmation code is wrong or was used already",
)
BAD_CODE = refusal(
    "S06",
    "利用者番号は OP-117 のような形にしてください。氏名は使えません。",
    "account codes are letters and figures",
)
WRONG_ROLE = refusal("S07", "その役割は、この区画にはありません。", "the role does not belong to the zone")
NOT_FIRST = refusal(
    "S08",
    "この区画にはすでに利用者がいます。「sesshu admin add」で登録してください。",
    "somebody has enrolled in the zone already: further officers are added, not first",
)

_NOBODY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # the secret checked where there is no account: same work


def find(account_id: int) -> Account | None:
    """The row, or None."""
    return Account.objects.filter(id=account_id).first()


def clean_code(code: str) -> str:
    """An account code as it is stored. Raises Refused S06."""
    code = code.strip().upper()
    if not CODE.fullmatch(code):
        raise Refused(BAD_CODE)
    return code


@action("account.add")
def add(
    *,
    by: Actor,
    zone: Zone,
    code: str,
    role: Role,
    display: str = "",
    venue_id: int | None = None,
    trained_until: dt.date | None = None,
    first: bool = False,
) -> str:
    """利用者の登録 — add an account (or renew its invitation) and give the one-time code, which is shown once.

    The password of an account that is invited again stays until the new one is set. ``first``: only while nobody
    has enrolled in the zone. Raises Refused S06, S07, S08.
    """
    code = clean_code(code)
    if role not in roles_of(zone):
        raise Refused(WRONG_ROLE)
    if first and Account.objects.filter(state="enabled").exists():
        raise Refused(NOT_FIRST)
    one_time, hashed = factors.new_enrolment()
    until = clock.now() + dt.timedelta(days=ENROL_DAYS)
    facts = {"role": role, "display": display, "venue_id": venue_id, "trained_until": trained_until}
    facts |= {"enrol_hash": hashed, "enrol_until": until}
    if not Account.objects.filter(code=code).update(**facts):
        Account.objects.create(code=code, state="invited", **facts)
    tell(case=f"account {code}", fields=("role", "enrol"))
    return one_time


@action("account.add")
def disable(*, by: Actor, code: str) -> bool:
    """利用の停止 — takes effect at the next request of the account; False where there is no such account."""
    changed = {"state": "disabled", "session_key": "", "enrol_hash": "", "enrol_until": None}
    tell(case=f"account {code}", fields=("state",))
    return Account.objects.filter(code=code).update(**changed) == 1


def locked(account: Account | None) -> bool:
    """True while an account pauses after wrong tries. Never shown."""
    return bool(account and account.locked_until and account.locked_until > clock.now())


def count_failure(account: Account | None, act: str, why: Refusal) -> None:
    """One wrong try more; from the fifth on a pause of 1, 2, 4 … 15 minutes. What was typed is written nowhere."""
    write(act, account.code if account else "unknown", result=why.code)
    if account is None:
        return
    rows = Account.objects.filter(id=account.id)
    rows.update(failed=F("failed") + 1)
    over = rows.values_list("failed", flat=True).get() - FREE_TRIES
    if over >= 0:
        pause = min(dt.timedelta(minutes=2 ** min(over, 10)), LONGEST_PAUSE)
        rows.update(locked_until=clock.now() + pause)


@dataclass(frozen=True)
class Checked:
    """照合の結果 — an account whose password and confirmation code were right; the time step is not spent yet."""

    account: Account
    step: int


def check_sign_in(code: str, password: str, typed: str) -> Checked | None:
    """サインインの照合 — the account, if code, password and confirmation code are right and unused; else None.

    Unknown, disabled, paused and wrong give the same answer after the same work.
    """
    account = Account.objects.filter(code=code.strip().upper(), state="enabled").first()
    right = factors.check_password(password, account.password if account else "")
    step = _step(account, typed)
    if account and right and step is not None and not locked(account):
        return Checked(account, step)
    if not locked(account):
        count_failure(account, "account.sign_in", NOT_SIGNED_IN)
    return None


def use_code(*, by: Actor, typed: str) -> bool:
    """確認コードをもういちど — a fresh second factor of somebody who is signed in. A used code is refused."""
    account = Account.objects.filter(id=by.account_id, state="enabled").first()
    step = _step(account, typed)
    if account is None or step is None or locked(account):
        if not locked(account):
            count_failure(account, "account.prove", WRONG_NOW)
        return False
    try:
        _prove(by=by, step=step)
    except Refused:
        return False
    return True


def prove(code: str, password: str, typed: str) -> Account:
    """本人確認 — an officer at the command line of the host, by all that a sign-in asks; the code is spent.

    Needs the office's secret key and shelf. Raises Refused S03.
    """
    checked = check_sign_in(code, password, typed)
    if checked is None:
        raise Refused(NOT_SIGNED_IN)
    account = checked.account
    by = Actor(account.code, Role(account.role), Zone.OFFICE, Proof.SIGNED_IN, account_id=account.id)
    try:
        _prove(by=by, step=checked.step)
    except Refused:
        raise Refused(NOT_SIGNED_IN) from None
    return account


@action("account.prove")
def _prove(*, by: Actor, step: int) -> None:
    """Spend the time step."""
    if not _use(by.account_id, step):
        raise Refused(WRONG_NOW)


def _step(account: Account | None, typed: str) -> int | None:
    """The unused time step of a right code; where there is no account the same work is done for nobody."""
    secret = account and factors.open_secret(settings.SECRET_KEY, account.code, account.totp_secret)
    step = factors.totp_step(secret or _NOBODY, typed, account.totp_last if account else -1)
    return step if secret else None


def _use(account_id: int | None, step: int) -> bool:
    """Spend a time step; False where a twin request was faster."""
    rows = Account.objects.filter(id=account_id, state="enabled", totp_last__lt=step)
    return rows.update(totp_last=step, failed=0, locked_until=None) == 1


# --- One seat (一人一席) -------------------------------------------------------------------------------------


@action("account.sign_in")
def take_seat(*, by: Actor, session_key: str, step: int | None) -> bool:
    """着席 — spend the confirmation code and sit down; True where this ends another seat's session.

    ``step`` is None right after enrolment, which has spent its code. Raises Refused S03 where a twin was faster.
    """
    if step is not None and not _use(by.account_id, step):
        raise Refused(NOT_SIGNED_IN)
    rows = Account.objects.filter(id=by.account_id)
    before = rows.select_for_update().values_list("session_key", flat=True).get()
    rows.update(session_key=session_key, seen_at=clock.now())
    second = bool(before) and before != session_key
    tell(case=f"account {by.code}", fields=("second_seat",) if second else ())
    return second


@action("account.sign_out")
def leave_seat(*, by: Actor, session_key: str) -> None:
    """退席 — stand up, if it is still one's own seat."""
    Account.objects.filter(id=by.account_id, session_key=session_key).update(session_key="")


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
        count_failure(account, "account.enrol", NOT_ENROLLED)
        return None
    return Enrolment(account.id, account.code, account.enrol_hash)


@action("account.enrol")
def finish_enrolment(*, by: Actor, started: Enrolment, password: str, sealed: str, typed: str) -> Account:
    """使い始めの完了 — store password (hashed) and second factor (sealed) if the code typed is right.

    The invitation is spent with it. Raises Refused S05 (wrong code), S04 (spent or withdrawn meanwhile).
    """
    secret = factors.open_secret(settings.SECRET_KEY, started.code, sealed)
    step = factors.totp_step(secret, typed, -1) if secret else None
    if step is None:
        raise Refused(WRONG_NOW)
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
    if not done:
        raise Refused(NOT_ENROLLED)
    tell(case=f"account {started.code}", fields=("password", "totp"))
    return Account.objects.get(id=started.account_id)


def mark_of(account: Account) -> str:
    """The mark that a session must carry to be this account's (see ``factors.seat_mark``)."""
    return factors.seat_mark(settings.SECRET_KEY, account.password)


def same_mark(account: Account, mark: str) -> bool:
    """Compare a session's mark in constant time."""
    return hmac.compare_digest(mark_of(account), mark or "")
