//! Writing down how a try ended, fenced, and what that means for the tasks that come after it.

use std::time::Duration;

use app::model::{CollectionName, Operation, SystemId, TaskState};

use serde_json::{Value as Json, json};

use super::{Claimed, Ending};
use crate::params;
use crate::store::{Dialect, StoreError, Tx, over_list};

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
    /// When a task that is to be tried again may run, by the database's clock.
    pub run_at: Option<i64>,
}

impl Settled {
    /// A task that is done.
    pub fn done() -> Self {
        Self {
            state: TaskState::Done,
            cancelled: Vec::new(),
            run_at: None,
        }
    }
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
        Ending::Done { .. } => {
            let done = ending.done().map(|done| (task, done));
            settle_done(tx, done.as_slice(), now).await?;
            return Ok(Settled::done());
        }
        Ending::Again { pause, spared, .. } => {
            return again(tx, task, ending, *pause, *spared).await;
        }
        Ending::Failed { .. } => TaskState::Failed,
        Ending::Dead { .. } => TaskState::Dead,
        Ending::Uncertain => TaskState::Uncertain,
    };
    let changed = tx
        .run(
            "UPDATE task SET state = $3, code = $4, ended_at = $5, row_count = NULL, kept_count = NULL,
                part = NULL, owner = NULL, lease_until = NULL
             WHERE id = $1 AND attempt = $2 AND state = 'running'",
            params![&task.id, task.attempt, state.as_str(), code(ending), now],
        )
        .await?;
    if changed != 1 {
        return Err(SettleError::Fenced);
    }
    Ok(Settled {
        state,
        cancelled: cancel_after(tx, &task.id, now).await?,
        run_at: None,
    })
}

/// A task that is done.
#[derive(Debug, Clone, Copy)]
pub struct Done<'a> {
    pub rows: u64,
    pub kept: u64,
    /// The file that holds an export's rows.
    pub part: Option<&'a str>,
}

impl Ending {
    /// What was done, if it was.
    pub fn done(&self) -> Option<Done<'_>> {
        match self {
            Self::Done { rows, kept, part } => Some(Done {
                rows: *rows,
                kept: *kept,
                part: part.as_deref(),
            }),
            _ => None,
        }
    }
}

/// Writes down that these are done if, and only if, all of them still are this attempt's; then releases what comes after them.
pub async fn settle_done(
    tx: &mut Tx,
    done: &[(&Claimed, Done<'_>)],
    now: i64,
) -> Result<(), SettleError> {
    let sql = over_list!(
        tx.dialect(),
        "UPDATE task SET state = 'done', row_count = CAST(list.value ->> 'rows' AS BIGINT),
            kept_count = CAST(list.value ->> 'kept' AS BIGINT), part = list.value ->> 'part', code = NULL,
            ended_at = $2, owner = NULL, lease_until = NULL
         FROM",
        "WHERE task.id = list.value ->> 'id' AND attempt = CAST(list.value ->> 'attempt' AS BIGINT)
            AND state = 'running'"
    );
    let list = done.iter().map(|(task, done)| {
        let Done { rows, kept, part } = done;
        json!({ "id": task.id, "attempt": task.attempt, "rows": rows, "kept": kept, "part": part })
    });
    let list = Json::from_iter(list).to_string();
    if tx.run(sql, params![list, now]).await? != done.len() as u64 {
        return Err(SettleError::Fenced);
    }
    // Nothing comes after what only reads.
    let mut changes = Vec::new();
    for (task, _) in done {
        if matches!(task.operation, Operation::Delete | Operation::Update) {
            changes.push(task.id.as_str());
        }
    }
    if changes.is_empty() {
        return Ok(());
    }
    release_after(tx, changes.into_iter()).await
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
        run_at: Some(run_at),
    })
}

/// Makes ready what waited for these, due at once by the database's clock.
pub(super) async fn release_after(
    tx: &mut Tx,
    done: impl Iterator<Item = &str>,
) -> Result<(), SettleError> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "UPDATE task SET after_id = NULL, state = 'ready',
                run_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
             WHERE after_id IN (SELECT value FROM json_each($1)) AND state = 'waiting'"
        }
        Dialect::Pg => {
            "UPDATE task SET after_id = NULL, state = 'ready',
                run_at = CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)
             WHERE after_id IN (SELECT json_array_elements_text(CAST($1 AS json))) AND state = 'waiting'"
        }
    };
    let done = Json::from_iter(done).to_string();
    tx.run(sql, params![done]).await?;
    Ok(())
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
