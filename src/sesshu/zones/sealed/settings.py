"""Django settings of the sealed zone (支援措置の所管課)."""

from sesshu.base.machine import machine
from sesshu.web.settings import Shape, make

SHAPE = Shape("sealed", staff=True, apps=("sesshu.inside.sealed",))
globals().update(make(SHAPE, machine()))
