"""Real zone processes on a small outside whose people have real tickets and keys."""

import random
from dataclasses import dataclass, field

import pytest

from sesshu.base import numbers
from sesshu.base.crypto import hash_act, hash_try, load_keys
from sesshu.cli.place import PORTS
from sesshu.cli.supervise import Children
from tests.support import outside as o
from tests.support import place as p
from tests.support.visitor import Visitor

BORN = {"born_0": "昭和", "born_1": "21", "born_2": "4", "born_3": "1"}
KEY = "19460401"


@dataclass
class People(o.Town):
    """A town whose subject ``n`` has ticket ``tickets[n]`` and was born on 1946-04-01."""

    tickets: list[str] = field(default_factory=lambda: numbers.draw_ticket_numbers(60, rng=random.Random(5)))

    @property
    def ring(self):
        return load_keys(p.place().keys / "outside")

    def act(self, n: int) -> bytes:
        return hash_act(self.ring, self.tickets[n], KEY)

    def try_(self, n: int) -> bytes:
        return hash_try(self.ring, self.tickets[n])


@pytest.fixture(scope="session")
def children():
    running = Children(p.place())
    yield running
    running.stop()


def _zone(children: Children, name: str) -> int:
    if name not in children.running:
        children.start(name)
        children.wait_for_zones()
    return p.place().base_port + PORTS[name]


@pytest.fixture(autouse=True)
def _empty():
    made = p.place()
    made.set_clock(p.DAY)
    yield made
    p.empty(made, "outside")


@pytest.fixture
def people() -> People:
    return o.town(subjects=20, halls=2, days=45, made=People())


@pytest.fixture
def visitor(children) -> Visitor:
    return Visitor(_zone(children, "public"))


@pytest.fixture
def another(children) -> Visitor:
    return Visitor(_zone(children, "public"))


@pytest.fixture
def desk(children) -> Visitor:
    return Visitor(_zone(children, "desk"))
