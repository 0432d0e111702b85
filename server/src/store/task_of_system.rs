//! The tasks of one system: what waits for it, and how the last ones ended.

use app::model::{LastTask, Millis, Right, SystemId, TaskState, WaitingSet};

use super::{Db, Row, StoreError};
use crate::params;

impl Db {
    /// Tasks of a system that are ready, running or waiting.
    pub async fn tasks_open_of_system(&self, system: &SystemId) -> Result<u32, StoreError> {
        let row = self
            .one(
                "SELECT COUNT(*) AS open FROM task
                 WHERE system_id = $1 AND state IN ('ready', 'running', 'waiting')",
                params![system.as_str()],
            )
            .await?;
        row.map_or(Ok(0), |row| count(&row, "open"))
    }

    /// How many sets of requests those tasks belong to.
    pub async fn sets_waiting_count(&self, system: &SystemId) -> Result<u32, StoreError> {
        let row = self
            .one(
                "SELECT COUNT(DISTINCT root_id) AS sets FROM task
                 WHERE system_id = $1 AND state IN ('ready', 'running', 'waiting')",
                params![system.as_str()],
            )
            .await?;
        row.map_or(Ok(0), |row| count(&row, "sets"))
    }

    /// The sets with such tasks, those that have waited longest first. A task that a worker has, and that waits for the rate budget
    /// until later than `now`, waits like any other.
    pub async fn sets_waiting_for(
        &self,
        system: &SystemId,
        most: u32,
        now: Millis,
    ) -> Result<Vec<WaitingSet>, StoreError> {
        let rows = self
            .all(
                "SELECT open.root_id, request.rights, request.due_at, COUNT(*) AS tasks,
                    MIN(open.created_at) AS since,
                    COUNT(CASE WHEN open.state = 'running' THEN 1 END) AS running,
                    COUNT(CASE WHEN open.state = 'ready' THEN 1 END) AS ready,
                    MIN(CASE WHEN open.state = 'waiting' AND open.after_id IS NULL
                        THEN open.run_at END) AS next_try,
                    MAX(CASE WHEN open.state = 'waiting' THEN open.code END) AS code
                 FROM (
                    SELECT root_id, created_at, after_id, run_at, code,
                        CASE WHEN state = 'running' AND code = 'budget' AND run_at > $3
                            THEN 'waiting' ELSE state END AS state
                    FROM task
                    WHERE system_id = $1 AND state IN ('ready', 'running', 'waiting')) AS open
                 JOIN request ON request.id = open.root_id
                 GROUP BY open.root_id, request.rights, request.due_at
                 ORDER BY since, open.root_id LIMIT $2",
                params![system.as_str(), most, now],
            )
            .await?;
        rows.iter().map(waiting).collect()
    }

    /// The task of a system that last ended well.
    pub async fn task_last_done(&self, system: &SystemId) -> Result<Option<LastTask>, StoreError> {
        let row = self
            .one(
                "SELECT root_id, ended_at, code FROM task
                 WHERE system_id = $1 AND state = 'done' AND ended_at IS NOT NULL
                 ORDER BY ended_at DESC LIMIT 1",
                params![system.as_str()],
            )
            .await?;
        row.as_ref().map(last).transpose()
    }

    /// The task of a system that last failed for good.
    pub async fn task_last_failed(
        &self,
        system: &SystemId,
    ) -> Result<Option<LastTask>, StoreError> {
        let row = self
            .one(
                "SELECT root_id, ended_at, code FROM task
                 WHERE system_id = $1 AND state IN ('failed', 'dead', 'uncertain')
                   AND ended_at IS NOT NULL
                 ORDER BY ended_at DESC LIMIT 1",
                params![system.as_str()],
            )
            .await?;
        row.as_ref().map(last).transpose()
    }
}

fn count(row: &Row, column: &str) -> Result<u32, StoreError> {
    Ok(u32::try_from(row.int(column)?).unwrap_or(u32::MAX))
}

fn last(row: &Row) -> Result<LastTask, StoreError> {
    Ok(LastTask {
        request: row.parsed("root_id", "task.root_id", |t| t.parse().ok())?,
        at: row.int("ended_at")?,
        code: row.maybe_text("code")?,
    })
}

fn waiting(row: &Row) -> Result<WaitingSet, StoreError> {
    let state = if row.int("running")? > 0 {
        TaskState::Running
    } else if row.int("ready")? > 0 {
        TaskState::Ready
    } else {
        TaskState::Waiting
    };
    let code = row.maybe_text("code")?;
    // Without a failure it waits for other tasks, not for a time.
    let next_try = row.maybe_int("next_try")?.filter(|_| code.is_some());
    Ok(WaitingSet {
        request: row.parsed("root_id", "task.root_id", |t| t.parse().ok())?,
        right: row.parsed("rights", "request.rights", Right::parse)?,
        due_at: row.int("due_at")?,
        since: row.int("since")?,
        tasks: count(row, "tasks")?,
        state,
        next_try,
        code,
    })
}
