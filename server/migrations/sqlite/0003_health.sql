-- How systems were: their checks, counted by the hour, so that a system that comes and goes takes no more room than one that stays. `hour` is when it began.
CREATE TABLE health (
    system_id    TEXT NOT NULL,
    hour         INTEGER NOT NULL,
    checks       INTEGER NOT NULL,
    failed       INTEGER NOT NULL,
    slowest      INTEGER NOT NULL,
    last_up_at   INTEGER,
    last_down_at INTEGER,
    -- Why the last that failed did.
    code         TEXT,
    PRIMARY KEY (system_id, hour)
) STRICT;
-- When a system's tasks last ended well, and when not.
CREATE INDEX task_ended ON task (system_id, state, ended_at) WHERE ended_at IS NOT NULL;
