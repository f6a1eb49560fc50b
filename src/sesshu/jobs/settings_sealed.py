"""Django settings of commands in the sealed room: accounts of its own shelf, nothing of the register."""

from sesshu.base.machine import machine
from sesshu.jobs.settings import make

globals().update(make(machine(), ("sesshu.trust.access",)))
