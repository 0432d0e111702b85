-- When the person got her answer: what a list of what ended this week walks through.
ALTER TABLE request ADD COLUMN answered_at BIGINT;
UPDATE request SET answered_at =
        (SELECT MAX(member.ended_at) FROM request AS member WHERE member.root_id = request.root_id)
    WHERE position = 0 AND answered = 1 AND set_state <> 'partially_failed';
-- A page of any filter and order is read by one of these, however many requests there are.
DROP INDEX request_states;
CREATE INDEX request_states ON request (set_state, created_at, id) WHERE position = 0;
CREATE INDEX request_rights ON request (rights, created_at, id) WHERE position = 0;
CREATE INDEX request_rights_states ON request (rights, set_state, created_at, id) WHERE position = 0;
CREATE INDEX request_open ON request (answered, created_at, id, due_at, set_state, rights)
    WHERE position = 0 AND answered = 0;
CREATE INDEX request_due ON request (answered, due_at, id, set_state, rights)
    WHERE position = 0 AND answered = 0;
CREATE INDEX request_ended ON request (answered_at, id, set_state, rights)
    WHERE position = 0 AND answered_at IS NOT NULL;

-- A filter, an order and columns that a member of staff gave a name to. The name may hold anything, so it is sealed; the hash
-- makes it the only one of hers. What was deleted can be put back until the next is.
CREATE TABLE saved_view (
    id          TEXT NOT NULL PRIMARY KEY,
    staff_id    TEXT NOT NULL REFERENCES staff (id),
    name_sealed BYTEA NOT NULL,
    name_hash   TEXT NOT NULL,
    query       TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    deleted_at  BIGINT
);
CREATE UNIQUE INDEX saved_view_name ON saved_view (staff_id, name_hash);
