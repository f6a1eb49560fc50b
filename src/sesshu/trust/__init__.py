"""Trust: who may (access) and who did (audit)."""
