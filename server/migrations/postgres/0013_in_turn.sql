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

-- Who is next at a system: cases take turns, so that a small one does not wait for all of a large one before it. A task has a turn while
-- it could be claimed; one that is tried again later has none until then.
ALTER TABLE task ADD COLUMN turn BIGINT;
DROP INDEX task_due;
CREATE INDEX task_in_turn ON task (system_id, turn, root_id, id)
    WHERE turn IS NOT NULL AND state IN ('ready', 'waiting') AND after_id IS NULL;
CREATE INDEX task_turn_of_root ON task (system_id, root_id, turn)
    WHERE turn IS NOT NULL AND state IN ('ready', 'waiting') AND after_id IS NULL;
CREATE INDEX task_due ON task (system_id, run_at, id)
    WHERE turn IS NULL AND state IN ('ready', 'waiting') AND after_id IS NULL;
