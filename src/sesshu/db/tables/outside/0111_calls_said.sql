-- calls.said 照合の回答: what a request of the desk was answered, so that a doubled click costs no second try.
CREATE TABLE calls.said (
    request    uuid PRIMARY KEY,
    case_id    uuid NOT NULL REFERENCES calls.case ON DELETE CASCADE,
    answer     text NOT NULL,
    tries_left smallint NOT NULL
);
CREATE INDEX said_case ON calls.said (case_id);
