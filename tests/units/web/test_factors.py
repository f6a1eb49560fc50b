"""Passwords, one-time codes, confirmation codes: pure checks."""

import pytest

from sesshu.trust.access import factors

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238's examples
KEY = "a key of the tests"


@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_of_rfc_6238(at, code):
    assert factors.totp(SECRET, at) == code


def test_a_code_is_good_once_and_one_step_around():
    code = factors.totp(SECRET, 1000 * 30)
    assert factors.totp_step(SECRET, code, -1, 1000 * 30) == 1000
    assert factors.totp_step(SECRET, code, 1000, 1000 * 30) is None
    assert factors.totp_step(SECRET, code, -1, 1001 * 30) == 1000
    assert factors.totp_step(SECRET, code, -1, 1002 * 30) is None


def test_a_sealed_secret_opens_only_for_its_account_and_key():
    sealed = factors.seal_secret(KEY, "OP-117", SECRET)
    assert SECRET not in sealed
    assert factors.open_secret(KEY, "OP-117", sealed) == SECRET
    assert factors.open_secret(KEY, "OP-118", sealed) is None
    assert factors.open_secret("another key", "OP-117", sealed) is None
    assert factors.open_secret(KEY, "OP-117", "") is None


def test_one_time_code():
    code, hashed = factors.new_enrolment()
    assert len(code) == 14 and code not in hashed
    assert factors.same_enrolment(code.lower().replace("-", " "), hashed)
    assert not factors.same_enrolment(code, "")
    assert not factors.same_enrolment("XXXX-XXXX-XXXX", hashed)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "S01"),
        ("password1", "S02"),
        ("aaaaaaaaaaaa", "S02"),
        ("op-117op", "S02"),
        ("12345678", "S02"),
    ],
)
def test_weak_passwords_are_refused(password, code):
    assert factors.password_refusal(password, "OP-117").code == code


@pytest.mark.parametrize("password", ["しずかな 湖に 七羽の 鴨", "correct horse battery", "x9!kQ2#z"])
def test_good_passwords_pass_without_rules_of_composition(password):
    assert factors.password_refusal(password, "OP-117") is None
