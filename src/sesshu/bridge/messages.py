"""The published language of the bridge (電文の定義): every message type, its fields, and why the other side needs each.

Pure. What is not listed here does not cross: a body with an unknown field is refused by the sender when it is
written or packed, and again by the receiver. A change of meaning is a new version of the type, never an edit.
"""

import re
from collections.abc import Mapping
from functools import cache

from sesshu.base.errors import Refused, refusal
from sesshu.bridge import from_inside, from_outside, language
from sesshu.bridge.language import IN_OUT, OUT_IN, Message

M01 = refusal(
    "M01",
    "この電文の種類または版は定義されていません。双方の版をそろえてください。",
    "Unknown message type or version, or one of the other direction.",
)
M02 = refusal(
    "M02",
    "電文に定義のない項目があるか、必要な項目がありません。",
    "A message has a field that is not in the published language, or lacks one.",
)
M03 = refusal(
    "M03",
    "電文の項目の値が定義された型ではありません。",
    "A field of a message has a value that its type does not allow.",
)

VOID = Message(
    "void",
    1,
    (IN_OUT, OUT_IN),
    "欠番の埋め合わせ",
    "Fills the place of a number whose content has been destroyed in the meantime; nothing is done.",
    (),
)


@cache
def registry() -> Mapping[tuple[str, int], Message]:
    """All message types by (name, version)."""
    found: dict[tuple[str, int], Message] = {}
    for message in (*from_inside.MESSAGES, *from_outside.MESSAGES, VOID):
        if found.setdefault((message.name, message.version), message) is not message:
            raise ValueError(f"message {message.name} version {message.version} is defined twice")
    return found


def get(name: str, version: int = 1) -> Message:
    """One message type. Raises Refused M01."""
    try:
        return registry()[(name, version)]
    except (KeyError, TypeError):
        raise Refused(M01) from None


def validate(
    name: str,
    body: object,
    version: int = 1,
    *,
    direction: str = "",
    rows: bytes | None = None,
    cells: bool = True,
) -> None:
    """電文の検査 — raises Refused M01 (type), M02 (fields), M03 (value; ``column`` names the field, never the value).

    ``direction`` (inside-outside | outside-inside): refuse a type that does not travel that way.
    ``rows``: the COPY text of a bulk message; every cell must look as its column says. ``cells`` False leaves that to
    the types of the table that the rows are copied into.
    """
    message = get(name, version)
    if direction and direction not in message.directions:
        raise Refused(M01)
    if message.bulk is not (rows is not None):
        raise Refused(M02, line=1, column="rows")
    language.check(message.fields, body, missing=M02, wrong=M03)
    if rows is not None and cells and not _copy_pattern(name, version).fullmatch(rows):
        raise Refused(M03, line=1, column="rows")


@cache
def _copy_pattern(name: str, version: int) -> re.Pattern[bytes]:
    return get(name, version).copy_pattern()


def names(direction: str) -> list[str]:
    """The message types that travel in one direction, in the order of the reference."""
    return [m.name for m in registry().values() if direction in m.directions]
