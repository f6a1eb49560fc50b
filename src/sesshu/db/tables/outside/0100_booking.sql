-- booking 予約: subjects without names, what they may book, places, bookings.
CREATE SCHEMA IF NOT EXISTS booking;
-- Closed lists are domains and not CHECKs: PostgreSQL reads the text of each CHECK of a table anew in every statement that writes,
-- a fifth of a booking; those of a domain it keeps.
CREATE DOMAIN booking.open_state AS text CHECK (VALUE IN ('open', 'closed'));
CREATE DOMAIN booking.share AS text CHECK (VALUE IN ('web', 'phone', 'section'));
CREATE DOMAIN booking.channel AS text CHECK (VALUE IN ('web', 'phone', 'hall', 'assigned'));
CREATE DOMAIN booking.booking_state AS text CHECK (VALUE IN ('active', 'cancelled', 'moved', 'fulfilled', 'examined'));
CREATE TABLE booking.programme (
    code        text PRIMARY KEY,
    title       text NOT NULL,
    doses       smallint NOT NULL CHECK (doses BETWEEN 1 AND 9),
    season_from date NOT NULL,
    season_until date NOT NULL,
    phone       text NOT NULL DEFAULT '',
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed'))
);
-- One per resident and programme.  A random id and keyed hashes; nothing here leads to a person without the keys.
CREATE TABLE booking.subject (
    id           uuid PRIMARY KEY,
    programme    text NOT NULL,
    act          bytea NOT NULL,      -- ticket number and birth date
    try          bytea NOT NULL,      -- ticket number alone: budgets, locks, tripwires
    ask_full     bytea,               -- address to the room, and birth date
    ask_lot      bytea,               -- address to the lot; only where it is unique
    ask_former   bytea,               -- former address, 30 days after a move
    form_version smallint NOT NULL
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX subject_act ON booking.subject (act);
CREATE INDEX subject_ask_full ON booking.subject (ask_full) WHERE ask_full IS NOT NULL;
CREATE INDEX subject_ask_lot ON booking.subject (ask_lot) WHERE ask_lot IS NOT NULL;
CREATE INDEX subject_ask_former ON booking.subject (ask_former) WHERE ask_former IS NOT NULL;
CREATE TABLE booking.entitlement (
    subject_id     uuid NOT NULL REFERENCES booking.subject ON DELETE CASCADE,
    dose           smallint NOT NULL,
    from_on        date NOT NULL,     -- both days inclusive; the day of the slot counts
    until_on       date NOT NULL,
    products       text[] NOT NULL,
    after_previous boolean NOT NULL DEFAULT false,   -- the interval table is asked as well
    PRIMARY KEY (subject_id, dose),
    CHECK (from_on <= until_on)
);
CREATE TABLE booking.interval_row (
    programme        text NOT NULL,
    dose             smallint NOT NULL,
    previous_product text NOT NULL,
    previous_on      date NOT NULL,
    from_on          date NOT NULL,
    until_on         date NOT NULL,
    products         text[] NOT NULL,
    PRIMARY KEY (programme, dose, previous_product, previous_on)
);
CREATE TABLE booking.dead_number (    -- 無効な番号, of all reasons alike: nobody can tell one from the other
    try     bytea PRIMARY KEY,
    dead_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE booking.venue (
    id        int PRIMARY KEY,
    name      text NOT NULL,
    kana      text NOT NULL DEFAULT '',
    address   text NOT NULL DEFAULT '',
    access    text NOT NULL DEFAULT '',
    step_free boolean NOT NULL DEFAULT false,
    state     text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed'))
);
CREATE TABLE booking.session (
    id        int PRIMARY KEY,
    venue_id  int NOT NULL REFERENCES booking.venue,
    programme text NOT NULL,
    product   text NOT NULL,
    on_date   date NOT NULL,
    opens_at  time NOT NULL,
    closes_at time NOT NULL,
    state     text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed'))
);
-- One row per slot with a counter per share; the plan owns capacity, the outside owns what is taken.
CREATE TABLE booking.slot (
    id            bigint PRIMARY KEY,
    session_id    int NOT NULL REFERENCES booking.session,
    venue_id      int NOT NULL,
    programme     text NOT NULL,
    product       text NOT NULL,
    on_date       date NOT NULL,
    at            time NOT NULL,
    cap_web       smallint NOT NULL,
    cap_phone     smallint NOT NULL,
    cap_section   smallint NOT NULL DEFAULT 0,
    taken_web     smallint NOT NULL DEFAULT 0,
    taken_phone   smallint NOT NULL DEFAULT 0,
    taken_section smallint NOT NULL DEFAULT 0,
    state         booking.open_state NOT NULL DEFAULT 'open',
    offered       boolean NOT NULL DEFAULT true,     -- session, venue and programme are open; kept by the arrivals
    CHECK (taken_web BETWEEN 0 AND cap_web AND taken_phone BETWEEN 0 AND cap_phone AND taken_section BETWEEN 0 AND cap_section)
) WITH (fillfactor = 50);
CREATE INDEX slot_day ON booking.slot (programme, venue_id, on_date);
CREATE INDEX slot_session ON booking.slot (session_id);
CREATE TABLE booking.booking (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request    uuid NOT NULL,
    nth        smallint NOT NULL DEFAULT 1,          -- 2: the second of a pair made by one request
    subject_id uuid NOT NULL,
    programme  text NOT NULL,
    dose       smallint NOT NULL,
    slot_id    bigint NOT NULL,
    on_date    date NOT NULL,
    product    text NOT NULL,
    share      booking.share NOT NULL,
    channel    booking.channel NOT NULL,
    receipt    bytea NOT NULL,                       -- hash of the receipt code; the code itself is nowhere
    state      booking.booking_state NOT NULL DEFAULT 'active',
    made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at   timestamptz,
    ended_by   uuid,                                 -- the request that ended it: a pair ends and revives together
    UNIQUE (request, nth)
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX booking_one_active ON booking.booking (subject_id, dose) WHERE state IN ('active', 'fulfilled');
CREATE INDEX booking_receipt ON booking.booking (subject_id, receipt);      -- a code proves nothing without its subject
CREATE TABLE booking.ending (                        -- 取消・変更の受付: requests that ended a booking, answered alike for ever
    request    uuid PRIMARY KEY,
    booking_id bigint NOT NULL,
    what       text NOT NULL CHECK (what IN ('cancel', 'undo', 'move')),
    answer     text NOT NULL
);
CREATE INDEX ending_booking ON booking.ending (booking_id);
CREATE TABLE booking.release (                       -- places on their way back, at a random moment
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id bigint NOT NULL,
    slot_id    bigint NOT NULL,
    share      text NOT NULL,
    due_at     timestamptz NOT NULL
);
CREATE INDEX release_due ON booking.release (due_at);
CREATE INDEX release_booking ON booking.release (booking_id);
CREATE TABLE booking.draft (                         -- 入力途中: a visitor's half-filled form; its random id is all a browser has
    id         uuid PRIMARY KEY,
    subject_id uuid REFERENCES booking.subject ON DELETE SET NULL,
    booking_id bigint,                               -- set where a receipt code proved it
    made_at    timestamptz NOT NULL,
    until_at   timestamptz NOT NULL,
    by         text CHECK (by ~ '^[A-Za-z0-9._-]{1,40}$')    -- the member who typed for a visitor of a hall
);
CREATE INDEX draft_subject ON booking.draft (subject_id) WHERE subject_id IS NOT NULL;
CREATE TABLE booking.attempt (                       -- 照合の記録: one row for each look-up, counted for whatever number was typed
    xid     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id      bigint GENERATED ALWAYS AS IDENTITY,
    at      timestamptz NOT NULL,
    zone    text NOT NULL,
    try     bytea NOT NULL,
    network bytea,
    ok      boolean NOT NULL,
    PRIMARY KEY (xid, id)                            -- the watch reads by transaction, so that a slow one is not stepped over
);
CREATE INDEX attempt_try ON booking.attempt (try, at) WHERE NOT ok;
CREATE INDEX attempt_opened ON booking.attempt (try, at) WHERE ok AND zone = 'desk';
CREATE INDEX attempt_network ON booking.attempt (network, at) WHERE NOT ok AND network IS NOT NULL;
CREATE TABLE booking.watched (                       -- how far the tripwire watch has read
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    upto xid8 NOT NULL DEFAULT '0'                   -- attempts of transactions below this one were looked at
);
INSERT INTO booking.watched DEFAULT VALUES;
CREATE TABLE booking.withdrawn (                     -- pseudonyms that left; kept until no sent message names them
    subject_id uuid PRIMARY KEY,
    at         timestamptz NOT NULL
);
