//! Writing down how a try ended, fenced, and what that means for the tasks that come after it.

use std::time::Duration;

use app::model::{CollectionName, Operation, SystemId, TaskState};

use super::{Claimed, Ending};
use crate::params;
use crate::store::{Dialect, StoreError, Tx};

/// Why an ending was not written.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// The lease was lost and another attempt has the task, or it ended otherwise. Nothing was written.
    #[error("fenced: the task is no longer this worker's")]
    Fenced,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an ending changed.
#[derive(Debug)]
pub struct Settled {
    /// Where the task stands now.
    pub state: TaskState,
    /// Tasks that will not be begun because of it.
    pub cancelled: Vec<Cancelled>,
    /// Whether tasks became ready.
    pub released: bool,
    /// When a task that is to be tried again may run, by the database's clock.
    pub run_at: Option<i64>,
}

/// A task that was never begun.
#[derive(Debug)]
pub struct Cancelled {
    pub system: SystemId,
    pub collection: CollectionName,
    pub operation: Operation,
}

/// Writes the ending if, and only if, the task is still this attempt's; then releases or cancels what comes after it.
pub async fn settle(
    tx: &mut Tx,
    task: &Claimed,
    ending: &Ending,
    now: i64,
) -> Result<Settled, SettleError> {
    let state = match ending {
        Ending::Done { .. } => TaskState::Done,
        Ending::Again { pause, spared, .. } => {
            return again(tx, task, ending, *pause, *spared).await;
        }
        Ending::Failed { .. } => TaskState::Failed,
        Ending::Dead { .. } => TaskState::Dead,
        Ending::Uncertain => TaskState::Uncertain,
    };
    let (rows, kept, part) = match ending {
        Ending::Done { rows, kept, part } => (
            i64::try_from(*rows).ok(),
            i64::try_from(*kept).ok(),
            part.clone(),
        ),
        _ => (None, None, None),
    };
    let changed = tx
        .run(
            "UPDATE task SET state = $3, row_count = $4, part = $5, code = $6, ended_at = $7,
                kept_count = $8, owner = NULL, lease_until = NULL
             WHERE id = $1 AND attempt = $2 AND state = 'running'",
            params![
                &task.id,
                task.attempt,
                state.as_str(),
                rows,
                part,
                code(ending),
                now,
                kept
            ],
        )
        .await?;
    if changed != 1 {
        return Err(SettleError::Fenced);
    }
    if state == TaskState::Done {
        return Ok(Settled {
            state,
            cancelled: Vec::new(),
            released: release_after(tx, &task.id).await?,
            run_at: None,
        });
    }
    let cancelled = cancel_after(tx, &task.id, now).await?;
    Ok(Settled {
        state,
        cancelled,
        released: false,
        run_at: None,
    })
}

async fn again(
    tx: &mut Tx,
    task: &Claimed,
    ending: &Ending,
    pause: Duration,
    spared: bool,
) -> Result<Settled, SettleError> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "UPDATE task SET state = 'waiting', code = $3, owner = NULL, lease_until = NULL,
                max_attempts = max_attempts + $5,
                run_at = CAST(unixepoch('subsec') * 1000 AS INTEGER) + $4
             WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING run_at"
        }
        Dialect::Pg => {
            "UPDATE task SET state = 'waiting', code = $3, owner = NULL, lease_until = NULL,
                max_attempts = max_attempts + $5,
                run_at = CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) + $4
             WHERE id = $1 AND attempt = $2 AND state = 'running' RETURNING run_at"
        }
    };
    let pause = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
    let row = tx
        .one(
            sql,
            params![
                &task.id,
                task.attempt,
                code(ending),
                pause,
                i64::from(spared)
            ],
        )
        .await?;
    let run_at = row.ok_or(SettleError::Fenced)?.int("run_at")?;
    let state = TaskState::Waiting;
    Ok(Settled {
        state,
        cancelled: Vec::new(),
        released: false,
        run_at: Some(run_at),
    })
}

/// Makes ready what waited for a task, due at once by the database's clock. False: nothing did.
pub(super) async fn release_after(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "UPDATE task SET after_id = NULL, state = 'ready',
                run_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
             WHERE after_id = $1 AND state = 'waiting'"
        }
        Dialect::Pg => {
            "UPDATE task SET after_id = NULL, state = 'ready',
                run_at = CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)
             WHERE after_id = $1 AND state = 'waiting'"
        }
    };
    Ok(tx.run(sql, params![id]).await? > 0)
}

/// Cancels everything that waits for a task, and for those, to the end of the line.
async fn cancel_after(tx: &mut Tx, id: &str, now: i64) -> Result<Vec<Cancelled>, StoreError> {
    let mut cancelled = Vec::new();
    let mut causes = vec![id.to_owned()];
    while let Some(cause) = causes.pop() {
        let rows = tx
            .all(
                "UPDATE task SET state = 'cancelled', code = 'not_begun', ended_at = $2
                 WHERE after_id = $1 AND state = 'waiting'
                 RETURNING id, system_id, collection, operation",
                params![&cause, now],
            )
            .await?;
        for row in rows {
            causes.push(row.text("id")?);
            cancelled.push(Cancelled {
                system: row.parsed("system_id", "task.system_id", |t| t.parse().ok())?,
                collection: row.parsed("collection", "task.collection", |t| t.parse().ok())?,
                operation: row.parsed("operation", "task.operation", Operation::parse)?,
            });
        }
    }
    Ok(cancelled)
}

fn code(ending: &Ending) -> Option<&'static str> {
    match ending {
        Ending::Done { .. } => None,
        Ending::Again { code, .. } | Ending::Failed { code } | Ending::Dead { code } => {
            Some(code.as_str())
        }
        Ending::Uncertain => Some("uncertain"),
    }
}
