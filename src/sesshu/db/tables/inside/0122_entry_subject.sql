-- The disclosure list asks by pseudonym inside only; outside, the index would cost every booking.
CREATE INDEX entry_subject ON audit.entry (subject) WHERE subject IS NOT NULL;
