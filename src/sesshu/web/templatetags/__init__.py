"""Template tags of all zones."""
