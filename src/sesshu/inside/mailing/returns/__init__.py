"""returns 返戻: mail that came back, why, and what is done next."""
