"""Who crosses the bridge: a resident's way, and that the first load and single changes give the same."""

import datetime as dt
import threading
import uuid

import pytest

from sesshu.base.crypto import hash_act, hash_ask, hash_try, load_keys
from sesshu.base.machine import machine
from sesshu.base.text.addresses import ADDRESS_FORM_VERSION, address_book, address_forms
from sesshu.inside.records.entitlements.actions import recompute
from sesshu.inside.records.ledger import queries as ledger
from sesshu.inside.records.models import Subject
from sesshu.inside.records.subjects import actions
from sesshu.inside.records.subjects.actions import Sent, check_subjects, send_changes, send_waiting
from sesshu.inside.tickets import queries as tickets
from sesshu.inside.tickets.actions import issue, issue_one, reissue, void
from sesshu.inside.tickets.rules import Ending, Reason
from tests.support import place as p
from tests.support.residents import (
    HOST,
    OFFICER,
    PROGRAMME,
    WORKER,
    arrive,
    given_programme,
    given_resident,
    messages,
    newest_message,
    run,
)


def given_tickets() -> None:
    recompute(by=HOST, programme=PROGRAMME)
    issue(by=HOST, programme=PROGRAMME)


def wake(resident: int) -> None:
    run("SELECT records.wake_v1(%s)", resident)


def hashes(resident: int) -> dict[str, str | None]:
    """What the outside should have, made by hand."""
    [[dob, town, banchi, building]] = run(
        "SELECT dob_key, town, banchi, building FROM register.resident WHERE id = %s", resident
    )
    ring, number = load_keys(machine().keys_dir), tickets.find_live(resident, PROGRAMME).number
    forms = address_forms(town, banchi, building, address_book(machine().municipality_code))
    ask = [hash_ask(ring, form, dob, ADDRESS_FORM_VERSION).hex() for form in (forms.full, forms.lot)]
    return {
        "act": hash_act(ring, number, dob).hex(),
        "try": hash_try(ring, number).hex(),
        "ask_full": ask[0],
        "ask_lot": ask[1],
    }


@pytest.fixture
def programme():
    given_programme()


def test_a_resident_crosses_with_hashes_only(programme):
    one = given_resident()
    given_tickets()
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(new=1)
    [(_, body)] = messages("subject.put")
    wanted = hashes(one)
    assert {name: body[name] for name in wanted} == wanted
    assert body["ask_former"] is None and body["form_version"] == ADDRESS_FORM_VERSION
    assert [e["dose"] for e in body["entitlements"]] == [1, 2]
    assert uuid.UUID(body["id"]) == Subject.objects.get(resident_id=one).pk
    assert not check_subjects(PROGRAMME)
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent()


def test_before_booking_opens_the_moment_crosses_ahead(programme):
    """G-02: it opens by itself outside; at the moment nothing has to cross."""
    given_resident(dob="19900515")
    given_tickets()
    send_waiting(by=WORKER, programme=PROGRAMME)
    [(_, body)] = messages("subject.put")
    assert [(e["dose"], e["opens_at"]) for e in body["entitlements"]] == [
        (1, "2026-12-07T09:00:00+09:00"),
        (2, "2026-12-07T09:00:00+09:00"),
    ]
    p.place().set_clock(dt.datetime(2026, 12, 7, 9, 0, 1, tzinfo=p.DAY.tzinfo))
    assert run("SELECT records.wake_due_v1()") == [(0,)]
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent() == check_subjects(PROGRAMME)


def test_moved_away_is_withdrawn_and_the_number_dies(programme):
    one = given_resident()
    given_tickets()
    send_waiting(by=WORKER, programme=PROGRAMME)
    number, since = tickets.find_live(one, PROGRAMME).number, newest_message()
    run("UPDATE register.resident SET status = 'left' WHERE id = %s", one)
    wake(one)
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(withdrawn=1, died=1)
    dead = hash_try(load_keys(machine().keys_dir), number).hex()
    subject = str(Subject.objects.get(resident_id=one).pk)
    assert messages(after=since) == [
        ("number.dead", {"tries": [dead]}),
        ("subject.withdraw", {"id": subject}),
    ]
    assert tickets.list_tickets(one)[0].void_reason == "moved"
    assert not check_subjects(PROGRAMME)
    # and comes back: the same pseudonym, another number
    run("UPDATE register.resident SET status = 'present' WHERE id = %s", one)
    recompute(by=HOST, programme=PROGRAMME)
    issue_one(by=OFFICER, resident_id=one, programme=PROGRAMME)
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(new=1)
    assert messages("subject.put", since)[0][1]["id"] == subject


def test_reissue_changes_the_hashes_and_keeps_the_pseudonym(programme):
    one = given_resident()
    given_tickets()
    send_waiting(by=WORKER, programme=PROGRAMME)
    [(_, before)] = messages("subject.put")
    reissue(by=OFFICER, resident_id=one, programme=PROGRAMME, reason=Reason.LOST)
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(changed=1)
    after = messages("subject.put")[1][1]
    assert after["id"] == before["id"] and after["act"] == hashes(one)["act"] != before["act"]
    assert after["ask_full"] == before["ask_full"]


