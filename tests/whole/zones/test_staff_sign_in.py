"""Staff sign in, in the real process of the desk: enrolment, one seat, disabling, training, replay, pauses."""

import datetime as dt
import html
import json
import re
import time

import django
import pytest
from django.conf import settings

from sesshu.cli.ready import ready_account
from sesshu.trust.access import factors
from tests.support import outside as o
from tests.support import place as p
from tests.support.visitor import Visitor

WORDS = "しずかな 湖に 七羽の 鴨"
TRAINED = dt.date(2027, 3, 31)


@pytest.fixture(scope="module", autouse=True)
def _hashers():
    """Hashing a password asks Django's settings; these tests need nothing else of them."""
    if not settings.configured:
        settings.configure(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"])
        django.setup()


def _account(code="OP-117", role="operator", trained_until=TRAINED):
    return ready_account(
        p.place(), "desk", code, role, display="受付 17", trained_until=trained_until, password=WORDS
    )


def _sign_in(visitor: Visitor, account, step: int = 0, **other):
    """``step``: steps of half a minute from now, so that a test need not wait for the next code."""
    visitor.go("/signin")
    code = factors.totp(account.totp_secret, time.time() + 30 * step)
    fields = {"code": account.code, "password": account.password, "totp": code} | other
    return visitor.send("/signin", **fields)


def _entries(act: str) -> list[tuple[str, str]]:
    with p.superuser("outside") as c:
        return c.execute("SELECT actor, result FROM audit.entry WHERE act = %s ORDER BY id", [act]).fetchall()


def test_a_member_signs_in_and_out(desk):
    account = _account()
    page = _sign_in(desk, account)
    assert desk.at == "/" and "OP-117" in page.text
    page = desk.send("/signout")
    assert "サインアウトしました" in page.text and page.header("Clear-Site-Data") == '"cache", "storage"'
    desk.go("/")
    assert desk.at == "/signin"
    assert _entries("account.sign_in") == [("OP-117", "done")] and _entries("account.sign_out")


@pytest.mark.parametrize(
    "wrong", [{"password": "another one"}, {"totp": "000000"}, {"code": "OP-999"}, {"code": "日本"}]
)
def test_whatever_was_wrong_the_answer_is_one(desk, wrong):
    page = _sign_in(desk, _account(), **wrong)
    assert desk.at == "/signin" and "サインインできませんでした" in page.text
    assert _entries("account.sign_in") == [("unknown" if "code" in wrong else "OP-117", "S03")]


def test_a_code_is_good_once(desk, children):
    account = _account()
    _sign_in(desk, account)
    other = Visitor(desk.port)
    _sign_in(other, account)
    assert other.at == "/signin"


def test_a_second_seat_ends_the_first(desk):
    account = _account()
    _sign_in(desk, account, step=-1)
    other = Visitor(desk.port)
    _sign_in(other, account)
    assert other.at == "/"
    page = desk.go("/")
    assert desk.at == "/signin?why=seat" and "別の場所から" in page.text
    with p.superuser("outside") as c:
        assert c.execute("SELECT fields FROM audit.entry WHERE 'second_seat' = ANY (fields)").fetchall()


def test_disabling_takes_effect_at_the_next_request(desk):
    account = _account()
    _sign_in(desk, account)
    o.arrive(
        "member.put",
        {"code": account.code, "zone": "desk", "role": "operator", "display": "", "state": "disabled",
         "venue": None, "trained_until": str(TRAINED)},
    )  # fmt: skip
    desk.go("/")
    assert desk.at.startswith("/signin?why=")
    _sign_in(desk, account, step=1)
    assert desk.at == "/signin"


def test_an_expired_training_opens_nothing(desk):
    account = _account(trained_until=dt.date(2026, 11, 23))
    page = _sign_in(desk, account)
    assert page.status == 403 and "研修の期限が切れています" in page.text
    assert desk.send("/signout").status == 200


def test_after_five_failures_the_account_pauses(desk):
    account = _account()
    for _ in range(5):
        _sign_in(desk, account, password="another one")
    _sign_in(desk, account)
    assert desk.at == "/signin"
    p.place().set_clock(p.DAY + dt.timedelta(minutes=3))
    _sign_in(desk, account, step=1)
    assert desk.at == "/"


def test_a_new_member_enrols_with_the_one_time_code(desk):
    """使い始めの番号 → パスワード → 認証アプリ。番号は一度だけ。"""
    one_time, hashed = factors.new_enrolment()
    invited = {"code": "OP-200", "zone": "desk", "role": "operator", "display": "", "state": "invited",
               "enrol_hash": hashed, "enrol_until": "2026-12-01T00:00:00+09:00", "venue": None,
               "trained_until": str(TRAINED)}  # fmt: skip
    o.arrive("member.put", invited)
    desk.go("/signin/enrol")
    assert "確かめられませんでした" in desk.send(code="OP-200", one_time="2222-2222-2222").text
    desk.go("/signin/enrol")
    desk.send(code="op-200", one_time=one_time.lower())
    assert desk.at == "/signin/password"
    assert "よく使われるため" in desk.send(password="password1", again="password1").text
    page = desk.send(password=WORDS, again=WORDS)
    assert desk.at == "/signin/factor"
    secret = html.unescape(re.search(r'class="secret">([^<]+)<', page.text)[1]).replace(" ", "")
    picture = desk.ask("GET", "/signin/factor.svg")
    assert picture.header("Content-Type") == "image/svg+xml" and picture.header("Cache-Control") == "no-store"
    desk.send(totp=factors.totp(secret))
    assert desk.at == "/"
    other = Visitor(desk.port)
    other.go("/signin/enrol")
    assert "確かめられませんでした" in other.send(code="OP-200", one_time=one_time).text


def test_an_expired_one_time_code_is_refused(desk):
    one_time, hashed = factors.new_enrolment()
    invited = {"code": "OP-201", "zone": "desk", "role": "operator", "display": "", "state": "invited",
               "enrol_hash": hashed, "enrol_until": "2026-11-23T00:00:00+09:00", "venue": None,
               "trained_until": str(TRAINED)}  # fmt: skip
    o.arrive("member.put", invited)
    desk.go("/signin/enrol")
    desk.send(code="OP-201", one_time=one_time)
    assert desk.at == "/signin/enrol"


def test_the_shelf_holds_no_password_and_no_readable_secret(desk):
    account = _account()
    with p.superuser("outside") as c:
        row = json.dumps(c.execute("SELECT to_jsonb(a) FROM shelf_desk.account a").fetchone()[0])
    assert WORDS not in row and account.totp_secret not in row


def test_no_page_opens_without_a_seat(desk):
    for path in ("/", "/signin/again"):
        desk.go(path)
        assert desk.at == "/signin"
    assert desk.ask("GET", "/signin/factor.svg").status == 404
