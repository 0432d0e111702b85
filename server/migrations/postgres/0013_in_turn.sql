-- When each slot of calls to a system was last used: how servers keep its rate budget together. The rows are updated all the time.
CREATE TABLE call_slot (
    system_id  TEXT NOT NULL,
    slot       BIGINT NOT NULL,
    -- The budget that it is one of.
    per_second BIGINT NOT NULL,
    -- The last moment at which its calls may have left.
    used_until BIGINT NOT NULL,
    -- The server that took it last, and how many waited there for the next.
    taken_by   TEXT,
    behind     BIGINT NOT NULL,
    PRIMARY KEY (system_id, slot)
) WITH (fillfactor = 50);
