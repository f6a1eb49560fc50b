"""``sesshu programme judge`` beside a loop that only parses and prints the same lines; both from start to end of the process.

200,000 made-up cases of the programme of 2021: birth dates of ninety years, none to three doses, some too early, some
of the other product, some products by name. Both read a file and write a file, alone, one after the other.
"""

import datetime as dt
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import frame
from sesshu.inside.planning.programme import document
from tests.support import place as support

CASES, ROUNDS = 200_000, 5
FILE = document.SHIPPED / "covid19-2021.json"
LOOP = """
import json, sys
for line in sys.stdin:
    sys.stdout.write(json.dumps(json.loads(line), ensure_ascii=False) + "\\n")
"""


def cases(count: int, seed: int = 1) -> Iterator[dict]:
    """Made-up cases of nobody."""
    r = random.Random(seed)
    for n in range(count):
        born = dt.date(1930, 1, 1) + dt.timedelta(days=r.randrange(33_000))
        day, doses = dt.date(2021, 2, 17) + dt.timedelta(days=r.randrange(200)), []
        for _ in range(r.choice((0, 0, 1, 1, 2, 2, 2, 3))):
            doses.append(
                {"date": str(day), "product": r.choice(("pfizer", "pfizer", "moderna", "ファイザー"))}
            )
            day += dt.timedelta(days=r.choice((17, 18, 19, 21, 28, 60)))
        asked = max(day, dt.date(2021, 6, 1) + dt.timedelta(days=r.randrange(300)))
        sex = r.choice(("female", "male", "unknown"))
        yield {"id": f"c{n}", "dob": str(born), "sex": sex, "asof": str(asked), "doses": doses}


def run(words: list[str], asked: Path, answered: Path) -> float:
    """Seconds of one process."""
    with asked.open("rb") as source, answered.open("wb") as target:
        began = time.perf_counter()
        subprocess.run([sys.executable, *words], stdin=source, stdout=target, check=True, cwd=support.ROOT)
        return time.perf_counter() - began


def rows(count: int = CASES) -> Iterator[frame.Row]:
    """The judge."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "cases.jsonl", Path(folder) / "answers.jsonl"
        asked.write_text("".join(json.dumps(c, ensure_ascii=False) + "\n" for c in cases(count)))
        judge = ["-m", "sesshu.cli.main", "programme", "judge", str(FILE)]
        found = frame.in_turns(
            {
                "subject": lambda: run(judge, asked, answered),
                "baseline": lambda: run(["-c", LOOP], asked, Path(folder) / "lines.jsonl"),
            },
            ROUNDS,
        )
        answers = sum(1 for _ in answered.open())
    yield frame.row(
        "judge",
        f"{count:,} cases judged beside a loop that only parses and prints them",
        found["subject"],
        found["baseline"],
        "s",
        "≤ 3",
        cases_per_second=round(count / min(found["subject"])),
        answers=answers,
    )
