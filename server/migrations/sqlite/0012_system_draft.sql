-- Databases that are being connected: what was typed and drafted so far, sealed because it holds credentials.
CREATE TABLE system_draft (
    id         TEXT PRIMARY KEY,
    sealed     BLOB NOT NULL,
    -- Raised by every change: what was changed meanwhile is not overwritten.
    version    INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
-- A password that was typed in a browser; and when the description was last changed, for servers that run.
ALTER TABLE system ADD COLUMN password_sealed BLOB;
ALTER TABLE system ADD COLUMN described_at INTEGER NOT NULL DEFAULT 0;
