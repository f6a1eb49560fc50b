"""Cases and answers as lines of JSON (判定の入出力): one line in, one line out, whatever the line holds.

Read by the scanner and written by hand, because the answer has one shape: half the time of ``json.loads`` and
``json.dumps``. The bench ``judge`` stands beside a loop of those two.
"""

import json
from json.encoder import encode_basestring

from sesshu.base.errors import Refusal, Refused
from sesshu.inside.planning.programme import why
from sesshu.inside.planning.programme.judge import Answer, decide
from sesshu.inside.planning.programme.terms import Programme


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)
_scan = json.scanner.make_scanner(_decoder)  # type: ignore[attr-defined]
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_ascii = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_lists: dict[tuple[str, ...], str] = {}  # lists of verdicts and of codes, as JSON
MOST_LISTS = 10_000


def answer_line(programme: Programme, line: bytes) -> bytes:
    """The answer to one line, without line end. Never raises for what the line holds: it answers an error."""
    case: object = None
    try:
        case = _read(line.decode())
        if not isinstance(case, dict):
            return _error(None, why.NOT_JSON)
        answer = decide(programme, case)
        return _write(case["id"], answer)
    except Refused as e:
        return _error(case.get("id") if isinstance(case, dict) else None, e.refusal)
    except (ValueError, RecursionError):
        return _error(None, why.NOT_JSON)


def _read(text: str) -> object:
    try:
        found, end = _scan(text, 0)
    except StopIteration:
        found, end = None, 0
    # Blanks around the value, and anything behind it: the whole decoder says what to think of it.
    return found if end == len(text) and end else _decoder.decode(text)


def _write(number: object, answer: Answer) -> bytes:
    verdicts, status, reasons, next_, earliest, recommended = answer
    id_ = encode_basestring(number) if type(number) is str else _encode(number)
    doses = _lists.get(verdicts) or _list(verdicts)
    codes = _lists.get(reasons) or _list(reasons)
    if next_ is None:
        due = 'null,"earliest":null,"recommended":null'
    else:
        due = f'{next_},"earliest":"{earliest}","recommended":"{recommended}"'
    text = f'{{"id":{id_},"doses":{doses},"status":"{status}","next":{due},"why":{codes}}}'
    try:
        return text.encode()
    except UnicodeEncodeError:  # half a surrogate pair in an id: legal JSON, not legal UTF-8
        return text.replace(id_, _encode_ascii(number), 1).encode()


def _list(words: tuple[str, ...]) -> str:
    if len(_lists) >= MOST_LISTS:
        _lists.clear()
    found = _lists[words] = "[" + ",".join(f'"{word}"' for word in words) + "]"
    return found


def _error(number: object, refusal: Refusal) -> bytes:
    answer = {"id": number, "error": {"code": refusal.code, "sentence": refusal.sentence}}
    try:
        return _encode(answer).encode()
    except UnicodeEncodeError:
        return _encode_ascii(answer).encode()
