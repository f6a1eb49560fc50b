"""Logging that cannot leak (ログ): events and codes, never a value of a person.

One JSON line per event on standard error. Own events are names with allow-listed fields; of everybody else's
records (Django, psycopg, granian) only the template is kept, their arguments and the words of exceptions are
dropped: psycopg's detail prints key values, a ValueError prints what somebody typed.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog

from sesshu.base import clock

FIELDS = frozenset(
    "request act actor zone code status ms count number file line column rule type epoch stream state job "
    "seconds rows bytes reason process port version programme import_id batch_id slip venue_id error".split()
)
"""Names of fields that may stand in a log. Anything else is dropped."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SAFE_WORD = re.compile(r"[A-Za-z0-9_.:/@+#=-]{0,80}")
_MANY_DIGITS = re.compile(r"\d[\d-]{6,}")  # a ticket number, a birth date, a phone number
_DROPPED = "(dropped)"


def safe(value: object) -> object:
    """A value fit for a log: numbers below ten million, ids, short ASCII words; all else becomes ``(dropped)``."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**7 else _DROPPED
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str):
        if _UUID.fullmatch(value) or (_SAFE_WORD.fullmatch(value) and not _MANY_DIGITS.search(value)):
            return value
    return _DROPPED


def where(error: BaseException) -> str:
    """Type and place of an error, never its words: ``UniqueViolation at outside/booking/gateway.py:31``."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "sesshu" in f.filename]
    code = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    name = f"{type(error).__name__}{f' {code}' if code else ''}"
    if not frames:
        return name
    last = frames[-1]
    return f"{name} at {last.filename.rpartition('sesshu/')[2]}:{last.lineno}"


def _only_safe(logger: Any, method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """The filter of our own events: allow-listed fields, safe values, an error as type and place."""
    keep = {k: safe(v) for k, v in event.items() if k in FIELDS}
    error = event.get("exc_info")
    if error and not isinstance(error, BaseException):
        error = sys.exc_info()[1]
    if error:
        keep["error"] = where(error)
    return {"event": event["event"], "level": event["level"], "logger": event["logger"], **keep}


def _foreign(record: logging.LogRecord) -> dict:
    """The filter of other libraries' records: the template without its arguments."""
    words = str(record.msg) if isinstance(record.msg, str) else type(record.msg).__name__
    kept: dict[str, Any] = {
        "event": words[:200] if record.args else _without_values(words),
        "level": record.levelname.lower(),
    }
    kept |= {"logger": record.name, **structlog.contextvars.get_contextvars()}
    if record.exc_info and record.exc_info[1]:
        kept["error"] = where(record.exc_info[1])
    if isinstance(status := getattr(record, "status_code", None), int):
        kept["status"] = status
    return kept


def _without_values(words: str) -> str:
    """A message that was formatted before it came here may hold anything: figures and non-ASCII go."""
    first = words.splitlines()[0] if words else ""
    return re.sub(r"[^\x20-\x7e]+|\d{4,}", "#", first)[:120]


class _Lines(logging.Formatter):
    """One JSON line per record."""

    def __init__(self, process: str):
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        kept = record.msg if isinstance(record.msg, dict) else _foreign(record)
        at = clock.now().isoformat(timespec="milliseconds")
        return json.dumps({"at": at, "process": self.process, **kept}, ensure_ascii=False)


def set_up(process: str, level: int = logging.INFO) -> None:
    """Send all logging of this process through the filters. Call once, before Django is set up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            _only_safe,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: ``log = logs.get(__name__); log.info("refused", code="B02")``."""
    return structlog.stdlib.get_logger(name)


@contextmanager
def bound(**fields: object) -> Iterator[None]:
    """Fields that all events within carry, such as the request id."""
    with structlog.contextvars.bound_contextvars(**{k: safe(v) for k, v in fields.items()}):
        yield
