//! Setting aside what failed, by a person's decision; and failing what was passed, by what was seen later.

use app::model::{CollectionName, Millis, Operation, RequestId, SkipGround, SystemId, TaskState};

use crate::params;
use crate::store::{StoreError, Tx};

/// A task that was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub id: String,
    pub collection: CollectionName,
    pub operation: Operation,
    /// How it had failed.
    pub was: TaskState,
}

/// Skips every task of a request in a system that failed, in the order in which they were made; nothing else is touched. A worker that
/// comes back late is fenced as before: it writes only what is still running. The caller holds the root's lock.
pub async fn skip(
    tx: &mut Tx,
    request: &RequestId,
    system: &SystemId,
    ground: SkipGround,
) -> Result<Vec<Skipped>, StoreError> {
    let rows = tx
        .all(
            "SELECT id, collection, operation, state FROM task
             WHERE request_id = $1 AND system_id = $2
                AND state IN ('failed', 'dead', 'uncertain', 'cancelled')
             ORDER BY position, id",
            params![request.as_str(), system.as_str()],
        )
        .await?;
    let mut skipped = Vec::new();
    for row in rows {
        let task = Skipped {
            id: row.text("id")?,
            collection: row.parsed("collection", "task.collection", |t| t.parse().ok())?,
            operation: row.parsed("operation", "task.operation", Operation::parse)?,
            was: row.parsed("state", "task.state", TaskState::parse)?,
        };
        let changed = tx
            .run(
                "UPDATE task SET state = 'skipped', code = $3 WHERE id = $1 AND state = $2",
                params![&task.id, task.was.as_str(), ground.as_str()],
            )
            .await?;
        if changed != 1 {
            return Err(StoreError::Inconsistent {
                place: "task.state",
            });
        }
        skipped.push(task);
    }
    Ok(skipped)
}

/// A verification that was passed, or was just made, has failed after all. False: there is none in that place.
pub async fn overturn(
    tx: &mut Tx,
    request: &RequestId,
    (system, collection): &(SystemId, CollectionName),
    code: &'static str,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = tx
        .run(
            "UPDATE task SET state = 'failed', code = $4, ended_at = $5, turn = NULL
             WHERE request_id = $1 AND system_id = $2 AND collection = $3 AND operation = 'verify'
                AND state IN ('done', 'ready')",
            params![
                request.as_str(),
                system.as_str(),
                collection.as_str(),
                code,
                now
            ],
        )
        .await?;
    Ok(changed > 0)
}
