"""Django settings of the public zone (予約サイト)."""

from sesshu.base.machine import machine
from sesshu.web.settings import Shape, make

SHAPE = Shape("public", staff=False)
globals().update(make(SHAPE, machine()))
