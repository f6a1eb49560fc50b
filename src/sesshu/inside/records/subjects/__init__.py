"""subjects 対象者: who crosses the bridge, with which keyed hashes."""
