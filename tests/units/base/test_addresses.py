"""住所の照合 — however a caller says it, the lot form is that of the register; the room where it is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesshu.base.text.addresses import AddressBook, AddressForms, address_forms, parse_spoken_address
from sesshu.base.text.figures import spoken_figures
from sesshu.base.text.towns import Municipality, Town, municipality

MEGURO = municipality("131105")
BOOK = AddressBook(MEGURO)
HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
KANJI = "〇一二三四五六七八九十"


def kanji(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else KANJI[tens]) + ("十" if tens else "") + (KANJI[ones] if ones else "")


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def test_the_ward():
    assert len(MEGURO.towns) == 27 and (MEGURO.prefecture, MEGURO.city) == ("東京都", "目黒区")
    assert Town("中目黒", "ナカメグロ", "1530061", True) in MEGURO.towns
    with pytest.raises(KeyError):
        municipality("999999")


REGISTER = """
中目黒二丁目   | １９番１５号     | コーポ架空　２０１号室 | 中目黒|2-19-15#201
中目黒２丁目   | 19番15-201号     |                        | 中目黒|2-19-15#201
中目黒         | 2丁目19番地15号  | 架空ビル3階            | 中目黒|2-19-15#3-F
自由が丘一丁目 | 1番地の2         | 第2架空荘              | 自由ガ丘|1-1-2#
南三丁目       | 5番6号           | 3号棟205               | 南|3-5-6#3-205
八雲五丁目     | 1番              | 架空太郎方             | 八雲|5-1#
五本木三丁目   | 24番3号          | 架空"荘",　二〇三号室  | 五本木|3-24-3#203
"""


@pytest.mark.parametrize("line", REGISTER.strip().splitlines())
def test_register_rows(line):
    town, banchi, building, form = (part.strip() for part in line.split("|", 3))
    assert address_forms(town, banchi, building, BOOK).full == form


SPOKEN = """
中目黒2-19-15-201
目黒区中目黒二丁目十九番十五号二〇一号室
東京都目黒区中目黒２の１９の１５コーポ架空201
とうきょうと めぐろく なかめぐろ 2ちょうめ19ばん15ごう 201ごうしつ
なかめぐろ2-19-15 201
〒153-0061 東京都目黒区中目黒2−19−15−201
1530061中目黒2‐19‐15ー201
中目黒２丁目１９番地１５　架空ビル201
中目黒 2 19 15 201
中目黒二ノ十九ノ十五ノ二〇一
中目黒2-19-15VILLA201
中目黒2-19-15 201号室 架空方
ﾅｶﾒｸﾞﾛ2-19-15-0201
"""


@pytest.mark.parametrize("said", SPOKEN.strip().splitlines())
def test_one_address_as_callers_say_it(said):
    forms = parse_spoken_address(said, BOOK)
    assert (forms.lot, forms.room) == ("中目黒|2-19-15", "201")


@pytest.mark.parametrize(
    "said",
    [
        "なかめぐろ にちょうめ じゅうきゅうのじゅうご にまるいち",
        "なかめぐろにちょうめじゅうきゅうばんじゅうごごうにひゃくいちごうしつ",
        "ナカメグロ ニノジュウキュウノジュウゴノニゼロイチ",
        "なかめぐろ2ちょうめ じゅうくばん じゅうごごう 201",
        "めぐろくなかめぐろ にーのじゅうきゅーのじゅうごー コーポさんハイツ201",
    ],
)
def test_numbers_spelt_in_kana(said):
    forms = parse_spoken_address(said, BOOK)
    assert (forms.lot, forms.room) == ("中目黒|2-19-15", "201")


def test_a_house_that_sounds_like_a_number_stays_a_house():
    forms = parse_spoken_address("なかめぐろ2のさんのにじゅういち サンハイツごごうかん", BOOK)
    assert forms.lot == "中目黒|2-3-21"
    assert spoken_figures("サンハイツ") == "サンハイツ"
    assert spoken_figures(" ゴチヨウメ ニジユウニバン シゴウ") == " 5チヨウメ 22バン 4ゴウ"


@pytest.mark.parametrize("said", ["目黒1-2-3", "めぐろくめぐろ1の2の3", "目黒区目黒一丁目2番3号"])
def test_a_town_named_like_the_ward(said):
    assert parse_spoken_address(said, BOOK).lot == "目黒|1-2-3"


@pytest.mark.parametrize(
    "said", ["自由ヶ丘1-1-2", "自由ケ丘1-1-2", "じゆうがおか1ー1ー2", "じゆーがおか1-1-2", "自由ガ丘1-1-2"]
)
def test_spellings_of_a_town(said):
    assert parse_spoken_address(said, BOOK).lot == "自由ガ丘|1-1-2"


def test_readings_of_machi():
    for said in ("めぐろほんちょう1-2-3", "めぐろほんまち1-2-3", "目黒本町1-2-3"):
        assert parse_spoken_address(said, BOOK).lot == "目黒本町|1-2-3"


@pytest.mark.parametrize("said", ["", "中目黒", "めぐろく", "2-19-15", "？"])
def test_what_is_no_address(said):
    forms = parse_spoken_address(said, BOOK)
    assert not forms and forms.asked_as() == ()


def test_a_town_that_is_not_in_the_book():
    assert parse_spoken_address("新宿区西新宿二の八の一", BOOK).lot == "新宿区西新宿|2-8-1"
    assert address_forms("", "無番地", "", BOOK) == AddressForms("", "")
    assert address_forms("中目黒二丁目", "", "", BOOK).lot == "中目黒|2"
    assert not address_forms("中目黒", "", "架空荘201", BOOK)


def test_a_town_without_chome_and_with_more_words():
    towns = (Town("本郷", "ホンゴウ", "0000001", False),)
    book = AddressBook(Municipality("131997", "東京都", "トウキョウト", "見本区", "ミホンク", towns))
    assert address_forms("本郷", "12番地の3", "", book).lot == "本郷|12-3"
    assert not address_forms("本郷　字上", "12-3", "", book)


def test_two_towns_of_one_reading_are_known_by_name_only():
    towns = (Town("神田", "カミタ", "0000001", False), Town("上田", "カミタ", "0000002", False))
    book = AddressBook(Municipality("131997", "東京都", "トウキョウト", "見本区", "ミホンク", towns))
    assert parse_spoken_address("見本区上田1の2", book).lot == "上田|1-2"
    assert parse_spoken_address("かみた1の2", book).lot == "ガミタ|1-2"


def test_how_a_caller_is_looked_up():
    """R-10 — without a room the lot form is asked, with a room the full one or a row that knows no room."""
    without, with_room = AddressForms("南|3-5-6", ""), AddressForms("南|3-5-6", "205")
    assert without.asked_as() == ("南|3-5-6",) and without.full == "南|3-5-6#"
    assert with_room.asked_as() == ("南|3-5-6#205", "南|3-5-6#")
    assert "205" not in f"{with_room} {with_room!r}"


PLACES = st.tuples(
    st.sampled_from(MEGURO.towns),
    st.integers(1, 8),
    st.integers(1, 99),
    st.integers(1, 99),
    st.integers(101, 1510),
)
BUILDINGS = st.sampled_from(
    ["コーポ架空", "架空ハイツ", "第2架空荘", "メゾン・ド・カクウ", "架空ビル", "ライオンズ架空", ""]
)


@given(PLACES, BUILDINGS, st.data())
def test_whatever_is_said_reaches_the_register_row(place, building, data):
    """Prefecture, ward, 丁目, figures, hyphens, kana, building: said or not, the forms meet."""
    town, chome, ban, go, room = place
    row = address_forms(
        data.draw(st.sampled_from([f"{town.name}{kanji(chome)}丁目", f"{town.name}{chome}丁目"])),
        data.draw(
            st.sampled_from([f"{ban}番{go}号", wide(f"{ban}番{go}号"), f"{ban}-{go}", f"{ban}番地{go}"])
        ),
        data.draw(st.sampled_from([f"{building} {room}号室", f"{building}-{room}", f"{building}{room}"])),
        BOOK,
    )
    ward = data.draw(st.sampled_from(["", "目黒区", "東京都目黒区", "東京都 目黒区 ", "めぐろく"]))
    name = data.draw(st.sampled_from([town.name, town.kana, town.kana.translate(HIRAGANA), f"{town.name} "]))
    numbers = data.draw(
        st.sampled_from(
            [
                f"{chome}丁目{ban}番{go}号",
                f"{chome}-{ban}-{go}",
                f"{chome}の{ban}の{go}",
                f"{chome}ノ{ban}ノ{go}",
                wide(f"{chome}−{ban}−{go}"),
                f"{chome}丁目{ban}番地{go}",
                f"{chome}丁目 {ban}番 {go}号",
                f"{kanji(chome)}丁目{kanji(ban)}番{kanji(go)}号",
                f"{chome}ー{ban}ー{go}",
            ]
        )
    )
    rooms = [
        "",
        f" {building}",
        f"-{room}",
        f" {building}-{room}",
        f" {building}{room}",
        f"　{building}　{wide(str(room))}号室",
        f" {room}号",
    ]
    said = data.draw(st.sampled_from(rooms))
    forms = parse_spoken_address(f"{ward}{name}{numbers}{said}", BOOK)
    assert forms.lot == row.lot == f"{BOOK.split(name_folded(town))[0]}|{chome}-{ban}-{go}"
    assert row.full == f"{row.lot}#{room}"
    assert forms.room == (str(room) if str(room) in said or wide(str(room)) in said else "")


def name_folded(town: Town) -> str:
    return town.name.replace("の", "ノ").replace("が", "ガ")
