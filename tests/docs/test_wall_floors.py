"""階 — the import contracts of .importlinter, and a planted breach that they catch."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
        cwd=folder, env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
    )  # fmt: skip


def test_wall_imports_go_down():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    "file, line, contract",
    [
        ("zones/public/start.py", "import sesshu.inside.register.residents.models", "Outside processes do not know the inside"),
        ("zones/office/home.py", "import sesshu.inside.sealed.models", "Only its own processes enter the sealed room"),
        ("base/numbers.py", "import django", "Rules and base know no framework"),
        ("inside/register/residents/queries.py", "import sesshu.inside.records.models", "The rooms inside"),
    ],
)  # fmt: skip
def test_wall_a_planted_breach_is_caught(tmp_path, file, line, contract):
    import shutil

    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__")
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    planted = tmp_path / "src" / "sesshu" / file
    planted.write_text(planted.read_text() + f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode != 0 and f"{contract} BROKEN" in " ".join(done.stdout.split())
