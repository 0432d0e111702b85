//! Taking a task, keeping it, and finding those whose worker is gone.

use std::time::Duration;

use app::model::{CollectionName, Operation, RequestId, SystemId};

use serde_json::{Value as Json, json};

use super::repeat_of;
use crate::connectors::Repeat;
use crate::params;
use crate::store::{Db, Dialect, Row, StoreError, Tx};

/// A task in a worker's hands. Everything it does names the attempt, so that a worker that lost its lease does nothing.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: String,
    pub request: RequestId,
    pub root: RequestId,
    pub system: SystemId,
    pub collection: CollectionName,
    pub operation: Operation,
    pub repeat: Repeat,
    /// 1 for the first try.
    pub attempt: u32,
    pub max_attempts: u32,
    /// How many rows the confirmed plan counted, where there was one.
    pub planned: Option<u64>,
}

// Which, first: in a condition, PostgreSQL might look for them again and again, and take more than that.
macro_rules! claim_sql {
    ($now:literal, $which:literal, $lock:literal) => {
        concat!(
            "WITH taken AS MATERIALIZED (
                SELECT id FROM task
                WHERE turn IS NOT NULL AND state IN ('ready', 'waiting') AND after_id IS NULL",
            $which,
            $lock,
            ")
             UPDATE task SET state = 'running', attempt = attempt + 1, owner = $1, code = NULL, turn = NULL,
                lease_until = ",
            $now,
            " + $2, started_at = COALESCE(started_at, ",
            $now,
            ")
             WHERE id IN (SELECT id FROM taken)
             RETURNING id, request_id, root_id, system_id, collection, operation, repeat_class,
                attempt, max_attempts, planned"
        )
    };
    ($which:literal, $dialect:expr) => {
        match $dialect {
            Dialect::Sqlite => {
                claim_sql!("CAST(unixepoch('subsec') * 1000 AS INTEGER)", $which, "")
            }
            Dialect::Pg => claim_sql!(
                "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
                $which,
                " FOR UPDATE SKIP LOCKED"
            ),
        }
    };
}

/// Takes the task of a system whose turn it is, of the oldest case where it is that of several, for as long as the lease; nothing if
/// none has a turn or the system is paused.
pub async fn claim(
    tx: &mut Tx,
    owner: &str,
    system: &SystemId,
    lease: Duration,
) -> Result<Option<Claimed>, StoreError> {
    // The pause must not depend on the task: it would join, and so read all that have a turn.
    let sql = claim_sql!(
        " AND system_id = $3
          AND NOT EXISTS (SELECT 1 FROM system WHERE system.id = $3 AND paused = 1)
          ORDER BY turn, root_id, id LIMIT 1",
        tx.dialect()
    );
    let row = tx
        .one(sql, params![owner, millis(lease), system.as_str()])
        .await?;
    row.as_ref().map(claimed).transpose()
}

/// Work of one request in one system, of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Work<'a> {
    pub request: &'a RequestId,
    pub system: &'a SystemId,
    pub operation: Operation,
}

/// Takes all tasks of that work that have a turn, `most` of them, in the order of the inventory. What comes after them in the case has
/// a later turn by as many.
pub async fn claim_all(
    tx: &mut Tx,
    work: Work<'_>,
    owner: &str,
    lease: Duration,
    most: u32,
) -> Result<Vec<Claimed>, StoreError> {
    let sql = claim_sql!(
        " AND request_id = $3 AND system_id = $4 AND operation = $5
          ORDER BY id LIMIT $6",
        tx.dialect()
    );
    let values = params![
        owner,
        millis(lease),
        work.request.as_str(),
        work.system.as_str(),
        work.operation.as_str(),
        most
    ];
    let rows = tx.all(sql, values).await?;
    let mut tasks: Vec<_> = rows.iter().map(claimed).collect::<Result<_, _>>()?;
    tasks.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(tasks)
}

