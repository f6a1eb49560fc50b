-- base: time, and what was installed.
CREATE SCHEMA IF NOT EXISTS base;
CREATE SCHEMA IF NOT EXISTS api;

CREATE TABLE base.installed (          -- each table file, once
    file       text PRIMARY KEY,
    sha256     bytea NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE base.setting (            -- facts of this database that functions ask for
    name  text PRIMARY KEY,
    value text NOT NULL
);
CREATE TABLE base.test_clock (         -- one row; read only where the setting test_clock is on
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    shift interval NOT NULL DEFAULT '0'
);
INSERT INTO base.test_clock DEFAULT VALUES;
CREATE TABLE base.lifecycle (          -- the same tables as the rules.py files, loaded at install
    name      text NOT NULL,
    old_state text NOT NULL,
    new_state text NOT NULL,
    PRIMARY KEY (name, old_state, new_state)
);
