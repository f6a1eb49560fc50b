-- tickets 接種券: which number stands for whom.
CREATE SCHEMA tickets;
CREATE TABLE tickets.ticket (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number      char(10) NOT NULL UNIQUE,
    try         bytea NOT NULL,               -- keyed hash of the number alone: names it in number.dead, and a tripwire that was hit
    resident_id bigint NOT NULL REFERENCES register.resident,
    programme   text NOT NULL REFERENCES planning.programme,
    state       text NOT NULL DEFAULT 'issued' CHECK (state IN ('issued', 'void')),
    issued_at   timestamptz NOT NULL,
    issued_by   text NOT NULL,
    void_at     timestamptz,
    void_reason text NOT NULL DEFAULT '',
    replaces    bigint UNIQUE REFERENCES tickets.ticket,
    CHECK ((state = 'void') = (void_at IS NOT NULL) AND (state = 'void') = (void_reason <> ''))
);
CREATE UNIQUE INDEX ticket_one_live ON tickets.ticket (resident_id, programme) WHERE state = 'issued';
CREATE INDEX ticket_try ON tickets.ticket (try);

-- records 接種記録: what was given to whom, what is due, who crosses.
CREATE SCHEMA records;
CREATE TABLE records.entitlement (
    resident_id bigint NOT NULL REFERENCES register.resident,
    programme text NOT NULL, dose smallint NOT NULL, from_on date NOT NULL, until_on date NOT NULL,
    products text[] NOT NULL, after_previous boolean NOT NULL,
    opens_at timestamptz,                         -- 受付の開始: crosses from this moment on; NULL: at once
    PRIMARY KEY (resident_id, programme, dose), CHECK (from_on <= until_on)
);
CREATE UNLOGGED TABLE records.entitlement_in (    -- what a recomputation found, before it is compared
    resident_id bigint NOT NULL, dose smallint NOT NULL, from_on date NOT NULL, until_on date NOT NULL,
    products text[] NOT NULL, after_previous boolean NOT NULL, opens_at timestamptz
);
CREATE TABLE records.opening (                    -- moments at which entitlements begin to cross
    programme text NOT NULL, opens_at timestamptz NOT NULL, done_at timestamptz, PRIMARY KEY (programme, opens_at)
);
CREATE TABLE records.subject (
    id          uuid PRIMARY KEY,
    resident_id bigint NOT NULL REFERENCES register.resident,
    programme   text NOT NULL,
    dob_key     char(8) NOT NULL,                 -- with which birth date it was last sent
    sent_digest bytea,                            -- over everything last sent; NULL: withdrawn, or nothing sent yet
    sent_at     timestamptz,
    UNIQUE (resident_id, programme)
);
CREATE INDEX subject_dob ON records.subject (programme, dob_key) WHERE sent_digest IS NOT NULL;
CREATE UNLOGGED TABLE records.subject_in (        -- what is being sent, before it is noted
    id uuid NOT NULL, resident_id bigint NOT NULL, dob_key char(8) NOT NULL, sent_digest bytea NOT NULL
);
CREATE TABLE records.dirty (                      -- residents to be looked at again, by name
    resident_id bigint NOT NULL, programme text NOT NULL, since timestamptz NOT NULL DEFAULT clock_timestamp(),
    recompute boolean NOT NULL DEFAULT true,      -- false: entitlements are right, only what crosses is to be compared
    PRIMARY KEY (resident_id, programme)
);
CREATE INDEX dirty_since ON records.dirty (programme, since);
CREATE TABLE records.nightly (                    -- the last night in which everybody was recomputed and compared
    programme text PRIMARY KEY, done_on date NOT NULL
);
CREATE TABLE records.booking (                    -- what the outside told: by pseudonym
    id bigint PRIMARY KEY, subject_id uuid NOT NULL, programme text NOT NULL, dose smallint NOT NULL, slot_id bigint NOT NULL,
    channel text NOT NULL, state text NOT NULL, made_at timestamptz NOT NULL, ended_at timestamptz
);
CREATE INDEX booking_subject ON records.booking (subject_id);
CREATE TABLE records.visit (
    id uuid PRIMARY KEY, subject_id uuid NOT NULL, booking_id bigint, received_at timestamptz, outcome text NOT NULL DEFAULT '', reason text NOT NULL DEFAULT '',
    prechecked_at timestamptz
);
CREATE INDEX visit_subject ON records.visit (subject_id);
CREATE TABLE records.record (                     -- 予防接種台帳: only grows; a correction is a new row, the old stays marked
    id          uuid PRIMARY KEY,
    resident_id bigint REFERENCES register.resident,   -- NULL: not attributed
    subject_id  uuid,                                  -- only where not attributed: the pseudonym as it came
    programme text NOT NULL, dose smallint NOT NULL, product text NOT NULL,
    lot_id int, lot_no text NOT NULL, venue_id int, place text NOT NULL DEFAULT '',
    given_on date NOT NULL, given_at timestamptz, entered_at timestamptz NOT NULL, arrived_at timestamptz NOT NULL,
    by text NOT NULL, site text NOT NULL DEFAULT '',
    source text NOT NULL CHECK (source IN ('hall', 'clinic', 'state', 'office', 'file')),
    state text NOT NULL DEFAULT 'valid' CHECK (state IN ('valid', 'corrected', 'unattributed')),
    replaces uuid REFERENCES records.record, reason text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX record_one_valid ON records.record (resident_id, programme, dose) WHERE state = 'valid' AND resident_id IS NOT NULL;
CREATE INDEX record_lot ON records.record (lot_id);
CREATE TABLE records.certificate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number text NOT NULL UNIQUE, resident_id bigint NOT NULL REFERENCES register.resident,
    made_at timestamptz NOT NULL, made_by text NOT NULL, sha256 bytea NOT NULL
);

