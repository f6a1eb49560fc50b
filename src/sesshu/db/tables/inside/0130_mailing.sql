-- mailing 発送: what reaches the resident.  A piece is one envelope; its place in the batch is its code.
CREATE SCHEMA mailing;
CREATE TABLE mailing.printer (                    -- 印刷・封入の受託者: who may open the files
    id        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text NOT NULL UNIQUE,
    recipient text NOT NULL,                      -- age public key
    state     text NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'ended')),
    put_at    timestamptz NOT NULL, put_by text NOT NULL
);
CREATE TABLE mailing.watch_address (              -- 監視先の住所: the city's own, where letters to invented households arrive
    id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    postcode text NOT NULL, town text NOT NULL, banchi text NOT NULL, building text NOT NULL,
    state    text NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'ended')),
    UNIQUE (postcode, town, banchi, building)
);
CREATE TABLE mailing.batch (                      -- 発送単位
    id             int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title          text NOT NULL,
    programme      text NOT NULL REFERENCES planning.programme,
    dose           smallint NOT NULL CHECK (dose BETWEEN 1 AND 9),
    entitled_from  date NOT NULL, entitled_until date NOT NULL,
    cohort_from    int, cohort_until int,         -- fiscal years of birth
    never_mailed   boolean NOT NULL,
    printer_id     int NOT NULL REFERENCES mailing.printer,
    part_size      int NOT NULL CHECK (part_size BETWEEN 10 AND 10000),
    seeds          smallint NOT NULL CHECK (seeds BETWEEN 3 AND 10),        -- in each print file that can hold one
    measure_low    int, measure_high int,         -- window of the enclosure check, µm or mg; NULL: not measured
    state          text NOT NULL DEFAULT 'draft'
                   CHECK (state IN ('draft', 'built', 'sealed', 'released', 'posted', 'closed', 'withdrawn')),
    counts         jsonb NOT NULL,                -- by fiscal year of birth beside the population, as shown before building (G-03)
    made_at        timestamptz NOT NULL, made_by text NOT NULL,
    built_at       timestamptz, built_by text,
    sealed_at      timestamptz, sealed_by text,
    sheets_asked   timestamptz,                   -- the worker is to make the print files
    released_at    timestamptz, first_by text, second_by text,
    posted_at      timestamptz, posted_by text,
    closed_at      timestamptz, closed_by text,   -- or withdrawn
    asked_at       timestamptz,                   -- when exclusions were last asked
    CHECK (entitled_from <= entitled_until), CHECK (cohort_from <= cohort_until),
    CHECK ((measure_low IS NULL) = (measure_high IS NULL) AND measure_low <= measure_high)
);
CREATE TABLE mailing.part (                       -- 印刷ファイル
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id  int NOT NULL REFERENCES mailing.batch,
    number    smallint NOT NULL,
    reprint   boolean NOT NULL DEFAULT false,
    state     text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'passed', 'released')),
    pages     int, size bigint, sha256 bytea,     -- of the plain file
    sampled   int, read_back int,                 -- 見本の読取
    made_at   timestamptz,                        -- the moment for which its words were read from the register
    released_at timestamptz, released_sha256 bytea,         -- of the ciphertext that left
    UNIQUE (batch_id, number),
    CHECK (state = 'planned' OR (sha256 IS NOT NULL AND pages > 0 AND read_back = sampled AND sampled > 0))
);
CREATE TABLE mailing.seed (                       -- 架空世帯: nobody; unique to firm and job
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id   int NOT NULL REFERENCES mailing.batch,
    watch_id   int NOT NULL REFERENCES mailing.watch_address,
    number     char(10) NOT NULL UNIQUE,          -- a ticket number that was never issued
    try        bytea NOT NULL,
    name       text NOT NULL UNIQUE, kana text NOT NULL, dob_key char(8) NOT NULL,
    postcode   text NOT NULL, town text NOT NULL, banchi text NOT NULL, building text NOT NULL
);
CREATE INDEX seed_try ON mailing.seed (try);
CREATE TABLE mailing.piece (                      -- 封書
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id     int NOT NULL REFERENCES mailing.batch,
    serial       int NOT NULL CHECK (serial BETWEEN 1 AND 999999),          -- its place in the order of postcodes; half of its code
    part_id      bigint NOT NULL REFERENCES mailing.part,
    ticket_id    bigint REFERENCES tickets.ticket,                          -- both NULL: a seed, or its person became
    resident_id  bigint REFERENCES register.resident,                       -- protected and nothing here leads there
    seed_id      bigint REFERENCES mailing.seed,
    state        text NOT NULL DEFAULT 'planned'
                 CHECK (state IN ('planned', 'pulled', 'printed', 'posted', 'spoiled', 'returned')),
    replaces     bigint UNIQUE REFERENCES mailing.piece,                    -- the spoiled piece that this one is instead of
    pull_reason  text CHECK (pull_reason IN ('dead', 'moved', 'removed', 'void', 'changed', 'unprintable', 'other', 'withdrawn')),
    pull_asked_at timestamptz,
    spoil_reason text,
    printed_at   timestamptz,
    enclosed_at  timestamptz, box text, position int,
    ended_at     timestamptz, ended_by text,                                -- pulled, spoiled or posted
    UNIQUE (batch_id, serial),
    CHECK (seed_id IS NULL OR num_nonnulls(ticket_id, resident_id) = 0),
    CHECK ((ticket_id IS NULL) = (resident_id IS NULL)),
    CHECK (state <> 'pulled' OR pull_reason IS NOT NULL),
    CHECK (state NOT IN ('printed', 'posted', 'spoiled', 'returned') OR printed_at IS NOT NULL),
    CHECK ((state = 'spoiled') = (spoil_reason IS NOT NULL))
);
CREATE UNIQUE INDEX piece_one_live ON mailing.piece (batch_id, ticket_id) WHERE state IN ('planned', 'printed', 'posted');
CREATE INDEX piece_ticket ON mailing.piece (ticket_id);
CREATE INDEX piece_resident ON mailing.piece (resident_id);
CREATE INDEX piece_part ON mailing.piece (part_id, serial);
CREATE INDEX piece_to_pull ON mailing.piece (batch_id) WHERE state = 'printed' AND pull_asked_at IS NOT NULL;
CREATE TABLE mailing.withheld (                   -- 印字できなかった理由: for the officer's page
    piece_id bigint NOT NULL REFERENCES mailing.piece, field text NOT NULL, code_points int[] NOT NULL,
    PRIMARY KEY (piece_id, field, code_points)
);
CREATE TABLE mailing.scan_log (                   -- 読取記録: a file of the printer, or a box at the station
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id int NOT NULL REFERENCES mailing.batch,
    sha256   bytea, box text,                     -- one of the two
    lines    int NOT NULL DEFAULT 0,
    made_at  timestamptz NOT NULL, made_by text NOT NULL,
    CHECK (num_nonnulls(sha256, box) = 1)
);
CREATE UNIQUE INDEX scan_log_once ON mailing.scan_log (sha256);
CREATE UNIQUE INDEX scan_log_box ON mailing.scan_log (batch_id, box);
CREATE TABLE mailing.scan (                       -- 読取: one envelope, as read
    log_id bigint NOT NULL REFERENCES mailing.scan_log, line int NOT NULL,
    box text NOT NULL, position int NOT NULL, code text NOT NULL, insert_code text NOT NULL, measure int,
    serial int,                                   -- of a right envelope
    at timestamptz NOT NULL,
    PRIMARY KEY (log_id, line)
);
CREATE TABLE mailing.difference (                 -- 照合の差
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id   int NOT NULL REFERENCES mailing.batch,
    log_id     bigint NOT NULL REFERENCES mailing.scan_log,
    kind       text NOT NULL CHECK (kind IN ('missing', 'double', 'swapped', 'order', 'foreign', 'other_batch', 'window', 'pulled', 'dead')),
    piece_id   bigint REFERENCES mailing.piece,
    code       text NOT NULL, box text NOT NULL, position int, measure int,
    found_at   timestamptz NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved')),
    resolution text CHECK (resolution IN ('checked', 'reprinted', 'removed', 'found')),
    resolved_at timestamptz, resolved_by text,
    CHECK ((state = 'open') = (resolution IS NULL))
);
CREATE INDEX difference_open ON mailing.difference (batch_id) WHERE state = 'open';
CREATE INDEX difference_piece ON mailing.difference (piece_id) WHERE state = 'open';
CREATE TABLE mailing.return_ (                    -- 返戻
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    piece_id bigint NOT NULL UNIQUE REFERENCES mailing.piece,
    reason   text NOT NULL CHECK (reason IN ('unknown', 'moved', 'kept', 'refused', 'incomplete', 'other')),
    next     text NOT NULL,
    at       timestamptz NOT NULL, by text NOT NULL,
    done_at  timestamptz, done_by text
);
