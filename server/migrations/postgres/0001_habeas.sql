-- The first schema. Same tables, columns and names as sqlite/0001_habeas.sql.
-- Instants are milliseconds UTC. Columns named *_sealed hold ciphertext: secret.rs, bound to table, column and row.

CREATE TABLE staff (
    id         TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Tokens are kept as SHA-256 only: a stolen table is not a login.
CREATE TABLE sign_in_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE TABLE session (
    token_hash TEXT NOT NULL PRIMARY KEY,
    staff_id   TEXT NOT NULL REFERENCES staff (id),
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE client (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE TABLE access_token (
    token_hash TEXT NOT NULL PRIMARY KEY,
    client_id  TEXT NOT NULL REFERENCES client (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX access_token_of ON access_token (client_id);

CREATE TABLE system (
    id          TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    spec_sealed BYTEA NOT NULL,
    paused      BIGINT NOT NULL DEFAULT 0,
    created_at  BIGINT NOT NULL
);

CREATE TABLE search (
    id                TEXT NOT NULL PRIMARY KEY,
    actor             TEXT NOT NULL,
    kind              TEXT NOT NULL,
    identifier_sealed BYTEA NOT NULL,
    started_at        BIGINT NOT NULL,
    version           BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE lane (
    search_id       TEXT NOT NULL REFERENCES search (id),
    system_id       TEXT NOT NULL,
    state           TEXT NOT NULL,
    took            BIGINT,
    subjects_sealed BYTEA,
    changed_at      BIGINT NOT NULL,
    PRIMARY KEY (search_id, system_id)
);

CREATE TABLE plan (
    id          TEXT NOT NULL PRIMARY KEY,
    actor       TEXT NOT NULL,
    plan_sealed BYTEA NOT NULL,
    hash        TEXT NOT NULL,
    made_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);

-- One right for one subject. root_id is the canonical member's request: its row counts the set's events.
CREATE TABLE request (
    id            TEXT NOT NULL PRIMARY KEY,
    root_id       TEXT NOT NULL REFERENCES request (id),
    position      BIGINT NOT NULL,
    rights        TEXT NOT NULL,
    state         TEXT NOT NULL,
    -- On the root: the state of the whole set.
    set_state     TEXT NOT NULL,
    subject       TEXT NOT NULL,
    subject_kind  TEXT NOT NULL,
    target_sealed BYTEA NOT NULL,
    reason_sealed BYTEA NOT NULL,
    actor         TEXT NOT NULL,
    actor_name    TEXT NOT NULL,
    plan_hash     TEXT NOT NULL,
    retry_of      TEXT REFERENCES request (id),
    retried_by    TEXT REFERENCES request (id),
    open_tasks    BIGINT NOT NULL,
    failed_tasks  BIGINT NOT NULL DEFAULT 0,
    exceptions    BIGINT NOT NULL DEFAULT 0,
    last_event    BIGINT NOT NULL DEFAULT 0,
    created_at    BIGINT NOT NULL,
    ended_at      BIGINT,
    in_flight     BIGINT NOT NULL DEFAULT 1
);
-- The duplicate rule: one of a kind in flight.
CREATE UNIQUE INDEX request_in_flight ON request (rights, subject) WHERE in_flight = 1;
-- What an erasure has to forget of her elsewhere.
CREATE INDEX request_of_subject ON request (subject);
CREATE UNIQUE INDEX request_of_root ON request (root_id, position);
-- What lists walk through, newest first: ids follow time.
CREATE INDEX request_roots ON request (id) WHERE position = 0;
CREATE INDEX request_states ON request (set_state, id) WHERE position = 0;

CREATE TABLE task (
    id           TEXT NOT NULL PRIMARY KEY,
    request_id   TEXT NOT NULL REFERENCES request (id),
    root_id      TEXT NOT NULL REFERENCES request (id),
    system_id    TEXT NOT NULL,
    collection   TEXT NOT NULL,
    operation    TEXT NOT NULL,
    repeat_class TEXT NOT NULL,
    state        TEXT NOT NULL,
    after_id     TEXT REFERENCES task (id),
    attempt      BIGINT NOT NULL DEFAULT 0,
    max_attempts BIGINT NOT NULL,
    owner        TEXT,
    lease_until  BIGINT,
    run_at       BIGINT NOT NULL,
    planned      BIGINT,
    row_count    BIGINT,
    kept_count   BIGINT,
    code         TEXT,
    part         TEXT,
    position     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    started_at   BIGINT,
    ended_at     BIGINT
);
CREATE INDEX task_of_request ON task (request_id, position);
CREATE INDEX task_of_root ON task (root_id, position);
CREATE INDEX task_after ON task (after_id) WHERE after_id IS NOT NULL;
-- What a claim looks for: due, oldest first.
CREATE INDEX task_due ON task (system_id, run_at, id) WHERE state IN ('ready', 'waiting') AND after_id IS NULL;
CREATE INDEX task_leased ON task (lease_until) WHERE state = 'running';
CREATE INDEX task_open_of_system ON task (system_id) WHERE state IN ('ready', 'running', 'waiting');

CREATE TABLE coverage (
    request_id TEXT NOT NULL REFERENCES request (id),
    system_id  TEXT NOT NULL,
    state      TEXT NOT NULL,
    PRIMARY KEY (request_id, system_id)
);

CREATE TABLE event (
    root_id    TEXT NOT NULL REFERENCES request (id),
    seq        BIGINT NOT NULL,
    request_id TEXT NOT NULL REFERENCES request (id),
    at         BIGINT NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (root_id, seq)
);

CREATE TABLE package (
    request_id TEXT NOT NULL PRIMARY KEY REFERENCES request (id),
    file       TEXT NOT NULL,
    bytes      BIGINT NOT NULL,
    sha256     TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Hash chains: one per set of requests, and 'habeas' for everything else. Free of personal data.
CREATE TABLE evidence (
    chain  TEXT NOT NULL,
    seq    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    body   TEXT NOT NULL,
    hash   TEXT NOT NULL,
    PRIMARY KEY (chain, seq)
);

CREATE TABLE evidence_head (
    chain TEXT NOT NULL PRIMARY KEY,
    seq   BIGINT NOT NULL,
    hash  TEXT NOT NULL
);

-- Our own directory: the external contacts of the API. Documents are sealed; contact_key finds them by keyed hashes.
CREATE TABLE contact (
    id           TEXT NOT NULL PRIMARY KEY,
    canonical_id TEXT REFERENCES contact (id),
    body_sealed  BYTEA NOT NULL,
    created_at   BIGINT NOT NULL,
    modified_at  BIGINT NOT NULL
);
CREATE INDEX contact_members ON contact (canonical_id) WHERE canonical_id IS NOT NULL;

CREATE TABLE contact_key (
    kind       TEXT NOT NULL,
    key_hash   TEXT NOT NULL,
    contact_id TEXT NOT NULL REFERENCES contact (id),
    PRIMARY KEY (kind, key_hash, contact_id)
);
CREATE INDEX contact_key_of ON contact_key (contact_id);
