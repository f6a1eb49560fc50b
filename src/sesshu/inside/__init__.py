"""The inside (庁内): the register, the ledger; who the residents are."""
