"""引継票から再発行まで — slip → resident → new number, shown once → sheet; the old number is dead outside."""

import re
import uuid

from tests.inside.office.given import entries
from tests.support import paper
from tests.support import place as p
from tests.support.residents import PROGRAMME, messages, newest_message, run

NUMBER = re.compile(
    r'class="code num">([0-9]{4})<span class="sep"> </span>([0-9]{3})<span class="sep"> </span>([0-9]{3})<'
)


def shown_number(seat) -> str:
    found = NUMBER.search(seat.page)
    return "".join(found.groups()) if found else ""


def reissued(seat, town, n: int, reason="lost") -> str:
    seat.open(f"/residents/{town.ids[n]}/reissue/{PROGRAMME}").send(reason=reason)
    number = shown_number(seat)
    assert number
    return number


def test_from_the_slip_to_the_new_sheet(officer, town):
    slip = town.slip(n=1, words="洗濯してしまった")
    old, since = town.number(1), newest_message()
    officer.open("/slips")
    assert "洗濯" not in officer.page and "しゃも" not in officer.page  # a list holds no word of a caller
    officer.open(f"/slips/{slip}")
    assert "洗濯" not in officer.page
    officer.send()
    assert (
        "洗濯してしまった" in officer.page
        and "申出 しゃも" in officer.page
        and "090-0000-9876" in officer.page
    )
    assert "対応中" in officer.words and f'href="/residents/{town.ids[1]}"' in officer.page

    officer.open(f"/residents/{town.ids[1]}")
    assert "鷺沢" in officer.page and old not in officer.page and f"引継票 {slip} の対応中" in officer.words
    new = reissued(officer, town, 1)
    assert new != old and new == town.number(1)
    ticket = officer.path
    assert (
        "number.dead",
        [run("SELECT encode(try, 'hex') FROM tickets.ticket WHERE number = %s", old)[0][0]],
    ) in [(t, body.get("tries")) for t, body in messages(after=since)]
    assert "庁外にはまだ届いていません" in officer.words
    assert new not in officer.open(ticket).page  # shown once

    officer.send(ticket + "/sheet.pdf")
    assert (
        officer.answer["Content-Disposition"]
        == f'attachment; filename="sheet{ticket.replace("/tickets/", "-")}.pdf"'
    )
    text = paper.text(officer.answer.content)
    assert new in text and "鷺沢ひばり" in text and old not in text
    assert officer.answer["Cache-Control"] == "no-store"

    officer.open(f"/slips/{slip}").send(f"/slips/{slip}/close", outcome="reissued")
    assert officer.path == "/slips" and "終えました" in officer.words
    assert run("SELECT state, ciphertext, outcome FROM accountability.slip WHERE number = %s", slip) == [
        ("done", b"", "reissued")
    ]
    assert "洗濯" not in officer.open(f"/slips/{slip}").page


def test_the_page_says_since_when_the_old_number_is_dead_outside(officer, town):
    reissued(officer, town, 2)
    ticket = officer.path
    assert "まだ届いていません" in officer.words
    with p.superuser("inside") as c:  # the courier numbers, the other side acknowledges
        c.execute("SELECT bridge.number_v1(10000)")
        c.execute(
            "SELECT bridge.heard_v1(1, (SELECT last_number FROM bridge.stream WHERE direction = 'out'), 0, '')"
        )
    assert "庁外でも 11月24日 10:00 から無効" in officer.open(ticket).words


