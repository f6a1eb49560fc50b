"""entitlements 予約資格: what each resident may book, recomputed from facts; never a stored medical state."""
