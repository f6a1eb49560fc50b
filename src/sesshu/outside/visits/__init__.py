"""Visits 来場: check-in, pre-check, dose."""
