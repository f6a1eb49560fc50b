"""Writes docs/reference/bridge.md from the published language (電文一覧). Pure."""

from sesshu.bridge import messages, refusals
from sesshu.bridge.language import IN_OUT, OUT_IN, Field, Many, Message, Record

_HEAD = """# The bridge: messages and packets

<!-- Made by sesshu.bridge.reference.reference_markdown(); a test fails when it is stale. Do not edit. -->

Two buildings speak with each other in these messages and in nothing else. A field that is not listed here is
refused where it is written, where it is packed and where it arrives. Every field says why the other side needs it.
"""

_FRAME = """
## The packet

One file in the spool folder, `{stream}-{epoch:04}-{first:012}.packet`:

| bytes | what |
|---|---|
| 8 | `SESSHUP1` |
| 4, 8 | length of the header, length of the ciphertext (big endian) |
| header | JSON with sorted keys, readable on the way: stream, epoch, first, count, lines, size, kind, made_at, before, sha256 of the ciphertext |
| ciphertext | age to the receiver's key; inside it zlib; inside that the payload |
| 64 | Ed25519 signature of the sender over everything before |

The payload of kind `messages` is one JSON object a line, `{"n": number, "type": …, "v": version, "body": {…}}`. Kind `rows`
is one such line and below it lines of PostgreSQL COPY text; it counts as one number.
The acknowledgement `{stream}-{epoch:04}.ack` has the same frame with `SESSHUA1` and no ciphertext; its header says
stream, epoch, last number applied, state, code, and from which number to send again.

Order: within one stream the messages arrive in the order in which they were written. Messages of transactions that ran
at the same time and did not see each other have no promised order.

Refusals: {codes}.
"""


def reference_markdown() -> str:
    """The whole page, ended by a newline."""
    codes = ", ".join(f"{code} ({r.english.rstrip('.')})" for code, r in _refusals())
    parts = [
        _HEAD,
        _section("庁内 → 庁外, inside to outside", IN_OUT),
        _section("庁外 → 庁内, outside to inside", OUT_IN),
    ]
    parts.append(_FRAME.replace("{codes}", codes))
    return "\n".join(p.strip("\n") + "\n" for p in parts)


def _refusals():
    found = {
        n: getattr(m, n) for m in (messages, refusals) for n in dir(m) if n[0] in "MX" and n[1:].isdigit()
    }
    return sorted(found.items())


def _section(title: str, direction: str) -> str:
    types = [m for m in messages.registry().values() if direction in m.directions]
    return f"## {title}\n\n" + "\n".join(map(_message, types))


def _message(message: Message) -> str:
    text = f"### `{message.name}` version {message.version} · {message.title}\n\n{message.english}\n\n"
    text += _table("field", message.fields) if message.fields or message.bulk else "No fields.\n"
    if message.bulk:
        text += ("\n" if message.fields else "") + "Bulk; each COPY row has these columns:\n\n"
        text += _table("column", message.columns)
    return text


def _table(head: str, fields: tuple[Field, ...]) -> str:
    if not fields:
        return ""
    text = f"| {head} | type | 相手が必要とする理由 | why the other side needs it |\n|---|---|---|---|\n"
    return text + "".join(_lines(fields, ""))


def _lines(fields: tuple[Field, ...], indent: str):
    for f in fields:
        kind = f.kind.name + (", may be empty" if f.optional else "")
        yield f"| {indent}`{f.name}` | {kind} | {f.why} | {f.why_english} |\n"
        if isinstance(f.kind, Many) and isinstance(f.kind.of, Record):
            yield from _lines(f.kind.of.fields, indent + "– ")
