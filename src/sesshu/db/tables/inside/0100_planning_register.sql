-- planning 計画: what, where, with what.
CREATE SCHEMA planning;
CREATE TABLE planning.programme (
    code  text PRIMARY KEY,
    title text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed'))
);
CREATE TABLE planning.programme_version (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme  text NOT NULL REFERENCES planning.programme,
    number     int NOT NULL,
    document   jsonb NOT NULL,
    valid_from date NOT NULL,
    author     text NOT NULL,
    checker    text NOT NULL DEFAULT '',
    loaded_at  timestamptz NOT NULL,
    UNIQUE (programme, number)
);
CREATE TABLE planning.venue (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE, kana text NOT NULL DEFAULT '', address text NOT NULL DEFAULT '', access text NOT NULL DEFAULT '',
    step_free boolean NOT NULL DEFAULT false, state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed'))
);
CREATE TABLE planning.session (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    venue_id int NOT NULL REFERENCES planning.venue, programme text NOT NULL REFERENCES planning.programme, product text NOT NULL,
    on_date date NOT NULL, opens_at time NOT NULL, closes_at time NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    UNIQUE (venue_id, programme, on_date, opens_at)
);
CREATE TABLE planning.slot (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id int NOT NULL REFERENCES planning.session, at time NOT NULL,
    cap_web smallint NOT NULL CHECK (cap_web >= 0), cap_phone smallint NOT NULL CHECK (cap_phone >= 0),
    cap_section smallint NOT NULL DEFAULT 0 CHECK (cap_section >= 0),
    UNIQUE (session_id, at)
);
CREATE TABLE planning.lot (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product text NOT NULL, lot_no text NOT NULL, expires_on date NOT NULL,
    state text NOT NULL DEFAULT 'usable' CHECK (state IN ('usable', 'recalled', 'used_up')),
    UNIQUE (product, lot_no)
);
CREATE TABLE planning.delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    venue_id int NOT NULL REFERENCES planning.venue, lot_id int NOT NULL REFERENCES planning.lot, doses int NOT NULL CHECK (doses > 0),
    on_date date NOT NULL
);

