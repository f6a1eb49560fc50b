"""Every speed claim, each beside its baseline in one run."""
