"""docs/spec says what the tests say."""

import subprocess
import sys

import pytest

from sesshu.inside.planning.programme.document import list_shipped
from tests.spec import print_spec


@pytest.mark.parametrize("name", sorted(print_spec.pages()))
def test_the_printed_page_is_not_stale(name):
    """``make spec`` prints it anew."""
    written = print_spec.DOCS / name
    assert written.exists() and written.read_text(encoding="utf-8") == print_spec.pages()[name], (
        "run: make spec"
    )


def test_nothing_else_lies_in_docs_spec():
    assert {path.name for path in print_spec.DOCS.glob("*.md")} == set(print_spec.pages())


def test_every_shipped_programme_is_printed():
    printed = set()
    for module in print_spec.chapters():
        printed |= set(getattr(module, "programmes", ())) | {getattr(module, "programme", None)}
    assert printed - {None} == set(list_shipped())


def test_the_rules_need_no_framework():
    """The engine runs where neither Django nor a database driver is loaded."""
    code = (
        "import sys\n"
        "import sesshu.inside.planning.programme.document, sesshu.inside.planning.programme.lines\n"
        "sys.exit(any(m.split('.')[0] in ('django', 'psycopg') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
