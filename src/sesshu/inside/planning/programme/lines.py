"""Cases and answers as lines of JSON (判定の入出力): one line in, one line out, whatever the line holds."""

import json

from sesshu.base.errors import Refusal, Refused
from sesshu.inside.planning.programme import why
from sesshu.inside.planning.programme.judge import judge
from sesshu.inside.planning.programme.terms import Programme


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_no_constant).decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_ascii = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def answer_line(programme: Programme, line: bytes) -> bytes:
    """The answer to one line, without line end. Never raises for what the line holds: it answers an error."""
    case: object = None
    try:
        case = _decode(line.decode())
        if not isinstance(case, dict):
            return _error(None, why.NOT_JSON)
        return _bytes(judge(programme, case))
    except Refused as e:
        return _error(case.get("id") if isinstance(case, dict) else None, e.refusal)
    except (ValueError, RecursionError):
        return _error(None, why.NOT_JSON)


def _error(number: object, refusal: Refusal) -> bytes:
    return _bytes({"id": number, "error": {"code": refusal.code, "sentence": refusal.sentence}})


def _bytes(answer: dict) -> bytes:
    try:
        return _encode(answer).encode()
    except UnicodeEncodeError:  # half a surrogate pair in an id: legal JSON, not legal UTF-8
        return _encode_ascii(answer).encode()
