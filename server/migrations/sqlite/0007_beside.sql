-- Several identifiers of one person are a search each, side by side: first_id is the search that the others stand beside. A search
-- that was taken away again stays as evidence of what was asked, and is not shown. What is kept is not thrown away after a week.
ALTER TABLE search ADD COLUMN first_id TEXT NOT NULL DEFAULT '';
ALTER TABLE search ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE search ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
UPDATE search SET first_id = id;
CREATE INDEX search_beside ON search (first_id, id);
CREATE INDEX search_of_actor ON search (actor, kept, id);
