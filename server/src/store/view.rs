//! Saved views of the list of requests: each belongs to one member of staff.

use app::model::{Millis, ViewId};

use super::{Db, Row, StoreError, Tx};
use crate::params;

/// A saved view as stored.
#[derive(Debug, Clone)]
pub struct ViewRow {
    pub id: ViewId,
    pub name_sealed: Vec<u8>,
    /// The same for the same name.
    pub name_hash: String,
    /// The query of the list's address.
    pub query: String,
    /// Since when it can only be put back.
    pub deleted_at: Option<Millis>,
}

impl Db {
    /// All of one member of staff, in the order in which they were saved; the deleted one among them.
    pub async fn views_of(&self, staff: &str) -> Result<Vec<ViewRow>, StoreError> {
        let rows = self
            .all(
                "SELECT id, name_sealed, name_hash, query, deleted_at FROM saved_view
                 WHERE staff_id = $1 ORDER BY id",
                params![staff],
            )
            .await?;
        rows.iter().map(view).collect()
    }
}

impl Tx {
    /// Writes a view down, unless there are that many already. False: there are.
    /// [`StoreError::is_unique_violation`]: there is one of that name.
    pub async fn view_insert(
        &mut self,
        staff: &str,
        view: &ViewRow,
        most: u32,
        now: Millis,
    ) -> Result<bool, StoreError> {
        self.views_forget_deleted(staff).await?;
        let inserted = self
            .run(
                "INSERT INTO saved_view (id, staff_id, name_sealed, name_hash, query, created_at)
                 SELECT $1, $2, $3, $4, $5, $6
                 WHERE (SELECT COUNT(*) FROM saved_view WHERE staff_id = $2) < $7",
                params![
                    view.id.as_str(),
                    staff,
                    view.name_sealed.clone(),
                    &view.name_hash,
                    &view.query,
                    now,
                    most,
                ],
            )
            .await?;
        Ok(inserted == 1)
    }

    /// Deletes a view so that it can be put back, and for good what was deleted before it. False: it is not there.
    pub async fn view_delete(
        &mut self,
        staff: &str,
        id: &ViewId,
        now: Millis,
    ) -> Result<bool, StoreError> {
        self.views_forget_deleted(staff).await?;
        let sql = "UPDATE saved_view SET deleted_at = $3 WHERE id = $2 AND staff_id = $1";
        let deleted = self.run(sql, params![staff, id.as_str(), now]).await?;
        Ok(deleted == 1)
    }

    /// Puts back what was deleted last. False: it is not there any more.
    pub async fn view_put_back(&mut self, staff: &str, id: &ViewId) -> Result<bool, StoreError> {
        let sql = "UPDATE saved_view SET deleted_at = NULL WHERE id = $2 AND staff_id = $1";
        Ok(self.run(sql, params![staff, id.as_str()]).await? == 1)
    }

    async fn views_forget_deleted(&mut self, staff: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM saved_view WHERE staff_id = $1 AND deleted_at IS NOT NULL";
        self.run(sql, params![staff]).await.map(drop)
    }
}

fn view(row: &Row) -> Result<ViewRow, StoreError> {
    Ok(ViewRow {
        id: row.parsed("id", "saved_view.id", |t| t.parse().ok())?,
        name_sealed: row.blob("name_sealed")?,
        name_hash: row.text("name_hash")?,
        query: row.text("query")?,
        deleted_at: row.maybe_int("deleted_at")?,
    })
}
