"""開示と証明 — the list names one's own clicks; a certificate is made once for a doubled click; nobody's values in names."""

from sesshu.inside.register.residents.models import Resident
from tests.inside.office.given import entries
from tests.support import paper
from tests.support.residents import PROGRAMME, arrive, run


def told(town, n: int) -> None:
    """The outside's log arrives: she was identified at the desk."""
    row = {
        "id": 70 + n, "at": "2026-11-20T11:12:00+09:00", "shown_at": "2026-11-20T11:12:00+09:00", "xid": "1", "actor": "OP-117",
        "zone": "desk", "act": "case.match", "purpose": "", "case_ref": "case 7", "subject": town.subject(n), "result": "match",
        "fields": ["match by ticket"], "request": None,
    }  # fmt: skip
    assert arrive("audit.page", {"rows": [row]}) == "done"


def test_the_list_names_ones_own_acts_and_the_desks(officer, town):
    told(town, 1)
    officer.find(reference="1001")
    officer.open(f"/residents/{town.ids[1]}/disclosure")
    words = officer.words
    assert "鷺沢 ひばり" in words
    assert "担当職員が、あなたの記録を開きました" in words and "担当 OF-3" in words
    assert (
        "コールセンターが、申出者の述べた券番号または住所と生年月日を照合しました" in words
        and "OP-117" in words
    )
    assert "住民記録の異動を受け取りました" in words  # the import, by two people
    assert "令和8年11月20日 11:12 の分まで届いています" in words
    assert "この一覧を作りました" not in words
    assert "この一覧を作りました" in officer.open(f"/residents/{town.ids[1]}/disclosure").words
    assert entries("disclosure.make", town.ids[1])[-1] == ("OF-3", "done", ["name"])


def test_the_list_on_paper(officer, town):
    officer.open(f"/residents/{town.ids[1]}/disclosure").send(f"/residents/{town.ids[1]}/disclosure.pdf")
    assert officer.answer["Content-Type"] == "application/pdf"
    assert officer.answer["Content-Disposition"] == f'attachment; filename="disclosure-{town.ids[1]}.pdf"'
    text = "".join(paper.text(officer.answer.content, n) for n in range(paper.pages(officer.answer.content)))
    assert "鷺沢ひばり様" in text and "担当職員が、あなたの記録を開きました" in text and "担当OF-3" in text


def test_a_period_of_other_days_is_empty(officer, town):
    path = f"/residents/{town.ids[2]}/disclosure"
    officer.open(path).send(from_on="2026-05-01", until_on="2026-05-31")
    assert (
        "この期間の記録はありません" in officer.words and "令和8年5月1日 から 令和8年5月31日" in officer.words
    )
    assert officer.path == path  # the days stand in no address
    officer.send(from_on="2026-06-01", until_on="2026-05-01")
    assert "終わりの日は、はじめの日より後に" in officer.words
    officer.send(from_on="2026-04-01", until_on="2026-11-24")


def test_the_auditor_makes_lists_and_opens_nobody(auditor, town):
    auditor.open("/disclosure").send(reference="1001", from_on="2026-04-01", until_on="2026-11-24")
    assert auditor.path == f"/residents/{town.ids[1]}/disclosure" and "鷺沢" in auditor.words
    assert "住民の記録" not in auditor.words
    auditor.open(f"/residents/{town.ids[1]}")
    assert auditor.answer.status_code == 403 and "鷺沢" not in auditor.page
    auditor.open("/disclosure").send(reference="424242", from_on="2026-04-01", until_on="2026-11-24")
    assert "見つかりませんでした" in auditor.words


def test_the_resident_page_shows_what_every_room_knows(officer, town):
    town.booking(2, 52)
    town.dose(2)
    officer.open(f"/residents/{town.ids[2]}")
    words = officer.words
    for word in (
        "雉村 つぐみ",
        "キジムラ",
        "昭和26年5月2日",
        "75歳",
        "東京都目黒区中目黒二丁目",
        "見本会場",
        "ファイザー",
        "FA1234",
        "RE-2",
        "予約中",
    ):
        assert word in words, word
    assert town.number(2) not in officer.page
    fields = set(entries("resident.show", town.ids[2])[-1][2])
    assert {"name", "dob", "address", "phone", "records", "bookings"} <= fields


