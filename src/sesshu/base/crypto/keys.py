"""Key folders (鍵束): which building holds which key, made once, never printed.

Three folders stand side by side under one root, ``inside/``, ``outside/`` and ``sealed/``; each is carried to its
own host and is in no database and no backup. A folder is 0700, a file 0600; nothing is ever overwritten.

| file | inside | outside | sealed | what |
|---|---|---|---|---|
| ``sign.key`` | own | own | | Ed25519, signs the packets that leave |
| ``age.key`` | own | own | own | age identity, opens what was sealed to this place |
| ``act.hmac`` ``ask.hmac`` ``try.hmac`` | same | same | | keyed hashes of ticket, address, number |
| ``mark.hmac`` | own | | | change-mark of sealed whereabouts |
| ``receipt.hmac`` | | own | | receipt codes of bookings |
| ``draft.hmac`` | | own | | signs the cookie that holds a draft id |
| ``*-sign.pub`` | both | both | both | public halves; a building's own proves its checkpoints without ``sign.key`` |
| ``*-age.pub`` | others' | others' | others' | public halves |
"""

import hashlib
import hmac
import json
import os
import secrets
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyrage import x25519

from sesshu.base.errors import Refused, refusal
from sesshu.base.personal import Personal

K01 = refusal(
    "K01",
    "鍵のフォルダーがすでにあります。上書きはしません。別の場所を指定してください。",
    "A key folder exists already; keys are never overwritten.",
)
K02 = refusal(
    "K02",
    "必要な鍵がありません。「sesshu keys status」で確認してください。",
    "A key that this process needs is missing or cannot be read.",
)
K03 = refusal(
    "K03",
    "鍵のファイルを他の利用者が読める状態です。権限を 0600 にしてください。",
    "A key file or folder is open to other users; set 0600 and 0700.",
)

PLACES = ("inside", "outside", "sealed")
HASH_KEYS = ("act", "ask", "try")
_OWN_HMAC = {"inside": ("mark",), "outside": ("receipt", "draft"), "sealed": ()}
_SIGNS = ("inside", "outside")
_NOTE = "place.json"


@dataclass(frozen=True)
class KeyStatus:
    """鍵の所在 — where one key lives. The fingerprint (16 hex digits) tells keys apart and reveals nothing."""

    place: str  # inside | outside | sealed
    name: str  # file name
    kind: str  # signing | age | hmac | public
    path: Path
    fingerprint: str  # "" where the file cannot be read
    mode: str  # "0600"
    problem: str  # "" or "missing" | "open to others" | "broken"


class KeyRing:
    """鍵束 — the keys of one place (庁内, 庁外 or 封印室). Reads a key when it is first used; prints none.

    A process that never signs never reads ``sign.key``: in production each login of the operating system may be
    given just the files that it needs.
    """

    def __init__(self, folder: Path, place: str):
        self.folder, self.place = folder, place
        self._files: dict[str, Personal[bytes]] = {}

    @classmethod
    def load(cls, folder: Path | str, *, need: Iterable[str] = ()) -> "KeyRing":
        """The keys of a folder; ``need`` names files (``act.hmac``) that must be there now.

        Raises Refused K02 where one is missing, K03 where one is open to others.
        """
        folder = Path(folder)
        try:
            place = json.loads((folder / _NOTE).read_text())["place"]
        except (OSError, ValueError, KeyError, TypeError):
            raise Refused(K02) from None
        if place not in PLACES:
            raise Refused(K02)
        if folder.stat().st_mode & 0o077:
            raise Refused(K03)
        ring = cls(folder, place)
        for name in need:
            ring._read(name)
        return ring

    @property
    def other(self) -> str:
        """The building at the other end of the bridge."""
        return {"inside": "outside", "outside": "inside"}[self.place]

    def secret(self, name: str) -> bytes:
        """The 32 bytes of one HMAC key (act, ask, try, mark, receipt, draft)."""
        return self._read(f"{name}.hmac")

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature (64 bytes) by this place."""
        return self._signer.sign(data)

    def verified(self, data: bytes, signature: bytes, by: str) -> bool:
        """May this be believed to come from ``by`` (inside or outside)?"""
        try:
            Ed25519PublicKey.from_public_bytes(self.signing_public(by)).verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def signing_public(self, by: str) -> bytes:
        """The 32 bytes with which signatures of ``by`` (inside or outside) are checked; public."""
        return bytes.fromhex(self._public(f"{by}-sign.pub"))

    def recipient(self, place: str) -> str:
        """The age address (``age1…``) of a place; public."""
        return str(self.identity.to_public()) if place == self.place else self._public(f"{place}-age.pub")

    @cached_property
    def identity(self) -> x25519.Identity:
        """This place's age identity; opens what was sealed to it."""
        return x25519.Identity.from_str(self._read("age.key").decode().strip())

    @cached_property
    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._read("sign.key"))

    def _public(self, name: str) -> str:
        return self._read(name).decode().strip()

    def _read(self, name: str) -> bytes:
        if name not in self._files:
            self._files[name] = Personal(_read_key(self.folder / name))
        return self._files[name].open()

    def __repr__(self) -> str:
        return f"<KeyRing of {self.place}, keys hidden>"

    def __reduce__(self):
        raise TypeError("A key ring is not pickled.")


