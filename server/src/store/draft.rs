//! Databases that are being connected. All that was typed is sealed.

use app::model::{DraftId, Millis};

use super::{Db, Row, StoreError, Tx};
use crate::params;

/// A draft as stored.
#[derive(Debug, Clone)]
pub struct DraftRow {
    pub id: DraftId,
    pub sealed: Vec<u8>,
    /// Raised by every change.
    pub version: i64,
    pub changed_at: Millis,
}

impl Tx {
    /// Writes a draft down: a new one as version 1, another only over the version before it. False: it was changed or thrown away
    /// meanwhile.
    pub async fn draft_put(&mut self, draft: &DraftRow) -> Result<bool, StoreError> {
        let sql = if draft.version == 1 {
            "INSERT INTO system_draft (id, sealed, version, changed_at) VALUES ($1, $2, $3, $4)"
        } else {
            "UPDATE system_draft SET sealed = $2, version = $3, changed_at = $4
             WHERE id = $1 AND version = $3 - 1"
        };
        let values = params![
            draft.id.as_str(),
            draft.sealed.clone(),
            draft.version,
            draft.changed_at
        ];
        Ok(self.run(sql, values).await? == 1)
    }

    /// Throws a draft away. False: it is not there.
    pub async fn draft_delete(&mut self, id: &DraftId) -> Result<bool, StoreError> {
        let sql = "DELETE FROM system_draft WHERE id = $1";
        Ok(self.run(sql, params![id.as_str()]).await? == 1)
    }

    /// Throws away the drafts that nobody changed since.
    pub async fn drafts_forget(&mut self, before: Millis) -> Result<(), StoreError> {
        let sql = "DELETE FROM system_draft WHERE changed_at < $1";
        self.run(sql, params![before]).await.map(drop)
    }
}

impl Db {
    /// The draft of that id.
    pub async fn draft(&self, id: &DraftId) -> Result<Option<DraftRow>, StoreError> {
        let sql = "SELECT id, sealed, version, changed_at FROM system_draft WHERE id = $1";
        let rows = self.all(sql, params![id.as_str()]).await?;
        rows.first().map(draft).transpose()
    }

    /// All drafts, the one that was changed last first.
    pub async fn drafts(&self) -> Result<Vec<DraftRow>, StoreError> {
        let sql =
            "SELECT id, sealed, version, changed_at FROM system_draft ORDER BY changed_at DESC, id";
        self.all(sql, &[]).await?.iter().map(draft).collect()
    }
}

fn draft(row: &Row) -> Result<DraftRow, StoreError> {
    Ok(DraftRow {
        id: row.parsed("id", "system_draft.id", |t| t.parse().ok())?,
        sealed: row.blob("sealed")?,
        version: row.int("version")?,
        changed_at: row.int("changed_at")?,
    })
}
