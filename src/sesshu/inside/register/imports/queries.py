"""Questions about imports (取込についての問い): counts and lines, never a person."""

from dataclasses import dataclass, field
from typing import Any

from sesshu.base.errors import Refusal, Refused
from sesshu.inside.register.imports.models import Import
from sesshu.inside.register.imports.rules import HELD, NO_IMPORT, SENTENCES, Rule, Totals


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """受け付けない行 — where and why."""

    line: int
    column: str
    rule: str

    @property
    def why(self) -> Refusal:
        return SENTENCES[Rule(self.rule)]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """取込の報告 — all that may be known of an import without knowing anybody.

    ``counts`` is what staging found (see ``as_json``); ``refused`` at most ``limit`` lines; ``held`` the reasons to
    wait; ``birth_years``: (fiscal year, now, before).
    """

    id: int
    state: str
    as_of: str
    is_full: bool
    sha256: str
    staged_at: Any
    staged_by: str
    first_by: str | None
    first_at: Any
    second_by: str | None
    second_at: Any
    ended_at: Any
    held: tuple[Refusal, ...]
    counts: dict[str, Any]
    refused: tuple[RefusedLine, ...] = ()
    gaiji: tuple[tuple[str, int, bool], ...] = ()
    birth_years: tuple[tuple[int, int, int], ...] = field(default=(), repr=False)

    @property
    def missing_years(self) -> tuple[tuple[int, int, int], ...]:
        """生まれ年度の欠け — fiscal years that had somebody before and have nobody now."""
        return tuple(y for y in self.birth_years if y[2] and not y[1])

    def as_json(self) -> dict[str, Any]:
        """For ``--json``: the counts by the names of the town maker's ``expected.json``, and the rest."""
        counts = {k: v for k, v in self.counts.items() if k not in ("gaiji_rows", "gaiji_new")}
        return {
            "import": self.id,
            "state": self.state,
            "as_of": self.as_of,
            "full": self.is_full,
            "sha256": self.sha256,
            "staged_by": self.staged_by,
            "first_by": self.first_by,
            "second_by": self.second_by,
            "held": [{"code": r.code, "sentence": r.sentence} for r in self.held],
            **counts,
            "refused": [{"line": r.line, "column": r.column, "rule": r.rule} for r in self.refused],
            "birth_fiscal_year": {str(year): n for year, n, _ in self.birth_years if n},
            "birth_fiscal_year_before": {str(year): n for year, _, n in self.birth_years if n},
            "gaiji": {
                "rows": self.counts.get("gaiji_rows", 0),
                "characters": {point: n for point, n, _ in self.gaiji},
                "new": [point for point, _, new in self.gaiji if new],
            },
        }


def list_imports(limit: int = 50) -> list[ImportReport]:
    """The newest imports first, without their lines."""
    return [_report(i) for i in Import.objects.order_by("-id")[:limit]]


def count_staged() -> int:
    """How many imports wait for approval."""
    return Import.objects.filter(state="staged").count()


def get_import(import_id: int, *, limit: int | None = None) -> ImportReport:
    """One import with its refused lines (``limit``: the first so many), characters and years. Raises Refused R80."""
    found = Import.objects.filter(id=import_id).first()
    if found is None:
        raise Refused(NO_IMPORT)
    refused = found.refusals.values_list("line", "column_name", "rule")
    return _report(
        found,
        refused=tuple(RefusedLine(*row) for row in (refused[:limit] if limit else refused)),
        gaiji=tuple(found.gaiji.values_list("code_point", "n", "is_new")),
        birth_years=tuple(found.birth_years.values_list("fiscal_year", "n", "before")),
    )


def _report(i: Import, **lists: Any) -> ImportReport:
    return ImportReport(
        id=i.id,
        state=i.state,
        as_of=i.as_of.isoformat(),
        is_full=i.is_full,
        sha256=bytes(i.sha256).hex(),
        staged_at=i.staged_at,
        staged_by=i.staged_by,
        first_by=i.first_by,
        first_at=i.first_at,
        second_by=i.second_by,
        second_at=i.second_at,
        ended_at=i.ended_at,
        held=tuple(HELD[code] for code in i.held),
        counts=i.counts,
        **lists,
    )


def last_accepted() -> Import | None:
    """The full import that was accepted last: what the next one is compared with."""
    return Import.objects.filter(state="accepted", is_full=True).order_by("-ended_at", "-id").first()


def totals_of(i: Import) -> Totals:
    """The counts of an import, as ``why_held`` compares them."""
    return Totals(
        lines=i.counts["lines"],
        refused=i.counts["refused_lines"],
        protected=i.counts["protected"],
        gone=i.counts["gone"],
        as_of=i.as_of.isoformat(),
        births=dict(i.birth_years.values_list("fiscal_year", "n")),
    )
