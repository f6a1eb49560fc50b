"""The rules as readable tables; printed as chapters of docs/spec by ``make spec``."""