def test_a_doubled_click_makes_one_number(officer, town):
    path = f"/residents/{town.ids[4]}/reissue/{PROGRAMME}"
    officer.open(path)
    form = officer.hidden("", {}) | {"reason": "lost"}
    first = officer.client.post(path, form)
    second = officer.client.post(path, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert run("SELECT count(*) FROM tickets.ticket WHERE resident_id = %s", town.ids[4]) == [(2,)]


def test_the_same_form_again_after_another_reissue_makes_nothing(officer, chief, town):
    path = f"/residents/{town.ids[5]}/reissue/{PROGRAMME}"
    officer.open(path)
    form = officer.hidden("", {}) | {"reason": "lost"}
    reissued(chief, town, 5, "not_received")
    officer.post(path, **form)
    assert "この手続は済んでいます" in officer.words
    assert run("SELECT count(*) FROM tickets.ticket WHERE resident_id = %s", town.ids[5]) == [(2,)]


def test_a_reason_is_asked_and_the_log_keeps_it(officer, town):
    officer.open(f"/residents/{town.ids[7]}/reissue/{PROGRAMME}").send()
    assert "理由を選んでください" in officer.words
    officer.send(reason="because")
    assert officer.path.endswith(f"/reissue/{PROGRAMME}")
    reissued(officer, town, 7, "used_as_examined")
    purposes = run(
        "SELECT purpose FROM audit.entry WHERE act = 'ticket.reissue' AND resident = %s", town.ids[7]
    )
    assert purposes == [("used_as_examined",)]


def test_who_is_not_entitled_gets_no_ticket(officer, town):
    officer.open(f"/residents/{town.ids[8]}")
    assert "発行する" not in officer.words and "再発行" not in officer.main.split("手続")[0]
    officer.open(f"/residents/{town.ids[8]}/reissue/{PROGRAMME}").send(reason="moved_in")
    assert "T06" in officer.words and officer.path == f"/residents/{town.ids[8]}"


def test_a_slip_is_read_by_who_took_it_and_by_nobody_else(officer, chief, town):
    slip = town.slip(words="どうか折り返しを")
    officer.open(f"/slips/{slip}").send()
    assert "どうか折り返しを" in officer.page
    chief.open(f"/slips/{slip}")
    assert "どうか折り返しを" not in chief.page and "OF-3" in chief.words and "対応しています" in chief.words
    chief.post(f"/slips/{slip}")
    assert "HS02" in chief.words and "どうか折り返しを" not in chief.page
    chief.post(f"/slips/{slip}/close", outcome="other")
    assert "HS02" in chief.words
    taken = [e for e in entries("slip.take") if e[0] == "OF-3" and e[1] == "done"]
    assert taken and set(taken[-1][2]) == {"name", "phone", "wish"}
    officer.open(f"/slips/{slip}").send(f"/slips/{slip}/close")
    assert "対応の結果を選んでください" in officer.words
    officer.open(f"/slips/{slip}").send(f"/slips/{slip}/close", outcome="other")


def test_a_slip_about_nobody_leads_to_the_search(officer, town):
    slip = town.slip(words="番号が分からない")
    officer.open(f"/slips/{slip}").send()
    assert "一致なし" in officer.words and "一致した方の記録を開く" not in officer.words
    officer.find(name="ツルミ", born="S27.6.3")
    assert officer.path == f"/residents/{town.ids[4]}" and f"引継票 {slip} の対応中" in officer.words
    officer.open(f"/slips/{slip}").send(f"/slips/{slip}/close", outcome="called_back")
    assert "対応中" not in officer.open("/residents").words


def test_issuing_says_the_number_first(chief, officer, town):
    chief.open(f"/residents/{town.ids[6]}")
    run(
        "UPDATE tickets.ticket SET state = 'void', void_at = now(), void_reason = 'misissued' WHERE resident_id = %s AND state = 'issued'",
        town.ids[6],
    )
    officer.open("/tickets")
    assert "1人分を発行する" in officer.words
    officer.open(f"/tickets/issue/{PROGRAMME}")
    assert "いま発行する 1人" in officer.words
    officer.send()
    assert "1人分の券番号を割り当てました" in officer.words
    officer.post(f"/tickets/issue/{PROGRAMME}")  # the same click again
    assert "新しく割り当てる方はいませんでした" in officer.words


def test_a_request_id_is_taken_from_the_form_or_made(officer):
    from django.test import RequestFactory

    from sesshu.zones.office.frame import request_id

    one = uuid.uuid4()
    assert request_id(RequestFactory().post("/", {"request": str(one)})) == one
    assert request_id(RequestFactory().post("/", {"request": "x"})) != one
