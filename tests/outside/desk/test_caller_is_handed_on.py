"""引継ぎ — the slip is sealed in this process; the desk, the database and the log hold no word of it (C-09, FX-02)."""

import pytest

from sesshu.base.crypto import load_keys
from sesshu.base.errors import Refused
from sesshu.bridge.slips import SlipKind, open_slip
from tests.support import place as p

NAME, PHONE, WORDS = "カナリア ヤタロウ", "090-1357-2468", "カナリアしるしの用件"


def stored() -> tuple[int, bytes]:
    with p.superuser("outside") as c:
        return c.execute(
            "SELECT k.number, s.ciphertext FROM calls.slip s JOIN calls.case k ON k.id = s.case_id"
        ).fetchone()


def test_only_the_insides_key_opens_a_slip(desk, town, desk_zone):
    desk.start().by_address("中目黒9-9-9", "S21.4.1").slip(name=NAME, phone=PHONE, words=WORDS)
    assert desk.path == "/case/handed" and "受付番号は 1 番" in desk.page
    case, sealed = stored()
    slip = open_slip(sealed, load_keys(desk_zone.keys / "inside"), case)
    assert (slip.kind, slip.name, slip.phone, slip.words) == (SlipKind.IDENTITY, NAME, "09013572468", WORDS)
    for place in ("outside", "sealed"):
        with pytest.raises(Refused):
            open_slip(sealed, load_keys(desk_zone.keys / place), case)
    with pytest.raises(Refused):
        open_slip(sealed, load_keys(desk_zone.keys / "inside"), case + 1)


def test_a_reissue_names_the_subject_to_the_inside_and_nobody_else(desk, town):
    desk.identified(town.alone).open("/case/slip", kind="reissue")
    assert '<option value="reissue" selected' in desk.page
    desk.send("/case/slip", kind="reissue", name=NAME, phone=PHONE, words="")
    with p.superuser("outside") as c:
        body = c.execute("SELECT body FROM bridge.outbox WHERE type = 'slip.put'").fetchone()[0]
    assert body["subject"] == str(town.alone.id) and body["operator"] == "OP-117"
    desk.open("/case/end").send("/case/end", outcome="slip")
    assert "送信待ち" in desk.page and "区の担当へ引き継いだ" in desk.page


def test_a_doubled_click_is_one_slip(desk, town):
    desk.start().open("/case/slip")
    fields = desk.hidden("/case/slip") | {"kind": "other", "name": NAME, "phone": PHONE, "words": WORDS}
    desk.post("/case/slip", fields).post("/case/slip", fields)
    with p.superuser("outside") as c:
        assert c.execute("SELECT count(*) FROM calls.slip").fetchone() == (1,)


def test_a_wrong_phone_number_keeps_what_was_typed(desk, town):
    desk.start().slip(name=NAME, phone="12-34", words=WORDS)
    assert desk.path == "/case/slip" and NAME in desk.page and WORDS in desk.page and "市外局番" in desk.page
    with p.superuser("outside") as c:
        assert c.execute("SELECT count(*) FROM calls.slip").fetchone() == (0,)


def test_a_question_goes_to_a_named_centre(desk, town):
    desk.start().open("/case/centres")
    assert "東京都 ワクチン相談センター" in desk.page and "119" in desk.page and "受付中" in desk.page
    desk.open("/case/end", outcome="referred")
    assert 'value="referred"' in desk.page.split("checked")[0].rsplit("<input", 1)[1]
