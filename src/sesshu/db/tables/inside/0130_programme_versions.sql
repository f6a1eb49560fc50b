-- 接種事業の版: a draft becomes approved by two people and takes effect by itself on its day.
ALTER TABLE planning.programme_version
    ADD COLUMN state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'approved', 'withdrawn')),
    ADD COLUMN first_by text, ADD COLUMN first_at timestamptz, ADD COLUMN second_by text, ADD COLUMN second_at timestamptz,
    ADD COLUMN in_force_at timestamptz,           -- since when it crossed and everybody was recomputed by it
    ADD COLUMN ended_at timestamptz, ADD COLUMN ended_by text,
    ADD COLUMN look jsonb,                        -- 試算: counts by the dry run, never persons
    ADD COLUMN takes bigint[] NOT NULL DEFAULT '{}', -- 影響のある予約: bookings whose entitlement it takes
    ADD COLUMN golden jsonb;                      -- 見本の住民の答え, as two people signed them
UPDATE planning.programme_version SET state = 'approved', in_force_at = loaded_at;
CREATE UNIQUE INDEX programme_version_one_draft ON planning.programme_version (programme) WHERE state = 'draft';
