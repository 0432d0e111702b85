-- When each slot of calls to a system was last used: how servers keep its rate budget together. Empty here: a server is alone on its file.
CREATE TABLE call_slot (
    system_id  TEXT NOT NULL,
    slot       INTEGER NOT NULL,
    per_second INTEGER NOT NULL,
    used_until INTEGER NOT NULL,
    taken_by   TEXT,
    behind     INTEGER NOT NULL,
    PRIMARY KEY (system_id, slot)
) STRICT;
