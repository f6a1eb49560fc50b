-- arrive 到着: what a message of the inside does here.  Bulk rows land in the _in tables first.
CREATE SCHEMA IF NOT EXISTS arrive;
CREATE UNLOGGED TABLE arrive.subject_rows_in (id uuid, programme text, act bytea, try bytea, ask_full bytea, ask_lot bytea, ask_former bytea, form_version smallint);
CREATE UNLOGGED TABLE arrive.entitlement_rows_in (subject_id uuid, dose smallint, from_on date, until_on date, products text[], after_previous boolean);
CREATE UNLOGGED TABLE arrive.interval_rows_in (programme text, dose smallint, previous_product text, previous_on date, from_on date, until_on date, products text[]);
