"""Audit 監査: writing entries beside the change they tell of, and asking them."""
