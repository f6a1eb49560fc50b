"""batches 発送単位: who gets a letter, from the question to the day the last piece is accounted for."""
