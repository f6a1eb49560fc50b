-- bridge 連携: messages to the other building, written in the transaction that they tell of; numbered by the courier.
CREATE SCHEMA IF NOT EXISTS bridge;
CREATE TABLE bridge.outbox (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    type    text NOT NULL,
    version smallint NOT NULL DEFAULT 1,
    body    jsonb NOT NULL,
    rows    text,                            -- COPY text lines of a bulk message
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    epoch   int,
    number  bigint                           -- given by the courier with the epoch, without gaps (no CHECK: it would cost every booking)
);
ALTER TABLE bridge.outbox ALTER COLUMN rows SET STORAGE EXTERNAL;   -- keyed hashes do not compress; trying costs seconds
CREATE INDEX outbox_waiting ON bridge.outbox (id) WHERE number IS NULL;
CREATE UNIQUE INDEX outbox_number ON bridge.outbox (epoch, number) WHERE number IS NOT NULL;
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
    last_number bigint NOT NULL DEFAULT 0,   -- out: last number given; in: last number applied
    written     bigint NOT NULL DEFAULT 0,   -- out: last number written into the folder
    acked       bigint NOT NULL DEFAULT 0,   -- out: last number the other side has applied
    before      bigint NOT NULL DEFAULT 0,   -- out: what the other side had applied when this epoch began
    heard_at    timestamptz,                 -- out: the other side's last sign of life
    asked_at    timestamptz,                 -- in: when numbers were asked for again and have not come
    answered    text NOT NULL DEFAULT '',    -- out: the other side's last such wish that was met
    state       text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'stopped')),
    reason      text NOT NULL DEFAULT ''     -- refusal code of a stop, or of what is waited for
);
INSERT INTO bridge.stream (direction) VALUES ('out'), ('in');
CREATE TABLE bridge.receipt (                -- 受領: when the other side had applied up to which number
    epoch       int NOT NULL,
    last_number bigint NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (epoch, last_number)
);
CREATE TABLE bridge.alarm (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    code       text NOT NULL,
    detail     text NOT NULL DEFAULT '',     -- file name, numbers; never a value
    cleared_at timestamptz,
    cleared_by text
);
