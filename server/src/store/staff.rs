//! Members of the privacy staff and the one-time links by which they sign in.

use app::model::Millis;

use super::{Db, StoreError, Tx};
use crate::params;

/// A member of the privacy staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    pub id: String,
    pub name: String,
}

/// The first member of that name, by time of making.
pub async fn staff_by_name(tx: &mut Tx, name: &str) -> Result<Option<Staff>, StoreError> {
    let row = tx
        .one(
            "SELECT id, name FROM staff WHERE name = $1 ORDER BY created_at, id LIMIT 1",
            params![name],
        )
        .await?;
    row.map(|row| {
        Ok(Staff {
            id: row.text("id")?,
            name: row.text("name")?,
        })
    })
    .transpose()
}

/// Adds a member.
pub async fn staff_add(tx: &mut Tx, staff: &Staff, now: Millis) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO staff (id, name, created_at) VALUES ($1, $2, $3)",
        params![&staff.id, &staff.name, now],
    )
    .await
    .map(|_| ())
}

/// Adds a one-time link for a member; of its token only the hash is kept. Links that ended unused are swept away.
pub async fn sign_in_link_add(
    tx: &mut Tx,
    token_hash: &str,
    staff_id: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM sign_in_link WHERE used_at IS NULL AND expires_at <= $1",
        params![now],
    )
    .await?;
    tx.run(
        "INSERT INTO sign_in_link (token_hash, staff_id, expires_at) VALUES ($1, $2, $3)",
        params![token_hash, staff_id, expires_at],
    )
    .await
    .map(|_| ())
}

/// Whether a link can be used now: a read, so that guesses don't wait for the one who writes.
pub async fn sign_in_link_is_good(
    db: &Db,
    token_hash: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let row = db
        .one(
            "SELECT 1 AS one FROM sign_in_link WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
            params![token_hash, now],
        )
        .await?;
    Ok(row.is_some())
}

/// Uses a link up; gives whom it signs in. `None` if it never existed, has expired or was used: who asks is not told which.
pub async fn sign_in_link_use(
    tx: &mut Tx,
    token_hash: &str,
    now: Millis,
) -> Result<Option<Staff>, StoreError> {
    let used = tx
        .run(
            "UPDATE sign_in_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2",
            params![token_hash, now],
        )
        .await?;
    // Of two that come at the same time, one changes the row and the other none.
    if used != 1 {
        return Ok(None);
    }
    let row = tx
        .one(
            "SELECT s.id AS id, s.name AS name FROM staff s JOIN sign_in_link l ON l.staff_id = s.id WHERE l.token_hash = $1",
            params![token_hash],
        )
        .await?;
    row.map(|row| {
        Ok(Staff {
            id: row.text("id")?,
            name: row.text("name")?,
        })
    })
    .transpose()
}

/// Whether anybody has ever signed in.
pub async fn sign_in_link_any_used(db: &Db) -> Result<bool, StoreError> {
    let row = db
        .one(
            "SELECT 1 AS one FROM sign_in_link WHERE used_at IS NOT NULL LIMIT 1",
            &[],
        )
        .await?;
    Ok(row.is_some())
}
