"""表とモデル — each unmanaged model says of its table what the catalogue says: columns, and which may be empty."""

import pytest
from django.apps import apps

from tests.support import place as p

MODELS = [m for m in apps.get_models() if m.__module__.startswith("sesshu.inside")]
# The database fills these by itself.
SILENT = {"id"}


def columns(table: str) -> dict[str, bool]:
    """Column → may be NULL, of a table found by the office's search path."""
    with p.connect("in_office") as c:
        return dict(
            c.execute(
                "SELECT attname, NOT attnotnull FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
                [table],
            ).fetchall()
        )


def test_there_are_models():
    assert len(MODELS) > 15


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_wall_a_model_equals_its_table(model):
    found = columns(model._meta.db_table)
    assert found, "no such table on the office's path"
    for field in model._meta.concrete_fields:
        assert field.column in found, f"{field.name} is no column"
        if field.column not in SILENT:
            assert field.null == found[field.column], f"{field.name}: NULL differs"
