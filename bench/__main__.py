"""Run the speed claims: ``python -m bench [--one NAME] [--readme]``."""

import argparse
import importlib
import sys
from pathlib import Path

from bench import frame

FILES = sorted(
    p.stem for p in Path(__file__).parent.glob("*.py") if p.stem not in ("__init__", "__main__", "frame")
)


def main() -> int:
    """Print each claim as it is measured; 1 where a ratio misses its goal."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--one", choices=FILES, help="only this file")
    parser.add_argument("--readme", action="store_true", help="write the README's table")
    asked = parser.parse_args()
    rows = []
    for name in [asked.one] if asked.one else FILES:
        for row in importlib.import_module(f"bench.{name}").rows():
            print(row.line(), row.json(), sep="\n", flush=True)
            rows.append(row)
    if asked.readme:
        frame.write(rows)
    return 0 if all(r.kept for r in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
