"""支援措置の表示 — whichever way one comes to a protected person: the warning first, alone, without a value (P-05)."""

import pytest

from tests.inside.office import given
from tests.inside.office.given import entries
from tests.support.residents import PROGRAMME, run

TITLE = "この照会は、ここでは続けられません"
ONLY = "所管課へ引き継ぐ"


def then_the_warning_stands_alone(seat, town):
    """First in the main part, nothing else in it, one way on; and the band knows nothing either."""
    assert seat.answer.status_code == 200
    main = seat.main
    assert main.index(TITLE) < main.index(ONLY)
    assert main[main.index(">") + 1 :].lstrip().startswith('<div class="note stop whole" role="alert">')
    assert main.count("<form") == 1 and main.count("<button") == 1 and "<a " not in main and "<dl" not in main
    assert f'action="/residents/{town.walled}/hand-on"' in main
    then_nothing_of_theirs_is_seen(seat)


def then_nothing_of_theirs_is_seen(seat):
    words = (
        *given.CANARIES,
        given.WALLED_NAME,
        "マスカワ　ナギサ",
        "渚",
        "支援措置",
        "S21.04.01",
        "昭和21年",
    )
    for word in words:
        assert word not in seat.page, word
    assert "DV" not in seat.words


@pytest.mark.parametrize(
    "typed",
    [
        {"reference": "1009"},
        {"name": "マスカワ ナ", "born": "S21.4.1"},
        {"name": "鱒川　渚", "born": "昭和21年4月1日"},
    ],
    ids=["reference", "kana", "kanji"],
)
def test_by_every_search(officer, town, typed):
    then_the_warning_stands_alone(officer.find(**typed), town)
    assert officer.path == f"/residents/{town.walled}"


def test_by_a_ticket_number_that_died_with_the_protection(officer, town):
    """Their old number is still known here, as a dead one."""
    run(
        "INSERT INTO tickets.ticket (number, try, resident_id, programme, state, issued_at, issued_by, void_at, void_reason) "
        "VALUES ('1000000010', '\\x00', %s, %s, 'void', now(), 'OF-1', now(), 'protected')",
        town.walled,
        PROGRAMME,
    )
    from sesshu.base.numbers import draw_ticket_numbers

    (number,) = draw_ticket_numbers(1)
    run("UPDATE tickets.ticket SET number = %s WHERE number = '1000000010'", number)
    then_the_warning_stands_alone(officer.find(ticket=number), town)
    [[ticket]] = run("SELECT id FROM tickets.ticket WHERE number = %s", number)
    then_the_warning_stands_alone(officer.open(f"/tickets/{ticket}"), town)
    then_the_warning_stands_alone(officer.post(f"/tickets/{ticket}/sheet.pdf"), town)


def test_by_every_address_about_a_resident(chief, town):
    """Every route with a resident in it, typed by hand, read or sent."""
    from django.urls import get_resolver

    found = 0
    for pattern in get_resolver().url_patterns:
        route = str(pattern.pattern)
        if "<id:resident>" not in route or pattern.name == "hand-on":
            continue
        assert pattern.callback.walled, route
        path = "/" + route.replace("<id:resident>", str(town.walled)).replace("<slug:programme>", PROGRAMME)
        for method in pattern.callback.acts:
            if method != "HEAD":
                seat = chief.fresh()
                then_the_warning_stands_alone(seat.open(path) if method == "GET" else seat.post(path), town)
                found += 1
    assert found >= 8


def test_by_a_slip_about_somebody_protected_since(officer, town):
    """The desk recognised her; then she was protected: her slip opens on the warning, and its words stay shut."""
    run(
        "INSERT INTO records.subject (id, resident_id, programme, dob_key) VALUES (gen_random_uuid(), %s, %s, '19460401')",
        town.walled,
        PROGRAMME,
    )
    [[subject]] = run("SELECT id FROM records.subject WHERE resident_id = %s", town.walled)
    slip = town.slip(subject=str(subject))
    officer.open(f"/slips/{slip}")
    then_the_warning_stands_alone(officer, town)
    assert f'name="slip" value="{slip}"' in officer.main
    then_the_warning_stands_alone(officer.post(f"/slips/{slip}"), town)
    assert run("SELECT state FROM accountability.slip WHERE number = %s", slip) == [("new",)]
    officer.send(f"/residents/{town.walled}/hand-on")
    assert "所管課へ引き継ぎました" in officer.page and officer.path == "/"
    assert run("SELECT state, ciphertext FROM accountability.slip WHERE number = %s", slip) == [
        ("handed", b"")
    ]
    run("DELETE FROM records.subject WHERE id = %s", subject)


