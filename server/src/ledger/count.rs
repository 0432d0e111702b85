//! How many tasks are in which state, for the metrics.

use app::model::Millis;

use crate::store::{Db, Dialect, StoreError};

/// Every state of a task.
pub const STATES: [&str; 9] = [
    "ready",
    "waiting",
    "running",
    "done",
    "failed",
    "dead",
    "uncertain",
    "cancelled",
    "skipped",
];

/// The tasks of one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub state: String,
    pub tasks: i64,
    /// For how long the oldest of them that could be claimed has been due; negative: it is not due yet.
    pub late: Option<Millis>,
}

macro_rules! count_sql {
    ($now:literal) => {
        concat!(
            "SELECT state, COUNT(*) AS tasks,
                ",
            $now,
            " - MIN(CASE WHEN state IN ('ready', 'waiting') AND after_id IS NULL THEN run_at END) AS late
             FROM task GROUP BY state"
        )
    };
}

/// Counts all tasks, by the database's clock.
pub async fn counts(db: &Db) -> Result<Vec<Count>, StoreError> {
    let sql = match db.dialect() {
        Dialect::Sqlite => count_sql!("CAST(unixepoch('subsec') * 1000 AS INTEGER)"),
        Dialect::Pg => {
            count_sql!("CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")
        }
    };
    let rows = db.all(sql, &[]).await?;
    let count = rows.iter().map(|row| {
        Ok(Count {
            state: row.text("state")?,
            tasks: row.int("tasks")?,
            late: row.maybe_int("late")?,
        })
    });
    count.collect()
}
