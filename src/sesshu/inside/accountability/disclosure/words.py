"""How the disclosure list speaks (開示一覧の言葉): acts and fields in words for a resident. Pure."""

from sesshu.inside.register.residents.words import FIELD_WORDS as REGISTER_WORDS
from sesshu.trust.access import matrix

FIELD_WORDS = {
    "match": "一致したこと",
    "match by ticket": "券番号と生年月日が一致したこと",
    "match by address": "住所と生年月日が一致したこと",
    "slot": "予約の枠（会場と日時）",
    "venue": "会場",
    "day": "日",
    "time": "時刻",
    "dose": "回数",
    "product": "ワクチン",
    "lot": "ロット",
    "given_at": "接種した時刻",
    "site": "接種部位",
    "outcome": "予診の結果",
    "name": "氏名",
    "kana": "フリガナ",
    "dob": "生年月日",
    "address": "住所",
    "phone": "電話番号",
    "household": "世帯",
    "history": "異動の履歴",
    "ticket": "券番号",
    "records": "接種記録",
    "bookings": "予約の状況",
    "wish": "申出の内容",
    "whereabouts": "所在情報",
    "entitlement": "予約資格",
    "subject": "庁外での仮の番号",
    "warning": "引継ぎの表示だけ",
    "new": "住民記録への登録",
    "gone": "抽出にないこと",
    "protected": "支援措置の区分",
    "file": "抽出ファイル",
}
ZONE_WORDS = {
    "public": "予約サイト",
    "desk": "コールセンター",
    "venue": "接種会場",
    "office": "予防接種担当",
    "sealed": "所管課",
    "worker": "自動処理",
    "host": "システム管理",
    "courier": "庁内外の連携",
}
DONE = ("done", "match")  # results of an act that took place


def sentence(act: str, result: str = "done") -> str:
    """One sentence for a resident; an act that left the matrix is named by its code, one refused is not told as done."""
    try:
        known = matrix.get(act)
    except matrix.UnknownAct:
        return f"記録された操作（{act}）"
    return known.audit if result in DONE else f"「{known.sentence}」は、行われませんでした"


def _word(field: str) -> str:
    return FIELD_WORDS.get(field) or REGISTER_WORDS.get(field, field)


def detail(zone: str, actor: str, result: str, fields: list[str], purpose: str = "") -> str:
    """Who, from where, what could be seen; in one line."""
    place = ZONE_WORDS.get(zone, zone)
    who = {"public": "ご本人の操作", "worker": place}.get(zone, f"{place}・担当 {actor}")
    parts = [who]
    if seen := list(dict.fromkeys(_word(f) for f in fields)):
        parts.append("扱った項目：" + "、".join(seen))
    if result not in DONE:
        parts.append(f"行われなかった理由の記号：{result}")
    return "。".join(parts)
