"""Django settings of the office zone (予防接種担当)."""

from sesshu.base.machine import machine
from sesshu.web.settings import Shape, make

SHAPE = Shape("office", staff=True)
globals().update(make(SHAPE, machine()))
