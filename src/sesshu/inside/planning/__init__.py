"""planning 計画: what is given, where, with what."""
