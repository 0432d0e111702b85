-- Databases that are being connected: what was typed and drafted so far, sealed because it holds credentials.
CREATE TABLE system_draft (
    id         TEXT PRIMARY KEY,
    sealed     BYTEA NOT NULL,
    -- Raised by every change: what was changed meanwhile is not overwritten.
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
-- A password that was typed in a browser; and when the description was last changed, for servers that run.
ALTER TABLE system ADD COLUMN password_sealed BYTEA;
ALTER TABLE system ADD COLUMN described_at BIGINT NOT NULL DEFAULT 0;
