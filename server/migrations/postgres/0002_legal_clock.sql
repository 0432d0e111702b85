-- By when a set must have been answered, and whether it has been. What was there before gets 30 days: never later than a month.
ALTER TABLE request ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE request ADD COLUMN answered BIGINT NOT NULL DEFAULT 0;
UPDATE request SET due_at = created_at + 2592000000;
UPDATE request SET answered = 1
    WHERE set_state IN ('completed', 'completed_with_exceptions', 'refused', 'withdrawn')
        OR root_id IN (SELECT root_id FROM request WHERE retried_by IS NOT NULL);
-- What today's page counts and lists: only what is still open.
CREATE INDEX request_unanswered ON request (answered, id, due_at, set_state) WHERE position = 0;
