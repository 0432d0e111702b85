//! The retry rule: only when all related requests have ended, and then only those that failed.

use app::model::{
    Blocked, CollectionName, EventKind, Millis, RequestId, RequestState, SubjectHandle, SystemId,
};

use super::Engine;
use super::create::{self, CreateError, Created, NewMember, NewSet};
use super::target::Target;
use super::work::{self, Piece};
use crate::connectors::Trace;
use crate::ledger;
use crate::store::request::RequestRow;
use crate::store::{StoreError, Tx};

/// Why a set can't be retried now; nothing if it can.
pub fn blocked(set: &[RequestRow]) -> Option<Blocked> {
    let in_flight: Vec<_> = set
        .iter()
        .filter(|member| !member.state.has_ended())
        .map(|m| m.id.clone())
        .collect();
    if !in_flight.is_empty() {
        return Some(Blocked::InFlight {
            requests: in_flight,
        });
    }
    let failed = || {
        set.iter()
            .filter(|member| member.state == RequestState::PartiallyFailed)
    };
    if failed().next().is_none() {
        return Some(Blocked::NothingFailed);
    }
    failed()
        .find_map(|m| m.retried_by.clone())
        .map(|by| Blocked::Retried { by })
}

/// Who asks for a retry.
#[derive(Debug, Clone)]
pub struct RetriedBy {
    pub actor: String,
    pub actor_name: String,
}

/// Why a retry was not made.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    #[error("not allowed now")]
    Blocked(Blocked),
    #[error(transparent)]
    Create(#[from] CreateError),
}

impl From<StoreError> for RetryError {
    fn from(why: StoreError) -> Self {
        Self::Create(why.into())
    }
}

/// Makes the failed members' requests again, as a new set; the rule is looked at under the lock of the old one.
pub async fn retry(
    engine: &Engine,
    tx: &mut Tx,
    root: &RequestId,
    by: &RetriedBy,
) -> Result<RequestId, RetryError> {
    let old = tx.request_set_locked(root).await?;
    if let Some(blocked) = blocked(&old) {
        return Err(RetryError::Blocked(blocked));
    }
    if is_relinked(tx, &old).await? {
        return Err(RetryError::Blocked(Blocked::Relinked));
    }
    if tx.has_drifted(root).await? {
        return Err(RetryError::Blocked(Blocked::Drifted));
    }
    let failed: Vec<_> = old
        .into_iter()
        .filter(|member| member.state == RequestState::PartiallyFailed)
        .collect();
    let first = failed
        .first()
        .ok_or(RetryError::Blocked(Blocked::NothingFailed))?;
    let reason = engine
        .keys
        .open("request.reason", first.id.as_str(), &first.reason_sealed)
        .map_err(|_| StoreError::Sealed {
            place: "request.reason",
        })?;
    let mut members = Vec::new();
    for row in &failed {
        let skipped = tx.tasks_skipped(&row.id).await?;
        let planned = ledger::planned(tx, &row.id).await?;
        members.push(member(engine, row, skipped, planned)?);
    }
    let set = NewSet {
        right: first.right,
        actor: by.actor.clone(),
        actor_name: by.actor_name.clone(),
        reason: String::from_utf8_lossy(&reason).into_owned(),
        plan: None,
        plan_hash: first.plan_hash.clone(),
        retry_of: Some(root.clone()),
        due_at: Some(first.due_at),
        members,
        links: None,
    };
    let new = match create::create(engine, tx, &set).await? {
        Created::New { root } => root,
        // Somebody asked for the same anew in the meantime: that is the retry.
        Created::InFlight { root } | Created::Made { root } => return Ok(root),
    };
    let now = engine.clock.now();
    tx.request_handed_on(root).await?;
    for row in &failed {
        tx.request_retried(&row.id, &new).await?;
        let event = EventKind::Retried { by: new.clone() };
        tx.event_append(root, &row.id, now, &event).await?;
    }
    Ok(new)
}

/// The subjects of a set, and since when they have been one.
pub fn members_since(set: &[RequestRow]) -> (Vec<SubjectHandle>, Millis) {
    let made = set.iter().map(|row| row.created_at).min();
    let members = set.iter().map(|row| row.subject.clone());
    (members.collect(), made.unwrap_or_default())
}

/// Whether a record of the set may be another person's, as staff confirmed since it was made. What joined her since is left to a
/// request of its own.
async fn is_relinked(tx: &mut Tx, set: &[RequestRow]) -> Result<bool, StoreError> {
    let (members, made) = members_since(set);
    tx.parted_since(&members, made).await
}

/// A request as it was made, held to the rows that were confirmed then.
fn member(
    engine: &Engine,
    row: &RequestRow,
    skipped: i64,
    planned: Vec<(SystemId, CollectionName, Trace)>,
) -> Result<NewMember, StoreError> {
    let target = Target::open(&engine.keys, &row.id, &row.target_sealed)?;
    let kind = target.key.kind();
    let work = work::of(&engine.systems, row.right, kind, &target.replacements);
    let named = |piece: &Piece| {
        let mut all = planned.iter();
        let same = all.find(|(at, name, _)| *at == piece.system && *name == piece.collection);
        same.map(|(.., trace)| trace.clone())
    };
    Ok(NewMember {
        handle: row.subject.clone(),
        target,
        planned: work.pieces.iter().map(named).collect(),
        work,
        // What was kept before may not be reached again: it is an exception all the same. What was skipped is tried again.
        exceptions: row.exceptions - skipped,
    })
}
