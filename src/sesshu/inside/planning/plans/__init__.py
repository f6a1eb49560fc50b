"""plans 計画ファイル: one file that opens halls for a whole season."""
