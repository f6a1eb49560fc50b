"""ledger 予防接種台帳: what was given to whom."""
