//! Searches and plans: what was asked and answered, sealed.

use app::model::{IdentifierKind, LaneState, Millis, PlanId, RequestId, SearchId, SystemId};

use super::{Db, Row, StoreError, Tx};
use crate::params;

/// A search as stored.
#[derive(Debug, Clone)]
pub struct SearchRow {
    pub id: SearchId,
    /// The search that it stands beside; its own id for the first.
    pub first: SearchId,
    pub actor: String,
    pub kind: IdentifierKind,
    pub identifier_sealed: Vec<u8>,
    pub started_at: Millis,
    pub version: i64,
    /// Taken away again: not shown.
    pub dropped: bool,
    /// On the first: whether all are saved.
    pub kept: bool,
}

/// One system's answer as stored.
#[derive(Debug, Clone)]
pub struct LaneRow {
    pub search: SearchId,
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
            "INSERT INTO search (id, first_id, actor, kind, identifier_sealed, started_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            params![
                search.id.as_str(),
                search.first.as_str(),
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
    pub async fn lane_put(&mut self, lane: &LaneRow) -> Result<(), StoreError> {
        let state = serde_json::to_string(&lane.state).map_err(|_| StoreError::Inconsistent {
            place: "lane.state",
        })?;
        self.run(
            "UPDATE search SET version = version + 1 WHERE id = $1",
            params![lane.search.as_str()],
        )
        .await?;
        self.run(
            "INSERT INTO lane (search_id, system_id, state, took, subjects_sealed, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (search_id, system_id) DO UPDATE SET state = $3, took = $4,
                subjects_sealed = $5, changed_at = $6 WHERE lane.changed_at <= $6",
            params![
                lane.search.as_str(),
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

    /// Takes a search away from those beside it. Counts as a change.
    pub async fn search_drop(&mut self, id: &SearchId) -> Result<(), StoreError> {
        self.run(
            "UPDATE search SET dropped = 1, version = version + 1 WHERE id = $1",
            params![id.as_str()],
        )
        .await?;
        Ok(())
    }

    /// Saves the first of several searches, or no longer. Counts as a change.
    pub async fn search_keep(&mut self, first: &SearchId, kept: bool) -> Result<(), StoreError> {
        self.run(
            "UPDATE search SET kept = $2, version = version + 1 WHERE id = $1",
            params![first.as_str(), kept],
        )
        .await?;
        Ok(())
    }

    /// Locks the first of several searches until the transaction ends, and counts a change: what stands beside it is changed by one at a time.
    pub async fn search_lock(&mut self, first: &SearchId) -> Result<(), StoreError> {
        self.run(
            "UPDATE search SET version = version + 1 WHERE id = $1",
            params![first.as_str()],
        )
        .await?;
        Ok(())
    }

    /// All searches that stand side by side, in the order in which they were asked; those taken away too.
    pub async fn searches_beside(
        &mut self,
        first: &SearchId,
    ) -> Result<Vec<SearchRow>, StoreError> {
        let rows = self.all(SEARCHES_BESIDE, params![first.as_str()]).await?;
        rows.iter().map(search).collect()
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

    /// The root of the set that was made of the plan, if one was.
    pub async fn plan_root(&mut self, id: &PlanId) -> Result<Option<RequestId>, StoreError> {
        let row = self.one(PLAN_ROOT, params![id.as_str()]).await?;
        row.as_ref().map(plan_root).transpose()
    }

    /// Says which set was made of the plan. False: another one was, or the plan is there no more.
    pub async fn plan_used(&mut self, id: &PlanId, root: &RequestId) -> Result<bool, StoreError> {
        let sql = "UPDATE plan SET root_id = $2 WHERE id = $1 AND root_id IS NULL";
        let used = self.run(sql, params![id.as_str(), root.as_str()]).await?;
        Ok(used == 1)
    }
}

const SEARCHES_BESIDE: &str =
    "SELECT id, first_id, actor, kind, identifier_sealed, started_at, version, dropped, kept
     FROM search WHERE first_id = $1 ORDER BY id <> first_id, id";

const PLAN_ROOT: &str = "SELECT root_id FROM plan WHERE id = $1 AND root_id IS NOT NULL";

fn plan_root(row: &Row) -> Result<RequestId, StoreError> {
    row.parsed("root_id", "plan.root_id", |t| t.parse().ok())
}

impl Db {
    pub async fn search_by_id(&self, id: &SearchId) -> Result<Option<SearchRow>, StoreError> {
        let row = self
            .one(
                "SELECT id, first_id, actor, kind, identifier_sealed, started_at, version, dropped, kept
                 FROM search WHERE id = $1",
                params![id.as_str()],
            )
            .await?;
        row.as_ref().map(search).transpose()
    }

    /// All searches that stand side by side, in the order in which they were asked; those taken away too.
    pub async fn searches_beside(&self, first: &SearchId) -> Result<Vec<SearchRow>, StoreError> {
        let rows = self.all(SEARCHES_BESIDE, params![first.as_str()]).await?;
        rows.iter().map(search).collect()
    }

    /// The lanes of the searches that stand side by side; not of those taken away.
    pub async fn lanes_beside(&self, first: &SearchId) -> Result<Vec<LaneRow>, StoreError> {
        let rows = self
            .all(
                "SELECT search_id, system_id, lane.state, took, subjects_sealed, changed_at
                 FROM lane JOIN search ON search.id = lane.search_id
                 WHERE first_id = $1 AND dropped = 0 ORDER BY search_id, system_id",
                params![first.as_str()],
            )
            .await?;
        rows.iter().map(lane).collect()
    }

    /// The firsts of an actor's searches, saved or others, newest first; `limit` at most.
    pub async fn searches_of(
        &self,
        actor: &str,
        kept: bool,
        limit: u32,
    ) -> Result<Vec<SearchRow>, StoreError> {
        let rows = self
            .all(
                "SELECT id, first_id, actor, kind, identifier_sealed, started_at, version, dropped, kept
                 FROM search WHERE actor = $1 AND kept = $2 AND id = first_id
                 ORDER BY id DESC LIMIT $3",
                params![actor, kept, limit],
            )
            .await?;
        rows.iter().map(search).collect()
    }

    /// The root of the set that was made of the plan, if one was.
    pub async fn plan_root(&self, id: &PlanId) -> Result<Option<RequestId>, StoreError> {
        let row = self.one(PLAN_ROOT, params![id.as_str()]).await?;
        row.as_ref().map(plan_root).transpose()
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

fn search(row: &Row) -> Result<SearchRow, StoreError> {
    Ok(SearchRow {
        id: row.parsed("id", "search.id", |t| t.parse().ok())?,
        first: row.parsed("first_id", "search.first_id", |t| t.parse().ok())?,
        actor: row.text("actor")?,
        kind: row.parsed("kind", "search.kind", IdentifierKind::parse)?,
        identifier_sealed: row.blob("identifier_sealed")?,
        started_at: row.int("started_at")?,
        version: row.int("version")?,
        dropped: row.int("dropped")? != 0,
        kept: row.int("kept")? != 0,
    })
}

fn lane(row: &Row) -> Result<LaneRow, StoreError> {
    Ok(LaneRow {
        search: row.parsed("search_id", "lane.search_id", |t| t.parse().ok())?,
        system: row.parsed("system_id", "lane.system_id", |t| t.parse().ok())?,
        state: row.parsed("state", "lane.state", |t| serde_json::from_str(t).ok())?,
        took: row.maybe_int("took")?.and_then(|ms| u32::try_from(ms).ok()),
        subjects_sealed: row.maybe_blob("subjects_sealed")?,
        changed_at: row.int("changed_at")?,
    })
}
