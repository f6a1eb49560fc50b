"""The minute's checkpoint of a building's audit log (検証点を作る定時処理): the same in both buildings."""

from functools import cache

from sesshu.base.crypto import KeyRing
from sesshu.base.machine import machine
from sesshu.db import checkpoints
from sesshu.trust.audit.checkpoint import Store, make


@cache
def _ring() -> KeyRing:
    return KeyRing.load(machine().keys_dir, need=("sign.key",))


def checkpoint() -> int:
    """One checkpoint about what has ended since the last; a minute without an entry makes none."""
    return make(Store.of(machine(), checkpoints.ours()), _ring())
