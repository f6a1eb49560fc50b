"""Questions about supply (供給の照会): numbers, never persons."""

from sesshu.base import clock
from sesshu.db import calls
from sesshu.inside.planning.queries import get_rules
from sesshu.inside.planning.supply.balance import Open, Supply, Week, balance


def list_weeks(programme: str) -> list[Week]:
    """つり合い — week by week, what is needed and what is there. Raises Refused L04."""
    return balance(
        get_rules(programme),
        calls.many("planning.supply_weeks_v1", Supply, p_programme=programme),
        calls.many("planning.open_seconds_v1", Open, p_programme=programme),
        clock.today(),
    )