def test_a_certificate_is_one_for_a_doubled_click(officer, town):
    town.dose(4)
    path = f"/residents/{town.ids[4]}/certificate"
    officer.open(f"/residents/{town.ids[4]}")
    form = officer.hidden(path, {})
    first, second = officer.client.post(path, form), officer.client.post(path, form)
    [[number, sha256]] = run(
        "SELECT number, sha256 FROM records.certificate WHERE resident_id = %s", town.ids[4]
    )
    assert first["Content-Disposition"] == f'attachment; filename="certificate-{number}.pdf"'
    assert first.content == second.content
    import hashlib

    assert bytes(sha256) == hashlib.sha256(first.content).digest()
    text = paper.text(first.content)
    for item in (
        "鶴見かもめ",
        "昭和27年6月3日",
        "令和8年11月24日",
        "ファイザー",
        "FA1234",
        "見本会場",
        number,
    ):
        assert item in text
    assert number in officer.open(f"/residents/{town.ids[4]}").words
    officer.send(path)
    assert run("SELECT count(*) FROM records.certificate WHERE resident_id = %s", town.ids[4]) == [(2,)]


def test_nothing_given_nothing_certified(officer, town):
    officer.open(f"/residents/{town.ids[7]}").send(f"/residents/{town.ids[7]}/certificate")
    assert "N02" in officer.words and officer.path == f"/residents/{town.ids[7]}"


def test_a_name_that_cannot_be_set_exactly_makes_no_paper(officer, town):
    """外字 — withheld and said, never replaced by something like it."""
    Resident.objects.filter(pk=town.ids[5]).update(name="鴨居　\ue123")
    town.dose(5)
    try:
        officer.open(f"/residents/{town.ids[5]}").send(f"/residents/{town.ids[5]}/certificate")
        assert "N03" in officer.words
        officer.open(f"/residents/{town.ids[5]}/disclosure").send(f"/residents/{town.ids[5]}/disclosure.pdf")
        assert "P12" in officer.words
        ticket = run(
            "SELECT id FROM tickets.ticket WHERE resident_id = %s AND state = 'issued'", town.ids[5]
        )[0][0]
        officer.open(f"/tickets/{ticket}").send(f"/tickets/{ticket}/sheet.pdf")
        assert "P10" in officer.words
    finally:
        Resident.objects.filter(pk=town.ids[5]).update(name="鴨居　つばめ")


def test_a_dead_ticket_has_no_sheet(officer, town):
    officer.open(f"/residents/{town.ids[7]}/reissue/{PROGRAMME}").send(reason="lost")
    [[dead]] = run("SELECT id FROM tickets.ticket WHERE resident_id = %s AND state = 'void'", town.ids[7])
    assert "シートを作る" not in officer.open(f"/tickets/{dead}").words
    officer.post(f"/tickets/{dead}/sheet.pdf")
    assert "T04" in officer.words


def test_searches_by_latin_and_by_part_of_a_name(officer, town):
    assert officer.find(name="heron", born="1955-08-05").path == f"/residents/{town.ids[6]}"
    assert "HERON ALBA" in officer.words
    assert officer.find(name="たかな", born="平成27年8月5日").path == f"/residents/{town.ids[8]}"
    officer.find(name="アルバトロス", born="1955-08-05")
    assert "F01" in officer.words and officer.path == "/residents"
    officer.find(name="heron", born="きのう")
    assert "入力を確かめてください" in officer.words
    officer.find(ticket="123")
    assert "入力を確かめてください" in officer.words
    assert officer.find(ticket=town.number(1)).path == f"/residents/{town.ids[1]}"
    officer.post("/residents", how="phone", phone="03-0000-1111")
    assert officer.path == "/residents" and "鷺沢" not in officer.page


def test_no_address_holds_a_value(seats, town):
    for seat in seats.values():
        for path in seat.paths:
            assert "?" not in path or path.startswith("/signin") or "on=" in path
            for value in ("1001", "鷺", "%E9", "S25", town.number(1)):
                assert value not in path
