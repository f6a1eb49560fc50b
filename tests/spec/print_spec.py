"""Print the specification as chapters (docs/spec): ``python -m tests.spec.print_spec``, or ``make spec``.

A chapter is a test module with a ``title``: its docstring, the sheets of its programmes, then each test that
takes ``spec``, with its docstring and its tables. Nothing is asked here; the tests do that.
"""

import importlib
import inspect
import sys
from pathlib import Path
from types import ModuleType

from sesshu.inside.planning.programme import sheet
from sesshu.inside.planning.programme.document import shipped
from tests.spec import tables

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "spec"
HEAD = "<!-- Printed from tests/spec by `make spec`; do not edit. -->\n\n"


def chapters() -> list[ModuleType]:
    """The modules that are chapters, in order."""
    found = [importlib.import_module(f"tests.spec.{path.stem}") for path in sorted(HERE.glob("test_*.py"))]
    return sorted((m for m in found if hasattr(m, "title")), key=lambda m: (m.chapter, m.__name__))


def file_name(module: ModuleType) -> str:
    return module.__name__.rpartition("test_")[2].replace("_", "-") + ".md"


def tests_of(module: ModuleType) -> list:
    """Its tests that draw tables, in the order they are written."""
    found = [f for name, f in vars(module).items() if name.startswith("test_") and inspect.isfunction(f)]
    return [f for f in found if "spec" in inspect.signature(f).parameters]


def chapter(module: ModuleType) -> str:
    """One chapter as Markdown."""
    parts = [f"# {module.title}", inspect.getdoc(module) or ""]
    for name in getattr(module, "programmes", None) or [
        n for n in (getattr(module, "programme", None),) if n
    ]:
        parts.append(sheet.markdown(shipped(name)).strip().replace("\n#", "\n##").replace("# ", "## ", 1))
    if hasattr(module, "programme") or hasattr(module, "programmes"):
        parts.append("## 例 — examples, each one a test")
    for test in tests_of(module):
        parts.append("### " + test.__name__.removeprefix("test_").replace("_", " ").capitalize())
        parts.append(inspect.getdoc(test) or "")
        drawn: list[str] = []
        test(lambda table, drawn=drawn, **_: drawn.append(tables.markdown(table)))
        parts += drawn
    return HEAD + "\n\n".join(part for part in parts if part) + "\n"


def pages() -> dict[str, str]:
    """File name → text of every page of docs/spec."""
    made = {file_name(m): chapter(m) for m in chapters()}
    lines = [f"- [{m.title}]({file_name(m)})" for m in chapters()]
    made["README.md"] = HEAD + "\n".join(
        [
            "# 規定の書 — the rules, printed from their tests",
            "",
            "Every table below is asked at each `make test`.",
            "",
            *lines,
            "",
        ]
    )
    return made


def main() -> None:
    DOCS.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in DOCS.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    print(f"{len(made)} pages in docs/spec", file=sys.stderr)


if __name__ == "__main__":
    main()