/// Extends the leases of tasks in one worker's hands. False: one was lost, stop working.
pub async fn heartbeat(db: &Db, tasks: &[Claimed], lease: Duration) -> Result<bool, StoreError> {
    let held = tasks
        .iter()
        .map(|task| json!({ "id": task.id, "attempt": task.attempt }));
    let (held, count) = (Json::from_iter(held).to_string(), tasks.len() as u64);
    let lease = millis(lease);
    db.write(move |tx| {
        Box::pin(async move {
            let sql = match tx.dialect() {
                Dialect::Sqlite => {
                    "UPDATE task SET lease_until = CAST(unixepoch('subsec') * 1000 AS INTEGER) + $2
                     FROM json_each($1) AS list
                     WHERE task.id = list.value ->> 'id' AND attempt = list.value ->> 'attempt'
                        AND state = 'running'"
                }
                Dialect::Pg => {
                    "UPDATE task
                     SET lease_until = CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) + $2
                     FROM json_array_elements(CAST($1 AS json)) AS list (value)
                     WHERE task.id = list.value ->> 'id'
                        AND attempt = CAST(list.value ->> 'attempt' AS BIGINT) AND state = 'running'"
                }
            };
            Ok(tx.run(sql, params![held, lease]).await? == count)
        })
    })
    .await
}

/// Running tasks whose lease has run out, at most 100: their worker is gone, or as good as.
pub async fn expired(db: &Db) -> Result<Vec<Claimed>, StoreError> {
    let sql = match db.dialect() {
        Dialect::Sqlite => {
            "SELECT id, request_id, root_id, system_id, collection, operation, repeat_class, attempt,
                max_attempts, planned FROM task WHERE state = 'running'
             AND lease_until < CAST(unixepoch('subsec') * 1000 AS INTEGER) ORDER BY lease_until LIMIT 100"
        }
        Dialect::Pg => {
            "SELECT id, request_id, root_id, system_id, collection, operation, repeat_class, attempt,
                max_attempts, planned FROM task WHERE state = 'running'
             AND lease_until < CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)
             ORDER BY lease_until LIMIT 100"
        }
    };
    db.all(sql, &[]).await?.iter().map(claimed).collect()
}

/// Takes an expired task out of its worker's hands, so that it can be settled. False: the worker came back in time.
pub async fn take_over(tx: &mut Tx, task: &Claimed) -> Result<bool, StoreError> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "UPDATE task SET lease_until = 0 WHERE id = $1 AND attempt = $2 AND state = 'running'
             AND lease_until < CAST(unixepoch('subsec') * 1000 AS INTEGER)"
        }
        Dialect::Pg => {
            "UPDATE task SET lease_until = 0 WHERE id = $1 AND attempt = $2 AND state = 'running'
             AND lease_until < CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
        }
    };
    Ok(tx.run(sql, params![&task.id, task.attempt]).await? == 1)
}

/// Lets every lease of this owner run out, on a graceful stop: another worker goes on at once.
pub async fn release(db: &Db, owner: &str) -> Result<(), StoreError> {
    let owner = owner.to_owned();
    db.write(move |tx| {
        Box::pin(async move {
            tx.run(
                "UPDATE task SET lease_until = 0 WHERE owner = $1 AND state = 'running'",
                params![owner],
            )
            .await?;
            Ok(())
        })
    })
    .await
}

fn claimed(row: &Row) -> Result<Claimed, StoreError> {
    let count = |column| -> Result<u32, StoreError> {
        u32::try_from(row.int(column)?).map_err(|_| StoreError::Inconsistent {
            place: "task.attempt",
        })
    };
    Ok(Claimed {
        id: row.text("id")?,
        request: row.parsed("request_id", "task.request_id", |t| t.parse().ok())?,
        root: row.parsed("root_id", "task.root_id", |t| t.parse().ok())?,
        system: row.parsed("system_id", "task.system_id", |t| t.parse().ok())?,
        collection: row.parsed("collection", "task.collection", |t| t.parse().ok())?,
        operation: row.parsed("operation", "task.operation", Operation::parse)?,
        repeat: row.parsed("repeat_class", "task.repeat_class", repeat_of)?,
        attempt: count("attempt")?,
        max_attempts: count("max_attempts")?,
        planned: row
            .maybe_int("planned")?
            .and_then(|rows| u64::try_from(rows).ok()),
    })
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
