"""Alarms 警報: what the bridge and the outside reported, and who looked after it."""
