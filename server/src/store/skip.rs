//! Decisions not to have done what failed.

use app::model::{Millis, RequestId, SkipGround, SystemId};

use super::{Db, StoreError, Tx};
use crate::params;

/// A decision as stored.
#[derive(Debug, Clone)]
pub struct SkipRow {
    pub root: RequestId,
    /// The number of the first event that tells of it.
    pub seq: i64,
    pub request: RequestId,
    pub system: SystemId,
    pub ground: SkipGround,
    pub reason_sealed: Vec<u8>,
    pub actor: String,
    pub actor_name: String,
    pub at: Millis,
}

impl Tx {
    /// Writes a decision down.
    pub async fn skip_insert(&mut self, new: &SkipRow) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO skip (root_id, seq, request_id, system_id, ground, reason_sealed, actor,
                actor_name, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            params![
                new.root.as_str(),
                new.seq,
                new.request.as_str(),
                new.system.as_str(),
                new.ground.as_str(),
                new.reason_sealed.clone(),
                &new.actor,
                &new.actor_name,
                new.at,
            ],
        )
        .await?;
        Ok(())
    }

    /// How many tasks of a request were skipped.
    pub async fn tasks_skipped(&mut self, request: &RequestId) -> Result<i64, StoreError> {
        let row = self
            .one(
                "SELECT COUNT(*) AS skipped FROM task WHERE request_id = $1 AND state = 'skipped'",
                params![request.as_str()],
            )
            .await?;
        row.map_or(Ok(0), |row| row.int("skipped"))
    }

    /// Whether a request has tasks of its last phase: verifying or packaging.
    pub async fn has_last_phase(&mut self, request: &RequestId) -> Result<bool, StoreError> {
        let row = self
            .one(
                "SELECT 1 AS there FROM task WHERE request_id = $1
                 AND operation IN ('verify', 'package') LIMIT 1",
                params![request.as_str()],
            )
            .await?;
        Ok(row.is_some())
    }
}

impl Db {
    /// The decisions of a set, oldest first.
    pub async fn skips_of_root(&self, root: &RequestId) -> Result<Vec<SkipRow>, StoreError> {
        let rows = self
            .all(
                "SELECT root_id, seq, request_id, system_id, ground, reason_sealed, actor,
                    actor_name, at
                 FROM skip WHERE root_id = $1 ORDER BY seq",
                params![root.as_str()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(SkipRow {
                    root: row.parsed("root_id", "skip.root_id", |t| t.parse().ok())?,
                    seq: row.int("seq")?,
                    request: row.parsed("request_id", "skip.request_id", |t| t.parse().ok())?,
                    system: row.parsed("system_id", "skip.system_id", |t| t.parse().ok())?,
                    ground: row.parsed("ground", "skip.ground", SkipGround::parse)?,
                    reason_sealed: row.blob("reason_sealed")?,
                    actor: row.text("actor")?,
                    actor_name: row.text("actor_name")?,
                    at: row.int("at")?,
                })
            })
            .collect()
    }

    /// What was skipped of an export, and on which ground: what its package says of it.
    pub async fn exports_skipped(
        &self,
        request: &RequestId,
    ) -> Result<Vec<(SystemId, app::model::CollectionName, SkipGround)>, StoreError> {
        let rows = self
            .all(
                "SELECT system_id, collection, code FROM task
                 WHERE request_id = $1 AND operation = 'export' AND state = 'skipped'",
                params![request.as_str()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.parsed("system_id", "task.system_id", |t| t.parse().ok())?,
                    row.parsed("collection", "task.collection", |t| t.parse().ok())?,
                    row.parsed("code", "task.code", SkipGround::parse)?,
                ))
            })
            .collect()
    }
}
