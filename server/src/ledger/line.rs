//! Tasks that are done as one: the first in line is claimed, and what it came to holds for all that wait for it.

use app::model::{CollectionName, RequestId, SystemId};
use serde_json::{Value as Json, json};

use super::settle::release_after;
use super::{Claimed, Ending, SettleError};
use crate::connectors::{FaultCode, Marks, Outcome, Trace};
use crate::params;
use crate::store::{Db, Row, StoreError, Tx, over_list};

/// A task in line, with the rows that the confirmed plan named.
#[derive(Debug, Clone)]
pub struct InLine {
    pub id: String,
    pub collection: CollectionName,
    pub planned: Option<Marks>,
}

/// A task that was done along with the first in line.
#[derive(Debug, Clone)]
pub struct Along {
    pub id: String,
    pub collection: CollectionName,
    pub outcome: Outcome,
}

impl Along {
    /// How it ended.
    pub fn ending(&self) -> Ending {
        Ending::Done {
            rows: self.outcome.rows,
            kept: self.outcome.kept,
            part: None,
        }
    }
}

/// The erasure in hand, and those of its request in the same system that have to wait for one.
pub async fn line(db: &Db, first: &Claimed) -> Result<Vec<InLine>, StoreError> {
    let rows = db
        .all(
            "SELECT id, collection, planned_rows FROM task
             WHERE request_id = $1 AND system_id = $2 AND operation = $3
                AND (id = $4 OR state = 'waiting' AND after_id IS NOT NULL)
             ORDER BY position, id",
            params![
                first.request.as_str(),
                first.system.as_str(),
                first.operation.as_str(),
                &first.id
            ],
        )
        .await?;
    let in_line = rows.iter().map(|row| {
        Ok(InLine {
            id: row.text("id")?,
            collection: row.parsed("collection", "task.collection", |t| t.parse().ok())?,
            planned: marks(row)?,
        })
    });
    in_line.collect()
}

/// What a confirmed plan named for each piece of a request's own work, for those that try it again.
pub async fn planned(
    tx: &mut Tx,
    request: &RequestId,
) -> Result<Vec<(SystemId, CollectionName, Trace)>, StoreError> {
    let rows = tx
        .all(
            "SELECT system_id, collection, planned, planned_rows FROM task
             WHERE request_id = $1 AND planned IS NOT NULL ORDER BY position, id",
            params![request.as_str()],
        )
        .await?;
    let planned = rows.iter().map(|row| {
        let trace = Trace {
            rows: u64::try_from(row.int("planned")?).unwrap_or_default(),
            marks: marks(row)?,
            shared: None,
        };
        let system = row.parsed("system_id", "task.system_id", |t| t.parse().ok())?;
        let collection = row.parsed("collection", "task.collection", |t| t.parse().ok())?;
        Ok((system, collection, trace))
    });
    planned.collect()
}

fn marks(row: &Row) -> Result<Option<Marks>, StoreError> {
    let place = "task.planned_rows";
    let marks = row.maybe_blob("planned_rows")?;
    marks
        .map(|bytes| Marks::of_bytes(&bytes).ok_or(StoreError::Inconsistent { place }))
        .transpose()
}

/// Whether erasures of others of the set in the same system are open, and not held up by the same themselves.
pub async fn others_go_on(db: &Db, task: &Claimed, code: FaultCode) -> Result<bool, StoreError> {
    let other = db
        .one(
            "SELECT 1 AS other FROM task
             WHERE root_id = $1 AND system_id = $2 AND operation = $3 AND request_id <> $4
                AND state IN ('ready', 'running', 'waiting') AND after_id IS NULL
                AND (code IS NULL OR code <> $5)
             LIMIT 1",
            params![
                task.root.as_str(),
                task.system.as_str(),
                task.operation.as_str(),
                task.request.as_str(),
                code.as_str()
            ],
        )
        .await?;
    Ok(other.is_some())
}

/// Writes down what was done along with a task that was settled just now, in the same transaction. Gives these as if they had been
/// claimed.
pub async fn follow(
    tx: &mut Tx,
    first: &Claimed,
    along: &[Along],
    now: i64,
) -> Result<Vec<Claimed>, SettleError> {
    let sql = over_list!(
        tx.dialect(),
        "UPDATE task SET state = 'done', attempt = $2, row_count = CAST(list.value ->> 'rows' AS BIGINT),
            kept_count = CAST(list.value ->> 'kept' AS BIGINT), code = NULL, after_id = NULL,
            started_at = COALESCE(started_at, $3), ended_at = $3
         FROM",
        "WHERE task.id = list.value ->> 'id' AND state IN ('ready', 'waiting')"
    );
    let list = along.iter().map(|one| {
        let Outcome { rows, kept } = one.outcome;
        json!({ "id": one.id, "rows": rows, "kept": kept })
    });
    let list = Json::from_iter(list).to_string();
    if tx.run(sql, params![list, first.attempt, now]).await? != along.len() as u64 {
        return Err(SettleError::Fenced);
    }
    release_after(tx, along.iter().map(|one| one.id.as_str())).await?;
    let followed = along.iter();
    Ok(followed
        .map(|one| in_place_of(first, &one.id, &one.collection))
        .collect())
}

/// Puts another task of the line first, for it is the one that failed: the task in hand waits for it now. Gives it as claimed; nothing
/// if there is none.
pub async fn put_first(
    tx: &mut Tx,
    first: &Claimed,
    collection: &CollectionName,
    now: i64,
) -> Result<Option<Claimed>, SettleError> {
    let other = tx
        .one(
            "SELECT id FROM task WHERE request_id = $1 AND system_id = $2 AND collection = $3
                AND operation = $4 AND state = 'waiting'",
            params![
                first.request.as_str(),
                first.system.as_str(),
                collection.as_str(),
                first.operation.as_str()
            ],
        )
        .await?;
    let Some(other) = other else {
        return Ok(None);
    };
    let other = other.text("id")?;
    let waits = tx
        .run(
            "UPDATE task SET state = 'waiting', code = NULL, owner = NULL, lease_until = NULL, after_id = $3
             WHERE id = $1 AND attempt = $2 AND state = 'running'",
            params![&first.id, first.attempt, &other],
        )
        .await?;
    if waits != 1 {
        return Err(SettleError::Fenced);
    }
    tx.run(
        "UPDATE task SET state = 'running', attempt = $2, started_at = $3, after_id = NULL WHERE id = $1",
        params![&other, first.attempt, now],
    )
    .await?;
    Ok(Some(in_place_of(first, &other, collection)))
}

fn in_place_of(first: &Claimed, id: &str, collection: &CollectionName) -> Claimed {
    Claimed {
        id: id.to_owned(),
        collection: collection.clone(),
        planned: None,
        ..first.clone()
    }
}