def test_a_void_ticket_withdraws(programme):
    one = given_resident()
    given_tickets()
    send_waiting(by=WORKER, programme=PROGRAMME)
    void(by=OFFICER, ticket_id=tickets.find_live(one, PROGRAMME).id, reason=Ending.MISISSUED)
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(withdrawn=1)


def test_of_a_protected_person_only_the_dead_number_crosses(programme):
    hidden, other = given_resident(protected=True), given_resident()
    given_tickets()
    send_waiting(by=WORKER, programme=PROGRAMME)
    assert [b["id"] for _, b in messages("subject.put")] == [str(Subject.objects.get(resident_id=other).pk)]
    # protected after booking
    mine, since = set(hashes(other).values()), newest_message()
    run(
        "UPDATE register.resident SET protected = true, town = NULL, banchi = NULL, building = NULL WHERE id = %s",
        other,
    )
    wake(other)
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(withdrawn=1, died=1)
    sent = messages(after=since)
    assert [t for t, _ in sent] == ["number.dead", "subject.withdraw"]
    assert {x for _, b in sent for x in b.get("tries", ())} < mine
    assert send_changes(by=HOST, programme=PROGRAMME) == Sent()
    assert not Subject.objects.filter(resident_id=hidden).exists()


def test_several_in_one_house(programme):
    house = {"town": "上目黒一丁目", "banchi": "2番3号", "dob": "19480229"}
    one, two = (
        given_resident(**house, building="見本荘101号室"),
        given_resident(**house, building="見本荘102号室"),
    )
    twins = [given_resident(**(house | {"banchi": "9番9号"})) for _ in range(2)]
    given_tickets()
    send_waiting(by=WORKER, programme=PROGRAMME)
    by_id = {b["id"]: b for _, b in messages("subject.put")}
    sent = {r: by_id[str(Subject.objects.get(resident_id=r).pk)] for r in (one, two, *twins)}
    assert all(s["ask_lot"] is None for s in sent.values())
    assert len({sent[one]["ask_full"], sent[two]["ask_full"]}) == 2
    assert sent[twins[0]]["ask_full"] == sent[twins[1]]["ask_full"] == hashes(twins[0])["ask_full"]
    assert sent[twins[0]]["act"] != sent[twins[1]]["act"]
    # one of the flats is left: the words "2-3" mean one person now
    run("UPDATE register.resident SET status = 'left' WHERE id = %s", two)
    wake(two)
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(changed=1, withdrawn=1, died=1)
    assert messages("subject.put")[-1][1]["ask_lot"] == hashes(one)["ask_lot"]
    # a twin without a ticket must not be mistaken for the other
    void(by=OFFICER, ticket_id=tickets.find_live(twins[1], PROGRAMME).id, reason=Ending.MISISSUED)
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(changed=1, withdrawn=1)
    assert messages("subject.put")[-1][1]["ask_full"] is None


def test_the_former_address_crosses_for_a_while(programme):
    one = given_resident(town="上目黒一丁目", banchi="2番3号")
    run(
        "INSERT INTO register.former_address VALUES (%s, '中目黒二丁目', '5番6号', '見本荘7号室', '2026-12-24')",
        one,
    )
    given_tickets()
    send_waiting(by=WORKER, programme=PROGRAMME)
    book = address_book(machine().municipality_code)
    said = address_forms("中目黒二丁目", "5番6号", "見本荘7号室", book).full
    wanted = hash_ask(load_keys(machine().keys_dir), said, "19500401", ADDRESS_FORM_VERSION).hex()
    assert messages("subject.put")[0][1]["ask_former"] == wanted
    p.place().set_clock(dt.datetime(2026, 12, 25, 0, 1, tzinfo=p.DAY.tzinfo))
    run("SELECT records.wake_due_v1()")
    send_waiting(by=WORKER, programme=PROGRAMME)
    assert messages("subject.put")[-1][1]["ask_former"] is None


def test_a_corrected_birth_date_tells_the_neighbours_too(programme):
    house = {"town": "上目黒一丁目", "banchi": "2番3号"}
    one, two = given_resident(**house, dob="19480101"), given_resident(**house, dob="19480101")
    given_tickets()
    send_waiting(by=WORKER, programme=PROGRAMME)
    run("UPDATE register.resident SET dob_key = '19480102', dob = '1948-01-02' WHERE id = %s", two)
    wake(two)
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(changed=2)
    lots = [b["ask_lot"] for _, b in messages("subject.put")[-2:]]
    assert set(lots) == {hashes(one)["ask_lot"], hashes(two)["ask_lot"]}
    assert not check_subjects(PROGRAMME)