-- accountability 説明責任
CREATE SCHEMA accountability;
CREATE TABLE accountability.trail (               -- the outside's audit entries, as they came
    id bigint PRIMARY KEY, at timestamptz NOT NULL, shown_at timestamptz NOT NULL, actor text NOT NULL, zone text NOT NULL, act text NOT NULL,
    purpose text NOT NULL, case_ref text NOT NULL, subject uuid, result text NOT NULL, fields text[] NOT NULL, request uuid
);
CREATE INDEX trail_subject ON accountability.trail (subject) WHERE subject IS NOT NULL;
CREATE TABLE accountability.slip (                -- 引継票
    number bigint PRIMARY KEY, case_number bigint NOT NULL, subject_id uuid, operator text NOT NULL, ciphertext bytea NOT NULL,
    made_at timestamptz NOT NULL, arrived_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'taken', 'done', 'handed')),
    taken_by text, taken_at timestamptz, done_at timestamptz, outcome text NOT NULL DEFAULT ''
);
CREATE TABLE accountability.tripwire (            -- a dead number was tried
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, zone text NOT NULL, try bytea NOT NULL, arrived_at timestamptz NOT NULL
);
CREATE TABLE accountability.answer (              -- what the outside refused
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, type text NOT NULL, code text NOT NULL, ids jsonb NOT NULL, seen_at timestamptz
);

-- trust: acts that need two people
CREATE SCHEMA trust;
CREATE TABLE trust.approval (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, act text NOT NULL, target text NOT NULL,
    first_by text NOT NULL, first_at timestamptz NOT NULL, second_by text, second_at timestamptz
);
CREATE INDEX approval_target ON trust.approval (act, target);

-- sealed: entered by its own zone only; everybody else may only put into the letterbox.
CREATE SCHEMA sealed;
CREATE TABLE sealed.letterbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resident_id bigint NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('whereabouts', 'history', 'record', 'booking', 'subject', 'slip', 'tripwire')),
    ciphertext  bytea NOT NULL,
    change_mark bytea,
    put_at      timestamptz NOT NULL
);
CREATE INDEX letterbox_resident ON sealed.letterbox (resident_id, put_at);
CREATE TABLE sealed.opening (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resident_id bigint NOT NULL, asked_by text NOT NULL, asked_at timestamptz NOT NULL, reason text NOT NULL,
    seconded_by text, seconded_at timestamptz, seen_at timestamptz
);
CREATE TABLE sealed.handover (                    -- 引継: an inquiry about a protected person that the office handed over
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, resident_id bigint NOT NULL, by text NOT NULL, at timestamptz NOT NULL,
    slip bigint, done_by text, done_at timestamptz
);
