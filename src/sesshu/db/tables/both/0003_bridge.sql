-- bridge 連携: messages to the other building, written in the transaction that they tell of; numbered by the courier.
CREATE SCHEMA IF NOT EXISTS bridge;
CREATE TABLE bridge.outbox (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    type    text NOT NULL,
    version smallint NOT NULL DEFAULT 1,
    body    jsonb NOT NULL,
    rows    text,                       -- COPY text lines of a bulk message
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    number  bigint                      -- given by the courier, without gaps
);
CREATE INDEX outbox_waiting ON bridge.outbox (xid, id) WHERE number IS NULL;
CREATE UNIQUE INDEX outbox_number ON bridge.outbox (number) WHERE number IS NOT NULL;
CREATE TABLE bridge.inbox (
    epoch      int NOT NULL,
    number     bigint NOT NULL,
    type       text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    result     text NOT NULL DEFAULT 'done',
    PRIMARY KEY (epoch, number)
);
CREATE TABLE bridge.stream (
    direction   text PRIMARY KEY CHECK (direction IN ('out', 'in')),
    epoch       int NOT NULL DEFAULT 1,
    last_number bigint NOT NULL DEFAULT 0,   -- out: last packed; in: last applied
    acked       bigint NOT NULL DEFAULT 0,   -- out: last number the other side has applied
    heard_at    timestamptz,
    state       text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'stopped')),
    reason      text NOT NULL DEFAULT ''
);
INSERT INTO bridge.stream (direction) VALUES ('out'), ('in');
CREATE TABLE bridge.alarm (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    code       text NOT NULL,
    detail     text NOT NULL DEFAULT '',     -- file name, numbers; never a value
    cleared_at timestamptz,
    cleared_by text
);
