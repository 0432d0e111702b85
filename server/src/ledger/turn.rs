//! Whose turn it is: cases take turns at a system, so that a small one does not wait for all of a large one that came before it.
//!
//! A task that could be claimed has a turn, by which claims go. It comes one after the first in turn at its system, or after the last of
//! its own case there: a case has one task in each turn, and what comes later never gets before what is next. A task that is to be tried
//! again has none until it is due, and is in nobody's way.

use app::model::SystemId;
use serde_json::{Value as Json, json};

use super::{NewTask, repeat_word};
use crate::connectors::Marks;
use crate::params;
use crate::store::{Db, Dialect, StoreError, Tx};

/// What there is to do at a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Whether a task has a turn.
    pub in_turn: bool,
    /// Whether a task is due that has none yet.
    pub late: bool,
}

/// So many are given a turn at once.
const AT_ONCE: u32 = 100;

/// The turn that the next of a case comes after.
macro_rules! last_turn {
    ($greatest:literal, $system:literal, $root:literal) => {
        concat!(
            $greatest,
            "(COALESCE((SELECT turn FROM task WHERE system_id = ",
            $system,
            " AND turn IS NOT NULL AND state IN ('ready', 'waiting') AND after_id IS NULL
                ORDER BY turn LIMIT 1), 0),
              COALESCE((SELECT turn FROM task WHERE system_id = ",
            $system,
            " AND root_id = ",
            $root,
            " AND turn IS NOT NULL AND state IN ('ready', 'waiting') AND after_id IS NULL
                ORDER BY turn DESC LIMIT 1), 0))"
        )
    };
}

// The first of an index tells: what is due later would be looked through to its end.
macro_rules! due_sql {
    ($now:literal) => {
        concat!(
            "SELECT
                CAST(CASE WHEN (SELECT turn FROM task WHERE system_id = $1 AND turn IS NOT NULL
                    AND state IN ('ready', 'waiting') AND after_id IS NULL
                    ORDER BY turn LIMIT 1) IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS in_turn,
                CAST(CASE WHEN (SELECT run_at FROM task WHERE system_id = $1 AND turn IS NULL
                    AND state IN ('ready', 'waiting') AND after_id IS NULL
                    ORDER BY run_at LIMIT 1) <= ",
            $now,
            " THEN 1 ELSE 0 END AS BIGINT) AS late
             WHERE NOT EXISTS (SELECT 1 FROM system WHERE system.id = $1 AND paused = 1)"
        )
    };
}

/// What a claim would find, if anything: a read, so that idle workers never take the write lock. Nothing of a system that is paused.
pub async fn due(db: &Db, system: &SystemId) -> Result<Option<Due>, StoreError> {
    let sql = match db.dialect() {
        Dialect::Sqlite => due_sql!("CAST(unixepoch('subsec') * 1000 AS INTEGER)"),
        Dialect::Pg => due_sql!("CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"),
    };
    let Some(row) = db.one(sql, params![system.as_str()]).await? else {
        return Ok(None);
    };
    let due = Due {
        in_turn: row.int("in_turn")? == 1,
        late: row.int("late")? == 1,
    };
    Ok(Some(due).filter(|due| due.in_turn || due.late))
}

macro_rules! line_up_sql {
    ($now:literal, $greatest:literal, $lock:literal) => {
        concat!(
            "WITH late AS (
                SELECT id, root_id, run_at FROM task
                WHERE system_id = $1 AND turn IS NULL AND state IN ('ready', 'waiting') AND after_id IS NULL
                    AND run_at <= ",
            $now,
            " ORDER BY run_at, id LIMIT $2",
            $lock,
            "),
             counted AS (
                SELECT id AS late_id, root_id AS late_root,
                    ROW_NUMBER() OVER (PARTITION BY root_id ORDER BY run_at, id) AS place
                FROM late)
             UPDATE task SET turn = counted.place + ",
            last_turn!($greatest, "$1", "counted.late_root"),
            " FROM counted WHERE task.id = counted.late_id"
        )
    };
}

/// Gives tasks of a system a turn that are due and have none, those that have been due longest first.
pub async fn line_up(tx: &mut Tx, system: &SystemId) -> Result<(), StoreError> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            line_up_sql!("CAST(unixepoch('subsec') * 1000 AS INTEGER)", "MAX", "")
        }
        // Of a clock that moves on within the statement, PostgreSQL makes no bound to an index.
        Dialect::Pg => line_up_sql!(
            "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)",
            "GREATEST",
            " FOR UPDATE SKIP LOCKED"
        ),
    };
    tx.run(sql, params![system.as_str(), AT_ONCE]).await?;
    Ok(())
}

macro_rules! insert_sql {
    ($now:literal, $greatest:literal, $list:literal) => {
        concat!(
            "INSERT INTO task (id, request_id, root_id, system_id, collection, operation, repeat_class, after_id,
                max_attempts, planned, position, created_at, state, run_at, planned_rows, turn)
             SELECT list.value ->> 'id', list.value ->> 'request', list.value ->> 'root', list.value ->> 'system',
                list.value ->> 'collection', list.value ->> 'operation', list.value ->> 'repeat',
                list.value ->> 'after', CAST(list.value ->> 'max_attempts' AS BIGINT),
                CAST(list.value ->> 'planned' AS BIGINT), CAST(list.value ->> 'position' AS BIGINT), $2,
                CASE WHEN list.value ->> 'after' IS NULL THEN 'ready' ELSE 'waiting' END,
                ",
            $now,
            ", substr($3, CAST(list.value ->> 'from' AS INTEGER), CAST(list.value ->> 'bytes' AS INTEGER)),
                CASE WHEN list.value ->> 'after' IS NULL THEN ",
            last_turn!($greatest, "list.value ->> 'system'", "list.value ->> 'root'"),
            " + ROW_NUMBER() OVER (
                    PARTITION BY list.value ->> 'system', list.value ->> 'root', list.value ->> 'after' IS NULL
                    ORDER BY CAST(list.value ->> 'position' AS BIGINT)) END
             FROM ",
            $list
        )
    };
}

impl Tx {
    /// Writes tasks down, ready or waiting for the one before. They are due at once by the database's clock, and each case gets
    /// its turns from now on.
    pub async fn tasks_insert(&mut self, tasks: &[NewTask], now: i64) -> Result<(), StoreError> {
        let sql = match self.dialect() {
            Dialect::Sqlite => insert_sql!(
                "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
                "MAX",
                "json_each($1) AS list"
            ),
            Dialect::Pg => insert_sql!(
                "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
                "GREATEST",
                "json_array_elements(CAST($1 AS json)) AS list (value)"
            ),
        };
        // All marks in one value; each task names its own. Never empty: SQLite takes no part of nothing.
        let mut all_marks = vec![0];
        let list = tasks.iter().map(|task| {
            let planned = task.planned.as_ref();
            let marks = planned.and_then(|trace| trace.marks.as_ref());
            let from = marks.map(|_| all_marks.len() + 1);
            all_marks.extend(marks.map(Marks::to_bytes).unwrap_or_default());
            json!({
                "id": task.id,
                "request": task.request,
                "root": task.root,
                "system": task.system,
                "collection": task.collection,
                "operation": task.operation.as_str(),
                "repeat": repeat_word(task.repeat),
                "after": task.after,
                "max_attempts": task.max_attempts,
                "planned": planned.map(|trace| trace.rows),
                "position": task.position,
                "from": from,
                "bytes": marks.map(|marks| marks.len() * 8),
            })
        });
        let list = Json::from_iter(list).to_string();
        self.run(sql, params![list, now, all_marks]).await?;
        Ok(())
    }
}
