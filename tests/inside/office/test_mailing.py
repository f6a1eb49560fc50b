"""A mailing as officers make it: counted, built, sealed, printed, handed over by two, checked, posted, closed."""

import re
from io import BytesIO

import pytest
from pyrage import x25519

from sesshu.inside.mailing.batches import files, printing, queries
from sesshu.inside.mailing.batches.rules import Code
from sesshu.inside.mailing.enclosure import queries as enclosure
from tests.inside.office.given import CANARIES, OPEN, WALLED_NAME
from tests.support.mailing import code, piece_of, scan_log, serials, state
from tests.support.residents import PROGRAMME, WORKER, arrive, run

KEY = x25519.Identity.generate()
QUESTION = {
    "title": "65歳以上 第1便", "programme": PROGRAMME, "dose": "１", "entitled_from": "2026-10-01", "entitled_until": "2027-03-31",
    "cohort_from": "", "cohort_until": "", "part_size": "10000", "seeds": "3", "low": "1100", "high": "1300",
}  # fmt: skip


@pytest.fixture(scope="module")
def firm(town, seats):
    """A printer and the city's own address."""
    seat = seats["OF-3"].fresh()
    seat.post("/mailing/firms", name="印刷A", recipient=str(KEY.to_public()))
    seat.fresh().post(
        "/mailing/firms",
        postcode="153-0061",
        town="中目黒二丁目",
        banchi="19番15号",
        building="見本区役所分室",
    )
    assert "印刷A" in seat.page and "見本区役所分室" in seat.page
    return queries.list_printers()[0].pk


@pytest.fixture(scope="module")
def batch(firm, seats):
    """Built from the pages."""
    seat = seats["OF-3"].fresh()
    seat.post("/mailing/new", **QUESTION, printer=str(firm), count="")
    assert "一度も発送していない接種券だけ" in seat.page and "人分の一覧を作る" in seat.page
    assert run("SELECT count(*) FROM mailing.batch") == [(0,)]  # counts come before any extraction (G-03)
    seat.post("/mailing/new", **QUESTION, printer=str(firm), make="")
    assert re.fullmatch(r"/mailing/\d+", seat.path) and "確定待ち" in seat.page
    yield int(seat.path.rsplit("/", 1)[1])
    for number in files.list_batch_ids():
        files.remove_all(number)


def names_in(page: str) -> list[str]:
    return [p["name"] for p in OPEN.values() if p["name"] and p["name"] in page] + [
        word for word in (*CANARIES, WALLED_NAME) if word in page
    ]


def test_a_mailing_from_the_question_to_the_end(seats, town, batch, tmp_path):
    officer, chief = seats["OF-3"], seats["CH-1"]
    assert len(serials(batch)) == 10  # seven of the town and three seeds

    officer.fresh().open(f"/mailing/{batch}/seal").send()
    assert "引渡し前" in officer.page and "シートを作る（10枚）" in officer.page
    officer.send(f"/mailing/{batch}/sheets")
    assert "シートを作っています（残り 10枚）" in officer.page
    assert printing.tidy(by=WORKER) == 1
    officer.open(f"/mailing/{batch}")
    assert "10／10" in officer.page and "印刷ファイルを引き渡す" in officer.page

    officer.fresh().open(f"/mailing/{batch}/release").send()
    assert "1人目として承認しました" in officer.page and "2人目を待っています" in officer.page
    officer.fresh().open(f"/mailing/{batch}/release")
    assert "1人目はあなたです" in officer.page
    chief.fresh().open(f"/mailing/{batch}/release").send()
    assert f"batch-{batch:04d}-1" in chief.page and "封入中" in chief.page and "OF-3・CH-1" in chief.page
    assert files.out_path(batch, 1).exists()

    # The log: one is too thick, one is missing.
    dead = piece_of(batch, town.ids[2])
    thick = piece_of(batch, town.ids[3])
    lost = next(n for n in range(2, 10) if n not in (dead, thick))
    rows = [(code(batch, n), "", 1500 if n == thick else 1200) for n in range(1, 11) if n != lost]
    log = scan_log(tmp_path / "log.csv", batch, rows)
    sent = officer.client.post(
        f"/mailing/{batch}/reconcile", {"file": BytesIO(log.read_bytes())}, follow=True
    )
    officer._keep(sent)
    assert (
        "差は 2 件です" in officer.page
        and "照合に差があります" in officer.page
        and "厚さ（重さ）が範囲の外です。" in officer.page
    )
    for d in enclosure.list_differences(batch, open_only=True):
        officer.open(f"/mailing/{batch}").send(f"/mailing/differences/{d.id}", how=d.may_end[0])
    assert (
        "差はありません" in officer.page
        and state(batch, thick) == "printed"
        and state(batch, lost) == "spoiled"
    )

    # A late death: on the list in the same moment, with a code and no name.
    run("UPDATE register.resident SET status = 'dead' WHERE id = %s", town.ids[2])
    officer.open(f"/mailing/{batch}/pull")
    assert code(batch, dead) in officer.page and "死亡" in officer.page
    officer.post(f"/mailing/{batch}/pull", code=code(batch, 1 if dead != 1 else 2))
    assert "引抜一覧にありません" in officer.page
    officer.post(f"/mailing/{batch}/pull", code=code(batch, dead))
    assert "引き抜く封書はありません" in officer.page

    # The reprint, by two people again, then read at the station.
    officer.open(f"/mailing/{batch}").send(f"/mailing/{batch}/sheets")
    assert printing.tidy(by=WORKER) == 1
    officer.fresh().open(f"/mailing/{batch}/release").send()
    chief.fresh().open(f"/mailing/{batch}/release").send()
    assert f"batch-{batch:04d}-2" in chief.page
    officer.fresh().open(f"/mailing/{batch}/station")
    officer.post(f"/mailing/{batch}/station", box="09", code=code(batch, 11), insert="", measure="１２００")
    assert "正しい封書です" in officer.page
    officer.post(f"/mailing/{batch}/station", box="09", code=code(batch, 11), insert="", measure="1200")
    assert "止めてください" in officer.page and "二度読み取られました" in officer.page
    officer.post(f"/mailing/{batch}/station", box="09", code=code(batch, 1), insert="", measure="1200")
    assert "SC23" in officer.page
    [d] = enclosure.list_differences(batch, open_only=True)
    officer.post(f"/mailing/differences/{d.id}", how="checked", station="1")
    assert officer.path == f"/mailing/{batch}/station" and "止めてください" not in officer.page

    officer.fresh().open(f"/mailing/{batch}").open(f"/mailing/{batch}/post").send()
    assert "9通を発送しました。" in officer.page and "印刷 11 ＝ 発送 9 ＋ 引抜 1 ＋ 刷損じ 1" in officer.page

    officer.post("/mailing/returns", code=code(batch, thick), reason="kept")
    assert "同じ住所へもう一度送る" in officer.page
    officer.send(re.search(r"/mailing/returns/\d+/finish", officer.page)[0])
    officer.fresh().open(f"/mailing/{batch}/close").send()
    assert "完了" in officer.page and not files.out_path(batch, 1).exists()
    assert queries.tally(batch).settled
    seen = "".join(officer.seen + chief.seen)
    assert not names_in(seen)  # a mailing shows codes and counts, nobody's name


