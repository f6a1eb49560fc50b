"""Passwords, one-time codes, second factors (本人確認の手段). Knows no account and no database.

TOTP is RFC 6238 by django-otp's oath module, passwords are Argon2 by Django's hashers. Authenticators live in the
real time, also where the clock of a demo stands at another day; so this module asks ``time.time``.
"""

import base64
import hashlib
import hmac
import secrets
import time
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.contrib.auth import hashers
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django_otp.oath import TOTP

from sesshu.base.errors import Refusal, refusal
from sesshu.base.numbers import RECEIPT_LETTERS, clean_receipt

SHORTEST = 8  # with a second factor (NIST SP 800-63B-4)
LONGEST = 256
STEP_SECONDS = 30
TOLERANCE = 1  # one step to either side, for clocks that go wrong

TOO_SHORT = refusal(
    "S01",
    "パスワードは8文字以上にしてください。文の形の長いものが覚えやすく安全です。",
    "a password has at least 8 characters when there is a second factor",
)
TOO_COMMON = refusal(
    "S02",
    "そのパスワードはよく使われるため選べません。別の言葉の組合せにしてください。",
    "the password is on the block list, repeats one character, or holds the account code",
)


# --- Passwords -----------------------------------------------------------------------------------------------


def password_refusal(password: str, *context: str) -> Refusal | None:
    """Why this password may not be chosen, or None. ``context``: words that must not be in it, such as the code."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    low = password.casefold()
    words = [w.casefold() for w in context if len(w) >= 3]
    if len(set(low)) <= 2 or any(w in low and len(low) - len(w) < SHORTEST for w in words):
        return TOO_COMMON
    try:
        _block_list().validate(password)
    except ValidationError:
        return TOO_COMMON
    return None


@cache
def _block_list() -> CommonPasswordValidator:
    """Some 20,000 passwords that are tried first, kept by Django."""
    return CommonPasswordValidator()


def hash_password(password: str) -> str:
    """The form in which a password is stored (Argon2)."""
    return hashers.make_password(password)


def check_password(password: str, stored: str) -> bool:
    """Compare; the same work is done where there is no account, so that the time tells nothing."""
    if not stored:
        hashers.make_password(password)
        return False
    return hashers.check_password(password, stored)


def seat_mark(secret_key: str, stored: str) -> str:
    """A mark of the stored password in a session: a changed password ends all sessions."""
    return hmac.new(secret_key.encode(), b"seat\0" + stored.encode(), hashlib.sha256).hexdigest()


# --- One-time enrolment codes (使い始めの番号) -----------------------------------------------------------------


def new_enrolment() -> tuple[str, str]:
    """(code for the letter, hash for the account): 12 letters without look-alikes, 58 bits, XXXX-XXXX-XXXX."""
    letters = "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:])), enrolment_hash(letters)


def enrolment_hash(code: str) -> str:
    """What is stored, and what crosses the bridge, of a one-time code (SHA-256, hexadecimal)."""
    return hashlib.sha256(b"sesshu/enrol/1\0" + clean_receipt(code).encode()).hexdigest()


def same_enrolment(code: str, stored: str) -> bool:
    """Compare a typed one-time code with the stored hash, in constant time."""
    return hmac.compare_digest(enrolment_hash(code), stored or "-" * 64)


# --- The second factor (確認コード) --------------------------------------------------------------------------


def new_secret() -> str:
    """A TOTP secret: 160 random bits in base32, as authenticators read it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def show_secret(secret: str) -> str:
    """In groups of four, for typing: ABCD EFGH …"""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def secret_address(secret: str, code: str, issuer: str) -> str:
    """The otpauth address for a QR code; ``code`` and ``issuer`` are ASCII."""
    return f"otpauth://totp/{issuer}:{code}?secret={secret}&issuer={issuer}&digits=6&period={STEP_SECONDS}"


def totp(secret: str, at: float | None = None) -> str:
    """The six digits of a moment (seconds since 1970; now if left out)."""
    clock = TOTP(base64.b32decode(secret), step=STEP_SECONDS)
    if at is not None:
        clock.time = at
    return f"{clock.token():06d}"


def totp_step(secret: str, typed: str, last: int, at: float | None = None) -> int | None:
    """The time step of a right code that was not used before (``last``: the last step used), else None.

    Every step of the tolerance is reckoned and compared in constant time.
    """
    now = int(time.time() if at is None else at) // STEP_SECONDS
    key, found = base64.b32decode(secret), None
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        clock = TOTP(key, step=STEP_SECONDS)
        clock.time = step * STEP_SECONDS
        if hmac.compare_digest(f"{clock.token():06d}", typed) and step > last and found is None:
            found = step
    return found


def seal_secret(secret_key: str, code: str, secret: str) -> str:
    """A TOTP secret as it is stored: AES-GCM under a key of the zone, bound to the account's code."""
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(_secret_key(secret_key)).encrypt(nonce, secret.encode(), code.encode())
    return base64.b64encode(nonce + sealed).decode()


def open_secret(secret_key: str, code: str, sealed: str) -> str | None:
    """The secret back, or None where it was sealed by another key or for another account."""
    raw = base64.b64decode(sealed or "")
    try:
        return AESGCM(_secret_key(secret_key)).decrypt(raw[:12], raw[12:], code.encode()).decode()
    except (InvalidTag, ValueError):
        return None


@cache
def _secret_key(secret_key: str) -> bytes:
    return HKDF(SHA256(), 32, None, b"sesshu/totp/1").derive(secret_key.encode())
