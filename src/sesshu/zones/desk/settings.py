"""Django settings of the desk zone (コールセンター)."""

from sesshu.base.machine import machine
from sesshu.web.settings import Shape, make

SHAPE = Shape("desk", staff=True)
globals().update(make(SHAPE, machine()))
