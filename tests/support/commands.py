"""Runs `sesshu …` as a person on the host does: a process of its own, on the installation of the tests."""

import subprocess
import sys

from sesshu.base.machine import child_environment
from tests.support import place as p


def sesshu(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """One command; ``typed`` is piped into it. Look at returncode, stdout and stderr."""
    made = p.place()
    env = child_environment(made.config("inside"), PYTHONPATH=str(p.ROOT / "src"))
    return subprocess.run(
        [sys.executable, "-m", "sesshu.cli.main", *words, "--data", str(made.dir)],
        input=typed, env=env, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
