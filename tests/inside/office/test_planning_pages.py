"""接種事業を開く・金曜の夜に直す・会場を加える・枠を減らす: as officers do it in the office pages, by two people."""

import datetime as dt
import json
import re

from django.core.files.uploadedfile import SimpleUploadedFile

from sesshu.inside.planning import queries
from sesshu.inside.planning.models import Session, Slot
from sesshu.inside.planning.programme import document
from sesshu.inside.records.entitlements.queries import count_entitled
from sesshu.jobs import inside as jobs
from tests.support import place as p
from tests.support.residents import PROGRAMME, messages, newest_message, run

TODAY = p.DAY.date()


def fields_of(page: str, form_how: str) -> dict[str, str]:
    """What a browser would send of the page's form with this hidden ``how``."""
    for form in re.findall(r"<form\b.*?</form>", page, re.S):
        if f'name="how" value="{form_how}"' in form:
            found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*?value="([^"]*)"', form)
            blank = re.findall(r'<input(?![^>]*value=)[^>]*name="([^"]+)"', form)
            return {name: "" for name in blank} | {n: v for n, v in found if n != "csrfmiddlewaretoken"}
    raise AssertionError(f"no form {form_how}")


def label_of(page: str, words: str, part: str = "") -> str:
    """The name of the field with this label, in the card with this heading."""
    page = page[page.index(part) :] if part else page
    found = re.search(rf'<label for="id_([^"]+)">[^<]*{re.escape(words)}', page)
    assert found, words
    return found[1]


def test_an_age_limit_falls_on_friday_night(seats, town):
    first, second = seats["OF-3"].fresh(), seats["CH-1"].fresh()
    first.open(f"/plan/programmes/{PROGRAMME}/draft")
    typed = fields_of(first.page, "form")
    limit = label_of(first.page, "65歳以上の方　歳から")
    assert typed[limit] == "65" and typed["f0"] == str(TODAY + dt.timedelta(days=1))
    first.post(first.path, **typed | {limit: "60", "f0": str(TODAY)})
    assert first.path.startswith("/plan/versions/") and "まだ何も変わっていません" in first.words
    for word in (
        "接種日に65歳以上",
        "接種日に60歳以上",
        "60人の見本のうち",
        "の答えが変わります",
        "62歳の人",
        "番号が見つからない",
        "未確認",
    ):
        assert word in first.words, word
    assert "承認できません（先に試算してください）" in first.words
    version = first.path
    first.send()
    assert "新たに予約できる" in first.words and "先に試算して" not in first.words
    before = newest_message()
    first.open(version + "/approve").send()
    assert "確かめたら印をつけてください" in first.words
    first.send(G25="on")
    assert "1人目として承認しました" in first.words and "1人目はあなたです" in first.words
    assert messages("programme.put", before) == []
    second.open(version + "/approve")
    assert "2人目として承認する" in second.words and "変わる答え" in second.words
    second.send(G25="on")
    assert "この版を使い始めました" in second.words and "使用中" in second.words
    assert len(messages("programme.put", before)) == 1
    first.open(f"/plan/programmes/{PROGRAMME}")
    assert "接種日に60歳以上" in first.words
    first.open(version + "/beside")
    assert first.words.count("接種日に60歳以上") == 1 and "あさって65歳になる人" in first.words
    first.open(f"/plan/programmes/{PROGRAMME}/tomorrow")
    assert "明日" in first.words and "署名した答えと違います" not in first.words


def test_a_wrong_number_stands_at_its_field(officer, town):
    officer.open(f"/plan/programmes/{PROGRAMME}/draft")
    typed = fields_of(officer.page, "form")
    opens = label_of(officer.page, "予約の受付開始", "受付区分　第2期")
    officer.post(officer.path, **typed | {opens: "2026-11-01 09:00"})
    assert "予約の受付が、接種券が届くより前に始まります" in officer.words and "G20" in officer.words
    field = officer.page[officer.page.index(f'for="id_{opens}"') :][:600]
    assert "G20" in field
    officer.post(officer.path, **typed | {opens: "あした"})
    assert "2026-12-07 09:00 の形" in officer.words
    officer.post(officer.path, **typed | {"f0": "2020-01-01"})
    assert "G22" in officer.words
    assert [v.state for v in queries.list_versions(PROGRAMME)].count("draft") == 0


