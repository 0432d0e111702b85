//! Parts: where an export's rows of one collection are, and small ones themselves, sealed.

use app::model::{CollectionName, RequestId, SystemId};
use serde_json::{Value as Json, json};

use super::{Db, StoreError, Tx, over_list};
use crate::params;

/// Where an export's rows of one collection are.
#[derive(Debug, Clone)]
pub struct PartRow {
    pub system: SystemId,
    pub collection: CollectionName,
    pub part: String,
    /// What it is, if it is too small for a file.
    pub sealed: Option<Vec<u8>>,
}

/// A part that is too small for a file, to be written down.
#[derive(Debug, Clone, Copy)]
pub struct SmallPart<'a> {
    pub name: &'a str,
    pub sealed: &'a [u8],
}

impl Tx {
    /// Writes small parts of a request down.
    pub async fn parts_insert(
        &mut self,
        request: &RequestId,
        parts: &[SmallPart<'_>],
    ) -> Result<(), StoreError> {
        let sql = over_list!(
            self.dialect(),
            "INSERT INTO part (request_id, name, sealed)
             SELECT $2, list.value ->> 'name',
                substr($3, CAST(list.value ->> 'from' AS INTEGER), CAST(list.value ->> 'bytes' AS INTEGER))
             FROM",
            ""
        );
        let (mut list, mut all) = (Vec::new(), Vec::new());
        for part in parts {
            let (from, bytes) = (all.len() + 1, part.sealed.len());
            list.push(json!({ "name": part.name, "from": from, "bytes": bytes }));
            all.extend_from_slice(part.sealed);
        }
        let list = Json::Array(list).to_string();
        self.run(sql, params![list, request.as_str(), all]).await?;
        Ok(())
    }

    /// Throws the small parts of a request away.
    pub async fn parts_delete(&mut self, request: &RequestId) -> Result<(), StoreError> {
        let sql = "DELETE FROM part WHERE request_id = $1";
        self.run(sql, params![request.as_str()]).await?;
        Ok(())
    }
}

impl Db {
    /// The parts of a finished export, in inventory order.
    pub async fn parts_of_request(&self, id: &RequestId) -> Result<Vec<PartRow>, StoreError> {
        let rows = self
            .all(
                "SELECT task.system_id, task.collection, task.part, part.sealed FROM task
                 LEFT JOIN part ON part.request_id = task.request_id AND part.name = task.part
                 WHERE task.request_id = $1 AND operation = 'export' AND state = 'done' AND task.part IS NOT NULL
                 ORDER BY position, task.id",
                params![id.as_str()],
            )
            .await?;
        let parts = rows.iter().map(|row| {
            Ok(PartRow {
                system: row.parsed("system_id", "task.system_id", |t| t.parse().ok())?,
                collection: row.parsed("collection", "task.collection", |t| t.parse().ok())?,
                part: row.text("part")?,
                sealed: row.maybe_blob("sealed")?,
            })
        });
        parts.collect()
    }

    /// The requests that have small parts.
    pub async fn requests_with_parts(&self) -> Result<Vec<RequestId>, StoreError> {
        let rows = self
            .all("SELECT DISTINCT request_id FROM part", &[])
            .await?;
        let requests = rows.iter();
        requests
            .map(|row| row.parsed("request_id", "part.request_id", |t| t.parse().ok()))
            .collect()
    }
}
