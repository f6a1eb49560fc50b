"""The matrix and the database say the same: a zone's login may execute its acts' functions, and no others."""

import pytest

from sesshu.trust.access import matrix
from sesshu.trust.access.matrix import Zone
from tests.support import place as p


@pytest.mark.parametrize("zone", [Zone.PUBLIC, Zone.DESK, Zone.VENUE])
def test_effective_grants_equal_the_matrix(zone):
    with p.superuser("outside") as c:
        granted = {
            name
            for (name,) in c.execute(
                "SELECT f.proname FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace "
                "WHERE n.nspname = 'api' AND has_function_privilege(%s, f.oid, 'EXECUTE')",
                [f"out_{zone}"],
            )
        }
    assert granted == matrix.functions_of(zone)
