"""Django settings of the venue zone (会場)."""

from sesshu.base.machine import machine
from sesshu.web.settings import Shape, make

SHAPE = Shape("venue", staff=True)
globals().update(make(SHAPE, machine()))
