//! Tasks as a page or a package sees them; what the ledger does with them is in `ledger`.

use std::collections::{BTreeMap, BTreeSet};

use app::model::{Cell, CollectionName, CoverageState, Operation, RequestId, SystemId, TaskState};

use super::request::{of_page, page_ids};
use super::{Db, Row, StoreError, Tx};
use crate::params;

/// How the tasks of a set stand, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskCounts {
    pub all: u32,
    pub ended: u32,
    pub failed: u32,
}

impl Db {
    /// Where work of a request was skipped.
    pub async fn places_skipped(
        &self,
        request: &RequestId,
    ) -> Result<BTreeSet<(SystemId, CollectionName)>, StoreError> {
        let sql = "SELECT DISTINCT system_id, collection FROM task WHERE request_id = $1 AND state = 'skipped'";
        let rows = self.all(sql, params![request.as_str()]).await?;
        rows.iter().map(place).collect()
    }

    /// All tasks of a set, member by member, in the order in which they were made.
    pub async fn tasks_of_root(&self, root: &RequestId) -> Result<Vec<Cell>, StoreError> {
        let rows = self
            .all(
                "SELECT request_id, system_id, collection, operation, state, attempt, max_attempts,
                    row_count, kept_count, planned, code, run_at, started_at, ended_at
                 FROM task WHERE root_id = $1 ORDER BY position, id",
                params![root.as_str()],
            )
            .await?;
        rows.iter().map(cell).collect()
    }

    /// How the tasks of these sets stand; at most a page of sets.
    pub async fn task_counts(
        &self,
        roots: &[RequestId],
    ) -> Result<BTreeMap<RequestId, TaskCounts>, StoreError> {
        let sql = concat!(
            "SELECT root_id, COUNT(*) AS all_tasks,
                COUNT(CASE WHEN state NOT IN ('ready', 'running', 'waiting') THEN 1 END) AS ended,
                COUNT(CASE WHEN state IN ('failed', 'dead', 'uncertain', 'cancelled') THEN 1 END)
                    AS failed
             FROM task WHERE root_id IN (",
            of_page!(),
            ") GROUP BY root_id"
        );
        let rows = self.all(sql, &page_ids(roots)).await?;
        rows.iter()
            .map(|row| {
                let count = |column| {
                    Ok::<_, StoreError>(u32::try_from(row.int(column)?).unwrap_or(u32::MAX))
                };
                let root = row.parsed("root_id", "task.root_id", |t| t.parse().ok())?;
                let counts = TaskCounts {
                    all: count("all_tasks")?,
                    ended: count("ended")?,
                    failed: count("failed")?,
                };
                Ok((root, counts))
            })
            .collect()
    }

    /// What is stored of systems that a set's requests can't reach by their key, or that were waived.
    pub async fn coverage_of_root(
        &self,
        root: &RequestId,
    ) -> Result<Vec<(RequestId, SystemId, CoverageState)>, StoreError> {
        let rows = self
            .all(
                "SELECT coverage.request_id, coverage.system_id, coverage.state FROM coverage
                 JOIN request ON request.id = coverage.request_id
                 WHERE request.root_id = $1 ORDER BY request.position, coverage.system_id",
                params![root.as_str()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.parsed("request_id", "coverage.request_id", |t| t.parse().ok())?,
                    row.parsed("system_id", "coverage.system_id", |t| t.parse().ok())?,
                    row.parsed("state", "coverage.state", coverage_state)?,
                ))
            })
            .collect()
    }
}

impl Tx {
    /// Whether work of a set was halted because there was more than its plan said.
    pub async fn has_drifted(&mut self, root: &RequestId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 AS drifted FROM task WHERE root_id = $1 AND state = 'failed' AND code = 'drifted' LIMIT 1";
        Ok(self.one(sql, params![root.as_str()]).await?.is_some())
    }

    /// Notes that a system has no task for a request, and why.
    pub async fn coverage_insert(
        &mut self,
        request: &RequestId,
        system: &SystemId,
        state: CoverageState,
    ) -> Result<(), StoreError> {
        let word = if state == CoverageState::Waived {
            "waived"
        } else {
            "not_searchable"
        };
        self.run(
            "INSERT INTO coverage (request_id, system_id, state) VALUES ($1, $2, $3)",
            params![request.as_str(), system.as_str(), word],
        )
        .await?;
        Ok(())
    }

    /// The erasures of a request that are done: what verification has to look at again.
    pub async fn tasks_erased(
        &mut self,
        request: &RequestId,
    ) -> Result<Vec<(SystemId, CollectionName)>, StoreError> {
        let rows = self
            .all(
                "SELECT system_id, collection FROM task
                 WHERE request_id = $1 AND operation = 'delete' AND state = 'done'
                 ORDER BY position, id",
                params![request.as_str()],
            )
            .await?;
        rows.iter().map(place).collect()
    }
}

fn place(row: &Row) -> Result<(SystemId, CollectionName), StoreError> {
    Ok((
        row.parsed("system_id", "task.system_id", |t| t.parse().ok())?,
        row.parsed("collection", "task.collection", |t| t.parse().ok())?,
    ))
}

fn coverage_state(word: &str) -> Option<CoverageState> {
    match word {
        "not_searchable" => Some(CoverageState::NotSearchable),
        "waived" => Some(CoverageState::Waived),
        _ => None,
    }
}

fn cell(row: &Row) -> Result<Cell, StoreError> {
    let state = row.parsed("state", "task.state", TaskState::parse)?;
    let count =
        |column: &str| Ok::<_, StoreError>(u32::try_from(row.int(column)?).unwrap_or(u32::MAX));
    let rows = |column: &str| {
        Ok::<_, StoreError>(row.maybe_int(column)?.and_then(|n| u64::try_from(n).ok()))
    };
    let code = row.maybe_text("code")?;
    let tried = code.is_some();
    Ok(Cell {
        request: row.parsed("request_id", "task.request_id", |t| t.parse().ok())?,
        system: row.parsed("system_id", "task.system_id", |t| t.parse().ok())?,
        collection: row.parsed("collection", "task.collection", |t| t.parse().ok())?,
        operation: row.parsed("operation", "task.operation", Operation::parse)?,
        state,
        attempt: count("attempt")?,
        max_attempts: count("max_attempts")?,
        rows: rows("row_count")?,
        kept: rows("kept_count")?,
        planned: rows("planned")?,
        code,
        // What waits for other tasks has no time.
        waits_until: (state == TaskState::Running || state == TaskState::Waiting && tried)
            .then(|| row.int("run_at"))
            .transpose()?,
        started_at: row.maybe_int("started_at")?,
        ended_at: row.maybe_int("ended_at")?,
    })
}
