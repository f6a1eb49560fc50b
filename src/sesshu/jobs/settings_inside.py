"""Django settings of the inside's worker, courier and commands: all rooms of the building, no page."""

from sesshu.base.machine import machine
from sesshu.inside.rooms import ROOMS
from sesshu.jobs.settings import make

globals().update(make(machine(), ("sesshu.trust.access", *ROOMS)))
