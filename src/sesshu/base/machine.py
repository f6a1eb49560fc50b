"""Settings and secrets of one process, typed (設定).

A process gets one JSON file, named by ``SESSHU_CONFIG``; there is no branch on the name of an environment.
This is the only module that reads the process environment.
"""

import json
import os
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path


class BadSettings(Exception):
    """A setting is missing or has the wrong type; says which and where."""


@dataclass(frozen=True)
class Machine:
    """What one process knows about its place. Paths are absolute; a process belongs to one building."""

    building: str = "inside"  # inside | outside | sealed
    zone: str = ""  # public desk venue partner office sealed, or "" for workers
    database: str = ""  # postgresql://login:password@/name?host=socket_folder
    secret_key: str = field(default="", repr=False)  # Django's signing key of this zone alone
    keys_dir: str = ""  # the building's key folder
    spool_dir: str = ""  # the folder of packets that both couriers watch
    data_dir: str = ""  # the installation's data folder (DIR)
    checkpoints_dir: str = ""  # the second place of audit checkpoints, best on another machine's storage
    clock_file: str = ""  # only on demo and test machines
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1")
    port: int = 0
    https: bool = True  # False only for plain HTTP on loopback
    municipality: str = "見本区"
    municipality_code: str = "131997"  # 5 digits + check digit; 13199 belongs to nobody
    prefecture: str = "東京都"
    phone: str = "0120-000-000"
    phone_hours: str = "毎日 午前9時–午後6時・通話無料"
    host_shown: str = ""  # the one official host name, as printed on paper


def read(path: Path) -> Machine:
    """Read a settings file. Raises BadSettings for an unknown or ill-typed setting."""
    try:
        raw = json.loads(path.read_text())
    except (OSError, ValueError) as e:
        raise BadSettings(f"cannot read settings {path.name}: {type(e).__name__}") from None
    known = {f.name: f for f in fields(Machine)}
    for name, value in raw.items():
        if name not in known:
            raise BadSettings(f"unknown setting {name}")
        want = type(getattr(Machine(), name))
        if want is tuple:
            raw[name] = tuple(value)
        elif not isinstance(value, want):
            raise BadSettings(f"setting {name} must be {want.__name__}")
    return Machine(**raw)


@cache
def machine() -> Machine:
    """The settings of this process, from the file named by ``SESSHU_CONFIG``."""
    path = os.environ.get("SESSHU_CONFIG")
    if not path:
        raise BadSettings("SESSHU_CONFIG is not set: `sesshu` sets it for its children; see docs/how-to")
    return read(Path(path))


def variable(name: str, default: str = "") -> str:
    """One environment variable (only for start-up code of the command line and tests)."""
    return os.environ.get(name, default)


def set_variable(name: str, value: str) -> None:
    """Set one environment variable of this process (start-up code only: Django reads its settings module there)."""
    os.environ[name] = value


def child_environment(config: Path, **more: str) -> dict[str, str]:
    """The environment of a child process: ours, plus its settings file."""
    return {**os.environ, "SESSHU_CONFIG": str(config), **more}