-- register 住民記録: who lives here.  Of a protected resident the whereabouts are NULL here; they are ciphertext in the letterbox.
CREATE SCHEMA register;
CREATE TABLE register.resident (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference_no   text NOT NULL UNIQUE,      -- 宛名番号
    household_no   text, relation text,       -- 世帯番号, 続柄: inside only (Q15)
    name           text NOT NULL, kana text NOT NULL DEFAULT '', latin text NOT NULL DEFAULT '', common_name text NOT NULL DEFAULT '',
    dob_text       text NOT NULL,             -- as the register has it
    dob_key        char(8) NOT NULL,          -- YYYYMMDD, 00 where unknown
    dob            date,                      -- only where the day is known
    sex            text NOT NULL DEFAULT '',
    postcode       text, town text, banchi text, building text, phone text,
    resident_from  date, event text, event_on date,
    status         text NOT NULL CHECK (status IN ('present', 'left', 'dead', 'removed')),
    is_foreign     boolean NOT NULL DEFAULT false,
    protected      boolean NOT NULL DEFAULT false,
    protected_at   timestamptz,
    digest         bytea NOT NULL,            -- over all fields of the file's line, to find what changed
    gone_at        timestamptz,               -- absent since from the full extract
    last_import    bigint,                    -- the import that last changed something
    CHECK (NOT protected OR num_nonnulls(household_no, relation, postcode, town, banchi, building, phone, resident_from, event) = 0)
);
CREATE INDEX resident_kana ON register.resident (kana, dob_key);   -- the databases are made with collation C
CREATE INDEX resident_dob ON register.resident (dob_key);
CREATE TABLE register.import_ (              -- 取込: one extract file, its counts, who accepted it
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256      bytea NOT NULL,
    as_of       date NOT NULL,                -- day of the extract
    is_full     boolean NOT NULL,             -- all residents: who is not in it is gone; false: changes only
    staged_at   timestamptz NOT NULL,
    staged_by   text NOT NULL,
    state       text NOT NULL DEFAULT 'staged' CHECK (state IN ('staged', 'accepted', 'withdrawn')),
    held        text[] NOT NULL DEFAULT '{}', -- codes of the reasons for which it waits for an officer's decision
    counts      jsonb NOT NULL DEFAULT '{}',  -- numbers, never persons
    first_by    text, first_at timestamptz, second_by text, second_at timestamptz,
    ended_at    timestamptz, ended_by text
);
CREATE TABLE register.import_refusal (        -- a line that was not taken: where and why, never the value
    import_id bigint NOT NULL REFERENCES register.import_ ON DELETE CASCADE,
    line int NOT NULL, column_name text NOT NULL, rule text NOT NULL, PRIMARY KEY (import_id, line)
);
CREATE TABLE register.import_gaiji (
    import_id bigint NOT NULL REFERENCES register.import_ ON DELETE CASCADE,
    code_point text NOT NULL, n int NOT NULL, is_new boolean NOT NULL DEFAULT false, PRIMARY KEY (import_id, code_point)
);
CREATE TABLE register.import_birth_year (     -- G-03: present residents by fiscal year of birth, beside the last accepted import
    import_id bigint NOT NULL REFERENCES register.import_ ON DELETE CASCADE,
    fiscal_year int NOT NULL, n int NOT NULL, before int NOT NULL DEFAULT 0, PRIMARY KEY (import_id, fiscal_year)
);
-- The lines of imports that wait; emptied at accept and withdraw.  Whereabouts of a flagged line are ciphertext before they reach it.
CREATE UNLOGGED TABLE register.staging (       -- lines that are new or differ from the last accepted file
    import_id bigint NOT NULL, line int NOT NULL, reference_no text NOT NULL,
    household_no text, relation text, name text NOT NULL, kana text NOT NULL, latin text NOT NULL, common_name text NOT NULL,
    dob_text text NOT NULL, dob_key char(8) NOT NULL, sex text NOT NULL,
    postcode text, town text, banchi text, building text, phone text, resident_from_text text, resident_from date, event text,
    event_on_text text NOT NULL, event_on date, status_text text NOT NULL, status text NOT NULL, is_foreign boolean NOT NULL,
    protected boolean NOT NULL, digest bytea NOT NULL,
    sealed bytea, change_mark bytea, address_mark bytea   -- all or none: whereabouts as ciphertext, and how they are compared
);
CREATE UNLOGGED TABLE register.staging_same (  -- whose line is the one last accepted
    import_id bigint NOT NULL, reference_no text NOT NULL
);
CREATE UNLOGGED TABLE register.staging_refused (   -- whose lines were not taken: they stay as they are and are not gone
    import_id bigint NOT NULL, line int NOT NULL, reference_no text NOT NULL,
    protected boolean                         -- what the line said; NULL: could not be read
);
CREATE TABLE register.history (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resident_id bigint NOT NULL REFERENCES register.resident,
    until_at    timestamptz NOT NULL,
    import_id   bigint,
    changed     text[] NOT NULL,                  -- names of fields
    old         jsonb NOT NULL                    -- the old values; emptied when the person becomes protected
);
CREATE INDEX history_resident ON register.history (resident_id, until_at);
CREATE TABLE register.former_address (            -- what a caller may still say, 30 days after a move
    resident_id bigint PRIMARY KEY REFERENCES register.resident,
    town text NOT NULL, banchi text NOT NULL, building text NOT NULL, until_on date NOT NULL
);
CREATE TABLE register.protection (                -- 支援措置の経過: begins and ends by dated acts; a list never ends one (P-13)
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resident_id bigint NOT NULL REFERENCES register.resident,
    began_at    timestamptz NOT NULL, began_by text NOT NULL, source text NOT NULL,
    release_asked_at timestamptz,                 -- a file came without the flag: the section is told, the wall stays
    ended_at    timestamptz, ended_by text, ended_second text, decision text
);
CREATE UNIQUE INDEX protection_open ON register.protection (resident_id) WHERE ended_at IS NULL;
