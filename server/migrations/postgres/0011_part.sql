-- Parts of an export that are too small for a file of their own, sealed: until the package is made of them.
CREATE TABLE part (
    request_id TEXT NOT NULL REFERENCES request (id),
    name       TEXT NOT NULL,
    sealed     BYTEA NOT NULL,
    PRIMARY KEY (request_id, name)
);
