//! Sessions of signed-in staff. A row holds the hash of the token in the cookie, never the token.

use app::model::Millis;

use super::staff::Staff;
use super::{Db, StoreError, Tx};
use crate::params;

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub staff: Staff,
    /// When it was last used, to the minute.
    pub seen_at: Millis,
    /// When it ends, however much it is used.
    pub expires_at: Millis,
}

/// Begins a session. Sessions past their end are swept away.
pub async fn session_add(
    tx: &mut Tx,
    token_hash: &str,
    staff_id: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<(), StoreError> {
    tx.run("DELETE FROM session WHERE expires_at <= $1", params![now])
        .await?;
    tx.run(
        "INSERT INTO session (token_hash, staff_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)",
        params![token_hash, staff_id, now, expires_at],
    )
    .await
    .map(|_| ())
}

/// The session of a token, expired or not.
pub async fn session_get(db: &Db, token_hash: &str) -> Result<Option<Session>, StoreError> {
    let row = db
        .one(
            "SELECT s.id AS id, s.name AS name, n.seen_at AS seen_at, n.expires_at AS expires_at \
             FROM session n JOIN staff s ON s.id = n.staff_id WHERE n.token_hash = $1",
            params![token_hash],
        )
        .await?;
    row.map(|row| {
        Ok(Session {
            staff: Staff {
                id: row.text("id")?,
                name: row.text("name")?,
            },
            seen_at: row.int("seen_at")?,
            expires_at: row.int("expires_at")?,
        })
    })
    .transpose()
}

/// Notes that a session was used.
pub async fn session_seen(tx: &mut Tx, token_hash: &str, now: Millis) -> Result<(), StoreError> {
    tx.run(
        "UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2",
        params![token_hash, now],
    )
    .await
    .map(|_| ())
}

/// Ends a session; ending none is no error.
pub async fn session_delete(tx: &mut Tx, token_hash: &str) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM session WHERE token_hash = $1",
        params![token_hash],
    )
    .await
    .map(|_| ())
}
