-- What staff confirmed of two records: that they are one person's, or that a link which a system declares does not hold.
-- Once she is erased, the columns that say who and why are emptied; handles are keyed hashes.
CREATE TABLE person_link (
    id                 TEXT NOT NULL PRIMARY KEY,
    kind               TEXT NOT NULL,
    subject            TEXT NOT NULL,
    other              TEXT NOT NULL,
    -- Both handles, the smaller first.
    pair               TEXT NOT NULL,
    keys_sealed        BYTEA,
    reason_sealed      BYTEA,
    actor              TEXT NOT NULL,
    actor_name         TEXT NOT NULL,
    made_at            BIGINT NOT NULL,
    undone_at          BIGINT,
    undone_by          TEXT,
    undo_reason_sealed BYTEA
);
-- Of two who confirm the same at once, the second learns of the first.
CREATE UNIQUE INDEX person_link_active ON person_link (kind, pair) WHERE undone_at IS NULL;
CREATE INDEX person_link_subject ON person_link (subject);
CREATE INDEX person_link_other ON person_link (other);
