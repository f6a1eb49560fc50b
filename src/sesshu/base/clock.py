"""The one place that says what time it is (時刻).

Everybody asks here, so that a demo can stand at any day and three weeks can pass in a test.
The SQL side has its twin, ``base.now_v1()`` and ``base.today_v1()``.
"""

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


class _Clock:
    """A clock that may be shifted by a file: only test and demo machines have such a file."""

    file: Path | None = None
    _seen: float = -1.0
    _shift = dt.timedelta(0)

    def shift(self) -> dt.timedelta:
        if self.file is None:
            return dt.timedelta(0)
        try:
            changed = self.file.stat().st_mtime_ns
        except FileNotFoundError:
            return dt.timedelta(0)
        if changed != self._seen:
            self._shift = dt.timedelta(seconds=json.loads(self.file.read_text())["shift_seconds"])
            self._seen = changed
        return self._shift


_clock = _Clock()


def use_file(path: Path | None) -> None:
    """Follow the test clock in ``path`` (``{"shift_seconds": n}``); ``None`` means the real time."""
    _clock.file = path
    _clock._seen = -1.0


def is_test() -> bool:
    """True where the clock may be shifted; ``doctor`` refuses a production like that."""
    return _clock.file is not None


def now() -> dt.datetime:
    """The present moment, with time zone Asia/Tokyo."""
    return dt.datetime.now(TOKYO) + _clock.shift()


def real() -> dt.datetime:
    """The machine's own clock, never moved: for comparing machines, not for the work."""
    return dt.datetime.now(TOKYO)


def today() -> dt.date:
    """The present day in Japan (本日)."""
    return now().date()


def set_shift(path: Path, to: dt.datetime) -> None:
    """Move the test clock so that it shows ``to`` now."""
    shift = (to - dt.datetime.now(TOKYO)).total_seconds()
    tmp = path.with_suffix(".new")
    tmp.write_text(json.dumps({"shift_seconds": shift}))
    tmp.replace(path)