def test_an_unknown_birth_date_crosses_with_zeroes(programme):
    """Somebody whose birth day nobody knows gets a ticket by an officer; the words match as the register has them."""
    one = given_resident(dob="19380000")
    run(
        "INSERT INTO tickets.ticket (number, try, resident_id, programme, issued_at, issued_by) VALUES ('1234567890', %s, %s, %s, now(), 'x')",
        b"t" * 32,
        one,
        PROGRAMME,
    )
    wake(one)
    send_waiting(by=WORKER, programme=PROGRAMME)
    ring = load_keys(machine().keys_dir)
    assert messages("subject.put")[0][1]["act"] == hash_act(ring, "1234567890", "19380000").hex()


def test_bulk_and_single_give_the_same(programme, monkeypatch):
    for n in range(40):
        given_resident(
            dob=f"194{n % 3}0401", town="中目黒一丁目", banchi=f"{n % 7 + 1}番1号", building=f"{n % 2}01号室"
        )
    given_tickets()
    assert send_waiting(by=WORKER, programme=PROGRAMME).new == 40
    single = {b["id"]: b for _, b in messages("subject.put")}
    run("UPDATE records.subject SET sent_digest = NULL")
    monkeypatch.setattr(actions, "SINGLY", 0)
    assert send_changes(by=HOST, programme=PROGRAMME) == Sent(new=40)
    assert not check_subjects(PROGRAMME)
    rows = [
        x.split("\t")
        for [t] in run("SELECT rows FROM bridge.outbox WHERE type = 'subject.rows'")
        for x in t.splitlines()
    ]
    entitled = [
        x.split("\t")
        for [t] in run("SELECT rows FROM bridge.outbox WHERE type = 'entitlement.rows'")
        for x in t.splitlines()
    ]
    for r in rows:
        names = ("act", "try", "ask_full", "ask_lot", "ask_former")
        got = {n: None if v == "\\N" else v.removeprefix("\\\\x") for n, v in zip(names, r[2:7], strict=True)}
        body = single.pop(r[0])
        assert got == {n: body[n] for n in names} and r[7] == str(body["form_version"])
        assert [
            [e["dose"], e["from_on"], e["until_on"], e["after_previous"]] for e in body["entitlements"]
        ] == [[int(x[1]), x[2], x[3], x[5] == "t"] for x in entitled if x[0] == r[0]]
    assert not single


def test_in_ranges_of_birth_dates(programme, monkeypatch):
    for n in range(30):
        given_resident(dob=f"1940{n % 9 + 1:02d}01")
    given_tickets()
    monkeypatch.setattr(actions, "RESIDENTS_AT_ONCE", 7)
    monkeypatch.setattr(actions, "MANY_WAITING", 5)
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(new=30)
    assert run("SELECT count(*) FROM records.dirty") == [(0,)]


def test_a_dose_comes_back(committed):
    """The outside tells of a dose: ledger, entitlement to the second, and the outside is told its days."""
    given_programme()
    one = given_resident()
    given_tickets()
    send_waiting(by=WORKER, programme=PROGRAMME)
    subject, since = Subject.objects.get(resident_id=one).pk, newest_message()
    given = dt.datetime(2026, 11, 24, 9, 30, tzinfo=p.DAY.tzinfo)
    told = {
        "id": str(uuid.uuid4()), "visit": str(uuid.uuid4()), "subject": str(subject), "programme": PROGRAMME, "dose": 1,
        "product": "pfizer", "lot": 1, "venue": 1, "given_at": given.isoformat(), "entered_at": given.isoformat(), "by": "VN-1",
    }  # fmt: skip
    assert arrive("dose.given", told) == "done"
    assert send_waiting(by=WORKER, programme=PROGRAMME) == Sent(changed=1)
    [line] = ledger.list_records(one)
    assert (line.dose, line.product, line.given_on, line.state) == (
        1,
        "pfizer",
        dt.date(2026, 11, 24),
        "valid",
    )
    due = ledger.find_due(one, PROGRAMME)
    assert (due.dose, due.from_on, due.products) == (2, dt.date(2026, 12, 13), ("pfizer",))
    [(_, body)] = messages("subject.put", since)
    assert [(e["dose"], e["from_on"]) for e in body["entitlements"]] == [(2, "2026-12-13")]
    assert not check_subjects(PROGRAMME)


def test_a_change_that_commits_while_the_worker_looks_is_not_overlooked(committed):
    """Race: a resident waits already, and is woken again by a transaction that has not committed yet."""
    given_programme()
    one = given_resident()
    wake(one)
    seen: list[tuple] = []

    def work() -> None:
        with p.connect("in_worker") as c, c.transaction():
            taken = c.execute("SELECT resident_id FROM records.take_dirty_v1(%s, 10)", [PROGRAMME]).fetchall()
            seen.append(
                (taken, c.execute("SELECT status FROM register.resident WHERE id = %s", [one]).fetchone())
            )

    with p.superuser("inside") as c:
        worker = threading.Thread(target=work)
        with c.transaction():
            c.execute("UPDATE register.resident SET status = 'left' WHERE id = %s", [one])
            c.execute("SELECT records.wake_v1(%s)", [one])
            worker.start()
            worker.join(0.3)
            assert worker.is_alive()
        worker.join(5)
    assert seen == [([(one,)], ("left",))]
