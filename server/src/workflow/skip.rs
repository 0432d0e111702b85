//! Skipping: a person decides, on a ground, that what failed in one system is not to be done. Under the rule of a retry: only when all
//! related requests have ended, so that of a retry and a skip at the same time one wins.

use app::model::{
    Blocked, EventKind, Millis, RequestId, RequestState, Right, SkipGround, SystemId, TaskName,
};
use serde_json::json;

use super::{Engine, advance, retry};
use crate::evidence::{self, Entry};
use crate::ledger::{self, OURS, Skipped};
use crate::secret::{Keys, SecretError};
use crate::store::request::RequestRow;
use crate::store::skip::SkipRow;
use crate::store::{StoreError, Tx};

const PLACE: &str = "skip.reason";
const DAY: Millis = 24 * 60 * 60 * 1000;

/// What is decided, and by whom.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The member's request.
    pub request: RequestId,
    pub system: SystemId,
    pub ground: SkipGround,
    pub reason: String,
    /// `staff:…`, and the name to show.
    pub actor: String,
    pub actor_name: String,
}

/// Why nothing was skipped.
#[derive(Debug, thiserror::Error)]
pub enum SkipError {
    #[error("not allowed now")]
    Blocked(Blocked),
    /// The same was asked for anew and is in flight: two of them can't go on at the same time.
    #[error("in flight in {0}")]
    InFlight(RequestId),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a request that stopped may still go on with what it has read: as long as its package could be downloaded. After that
/// what was read of her is thrown away, and only a retry reads it again.
pub fn may_go_on(engine: &Engine, row: &RequestRow, now: Millis) -> bool {
    let kept = i64::from(engine.package_days) * DAY;
    row.state == RequestState::PartiallyFailed
        && row.retried_by.is_none()
        && row.ended_at.is_some_and(|ended| now < ended + kept)
}

/// Skips all that failed of one request in one system. What did not fail stays as it is; once nothing failed any more, the request
/// goes on: what was erased is verified, what was exported is packaged.
pub async fn skip(
    engine: &Engine,
    tx: &mut Tx,
    root: &RequestId,
    decision: &Decision,
) -> Result<(), SkipError> {
    let set = tx.request_set_locked(root).await?;
    if let Some(blocked) = retry::blocked(&set) {
        return Err(SkipError::Blocked(blocked));
    }
    let nothing = SkipError::Blocked(Blocked::NothingFailed);
    // The root goes first, and counts the events of its set. Its lock is held: the next is ours.
    let first = set.first().map_or(1, |root| root.last_event + 1);
    let mut members = set.into_iter();
    let Some(row) = members.find(|member| member.id == decision.request) else {
        return Err(nothing);
    };
    // Our own work is no system's: without its package an export has no answer.
    if row.state != RequestState::PartiallyFailed || decision.system.as_str() == OURS {
        return Err(nothing);
    }
    let now = engine.clock.now();
    if row.right == Right::Export && !may_go_on(engine, &row, now) {
        return Err(SkipError::Blocked(Blocked::TooOld));
    }
    if let Some(other) = tx.request_in_flight(row.right, &row.subject).await? {
        return Err(SkipError::InFlight(other.id));
    }
    let skipped = ledger::skip(tx, &row.id, &decision.system, decision.ground).await?;
    if skipped.is_empty() {
        return Err(nothing);
    }
    tell(tx, root, decision, &skipped, now).await?;
    let reason_sealed = seal(&engine.keys, root, first, &decision.reason);
    let skip = SkipRow {
        root: root.clone(),
        seq: first,
        request: row.id.clone(),
        system: decision.system.clone(),
        ground: decision.ground,
        reason_sealed: reason_sealed.map_err(|_| StoreError::Sealed { place: PLACE })?,
        actor: decision.actor.clone(),
        actor_name: decision.actor_name.clone(),
        at: now,
    };
    tx.skip_insert(&skip).await?;
    witness(tx, root, decision, &skipped, now).await?;
    let tasks = i64::try_from(skipped.len()).unwrap_or(i64::MAX);
    advance::skipped(engine, tx, &row, tasks).await?;
    Ok(())
}

/// One event for each task.
async fn tell(
    tx: &mut Tx,
    root: &RequestId,
    decision: &Decision,
    skipped: &[Skipped],
    now: i64,
) -> Result<(), StoreError> {
    let event = |task: &Skipped| EventKind::TaskSkipped {
        task: TaskName {
            system: decision.system.clone(),
            collection: task.collection.clone(),
            operation: task.operation,
        },
        ground: decision.ground,
        was: task.was,
    };
    let events: Vec<_> = skipped.iter().map(event).collect();
    tx.events_append(root, &decision.request, now, &events)
        .await
}

/// Evidence in the set's own chain, and its hash in the main one: the set's may have been closed there already.
async fn witness(
    tx: &mut Tx,
    root: &RequestId,
    decision: &Decision,
    skipped: &[Skipped],
    now: i64,
) -> Result<(), StoreError> {
    let task = |task: &Skipped| json!([task.id, task.collection, task.operation, task.was]);
    let action = "task.skipped";
    let entry = Entry {
        chain: root.as_str(),
        actor: &decision.actor,
        action,
        body: json!({
            "request": decision.request,
            "system": decision.system,
            "ground": decision.ground,
            "tasks": skipped.iter().map(task).collect::<Vec<_>>(),
        }),
    };
    let hash = evidence::append(tx, now, entry).await?;
    let entry = Entry {
        chain: evidence::MAIN,
        actor: &decision.actor,
        action,
        body: json!({ "request": root, "hash": hash }),
    };
    evidence::append(tx, now, entry).await?;
    Ok(())
}

fn seal(keys: &Keys, root: &RequestId, seq: i64, reason: &str) -> Result<Vec<u8>, SecretError> {
    keys.seal(PLACE, &format!("{root}/{seq}"), reason.as_bytes())
}

/// The reason of a decision.
pub fn reason(keys: &Keys, row: &SkipRow) -> Result<String, StoreError> {
    let place = format!("{}/{}", row.root, row.seq);
    let plain = keys
        .open(PLACE, &place, &row.reason_sealed)
        .map_err(|_| StoreError::Sealed { place: PLACE })?;
    Ok(String::from_utf8_lossy(&plain).into_owned())
}
