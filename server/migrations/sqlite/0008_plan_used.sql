-- A plan is carried out once: the root of the set that was made of it.
ALTER TABLE plan ADD COLUMN root_id TEXT;
