"""Questions about entitlements (予約資格の照会)."""

from django.db.models import Count

from sesshu.inside.records.models import Entitlement


def count_entitled(programme: str) -> dict[int, int]:
    """Numbers of residents by the dose that they may book."""
    found = Entitlement.objects.filter(programme=programme).values("dose").annotate(n=Count("*"))
    return {row["dose"]: row["n"] for row in found.order_by("dose")}
