//! Searches and plans: what was asked and answered, sealed.

use app::model::{IdentifierKind, LaneState, Millis, PlanId, SearchId, SystemId};

use super::{Db, Row, StoreError, Tx};
use crate::params;

/// A search as stored.
#[derive(Debug, Clone)]
pub struct SearchRow {
    pub id: SearchId,
    pub actor: String,
    pub kind: IdentifierKind,
    pub identifier_sealed: Vec<u8>,
    pub started_at: Millis,
    pub version: i64,
}

/// One system's answer as stored.
#[derive(Debug, Clone)]
pub struct LaneRow {
    pub system: SystemId,
    pub state: LaneState,
    pub took: Option<u32>,
    pub subjects_sealed: Option<Vec<u8>>,
    /// When the system was asked for what the lane says.
    pub changed_at: Millis,
}

/// A plan as stored.
#[derive(Debug, Clone)]
pub struct PlanRow {
    pub id: PlanId,
    pub actor: String,
    pub plan_sealed: Vec<u8>,
    pub hash: String,
    pub made_at: Millis,
    pub expires_at: Millis,
}

impl Tx {
    pub async fn search_insert(&mut self, search: &SearchRow) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO search (id, actor, kind, identifier_sealed, started_at)
             VALUES ($1, $2, $3, $4, $5)",
            params![
                search.id.as_str(),
                &search.actor,
                search.kind.as_str(),
                search.identifier_sealed.clone(),
                search.started_at,
            ],
        )
        .await?;
        Ok(())
    }

    /// Writes a lane as it now stands, and raises the search's version. What was asked earlier does not overwrite what was asked
    /// later, whichever is answered first.
    pub async fn lane_put(&mut self, search: &SearchId, lane: &LaneRow) -> Result<(), StoreError> {
        let state = serde_json::to_string(&lane.state).map_err(|_| StoreError::Inconsistent {
            place: "lane.state",
        })?;
        self.run(
            "UPDATE search SET version = version + 1 WHERE id = $1",
            params![search.as_str()],
        )
        .await?;
        self.run(
            "INSERT INTO lane (search_id, system_id, state, took, subjects_sealed, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (search_id, system_id) DO UPDATE SET state = $3, took = $4,
                subjects_sealed = $5, changed_at = $6 WHERE lane.changed_at <= $6",
            params![
                search.as_str(),
                lane.system.as_str(),
                state,
                lane.took,
                lane.subjects_sealed.clone(),
                lane.changed_at,
            ],
        )
        .await?;
        Ok(())
    }

    pub async fn plan_insert(&mut self, plan: &PlanRow) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO plan (id, actor, plan_sealed, hash, made_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            params![
                plan.id.as_str(),
                &plan.actor,
                plan.plan_sealed.clone(),
                &plan.hash,
                plan.made_at,
                plan.expires_at,
            ],
        )
        .await?;
        Ok(())
    }
}

impl Db {
    pub async fn search_by_id(&self, id: &SearchId) -> Result<Option<SearchRow>, StoreError> {
        let row = self
            .one(
                "SELECT id, actor, kind, identifier_sealed, started_at, version FROM search
                 WHERE id = $1",
                params![id.as_str()],
            )
            .await?;
        row.map(|row| {
            Ok(SearchRow {
                id: row.parsed("id", "search.id", |t| t.parse().ok())?,
                actor: row.text("actor")?,
                kind: row.parsed("kind", "search.kind", IdentifierKind::parse)?,
                identifier_sealed: row.blob("identifier_sealed")?,
                started_at: row.int("started_at")?,
                version: row.int("version")?,
            })
        })
        .transpose()
    }

    /// The lanes of a search.
    pub async fn lanes_of_search(&self, id: &SearchId) -> Result<Vec<LaneRow>, StoreError> {
        let rows = self
            .all(
                "SELECT system_id, state, took, subjects_sealed, changed_at FROM lane
                 WHERE search_id = $1",
                params![id.as_str()],
            )
            .await?;
        rows.iter().map(lane).collect()
    }

    pub async fn plan_by_id(&self, id: &PlanId) -> Result<Option<PlanRow>, StoreError> {
        let row = self
            .one(
                "SELECT id, actor, plan_sealed, hash, made_at, expires_at FROM plan WHERE id = $1",
                params![id.as_str()],
            )
            .await?;
        row.map(|row| {
            Ok(PlanRow {
                id: row.parsed("id", "plan.id", |t| t.parse().ok())?,
                actor: row.text("actor")?,
                plan_sealed: row.blob("plan_sealed")?,
                hash: row.text("hash")?,
                made_at: row.int("made_at")?,
                expires_at: row.int("expires_at")?,
            })
        })
        .transpose()
    }
}

fn lane(row: &Row) -> Result<LaneRow, StoreError> {
    Ok(LaneRow {
        system: row.parsed("system_id", "lane.system_id", |t| t.parse().ok())?,
        state: row.parsed("state", "lane.state", |t| serde_json::from_str(t).ok())?,
        took: row.maybe_int("took")?.and_then(|ms| u32::try_from(ms).ok()),
        subjects_sealed: row.maybe_blob("subjects_sealed")?,
        changed_at: row.int("changed_at")?,
    })
}