def test_a_version_scheduled_and_withdrawn(seats, town):
    first, second = seats["OF-3"].fresh(), seats["CH-1"].fresh()
    first.open(f"/plan/programmes/{PROGRAMME}/draft")
    typed = fields_of(first.page, "form")
    first.post(first.path, **typed)
    version = first.path
    assert "明日 0:00 から" in first.words and "規則の違いはありません" in first.words
    assert "承認を待つ版" in first.open("/plan").words
    first.post(version)
    for who in (first, second):
        who.fresh().open(version + "/approve").send()
    assert "自動で使い始めます" in second.words
    assert jobs.take_effect() == 0
    first.open(version).send(version + "/withdraw")
    assert "取り下げました" in first.words
    assert "取下げ" in first.open(version).words


def test_an_officer_opens_a_programme_with_two_waves(seats, town):
    first, second = seats["OF-3"].fresh(), seats["CH-1"].fresh()
    first.open("/plan/programmes/new")
    first.post(first.path, how="shipped", shipped="demo-covid19", name=PROGRAMME, title="同じ名前")
    assert "G29" in first.words
    first.post(first.path, how="shipped", shipped="demo-covid19", name="Bad Name", title="x")
    assert "半角の小文字" in first.words
    first.post(first.path, how="shipped", shipped="demo-covid19", name="winter-2026", title="冬の接種")
    version = first.path
    assert "冬の接種" in first.words and "前の版はありません" in first.words and "第2期" in first.words
    assert first.open("/plan/programmes/winter-2026").answer.status_code == 404
    first.open("/plan/programmes/winter-2026/draft")
    typed = fields_of(first.page, "form")
    opens = label_of(first.page, "予約の受付開始", "受付区分　第1期")
    first.post(first.path, **typed | {opens: "2026-11-30 09:00"})
    version = first.path
    first.post(version)
    before = newest_message()
    for who in (first, second):
        who.fresh().open(version + "/approve").send()
    assert "この版を使い始めました" in second.words
    [(_, put)] = messages("programme.put", before)
    assert (put["code"], put["state"], put["title"]) == ("winter-2026", "open", "冬の接種")
    assert count_entitled("winter-2026")[1] > 0
    [[opening]] = run(
        "SELECT DISTINCT opens_at FROM records.entitlement WHERE programme = 'winter-2026' AND dose = 1 AND resident_id = %s",
        town.ids[1],
    )
    assert opening == dt.datetime(2026, 11, 30, 0, 0, tzinfo=dt.UTC)
    run("UPDATE planning.programme SET state = 'closed' WHERE code = 'winter-2026'")


def test_a_document_comes_as_a_file(officer, town):
    made = document.read(document.SHIPPED / "hpv.json")
    officer.open("/plan/programmes/new")

    def send(content: bytes) -> str:
        officer.post(officer.path, how="file", file=SimpleUploadedFile("x.json", content, "application/json"))
        return officer.words

    assert "G01" in send(b"{")
    assert "G02" in send(b"{}")
    wrong = json.loads(json.dumps(made))
    wrong["waves"][0]["groups"] = ["nobody"]
    assert "G12" in send(json.dumps(wrong).encode()) and "/waves/0/groups/0" in officer.words
    assert "HPV" in send(json.dumps(made).encode()) and officer.path.startswith("/plan/versions/")
    officer.send(officer.path + "/withdraw")
    assert officer.path == "/plan"


