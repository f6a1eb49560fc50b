"""Folding: what counts as the same when people search (検索用の正規化), and what must never be changed.

The stored name keeps every character as the register wrote it; only the search key is folded.
Rules of folding: 住民記録システム標準仕様書 (清濁、小書き、長音、ヂ/ジ、ダッシュ類、異体字).
"""

import re
import unicodedata

# CJK compatibility ideographs: NFC would replace 﨑-like forms (U+FA19 神 → 神) for ever.
_COMPATIBILITY = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")

HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)} | {
    0x309D: 0x30FD,
    0x309E: 0x30FE,
}
SMALL_TO_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")

DASHES = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\ufe58\ufe63\uff0d"

# 異体字 — each group folds to its first character.
_VARIANTS = """
辺邊邉 浜濱濵 斉齊 斎齋 高髙 崎﨑嵜碕 沢澤 島嶋嶌 広廣 国國 桜櫻 吉𠮷 富冨 徳德 恵惠 真眞 竜龍 滝瀧 塩鹽 関關 栄榮
円圓 寿壽 応應 芦蘆 槙槇 曽曾 峰峯 桧檜 剣劍 鉄鐵 与與 万萬 静靜 豊豐 弥彌 黒黑 穂穗 清淸 瀬瀨 頼賴 柳栁桺 梅楳
館舘 仙僊 蔵藏 総總 経經 芸藝 学學 実實 条條 桑桒 横橫 郎郞 晃晄 薮藪籔 緑綠 歴歷 顔顏 戸戶 鴎鷗 祷禱 尭堯 遥遙 瑶瑤
凛凜 乗乘 亜亞 伝傳 児兒 勲勳 厳嚴 巌巖 壌壤 宝寶 専專 尽盡 巻卷 帯帶 庁廳 弾彈 将將 従從 恒恆 悦悅 教敎 来來 渋澁
満滿 為爲 独獨 礼禮 禎禎 粋粹 聡聰 荘莊 薫薰 衛衞 覚覺 誉譽 謡謠 転轉 郷鄕 鎌鐮 閑閒 雑雜 霊靈 青靑 鶏鷄 麦麥 麺麵
"""
_FOLD_VARIANTS = {
    ord(other): group[0] for group in _VARIANTS.split() for other in group[1:] if other != group[0]
}
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SAME_SOUND = str.maketrans("ヂヅヲヴヰヱ", "ジズオブイエ")
_MARKS = re.compile("[\u3099\u309a\u309b\u309c]")
_NOTHING = re.compile(rf"[\s・'’.,ー〜~{re.escape(DASHES)}]")


def keep(text: str) -> str:
    """A name or address as it is stored: NFC, but compatibility ideographs and variation selectors stay."""
    if unicodedata.is_normalized("NFC", text):
        return text
    parts = _COMPATIBILITY.split(text)
    return "".join(p if i % 2 else unicodedata.normalize("NFC", p) for i, p in enumerate(parts))


def wide_kana(text: str) -> str:
    """カナ氏名 as stored: half-width kana made full-width, hiragana made katakana, one full-width blank between."""
    folded = unicodedata.normalize("NFKC", text).translate(HIRAGANA_TO_KATAKANA)
    return "\u3000".join(folded.split())


def search_fold(text: str) -> str:
    """The key under which a name is found: width, case, 清濁, 小書き, 長音, dashes, blanks, variant kanji folded.

    ``search_fold("ワタナベ") == search_fold("わたなへ")``, ``search_fold("髙﨑") == search_fold("高崎")``.
    """
    text = _SELECTORS.sub("", text).translate(_FOLD_VARIANTS)
    text = unicodedata.normalize("NFKC", text).upper().translate(HIRAGANA_TO_KATAKANA)
    text = text.translate(_SAME_SOUND).translate(SMALL_TO_LARGE)
    text = _MARKS.sub("", unicodedata.normalize("NFD", text))
    return _NOTHING.sub("", unicodedata.normalize("NFC", text)).translate(_FOLD_VARIANTS)
