-- What a recomputation found for whoever shares a birth date and has had no dose; sex NULL: the programme does not ask it.
CREATE UNLOGGED TABLE records.births_in (
    dob date NOT NULL, sex text, dose smallint NOT NULL, from_on date NOT NULL, until_on date NOT NULL,
    products text[] NOT NULL, after_previous boolean NOT NULL, opens_at timestamptz
);
