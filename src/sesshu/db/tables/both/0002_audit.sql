-- audit 監査: who did what, when and why; names of fields, never a value.  Append-only by trigger.
CREATE SCHEMA IF NOT EXISTS audit;
CREATE TABLE audit.entry (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    shown_at  timestamptz NOT NULL,               -- by the (test) clock, as people saw it
    xid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
    actor     text NOT NULL,                      -- account code, 'public', 'worker', 'bridge'
    zone      text NOT NULL,                      -- from the login, not from a parameter
    act       text NOT NULL,                      -- the name in trust/access/matrix.py
    purpose   text NOT NULL DEFAULT '',
    case_ref  text NOT NULL DEFAULT '',           -- case, visit, draft or slip number
    subject   uuid,                               -- pseudonym (outside and inside)
    resident  bigint,                             -- inside only
    result    text NOT NULL DEFAULT 'done',       -- done, or a refusal code
    fields    text[] NOT NULL DEFAULT '{}',       -- names of what was seen or changed
    request   uuid
);
CREATE INDEX entry_resident ON audit.entry (resident) WHERE resident IS NOT NULL;
CREATE TABLE audit.shipped (                      -- how far pages have gone to the inside
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    upto    xid8 NOT NULL DEFAULT '0'             -- rows of transactions below this one are on their way
);
INSERT INTO audit.shipped DEFAULT VALUES;
CREATE INDEX entry_verify ON audit.entry (id) WHERE act = 'trail.verify';
CREATE INDEX entry_xid ON audit.entry (xid, id);
CREATE TABLE audit.checkpoint (                   -- 検証点: a signed statement about all entries of the transactions of a stretch
    number    bigint PRIMARY KEY CHECK (number > 0),
    made_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    statement text NOT NULL,                      -- JSON, exactly as signed: trust/audit/verifier.py says what stands in it
    signature bytea NOT NULL                      -- Ed25519 of this building
);
