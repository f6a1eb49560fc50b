"""A programme as a readable sheet (接種事業の一覧): the tables an officer would draw, in Markdown."""

from collections.abc import Iterable, Sequence

from sesshu.inside.planning.programme import wording
from sesshu.inside.planning.programme.terms import Programme

MARKS = {"S": "公表資料", "S*": "二次資料", "M": "未確認（要確認）", "D": "当市区町村の決定"}


def markdown(programme: Programme) -> str:
    """The whole sheet. Every row names its sources; the sources stand at the end."""
    document = programme.document
    names = {p["id"]: p["name"] for p in document["products"]}
    parts = [f"# {document['title']}", _head(document)]
    parts += [
        "## 実施期間",
        _table("期間 日 根拠", ([s["title"], wording.stretch(s), cites(s)] for s in document["seasons"])),
    ]
    parts += ["## ワクチン", _products(document), "## 対象と受付", _groups(document), _waves(document)]
    for series in document["series"]:
        parts.append(f"## {series['title']}")
        if series.get("fallback"):
            parts.append("接種歴がこれに当たるときだけ用いる。")
        parts += [_gives(series, names), _intervals(series, names)]
    parts += [_spacing(document, names), _exclusions(document, names), "## 根拠", _sources(document)]
    return "\n\n".join(part for part in parts if part) + "\n"


def cites(row: dict) -> str:
    """The sources of one row."""
    return " ".join(f"[{s}]" for s in row.get("sources", ()))


def _table(heads: str, rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    if not lines:
        return ""
    columns = heads.split()
    return "\n".join(["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns), *lines])


def _head(document: dict) -> str:
    counted = {"all": "生涯の接種歴を数える", "season": "その実施期間の接種だけを数える"}[document["history"]]
    lines = [f"- 名前 `{document['name']}` · {document['law_class']} · {counted}"]
    if document.get("review_on"):
        lines.append(f"- 次の見直し {wording.date(document['review_on'])}")
    return "\n".join([*lines, *([f"- {document['note']}"] if document.get("note") else [])])


def _products(document: dict) -> str:
    return _table(
        "ワクチン 別の表記 接種経路 量 根拠",
        (
            [
                p["name"],
                "、".join(p.get("also", ())) or "—",
                p.get("route", "—"),
                f"{p['volume_ml']} mL" if "volume_ml" in p else "—",
                cites(p),
            ]
            for p in document["products"]
        ),
    )


def _groups(document: dict) -> str:
    marks = {m["id"]: m["title"] for m in document.get("marks", ())}
    return _table(
        "対象 要件 根拠", ([g["title"], wording.who(g["who"], marks), cites(g)] for g in document["groups"])
    )


def _waves(document: dict) -> str:
    titles = {g["id"]: g["title"] for g in document["groups"]}
    return _table(
        "受付区分 対象 接種日 受付開始 接種券の発送 根拠",
        (
            [
                w["title"],
                "、".join(titles[g] for g in w["groups"]),
                wording.stretch(w),
                wording.moment(w.get("booking_from")),
                wording.moment(w.get("tickets_from")),
                cites(w),
            ]
            for w in document["waves"]
        ),
    )


def _gives(series: dict, names: dict[str, str]) -> str:
    return _table(
        "回 ワクチン 年齢 有効な接種日 根拠",
        (
            [
                f"{dose['dose']}回目",
                names[row["product"]] + ("" if row.get("offered", True) else "（受けた場合だけ数える）"),
                wording.age(row.get("age")),
                wording.stretch(row),
                cites(row),
            ]
            for dose in series["doses"]
            for row in dose["give"]
        ),
    )


def _intervals(series: dict, names: dict[str, str]) -> str:
    return _table(
        "回 起点 前のワクチン 今回 最短 標準 上限 有効な接種日 根拠",
        (
            [
                f"{dose['dose']}回目",
                f"{row.get('after_dose', dose['dose'] - 1)}回目",
                "、".join(names[p] for p in row["after"]),
                "、".join(names[p] for p in row["give"]),
                wording.least(row.get("min")),
                wording.advised(row),
                wording.most(row),
                wording.stretch(row),
                cites(row),
            ]
            for dose in series["doses"]
            for row in dose.get("intervals", ())
        ),
    )


def _spacing(document: dict, names: dict[str, str]) -> str:
    rows = [
        [
            "、".join(names[p] for p in row["after"]),
            "、".join(names[p] for p in row["give"]),
            wording.least(row["min"]),
            wording.stretch(row),
            cites(row),
        ]
        for row in document.get("spacing", ())
    ]
    return (
        "## 他の接種との間隔\n\n" + _table("先の接種 後の接種 間隔 有効な接種日 根拠", rows) if rows else ""
    )


def _exclusions(document: dict, names: dict[str, str]) -> str:
    rows = [
        [row["title"], "、".join(names[p] for p in row["products"]), f"{row['doses']}回以上", cites(row)]
        for row in document.get("exclusions", ())
    ]
    return "## 対象外\n\n" + _table("対象外 ワクチン 回数 根拠", rows) if rows else ""


def _sources(document: dict) -> str:
    return "\n".join(
        f"- [{key}] {source['title']}（{MARKS[source['mark']]}）"
        + (f" {source['url']}" if source.get("url") else "")
        for key, source in document["sources"].items()
    )