def load_keys(folder: Path | str, *, need: Iterable[str] = ()) -> KeyRing:
    """鍵束を読む — short for ``KeyRing.load``."""
    return KeyRing.load(folder, need=need)


def make_keys(root: Path | str) -> None:
    """鍵を作る — makes the folders inside, outside and sealed under ``root``. Raises Refused K01 if one exists."""
    root = Path(root)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any((root / place).exists() for place in PLACES):
        raise Refused(K01)
    # Made aside and renamed, so that a crash in between leaves no half folder that looks whole.
    aside = root / f".new-{secrets.token_hex(4)}"
    aside.mkdir(mode=0o700)
    try:
        _fill(aside)
        for place in PLACES:
            os.rename(aside / place, root / place)
        _sync_folder(root)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def status(root: Path | str) -> list[KeyStatus]:
    """鍵の一覧 — every key that the design knows under ``root``, with fingerprint and problem; no secret."""
    return [_status(Path(root) / place, place, name) for place in PLACES for name in _names(place)]


def _names(place: str) -> list[str]:
    """The files that a place's folder holds, own keys first."""
    own = ["age.key"] + (["sign.key"] if place in _SIGNS else [])
    shared = [f"{n}.hmac" for n in HASH_KEYS] if place in _SIGNS else []
    alone = [f"{n}.hmac" for n in _OWN_HMAC[place]]
    public = [f"{p}-age.pub" for p in PLACES if p != place] + [f"{p}-sign.pub" for p in _SIGNS]
    return own + shared + alone + public


def _fill(root: Path) -> None:
    same = {f"{name}.hmac": secrets.token_bytes(32) for name in HASH_KEYS}
    signers = {place: Ed25519PrivateKey.generate() for place in _SIGNS}
    identities = {place: x25519.Identity.generate() for place in PLACES}
    public = {f"{p}-sign.pub": s.public_key().public_bytes_raw().hex().encode() for p, s in signers.items()}
    public |= {f"{p}-age.pub": str(i.to_public()).encode() for p, i in identities.items()}
    for place in PLACES:
        folder = root / place
        folder.mkdir(mode=0o700)
        for name in _names(place):
            if name == "age.key":
                data = str(identities[place]).encode()
            elif name == "sign.key":
                data = signers[place].private_bytes_raw()
            elif name.endswith(".pub"):
                data = public[name] + b"\n"
            else:
                data = same.get(name) or secrets.token_bytes(32)
            _write_new(folder / name, data)
        _write_new(folder / _NOTE, json.dumps({"place": place, "version": 1}).encode())
        _sync_folder(folder)


def _write_new(path: Path, data: bytes) -> None:
    """Writes a 0600 file that did not exist; O_EXCL makes overwriting impossible."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _read_key(path: Path) -> bytes:
    try:
        with path.open("rb") as f:
            if not path.name.endswith(".pub") and stat.S_IMODE(os.fstat(f.fileno()).st_mode) & 0o077:
                raise Refused(K03)
            data = f.read()
    except OSError:
        raise Refused(K02) from None
    if path.suffix == ".hmac" and len(data) != 32:
        raise Refused(K02)
    return data


def _status(folder: Path, place: str, name: str) -> KeyStatus:
    path = folder / name
    kind = {".pub": "public", ".hmac": "hmac"}.get(path.suffix) or (
        "signing" if name == "sign.key" else "age"
    )
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return KeyStatus(place, name, kind, path, "", "", "missing")
    problem = "open to others" if kind != "public" and mode & 0o077 else ""
    try:
        fingerprint = _fingerprint(kind, path.read_bytes())
    except (OSError, ValueError):
        fingerprint, problem = "", "broken"
    return KeyStatus(place, name, kind, path, fingerprint, f"{mode:04o}", problem)


def _fingerprint(kind: str, data: bytes) -> str:
    """Of a pair: of its public half, so that a key and its copy at the other place show the same digits."""
    if kind == "hmac":
        if len(data) != 32:
            raise ValueError("an HMAC key has 32 bytes")
        return hmac.digest(data, b"sesshu fingerprint", "sha256")[:8].hex()
    if kind == "signing":
        data = Ed25519PrivateKey.from_private_bytes(data).public_key().public_bytes_raw().hex().encode()
    elif kind == "age":
        try:
            data = str(x25519.Identity.from_str(data.decode().strip()).to_public()).encode()
        except Exception as e:  # pyrage raises a bare Exception subclass per fault
            raise ValueError("not an age identity") from e
    return hashlib.sha256(data.strip()).digest()[:8].hex()
