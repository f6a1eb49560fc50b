"""The grammar of the bridge's messages (電文の文法): kinds of values, fields, and the check of a body. Pure."""

import base64
import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sesshu.base.errors import Refusal, Refused

IN_OUT, OUT_IN = "inside-outside", "outside-inside"


@dataclass(frozen=True, slots=True)
class Kind:
    """値の型 — what a field may hold, as JSON and (``copy``, a pattern) as COPY text of a bulk column."""

    name: str
    check: Callable[[object], bool]
    copy: str = ""  # "" where no bulk column has this kind


@dataclass(frozen=True, slots=True)
class Many:
    """並び — a list of values or of records, at most ``most`` long."""

    of: "Kind | Record"
    most: int

    @property
    def name(self) -> str:
        return f"list of {self.of.name}"

    @property
    def copy(self) -> str:
        """An array literal whose items are all quoted, as ``rows.encode_value`` writes it."""
        if isinstance(self.of, Record) or not self.of.copy:
            return ""
        item = f'"{self.of.copy}"'
        return rf"\{{(?:{item}(?:,{item}){{0,{self.most - 1}}})?\}}"


@dataclass(frozen=True, slots=True)
class Record:
    """組 — a small object inside a list."""

    name: str
    fields: "tuple[Field, ...]"


@dataclass(frozen=True, slots=True)
class Field:
    """項目 — one field of a message and why the other building needs it."""

    name: str
    kind: Kind | Many
    why: str  # Japanese sentence
    why_english: str
    optional: bool = False  # may be absent or null


@dataclass(frozen=True, slots=True)
class Message:
    """電文 — one type of the published language. With ``columns`` it is bulk: COPY rows travel beside the body."""

    name: str
    version: int
    directions: tuple[str, ...]
    title: str  # Japanese term
    english: str  # what the receiver does with it, one sentence
    fields: tuple[Field, ...]
    columns: tuple[Field, ...] = ()
    together: bool = False  # bulk: rows with the same first column are not parted

    @property
    def bulk(self) -> bool:
        return bool(self.columns)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns of a bulk message, in the order of its rows."""
        return tuple(c.name for c in self.columns)

    def copy_pattern(self) -> "re.Pattern[bytes]":
        """What the COPY text of a whole bulk message looks like; nothing else may cross."""
        cells = [f"(?:{c.kind.copy}|\\\\N)" if c.optional else c.kind.copy for c in self.columns]
        if not all(cells):
            raise ValueError(f"{self.name} has a column that no COPY pattern describes")
        return re.compile(("(?>" + r"\t".join(cells) + r"\n)*+").encode())


def _text_like(pattern: str) -> Callable[[object], bool]:
    compiled = re.compile(pattern)
    return lambda v: isinstance(v, str) and compiled.fullmatch(v) is not None


def _parsed(parse: Callable[[str], object]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        if not isinstance(value, str):
            return False
        try:
            return parse(value) is not None
        except ValueError:
            return False

    return check


def _whole(low: int, high: int) -> Callable[[object], bool]:
    return lambda v: type(v) is int and low <= v <= high


def _aware(text: str) -> object:
    return dt.datetime.fromisoformat(text).tzinfo


def _base64(text: str) -> object:
    # PostgreSQL's encode() breaks the lines.
    return base64.b64decode(text.replace("\n", ""), validate=True) or None


_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_CODE = r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,63}"

CODE = Kind("code", _text_like(_CODE), _CODE)
TEXT = Kind("public text", _text_like(r"[^\x00-\x08\x0b-\x1f\x7f]{0,400}"))
ID = Kind("number", _whole(1, 2**63 - 1), r"[0-9]{1,19}")
COUNT = Kind("count", _whole(0, 2**31 - 1), r"[0-9]{1,10}")
SMALL = Kind("small number", _whole(0, 2**15 - 1), r"[0-9]{1,5}")
YES_NO = Kind("yes or no", lambda v: isinstance(v, bool), r"[tf]")
UUID_ = Kind("uuid", _text_like(_UUID), _UUID)
DATE = Kind("date", _parsed(dt.date.fromisoformat), r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = Kind("time of day", _parsed(dt.time.fromisoformat))
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}(?::[0-9]{2})?)"
MOMENT = Kind("moment", _parsed(_aware), _MOMENT)
HASH = Kind("keyed hash", _text_like(r"[0-9a-f]{64}"), r"\\\\x[0-9a-f]{64}")
CIPHER = Kind("ciphertext", _parsed(_base64))
SCRYPTED = Kind("password hash", _text_like(r"(?:[A-Za-z0-9$+/=.,_-]{16,400})?"))


def check(fields: Sequence[Field], body: object, *, missing: Refusal, wrong: Refusal, path: str = "") -> None:
    """Raises Refused ``missing`` or ``wrong``, with the field's name as column and never its value."""
    if not isinstance(body, dict):
        raise Refused(missing, line=1, column=path or "body")
    known = {f.name: f for f in fields}
    for name in body:
        if name not in known:
            # The unknown name itself is not repeated: it came from elsewhere and could be anything.
            raise Refused(missing, line=1, column=path or "body")
    for name, f in known.items():
        value = body.get(name)
        if value is None:
            if not f.optional:
                raise Refused(missing, line=1, column=path + name)
        else:
            _check_value(f.kind, value, missing=missing, wrong=wrong, path=path + name)


def _check_value(kind: Kind | Many, value: object, *, missing: Refusal, wrong: Refusal, path: str) -> None:
    if isinstance(kind, Kind):
        if not kind.check(value):
            raise Refused(wrong, line=1, column=path)
        return
    if not isinstance(value, list) or len(value) > kind.most:
        raise Refused(wrong, line=1, column=path)
    for one in value:
        if isinstance(kind.of, Record):
            check(kind.of.fields, one, missing=missing, wrong=wrong, path=f"{path}.")
        elif not kind.of.check(one):
            raise Refused(wrong, line=1, column=path)
