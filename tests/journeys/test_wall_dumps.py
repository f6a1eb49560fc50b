"""壁 — what a thief of dumps, logs and packets learns: nobody. Made-up tokens are searched in every dress."""

import base64
import subprocess

from tests.support.needles import dresses, files_below, find
from tests.support.town import LivingTown


def dump(town: LivingTown, building: str, *options: str) -> bytes:
    """A superuser's dump, bytes as text and as they are."""
    done = subprocess.run(
        [str(town.place.cluster.bindir / "pg_dump"), "--inserts", *options, town.place.admin(building)],
        capture_output=True,
        check=True,
    )
    return done.stdout


def test_the_search_finds_what_is_there():
    """Control: each dress of a token is found where it is planted."""
    for dress in dresses("架空目印ABCDEF"):
        assert find(["架空目印ABCDEF"], b"x" * 7 + dress + b"y")
    for before in range(4):
        text = base64.b64encode(b"z" * before + "架空目印ABCDEF".encode() + b"tail")
        assert find(["架空目印ABCDEF"], text), before


def secrets_of(town: LivingTown) -> list[str]:
    people = [r for r in town.access["residents"] if r["situation"] != "never_issued"]
    return [*town.access["names"], *town.access["canaries"], *{r["ticket"] for r in people}]


def test_wall_the_outside_knows_nobody(town: LivingTown):
    """庁外のデータベースの全体、記録、連携ファイルに、氏名・住所・券番号は一つもない。"""
    town.settle()
    found = find(secrets_of(town), dump(town, "outside"))
    assert not found


def test_wall_the_outside_holds_no_birth_date_of_the_shown_residents(town: LivingTown):
    text = dump(town, "outside").decode()
    for r in town.access["residents"]:
        for form in (r["dob"], r["dob"].replace("-", "")):
            assert f"'{form}'" not in text and f'"{form}"' not in text, r["situation"]


def test_wall_logs_and_packets_know_nobody(town: LivingTown):
    logs = files_below(town.place.dir / "log") | files_below(town.place.dir / "spool")
    assert logs
    if town.place.cluster.log.exists():
        logs["postgres.log"] = town.place.cluster.log.read_bytes()
    for name, content in logs.items():
        assert not find(secrets_of(town), content), name


def test_wall_no_canary_inside_but_as_ciphertext(town: LivingTown):
    """支援措置対象者の住所・電話は、庁内のどの表にも平文ではない。"""
    whole = dump(town, "inside")
    assert not find(town.access["canaries"], whole)
    assert find(town.access["names"], whole), "control: ordinary residents are found inside"