def test_a_piece_is_found_by_its_code(seats, town, batch):
    seat = seats["OF-3"]
    serial = piece_of(batch, town.ids[1])
    seat.post("/mailing/find", code=code(batch, serial).lower())
    assert re.fullmatch(r"/mailing/pieces/\d+", seat.path) and f"/residents/{town.ids[1]}" in seat.page
    [(who,)] = run(
        "SELECT resident FROM audit.entry WHERE act = 'mailing.find' AND result = 'done' ORDER BY id DESC LIMIT 1"
    )
    assert who == town.ids[1]
    seat.post("/mailing/find", code="12-000001-A")
    assert seat.path == "/mailing" and "ML15" in seat.page
    seed = serials(batch, "seed_id IS NOT NULL")[0]
    assert "監視用の封書です" in seat.post("/mailing/find", code=code(batch, seed)).page


def test_a_bad_log_is_refused_with_its_line(seats, town, firm, batch, tmp_path):
    seat = seats["OF-3"]
    log = scan_log(tmp_path / "cut.csv", batch, [1, 2], end=False)
    sent = seat.client.post(f"/mailing/{batch}/reconcile", {"file": BytesIO(log.read_bytes())}, follow=True)
    assert "ML02" in sent.content.decode()  # the batch is closed
    seat._keep(sent)
    assert (
        seat.post(f"/mailing/{batch}/reconcile").answer.status_code == 200
        and "ファイルを選んでください" in seat.page
    )


def test_wrong_questions(seats, firm):
    seat = seats["OF-3"].fresh()
    asked = QUESTION | {"printer": str(firm), "count": ""}
    assert "下限と上限の両方" in seat.post("/mailing/new", **asked | {"low": ""}).page
    assert "この条件の意味" in seat.post("/mailing/new", **asked | {"low": "", "high": ""}).page
    assert "名前をつけてください" in seat.post("/mailing/new", **asked | {"title": ""}).page
    assert "この条件にあう方はいません" in seat.post("/mailing/new", **asked | {"dose": "7"}).page
    made = QUESTION | {"printer": str(firm), "make": "", "entitled_until": "2026-01-01"}
    assert "ML04" in seat.post("/mailing/new", **made).page
    assert "ML05" in seat.fresh().post("/mailing/firms", name="印刷B", recipient="age1x").page
    assert (
        "7けた" in seat.fresh().post("/mailing/firms", postcode="15", town="a", banchi="b", building="").page
    )


def test_a_batch_is_withdrawn(seats, town, firm):
    seat = seats["OF-3"].fresh()
    again = QUESTION | {"again": "on", "printer": str(firm), "make": ""}
    seat.post("/mailing/new", **again)
    number = int(seat.path.rsplit("/", 1)[1])
    seat.fresh().open(f"/mailing/{number}/withdraw").send()
    assert "取り下げられました" in seat.page and queries.get_batch(number).state == "withdrawn"


def test_a_used_seed_number_is_an_alarm(seats, batch):
    [(try_hash,)] = run("SELECT try FROM mailing.seed WHERE batch_id = %s LIMIT 1", batch)
    arrive(
        "tripwire.hit", {"at": "2026-11-24T09:50:00+09:00", "zone": "public", "try": bytes(try_hash).hex()}
    )
    assert "監視用の番号が使われました" in seats["AU-1"].open("/mailing").page
    assert "2026-11-24 09:50" in seats["AU-1"].page


def test_an_auditor_looks_and_does_nothing(seats, batch):
    seat = seats["AU-1"].fresh()
    assert "発送済" in seat.open(f"/mailing/{batch}").page or "完了" in seat.page
    assert "<form" not in re.sub(r"<header.*?</header>", "", seat.page, flags=re.S)
    assert seat.open(f"/mailing/{batch}/pull").answer.status_code == 403
    assert Code(batch, 1) and seat.open("/mailing/new").answer.status_code == 403
