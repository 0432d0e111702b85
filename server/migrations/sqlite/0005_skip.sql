-- What a person decided not to have done, of what failed: one row per decision. The tasks say which they are: state 'skipped'.
CREATE TABLE skip (
    root_id       TEXT NOT NULL REFERENCES request (id),
    -- The number of the first event that tells of it.
    seq           INTEGER NOT NULL,
    request_id    TEXT NOT NULL REFERENCES request (id),
    system_id     TEXT NOT NULL,
    ground        TEXT NOT NULL,
    reason_sealed BLOB NOT NULL,
    actor         TEXT NOT NULL,
    actor_name    TEXT NOT NULL,
    at            INTEGER NOT NULL,
    PRIMARY KEY (root_id, seq)
) STRICT;
