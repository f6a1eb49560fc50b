"""Django settings of the outside's worker, courier and commands: no model at all, SQL functions only."""

from sesshu.base.machine import machine
from sesshu.jobs.settings import make

globals().update(make(machine(), ()))
