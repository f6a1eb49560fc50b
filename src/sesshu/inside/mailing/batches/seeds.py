"""Invented households in each print file (監視用の架空世帯): a letter to one of them names the job it came from (FX-17).

The names are made here, from syllables of family and given names, and belong to one firm and one job alone. The
addresses are the city's own: deliverable, so that the letters also prove that the batch was posted.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from random import Random

_FAMILY = (
    ("朝", "アサ"), ("浅", "アサ"), ("岩", "イワ"), ("梅", "ウメ"), ("沖", "オキ"), ("柿", "カキ"), ("霧", "キリ"),
    ("桑", "クワ"), ("越", "コシ"), ("笹", "ササ"), ("篠", "シノ"), ("杉", "スギ"), ("滝", "タキ"), ("槻", "ツキ"),
    ("鳥", "トリ"), ("夏", "ナツ"), ("根", "ネ"), ("萩", "ハギ"), ("冬", "フユ"), ("星", "ホシ"), ("水", "ミズ"),
    ("柳", "ヤナギ"), ("雪", "ユキ"), ("若", "ワカ"),
)  # fmt: skip
_FAMILY_END = (
    ("川", "カワ"), ("田", "ダ"), ("原", "ハラ"), ("沢", "サワ"), ("野", "ノ"), ("島", "ジマ"), ("坂", "サカ"),
    ("森", "モリ"), ("浦", "ウラ"), ("井", "イ"), ("谷", "タニ"), ("瀬", "セ"),
)  # fmt: skip
_GIVEN = (
    ("明", "アキ"), ("一", "カズ"), ("清", "キヨ"), ("邦", "クニ"), ("貞", "サダ"), ("静", "シズ"), ("澄", "スミ"),
    ("孝", "タカ"), ("千", "チ"), ("俊", "トシ"), ("直", "ナオ"), ("信", "ノブ"), ("春", "ハル"), ("久", "ヒサ"),
    ("正", "マサ"), ("光", "ミツ"), ("実", "ミ"), ("安", "ヤス"), ("芳", "ヨシ"), ("和", "カズ"),
)  # fmt: skip
_GIVEN_END = (
    ("子", "コ"), ("江", "エ"), ("代", "ヨ"), ("美", "ミ"), ("夫", "オ"), ("男", "オ"), ("雄", "オ"), ("治", "ジ"),
    ("一", "イチ"), ("也", "ヤ"),
)  # fmt: skip
NAMES = len(_FAMILY) * len(_FAMILY_END) * len(_GIVEN) * len(_GIVEN_END)


@dataclass(frozen=True, slots=True)
class WatchAddress:
    """監視先の住所 — an address of the city's own at which mail for invented names arrives."""

    id: int
    postcode: str
    town: str
    banchi: str
    building: str


@dataclass(frozen=True, slots=True)
class Seed:
    """架空世帯 — nobody; the room number tells the job, too. Does not print itself: a list of them is a secret."""

    name: str = field(repr=False)
    kana: str = field(repr=False)
    dob_key: str = field(repr=False)
    postcode: str = field(repr=False)
    town: str = field(repr=False)
    banchi: str = field(repr=False)
    building: str = field(repr=False)


def draw(rng: Random, at: Sequence[WatchAddress], taken: Container[str], born: tuple[int, int]) -> list[Seed]:
    """One seed for each of these addresses; names that are in ``taken`` (residents, earlier seeds) are not used.

    ``born``: first and last year of birth, so that a seed does not stand out in its batch.
    """
    drawn: dict[str, Seed] = {}
    for where in at:
        for _ in range(1000):
            (a, a_kana), (b, b_kana) = rng.choice(_FAMILY), rng.choice(_FAMILY_END)
            (c, c_kana), (d, d_kana) = rng.choice(_GIVEN), rng.choice(_GIVEN_END)
            name = f"{a}{b}　{c}{d}"
            if c != d and name not in taken and name not in drawn:
                break
        else:
            raise ValueError("no unused invented name is left")
        room = f"{rng.randrange(1, 10)}{rng.randrange(1, 20):02d}"
        drawn[name] = Seed(
            name,
            f"{a_kana}{b_kana}　{c_kana}{d_kana}",
            f"{rng.randint(*born):04d}{rng.randint(4, 12):02d}{rng.randint(2, 28):02d}",
            where.postcode,
            where.town,
            where.banchi,
            f"{where.building}{room}号室",
        )
    return list(drawn.values())