def test_among_several_found_the_warning_comes_first(officer, town):
    """Two people of one name and birthday: of the protected one there is the warning, before the other's row."""
    officer.find(name="マスカワ", born="S21.4.1")
    assert officer.path == "/residents"
    main = officer.main
    assert main.index(ONLY) < main.index("岸") and main.count('role="alert"') == 1
    for word in (*given.CANARIES, given.WALLED_NAME, "渚"):
        assert word not in officer.page
    assert officer.client.session["found"] and "鱒" not in str(dict(officer.client.session))
    officer.send("/residents/forget")
    assert "人見つかりました" not in officer.page


def test_no_note_of_an_earlier_page_stands_before_the_warning(officer, town):
    answer = officer.client.post("/residents", {"how": "reference", "reference-reference": "424242"})
    assert answer.status_code == 302  # a note waits now
    then_the_warning_stands_alone(officer.open(f"/residents/{town.walled}"), town)
    assert "見つかりませんでした" in officer.open("/residents").page


def test_the_auditor_sees_the_same_and_has_no_way_on(auditor, town):
    auditor.open("/disclosure").send(reference="1009", from_on="2026-04-01", until_on="2026-11-24")
    assert auditor.main.index(TITLE) and "<form" not in auditor.main
    then_nothing_of_theirs_is_seen(auditor)
    assert entries("disclosure.make", town.walled)[-1] == ("AU-1", "done", ["warning"])


def test_each_showing_is_written_and_handing_on_reaches_the_section(officer, town):
    before = len(entries("resident.show", town.walled))
    officer.open(f"/residents/{town.walled}")
    assert entries("resident.show", town.walled)[before:] == [("OF-3", "done", ["warning"])]
    officer.send(f"/residents/{town.walled}/hand-on")
    from tests.support import place as p

    with p.superuser("inside") as c:
        row = c.execute(
            "SELECT by, slip FROM sealed.handover WHERE resident_id = %s ORDER BY id DESC", [town.walled]
        ).fetchone()
    assert row == ("OF-3", None)


def test_handing_on_is_for_the_protected_only(officer, town):
    officer.post(f"/residents/{town.ids[1]}/hand-on")
    assert officer.path == "/residents" and not entries("slip.hand_on", town.ids[1])


def test_their_dead_number_tried_outside_tells_the_section_alone(officer, town):
    """無効な番号の使用 — of a protected person the section hears within the packet; the office's list does not hold it (P-12)."""
    from tests.support import place as p
    from tests.support.residents import arrive

    tries = {}
    for resident, reason in ((town.walled, "protected"), (town.ids[1], "lost")):
        from sesshu.base.numbers import draw_ticket_numbers

        (number,), tries[resident] = draw_ticket_numbers(1), resident.to_bytes(32, "big")
        run(
            "INSERT INTO tickets.ticket (number, try, resident_id, programme, state, issued_at, issued_by, void_at, void_reason) "
            "VALUES (%s, %s, %s, %s, 'void', now(), 'OF-1', now(), %s)",
            number,
            tries[resident],
            resident,
            PROGRAMME,
            reason,
        )
    for _ in range(2):  # twice while it waits is once
        for try_ in tries.values():
            hit = {"try": try_.hex(), "at": "2026-11-24T09:59:00+09:00", "zone": "public"}
            assert arrive("tripwire.hit", hit) == "done"
    with p.superuser("inside") as c:
        told = c.execute("SELECT resident_id FROM sealed.handover WHERE by = 'tripwire'").fetchall()
    assert told == [(town.walled,)]
    officer.open("/bridge")
    assert officer.words.count("紛失・破損") == 2 and "接種券を見る" in officer.words
    [[ticket]] = run("SELECT id FROM tickets.ticket WHERE try = %s", tries[town.walled])
    assert f'"/tickets/{ticket}"' not in officer.page


def test_nothing_of_theirs_was_seen_on_any_page_or_in_any_address(seats, town):
    """The wall over all that this file did; also the session's row holds no word."""
    for seat in seats.values():
        for page in seat.seen:
            for word in (*given.CANARIES, given.WALLED_NAME):
                assert word not in page
        for path in seat.paths:
            assert "1009" not in path and "S21" not in path and "%" not in path
