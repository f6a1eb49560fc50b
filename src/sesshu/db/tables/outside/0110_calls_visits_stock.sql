-- calls 応対: what a call-centre operator did for a caller.  No name, no address; the wish is in the slip, sealed.
CREATE SCHEMA IF NOT EXISTS calls;
CREATE TABLE calls.case (
    id         uuid PRIMARY KEY,
    number     bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    operator   text NOT NULL CHECK (operator ~ '^[A-Za-z0-9._-]{1,40}$'),
    opened_at  timestamptz NOT NULL,
    closed_at  timestamptz,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    subject_id uuid REFERENCES booking.subject ON DELETE SET NULL,
    matched_at timestamptz,
    until_at   timestamptz,                          -- a match ends 20 minutes later
    tries      smallint NOT NULL DEFAULT 0,
    booking_id bigint,
    outcome    text NOT NULL DEFAULT '' CHECK (outcome ~ '^[a-z_]{0,30}$')     -- a word of a list; free text is in slips only
);
CREATE INDEX case_operator ON calls.case (operator, opened_at);
CREATE UNIQUE INDEX case_one_open ON calls.case (operator) WHERE state = 'open';
CREATE INDEX case_subject ON calls.case (subject_id) WHERE subject_id IS NOT NULL;
CREATE TABLE calls.slip (                            -- 引継票: sealed to the inside's key in the desk's process
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request    uuid NOT NULL UNIQUE,
    case_id    uuid NOT NULL REFERENCES calls.case,
    ciphertext bytea,                                -- gone when the inside has said that it has it
    made_at    timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'received', 'gone'))    -- gone: the sent message, too, is empty
);
CREATE INDEX slip_case ON calls.slip (case_id);
CREATE INDEX slip_received ON calls.slip (number) WHERE state = 'received';
-- stock 在庫
CREATE SCHEMA IF NOT EXISTS stock;
CREATE TABLE stock.lot (
    id         int PRIMARY KEY,
    product    text NOT NULL,
    lot_no     text NOT NULL,
    expires_on date NOT NULL,
    state      text NOT NULL DEFAULT 'usable' CHECK (state IN ('usable', 'recalled', 'used_up'))
);
CREATE TABLE stock.venue_lot (
    venue_id  int NOT NULL,
    lot_id    int NOT NULL REFERENCES stock.lot,
    delivered int NOT NULL DEFAULT 0 CHECK (delivered >= 0),
    given     int NOT NULL DEFAULT 0 CHECK (given >= 0),
    wasted    int NOT NULL DEFAULT 0 CHECK (wasted >= 0),
    PRIMARY KEY (venue_id, lot_id),
    CHECK (given + wasted <= delivered)
);
CREATE TABLE stock.delivery (id bigint PRIMARY KEY, venue_id int NOT NULL, lot_id int NOT NULL, doses int NOT NULL);
-- visits 来場
CREATE SCHEMA IF NOT EXISTS visits;
CREATE TABLE visits.visit (
    id            uuid PRIMARY KEY,
    request       uuid NOT NULL UNIQUE,
    venue_id      int NOT NULL,
    programme     text NOT NULL,
    on_date       date NOT NULL,
    queue_no      int NOT NULL,                      -- 整理番号, from 1 each day and venue
    subject_id    uuid NOT NULL,
    booking_id    bigint NOT NULL,
    dose          smallint NOT NULL,
    product       text NOT NULL,
    state         text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'go', 'no_go', 'given', 'cancelled')),
    received_at   timestamptz NOT NULL,
    received_by   text NOT NULL CHECK (received_by ~ '^[A-Za-z0-9._-]{1,40}$'),
    prechecked_at timestamptz,
    prechecked_by text CHECK (prechecked_by ~ '^[A-Za-z0-9._-]{1,40}$'),
    reason        text NOT NULL DEFAULT ''           -- 予診のみ
                  CHECK (reason IN ('', 'fever', 'illness', 'allergy', 'interval', 'declined', 'other')),
    given_at      timestamptz,
    UNIQUE (venue_id, on_date, queue_no)
);
CREATE UNIQUE INDEX visit_one_open ON visits.visit (booking_id) WHERE state <> 'cancelled';
CREATE INDEX visit_subject ON visits.visit (subject_id);
CREATE TABLE visits.counter (venue_id int, on_date date, last_no int NOT NULL, PRIMARY KEY (venue_id, on_date));
CREATE TABLE visits.last_reading (                   -- the same reading twice in a row must be confirmed (H-01)
    venue_id int, by text, act bytea NOT NULL, PRIMARY KEY (venue_id, by)
);
CREATE TABLE visits.step (                           -- requests already done, answered alike for ever
    request uuid PRIMARY KEY, visit_id uuid NOT NULL, what text NOT NULL, answer text NOT NULL
);
CREATE INDEX step_visit ON visits.step (visit_id);
CREATE TABLE visits.dose (                           -- 接種記録(会場)
    id         uuid PRIMARY KEY,
    visit_id   uuid NOT NULL UNIQUE REFERENCES visits.visit ON UPDATE CASCADE,
    subject_id uuid NOT NULL,
    programme  text NOT NULL,
    dose       smallint NOT NULL,
    product    text NOT NULL,
    lot_id     int NOT NULL REFERENCES stock.lot,
    given_at   timestamptz NOT NULL,
    entered_at timestamptz NOT NULL,
    by         text NOT NULL CHECK (by ~ '^[A-Za-z0-9._-]{1,40}$'),
    site       text NOT NULL DEFAULT 'left_arm' CHECK (site IN ('left_arm', 'right_arm', 'left_thigh', 'right_thigh')),
    late       boolean NOT NULL DEFAULT false        -- entered from paper afterwards
);
CREATE INDEX dose_subject ON visits.dose (subject_id, programme, dose);
-- members 従事者: enrolment codes (hashed) that came, so that one that was used is never taken for a new one.
CREATE SCHEMA IF NOT EXISTS members;
CREATE TABLE members.invitation (zone text, code text, enrol_hash text, PRIMARY KEY (zone, code, enrol_hash));
