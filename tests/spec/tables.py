"""Tables as an officer would draw them: read, asked line by line, printed as a chapter."""

from collections.abc import Callable

REMARKS = {"source", "remark"}  # columns for readers only


def read(table: str) -> tuple[list[str], list[dict[str, str]]]:
    """Column names, and one dictionary per line. Columns are parted by ``|``; a line of dashes is skipped."""
    lines = [
        line for line in table.strip("\n").splitlines() if line.strip() and set(line.strip()) - set("-+| ")
    ]
    heads = [cell.strip() for cell in lines[0].split("|")]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines[1:]]
    for row in rows:
        assert len(row) == len(heads), f"{len(row)} cells under {len(heads)} heads: {row}"
    return heads, [dict(zip(heads, row, strict=True)) for row in rows]


def check(
    table: str, ask: Callable[..., str | dict[str, str]], answers: tuple[str, ...] = ("answer",)
) -> None:
    """Ask about every line; the columns in ``answers`` must be what ``ask`` says.

    ``ask`` gets the other columns as keyword arguments (blanks become ``_``) and returns the answer, or one
    per answer column.
    """
    heads, rows = read(table)
    wrong = []
    for row in rows:
        given = {h.replace(" ", "_"): row[h] for h in heads if h not in answers and h not in REMARKS}
        said = ask(**given)
        said = said if isinstance(said, dict) else {answers[0]: said}
        expected = {name: row[name] for name in answers}
        if {name: said.get(name) for name in answers} != expected:
            wrong.append(f"{given}\n    expected {expected}\n    said     {said}")
    assert rows, "a table without a line"
    assert not wrong, "\n".join(["", *wrong])


def markdown(table: str) -> str:
    """The table for the manual."""
    heads, rows = read(table)
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row[h] for h in heads) + " |" for row in rows)])
