-- How systems were: their checks, counted by the hour, so that a system that comes and goes takes no more room than one that stays. `hour` is when it began.
CREATE TABLE health (
    system_id    TEXT NOT NULL,
    hour         BIGINT NOT NULL,
    checks       BIGINT NOT NULL,
    failed       BIGINT NOT NULL,
    slowest      BIGINT NOT NULL,
    last_up_at   BIGINT,
    last_down_at BIGINT,
    -- Why the last that failed did.
    code         TEXT,
    PRIMARY KEY (system_id, hour)
);
-- When a system's tasks last ended well, and when not.
CREATE INDEX task_ended ON task (system_id, state, ended_at) WHERE ended_at IS NOT NULL;
