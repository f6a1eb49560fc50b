"""支援措置を手で始め、終える · 計画を読む · 連携の警報に対応する."""

import datetime as dt

from sesshu.inside.register.residents.models import Protection, Resident
from tests.inside.office.given import entries
from tests.support import place as p
from tests.support.residents import PROGRAMME, arrive, messages, newest_message, run


def test_protecting_by_hand_says_first_what_will_happen(officer, town):
    path, since = f"/residents/{town.ids[2]}/protect", newest_message()
    subject = town.subject(2)
    officer.stale().open(path)
    assert officer.path == "/signin/again"
    officer.fresh().open(path)
    for word in ("雉村", "所管課だけが開ける保管に移り", "接種券は無効になります", "係長2人"):
        assert word in officer.words
    assert not Resident.objects.get(pk=town.ids[2]).protected
    officer.send(document="6子第123号")
    assert "読んだら印をつけてください" in officer.words
    officer.send(document="理由: <x>", read="on")
    assert "文書番号は" in officer.words and not Resident.objects.get(pk=town.ids[2]).protected
    officer.send(document="6子第123号", read="on")
    assert officer.path == "/" and "保管に移しました" in officer.words
    officer.open(f"/residents/{town.ids[2]}")
    assert "この照会は、ここでは続けられません" in officer.words and "雉村" not in officer.page
    assert ("subject.withdraw", {"id": subject}) in messages(after=since)
    assert entries("resident.protect", town.ids[2])[-1][:2] == ("OF-3", "done")


def test_ending_a_protection_takes_two_chiefs_and_a_decision(seats, town):
    first, second = seats["CH-1"].fresh(), seats["CH-3"].fresh()
    typed = {"reference": "1002", "decision": "6子第200号", "decided_on": "2026-11-24"}
    if not Resident.objects.get(pk=town.ids[2]).protected:
        test_protecting_by_hand_says_first_what_will_happen(seats["OF-3"].fresh(), town)
    first.open("/protection/release").send(**typed | {"decided_on": "2026-04-10"})
    assert "R94" in first.words  # an old list does not release (P-13)
    first.send(**typed)
    assert "1人目として承認しました" in first.words
    first.send(**typed)
    assert "A03" in first.words and Resident.objects.get(pk=town.ids[2]).protected
    second.open("/protection/release").send(**typed)
    assert "終了を反映しました" in second.words and not Resident.objects.get(pk=town.ids[2]).protected
    held = Protection.objects.filter(resident_id=town.ids[2]).latest("id")
    assert {held.ended_by, held.ended_second} == {"CH-1", "CH-3"}
    second.send(**typed | {"reference": "424242"})
    assert "R90" in second.words


def test_an_officer_has_no_way_to_end_one(officer, town):
    assert officer.open("/protection/release").answer.status_code == 403
    assert "支援措置の終了" not in officer.open("/residents").words


def test_a_programme_reads_as_sentences_and_recomputes(officer, town):
    officer.open("/plan")
    assert (
        "新型コロナワクチン接種（見本）" in officer.words
        and "見本会場" in officer.words
        and "FA1234" in officer.words
    )
    officer.open(f"/plan/programmes/{PROGRAMME}")
    words = officer.words
    assert "1回目（ファイザー）から 18日以上（19日後から）あけて" in words and "接種日に12歳以上" in words
    officer.send()
    assert "計算しました" in officer.words
    assert officer.open("/plan/programmes/nothing").answer.status_code == 404


def test_a_hall_shows_places_and_bookings_by_day(officer, town):
    town.booking(3, 61)
    officer.open("/plan/halls/1")
    words = officer.words
    assert "11月26日（木）" in words and "09:30–12:00" in words and "予約 1" in words
    assert "この4週には開設がありません" in officer.open("/plan/halls/1?on=2027-06-01").words
    assert officer.open("/plan/halls/1?on=9999-12-31").answer.status_code == 200
    assert officer.open("/plan/halls/99").answer.status_code == 404


def test_alarms_and_answers_are_cleared_by_name(officer, auditor, town):
    assert arrive("refused", {"type": "slot.put", "code": "B12", "ids": [7]}) == "done"
    with p.superuser("inside") as c:
        c.execute("INSERT INTO bridge.alarm (code, detail) VALUES ('X02', 'out-1-000041.pkt')")
    auditor.open("/bridge")
    assert "X02" in auditor.words and "対応済みにする" not in auditor.words
    assert auditor.post("/bridge/alarms/1/clear").answer.status_code == 403
    officer.open("/")
    assert "警報 1" in officer.words and "庁外の断り 1" in officer.words
    officer.open("/bridge")
    assert "out-1-000041.pkt" in officer.words and "予約枠" in officer.words and "B12" in officer.words
    [[alarm]] = run("SELECT id FROM bridge.alarm")
    [[answer]] = run("SELECT id FROM accountability.answer")
    officer.send(f"/bridge/alarms/{alarm}/clear")
    assert "済 OF-3" in officer.words
    officer.post(f"/bridge/alarms/{alarm}/clear")
    assert "F10" in officer.words
    officer.open("/bridge").send(f"/bridge/answers/{answer}/see")
    assert "警報 0" in officer.open("/").words
    assert [e[0] for e in entries("alarm.clear")] == ["OF-3", "OF-3", "OF-3"]  # the refused one too


def test_a_dose_of_nobody_waits_on_the_list(officer, town):
    import uuid

    body = {
        "id": str(uuid.uuid4()), "visit": str(uuid.uuid4()), "booking": None, "subject": str(uuid.uuid4()), "programme": PROGRAMME,
        "dose": 1, "product": "pfizer", "lot": 1, "venue": 1, "given_at": "2026-11-24T09:40:00+09:00",
        "entered_at": "2026-11-24T09:41:00+09:00", "by": "RE-2", "site": "left_arm",
    }  # fmt: skip
    assert arrive("dose.given", body) == "unattributed"
    assert "持ち主の分からない記録 1" in officer.open("/").words
    officer.open("/records")
    assert "FA1234" in officer.words and "RE-2" in officer.words and "見本会場" in officer.words


def test_the_first_page_of_an_empty_house(seats, _inside):
    """Empty states say what to do."""
    p.empty(p.place(), "inside")
    seats.clear()
    seat = seats["OF-3"]
    assert "待っている引継票はありません" in seat.words and "待っている取込はありません" in seat.words
    for path, word in (
        ("/imports", "取込はまだありません"), ("/tickets", "接種事業がまだ登録されていません"), ("/plan", "会場はまだありません"),
        ("/records", "ありません"), ("/slips", "待っている引継票はありません"), ("/bridge", "警報はありません"),
    ):  # fmt: skip
        assert word in seat.open(path).words, path
    assert dt.date(2026, 11, 24).isoformat() in seat.open("/imports/new").page
