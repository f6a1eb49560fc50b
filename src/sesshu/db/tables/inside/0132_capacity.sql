-- 枠数の変更: what two people decided about the places of sessions; reached as places become free, never below what is booked.
CREATE TABLE planning.capacity_change (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sessions   int[] NOT NULL CHECK (cardinality(sessions) BETWEEN 1 AND 500),
    web        smallint NOT NULL CHECK (web BETWEEN 0 AND 1000),       -- of each slot
    phone      smallint NOT NULL CHECK (phone BETWEEN 0 AND 1000),
    section    smallint NOT NULL CHECK (section BETWEEN 0 AND 1000),
    closes     boolean NOT NULL,                                       -- 中止: nobody may book there any more
    state      text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'approved', 'done', 'withdrawn')),
    made_at    timestamptz NOT NULL, made_by text NOT NULL,
    first_by   text, first_at timestamptz, second_by text, second_at timestamptz,
    done_at    timestamptz
);
CREATE TABLE planning.slot_wish (                 -- places that a slot is to have, while more are booked
    slot_id    bigint PRIMARY KEY REFERENCES planning.slot,
    change_id  bigint NOT NULL REFERENCES planning.capacity_change,
    web        smallint NOT NULL, phone smallint NOT NULL, section smallint NOT NULL,
    sent_at    timestamptz, sent_message bigint  -- when the outside was last told, and by which message
);
CREATE INDEX slot_wish_change ON planning.slot_wish (change_id);
-- 連絡一覧: people with a booking that will not hold, until somebody has found them another place.
CREATE TABLE records.to_call (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    booking_id  bigint NOT NULL,
    resident_id bigint NOT NULL REFERENCES register.resident,
    why         text NOT NULL CHECK (why IN ('rule', 'capacity')),
    ref         bigint NOT NULL,                  -- the version or the change
    put_at      timestamptz NOT NULL,
    done_at     timestamptz, done_by text, outcome text NOT NULL DEFAULT '',
    UNIQUE (booking_id, why, ref)
);
CREATE INDEX to_call_open ON records.to_call (put_at, id) WHERE done_at IS NULL;
