-- arrive 到着: what a message of the outside does here.
CREATE SCHEMA IF NOT EXISTS arrive;
