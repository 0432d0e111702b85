//! Making a set of requests: everything that it causes in one transaction, or nothing.

use app::model::{CoverageState, EventKind, RequestId, Right, SubjectHandle};
use serde_json::json;

use super::Engine;
use super::target::Target;
use super::work::Work;
use crate::evidence::{self, Entry};
use crate::ledger::NewTask;
use crate::store::request::NewRequestRow;
use crate::store::{StoreError, Tx};

/// How often a task is tried at the most.
pub const MAX_ATTEMPTS: u32 = 5;

/// A set to be made.
#[derive(Debug, Clone)]
pub struct NewSet {
    pub right: Right,
    /// `staff:…` or `client:…`, and the name to show.
    pub actor: String,
    pub actor_name: String,
    pub reason: String,
    pub plan_hash: String,
    /// The root of the set that this one tries again.
    pub retry_of: Option<RequestId>,
    /// The canonical member first. At least one.
    pub members: Vec<NewMember>,
}

/// One member's request to be made.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub handle: SubjectHandle,
    pub target: Target,
    pub work: Work,
    /// Rows per piece of work, where a plan counted them.
    pub planned: Vec<Option<u64>>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    New {
        root: RequestId,
    },
    /// The same is in flight already: this is it. Nothing was written.
    InFlight {
        request: RequestId,
        root: RequestId,
    },
}

/// Why a set was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Another set has this member in flight.
    #[error("in flight in {0}")]
    MemberInFlight(RequestId),
    #[error("retried already by {0}")]
    Retried(RequestId),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the set: requests, tasks, coverage, events, evidence. A duplicate of one in flight gives that one.
pub async fn create(engine: &Engine, tx: &mut Tx, set: &NewSet) -> Result<Created, CreateError> {
    let now = engine.clock.now();
    let root = new_id(engine)?;
    for (position, member) in set.members.iter().enumerate() {
        let id = if position == 0 {
            root.clone()
        } else {
            new_id(engine)?
        };
        if !insert_request(engine, tx, set, member, (&id, &root, position), now).await? {
            return in_flight(tx, set.right, member, position).await;
        }
        insert_tasks(engine, tx, member, &id, &root, now).await?;
        for system in &member.work.not_searchable {
            tx.coverage_insert(&id, system, CoverageState::NotSearchable)
                .await?;
        }
        tx.event_append(&root, &id, now, &EventKind::Created)
            .await?;
    }
    witness(tx, set, &root, now).await?;
    Ok(Created::New { root })
}

async fn insert_request(
    engine: &Engine,
    tx: &mut Tx,
    set: &NewSet,
    member: &NewMember,
    (id, root, position): (&RequestId, &RequestId, usize),
    now: i64,
) -> Result<bool, StoreError> {
    let sealed = |_| StoreError::Sealed { place: "request" };
    let row = NewRequestRow {
        id: id.clone(),
        root: root.clone(),
        position: i64::try_from(position).unwrap_or(i64::MAX),
        right: set.right,
        subject: member.handle.clone(),
        subject_kind: member.target.key.kind(),
        target_sealed: member.target.seal(&engine.keys, id).map_err(sealed)?,
        reason_sealed: engine
            .keys
            .seal("request.reason", id.as_str(), set.reason.as_bytes())
            .map_err(sealed)?,
        actor: set.actor.clone(),
        actor_name: set.actor_name.clone(),
        plan_hash: set.plan_hash.clone(),
        retry_of: set.retry_of.clone(),
        open_tasks: i64::try_from(member.work.pieces.len()).unwrap_or(i64::MAX),
        created_at: now,
    };
    tx.request_insert(&row).await
}

/// The answer to a duplicate: the canonical member's set stands for the asked one; for others it is a conflict.
async fn in_flight(
    tx: &mut Tx,
    right: Right,
    member: &NewMember,
    position: usize,
) -> Result<Created, CreateError> {
    let row =
        tx.request_in_flight(right, &member.handle)
            .await?
            .ok_or(StoreError::Inconsistent {
                place: "request_in_flight",
            })?;
    if position == 0 {
        Ok(Created::InFlight {
            request: row.id,
            root: row.root,
        })
    } else {
        Err(CreateError::MemberInFlight(row.root))
    }
}

async fn insert_tasks(
    engine: &Engine,
    tx: &mut Tx,
    member: &NewMember,
    request: &RequestId,
    root: &RequestId,
    now: i64,
) -> Result<(), StoreError> {
    let ids: Vec<String> = member
        .work
        .pieces
        .iter()
        .map(|_| engine.clock.id())
        .collect();
    // A task that others wait for has to be there first: pieces point to later ones, so go backwards.
    for (at, piece) in member.work.pieces.iter().enumerate().rev() {
        let task = NewTask {
            id: ids[at].clone(),
            request: request.clone(),
            root: root.clone(),
            system: piece.system.clone(),
            collection: piece.collection.clone(),
            operation: piece.operation,
            repeat: piece.repeat,
            after: piece.after.map(|other| ids[other].clone()),
            max_attempts: MAX_ATTEMPTS,
            planned: member.planned.get(at).copied().flatten(),
            position: i64::try_from(at).unwrap_or(i64::MAX),
        };
        tx.task_insert(&task, now).await?;
    }
    Ok(())
}

/// Evidence in the set's own chain, and its beginning in the main one.
async fn witness(tx: &mut Tx, set: &NewSet, root: &RequestId, now: i64) -> Result<(), StoreError> {
    let subjects: Vec<_> = set
        .members
        .iter()
        .map(|member| member.handle.as_str())
        .collect();
    let body = json!({
        "right": set.right.as_str(),
        "article": set.right.article(),
        "subjects": subjects,
        "plan": set.plan_hash,
        "retry_of": set.retry_of,
    });
    let action = "request.created";
    let entry = Entry {
        chain: root.as_str(),
        actor: &set.actor,
        action,
        body,
    };
    let hash = evidence::append(tx, now, entry).await?;
    let body = json!({ "request": root, "hash": hash });
    let entry = Entry {
        chain: evidence::MAIN,
        actor: &set.actor,
        action,
        body,
    };
    evidence::append(tx, now, entry).await?;
    Ok(())
}

fn new_id(engine: &Engine) -> Result<RequestId, StoreError> {
    let place = StoreError::Inconsistent {
        place: "request.id",
    };
    RequestId::parse(engine.clock.id()).map_err(|_| place)
}
