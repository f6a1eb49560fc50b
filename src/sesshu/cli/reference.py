"""Writes the generated pages of docs/reference: acts, refusals, messages, SQL functions (`make reference`)."""

import ast
import re
from pathlib import Path

import sesshu
from sesshu.bridge.reference import reference_markdown
from sesshu.inside.register.imports.rules import SENTENCES
from sesshu.trust.access import matrix

DOCS = Path(__file__).parents[3] / "docs" / "reference"
PACKAGE = Path(sesshu.__path__[0])
FUNCTIONS = PACKAGE / "db" / "functions"


def pages() -> dict[str, str]:
    """File name → text of every generated page."""
    return {
        "bridge.md": reference_markdown(),
        "refusals.md": refusals(),
        "matrix.md": acts(),
        "functions.md": functions(),
    }


def all_refusals() -> dict[str, tuple[str, str, str]]:
    """Code → (sentence, english, module) of every ``refusal(…)`` in the code, read without importing it.

    Raises ValueError where two modules use one code for different things.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "refusal"
                and len(node.args) == 3
            ):
                if not all(isinstance(a, ast.Constant) for a in node.args):
                    continue  # a table of rules: read below
                code, sentence, english = (ast.literal_eval(a) for a in node.args)
                module = str(file.relative_to(PACKAGE).with_suffix("")).replace("/", ".")
                if found.setdefault(code, (sentence, english, module)) != (sentence, english, module):
                    raise ValueError(f"refusal {code} is made in {module} and in {found[code][2]}")
    for rule, refusal in SENTENCES.items():
        found[rule.value] = (refusal.sentence, refusal.english, "inside.register.imports.rules")
    return found


def refusals() -> str:
    lines = [
        "# Refusals",
        "",
        "Made from the code by `make reference`. People get the sentence, logs hold the code only.",
        "",
    ]
    for code, (sentence, english, module) in sorted(all_refusals().items()):
        lines += [f"## {code}", "", sentence, "", f"_{english}_ (`{module}`)", ""]
    return "\n".join(lines)


def acts() -> str:
    lines = [
        "# Acts: who may do what", "", "Made from `trust/access/matrix.py` by `make reference`. What has no row is refused.", "",
        "| act | 日本語 | roles | zones | proof | second person | SQL functions |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for act in matrix.acts():
        lines.append(
            f"| {act.name} | {act.sentence} | {', '.join(sorted(act.roles))} | {', '.join(sorted(act.zones))} "
            f"| {act.proof.name.lower()} | {'yes' if act.second_person else ''} | {', '.join(act.functions)} |"
        )
    return "\n".join(lines) + "\n"


def functions() -> str:
    lines = [
        "# SQL functions",
        "",
        "Made from `db/functions` by `make reference`: the first comment line of each.",
        "",
    ]
    for building in ("both", "outside", "inside"):
        lines += [f"## {building}", "", "| function | what it is for |", "|---|---|"]
        for file in sorted((FUNCTIONS / building).rglob("*.sql")):
            for name, purpose in re.findall(r"^-- ([a-z_.]+_v\d+) -- (.+)$", file.read_text(), re.M):
                lines.append(f"| `{name}` | {purpose} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    DOCS.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
