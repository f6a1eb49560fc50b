"""Searching dumps, logs and files for planted tokens, in every dress they may wear (目印さがし)."""

import base64
from collections.abc import Iterable
from pathlib import Path


def dresses(token: str) -> set[bytes]:
    """The token as UTF-8, CP932, UTF-16, and each of these in hex and in base64 at its three offsets."""
    plain = {token.encode()}
    for encoding in ("cp932", "utf-16-le", "utf-16-be"):
        try:
            plain.add(token.encode(encoding))
        except UnicodeEncodeError:
            continue
    found = set(plain)
    for p in plain:
        found |= {p.hex().encode(), p.hex().upper().encode(), token.encode("unicode_escape")}
        for shift in range(3):
            text = base64.b64encode(b"\0" * shift + p)
            # Only the characters that do not depend on the neighbours.
            found.add(
                text[-(-shift * 8 // 6) : len(text) - 4 + len(text) % 4] if shift else text.rstrip(b"=")[:-1]
            )
    return {d for d in found if len(d) >= 6}


def find(tokens: Iterable[str], haystack: bytes) -> list[str]:
    """The tokens that occur in any dress. Gives the tokens themselves: they are made up."""
    return [t for t in tokens if any(d in haystack for d in dresses(t))]


def files_below(folder: Path) -> dict[str, bytes]:
    """All files of a folder, by relative path."""
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
