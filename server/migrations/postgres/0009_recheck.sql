-- Looks that are taken after an erasure, one row per erased record: which one is next, what it searches for, and what the ones before
-- saw. due_at is NULL and sealed empty once the last one was taken, or she was found again.
CREATE TABLE recheck (
    request_id   TEXT NOT NULL PRIMARY KEY REFERENCES request (id),
    root_id      TEXT NOT NULL,
    erased_at    BIGINT NOT NULL,
    step         TEXT NOT NULL,
    due_at       BIGINT,
    attempt      BIGINT NOT NULL DEFAULT 0,
    leased_until BIGINT NOT NULL DEFAULT 0,
    sealed       BYTEA,
    looks        TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX recheck_due ON recheck (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX recheck_root ON recheck (root_id);
