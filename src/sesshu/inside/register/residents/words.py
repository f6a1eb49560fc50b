"""How residents and their fields are written on pages and papers (住民の表し方). Pure."""

from typing import Protocol

STATUS_WORDS = {"present": "住民", "left": "転出", "dead": "死亡", "removed": "消除"}
FIELD_WORDS = {
    "household_no": "世帯",
    "relation": "続柄",
    "name": "氏名",
    "kana": "フリガナ",
    "latin": "氏名（ローマ字）",
    "common_name": "通称",
    "dob_key": "生年月日",
    "dob_text": "生年月日",
    "sex": "性別",
    "postcode": "郵便番号",
    "town": "町丁目",
    "banchi": "番地",
    "building": "方書",
    "phone": "電話番号",
    "resident_from": "住民となった日",
    "event": "異動事由",
    "event_on": "異動日",
    "status": "住民の状態",
    "is_foreign": "外国人区分",
}


class Named(Protocol):
    """Somebody with the names of the register."""

    name: str
    latin: str
    common_name: str


class Lives(Protocol):
    """Somebody with an address as the register writes it."""

    town: str | None
    banchi: str | None
    building: str | None


def shown_name(resident: Named) -> str:
    """氏名 — as the register writes it; the Latin name where there is no other."""
    return resident.name or resident.latin or resident.common_name


def full_address(resident: Lives, prefecture: str, municipality: str) -> str:
    """住所 without the building; what the register leaves out in front is added."""
    town = resident.town or ""
    if not town:
        return ""
    lead = "" if town.startswith(prefecture) else prefecture
    lead += "" if municipality in town else municipality
    return f"{lead}{town}{resident.banchi or ''}"


def address_line(resident: Lives, prefecture: str, municipality: str) -> str:
    """住所 in one line, with the building."""
    parts = (full_address(resident, prefecture, municipality), resident.building or "")
    return "　".join(part for part in parts if part)


def shown_postcode(postcode: str | None) -> str:
    """152-0004."""
    digits = (postcode or "").replace("-", "")
    return f"{digits[:3]}-{digits[3:]}" if len(digits) == 7 else digits


def field_words(fields: list[str]) -> list[str]:
    """Names of fields for people, each once, in their order."""
    return list(dict.fromkeys(FIELD_WORDS.get(f, f) for f in fields))
