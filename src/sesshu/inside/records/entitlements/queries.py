"""Questions about entitlements (予約資格の照会)."""

from collections.abc import Iterator

from django.db.models import Count

from sesshu.db import calls
from sesshu.inside.records.entitlements.rules import Births, Facts
from sesshu.inside.records.models import Entitlement

RESIDENTS_AT_ONCE = 10_000


def count_entitled(programme: str) -> dict[int, int]:
    """Numbers of residents by the dose that they may book."""
    found = Entitlement.objects.filter(programme=programme).values("dose").annotate(n=Count("*"))
    return {row["dose"]: row["n"] for row in found.order_by("dose")}


def list_births(programme: str, *, by_sex: bool) -> list[Births]:
    """Residents without a dose, counted by birth date, and by sex where the rules ask it."""
    return calls.many("records.count_births_v1", Births, p_programme=programme, p_by_sex=by_sex)


def list_dosed(programme: str) -> Iterator[list[Facts]]:
    """Residents who had a dose, in batches."""
    after = 0
    while batch := calls.many(
        "records.list_dosed_v1", Facts, p_programme=programme, p_after=after, p_limit=RESIDENTS_AT_ONCE
    ):
        yield batch
        after = batch[-1].resident_id
