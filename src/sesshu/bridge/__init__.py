"""The bridge (連携): signed, encrypted, numbered, counted packets; the only way from one building to the other."""
