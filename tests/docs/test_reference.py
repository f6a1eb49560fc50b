"""Generated pages are fresh; every refusal speaks; every SQL function says what it is for."""

import re
from pathlib import Path

import pytest

from sesshu.cli import reference

SQL = sorted(reference.FUNCTIONS.rglob("*.sql"))


@pytest.mark.parametrize("name", ["bridge.md", "refusals.md", "matrix.md", "functions.md"])
def test_a_reference_page_is_fresh(name):
    """Mend: make reference."""
    assert (reference.DOCS / name).read_text(encoding="utf-8") == reference.pages()[name]


def test_every_refusal_speaks_to_people():
    for code, (sentence, english, _) in reference.all_refusals().items():
        assert sentence.endswith("。"), code
        assert english, code


@pytest.mark.parametrize("file", SQL, ids=lambda p: p.name)
def test_every_function_says_what_it_is_for(file: Path):
    text = file.read_text()
    made = re.findall(r"CREATE OR REPLACE FUNCTION (?:api\.)?([a-z_.]+_v\d+)", text)
    said = [n.removeprefix("api.") for n in re.findall(r"^-- ([a-z_.]+_v\d+) -- ", text, re.M)]
    assert set(made) <= set(said)
