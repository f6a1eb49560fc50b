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
    last_import    bigint,
    CHECK (NOT protected OR num_nonnulls(household_no, relation, postcode, town, banchi, building, phone, resident_from, event) = 0)
);
CREATE INDEX resident_kana ON register.resident (kana COLLATE "C", dob_key);
CREATE INDEX resident_dob ON register.resident (dob_key);
CREATE TABLE register.import_ (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256      bytea NOT NULL,
    as_of       date NOT NULL,
    staged_at   timestamptz NOT NULL,
    staged_by   text NOT NULL,
    state       text NOT NULL DEFAULT 'staged' CHECK (state IN ('staged', 'accepted', 'refused', 'withdrawn')),
    reason      text NOT NULL DEFAULT '',
    counts      jsonb NOT NULL DEFAULT '{}',
    first_by    text, first_at timestamptz, second_by text, second_at timestamptz,
    ended_at    timestamptz
);
CREATE TABLE register.import_refusal (
    import_id bigint NOT NULL REFERENCES register.import_ ON DELETE CASCADE,
    line int NOT NULL, column_name text NOT NULL, rule text NOT NULL
);
CREATE INDEX import_refusal_import ON register.import_refusal (import_id);
CREATE TABLE register.import_gaiji (
    import_id bigint NOT NULL REFERENCES register.import_ ON DELETE CASCADE,
    code_point text NOT NULL, n int NOT NULL, is_new boolean NOT NULL DEFAULT false, PRIMARY KEY (import_id, code_point)
);
CREATE TABLE register.import_birth_year (
    import_id bigint NOT NULL REFERENCES register.import_ ON DELETE CASCADE,
    fiscal_year int NOT NULL, n int NOT NULL, before int NOT NULL DEFAULT 0, PRIMARY KEY (import_id, fiscal_year)
);
-- One staging table, emptied at accept, refuse and withdraw.  Whereabouts of a flagged line are ciphertext before they reach it.
CREATE UNLOGGED TABLE register.staging (
    import_id bigint NOT NULL, line int NOT NULL, reference_no text NOT NULL,
    household_no text, relation text, name text NOT NULL, kana text NOT NULL, latin text NOT NULL, common_name text NOT NULL,
    dob_text text NOT NULL, dob_key char(8) NOT NULL, dob date, sex text NOT NULL,
    postcode text, town text, banchi text, building text, phone text, resident_from date, event text, event_on date,
    status text NOT NULL, is_foreign boolean NOT NULL, protected boolean NOT NULL, digest bytea NOT NULL,
    sealed bytea, change_mark bytea,
    resident_id bigint, what text                 -- filled by the comparison: new changed same
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
