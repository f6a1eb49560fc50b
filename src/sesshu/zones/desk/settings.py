"""Django settings of the desk zone (コールセンター)."""

from sesshu.base.machine import machine
from sesshu.web.settings import Shape, make

SHAPE = Shape("desk", staff=True)
MADE = make(SHAPE, machine())
MADE["TEMPLATES"][0]["OPTIONS"]["builtins"].append("sesshu.zones.desk.tags")
globals().update(MADE)