def test_a_hall_is_added_by_two(seats, town):
    first, second = seats["OF-3"].fresh(), seats["CH-1"].fresh()
    typed = {
        "name": "第二会場", "kana": "だいに", "address": "上目黒一丁目", "access": "駅から5分", "step_free": "on", "product": "moderna",
        "first": "2026-12-01", "last": "2026-12-14", "weekdays": ["mon", "wed"], "closed": "2026-12-07", "opens": "13:00",
        "closes": "16:00", "minutes": "60", "web": "5", "phone": "2", "section": "1",
    }  # fmt: skip
    path = f"/plan/programmes/{PROGRAMME}/hall"
    first.open(path)
    first.post(path, **typed | {"first": "2026-11-24"})
    assert "明日以後の日" in first.words
    first.post(path, **typed | {"closes": "12:00"})
    assert "L01" in first.words
    before = newest_message()
    first.post(path, **typed)
    where = first.path
    assert (
        where.endswith("/open")
        and "まだ予約できません" in first.words
        and "3 回" in first.words
        and "9 ・ 72" in first.words
    )
    assert messages(after=before) == []
    first.post(path, **typed)
    assert "L16" in first.words
    first.open(where).send()
    assert "1人目として承認しました" in first.words and messages(after=before) == []
    first.send()
    assert "A03" in first.words
    second.fresh().open(where).send()
    assert "開きました" in second.words
    kinds = [t for t, _ in messages(after=before)]
    assert kinds == ["venue.put", *["session.put"] * 3, "slot.put"]
    assert {b["state"] for t, b in messages(after=before) if "state" in b} == {"open"}
    assert "第二会場" in first.open(f"/plan/programmes/{PROGRAMME}/calendar").page
    assert "承認を待つ開設はありません" in first.open(where).words
    first.post(path, **typed | {"first": "2027-01-04", "last": "2027-01-06"})
    first.post(first.path, how="drop")
    assert "取り下げました" in first.words and not Session.objects.filter(planned=True).exists()


def test_capacity_is_cut_and_those_affected_are_found_places(seats, town):
    first, second = seats["OF-3"].fresh(), seats["CH-1"].fresh()
    for n, number in ((1, 801), (2, 802), (4, 803)):
        town.booking(n, number)
    slot = Slot.objects.get(pk=run("SELECT min(id) FROM planning.slot")[0][0])
    first.open("/plan/halls/1/change")
    assert "予約 3" in first.words
    first.post(first.path, sessions=[str(slot.session_id)], web="1", phone="2", section="0")
    change = first.path
    assert "席がなくなる方 2" in first.words
    first.open(change + "/approve").send()
    assert "確かめたら印" in first.words
    first.send(L21="on")
    second.fresh().open(change + "/approve").send(L21="on")
    assert "連絡一覧に載せました" in second.words
    first.open("/plan/calls")
    words = first.words
    assert (
        "雉村" in words
        and "鶴見" in words
        and "鷺沢" not in words
        and "空き" in words
        and "枠数の変更" in words
    )
    line = re.search(r"/plan/calls/(\d+)/close", first.page)[1]
    first.send(f"/plan/calls/{line}/close", outcome="agreed")
    assert (
        "連絡の結果を残しました" in first.words and first.words.count("雉村") + first.words.count("鶴見") == 1
    )
    run("UPDATE records.booking SET state = 'moved' WHERE id IN (802, 803)")
    jobs.reach()
    assert Slot.objects.get(pk=slot.pk).cap_web == 1
    assert "連絡を待つ方はいません" in first.open("/plan/calls").words
    first.open(f"/plan/programmes/{PROGRAMME}/supply")
    assert "2回目の見込み" in first.words
    first.open("/plan/changes")
    assert "進行中" in first.words
    told = run("SELECT count(*) FROM audit.entry WHERE act = 'call_list.show' AND resident IS NOT NULL")[0][0]
    assert told >= 3


def test_a_protected_person_is_on_no_list(officer, town):
    for path in ("/plan", "/plan/changes", "/plan/calls", f"/plan/programmes/{PROGRAMME}/calendar"):
        from tests.inside.office.given import CANARIES, WALLED_NAME

        page = officer.open(path).page
        assert not any(word in page for word in (*CANARIES, WALLED_NAME))
