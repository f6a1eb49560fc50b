-- 区画の棚: accounts and sessions of one staff zone; run once per zone, inside its own schema.
CREATE TABLE account (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code          text NOT NULL UNIQUE,              -- OP-117; no name of anybody
    display       text NOT NULL DEFAULT '',          -- what colleagues see: 担当 03
    role          text NOT NULL,
    state         text NOT NULL DEFAULT 'invited' CHECK (state IN ('invited', 'enabled', 'disabled')),
    password      text NOT NULL DEFAULT '',
    totp_secret   text NOT NULL DEFAULT '',          -- encrypted to the zone's key
    totp_last     bigint NOT NULL DEFAULT -1,        -- the last time step used: a code is good once
    enrol_hash    text NOT NULL DEFAULT '',
    enrol_until   timestamptz,
    failed        int NOT NULL DEFAULT 0,
    locked_until  timestamptz,
    venue_id      int,
    trained_until date,
    session_key   text NOT NULL DEFAULT '',          -- one seat
    seen_at       timestamptz
);
CREATE TABLE django_session (
    session_key  varchar(40) PRIMARY KEY,
    session_data text NOT NULL,
    expire_date  timestamptz NOT NULL
);
CREATE INDEX django_session_expire ON django_session (expire_date);
