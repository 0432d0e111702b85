//! Making a set of requests: everything that it causes in one transaction, or nothing.

use std::collections::BTreeSet;

use app::model::{
    CoverageState, EventKind, LinkId, Millis, PlanId, RequestId, Right, SubjectHandle,
};
use serde_json::json;

use super::Engine;
use super::target::Target;
use super::work::Work;
use crate::connectors::Trace;
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
    /// The plan that staff confirmed; it makes one set.
    pub plan: Option<PlanId>,
    pub plan_hash: String,
    /// The root of the set that this one tries again.
    pub retry_of: Option<RequestId>,
    /// By when it must have been answered, where that is not counted from now.
    pub due_at: Option<Millis>,
    /// The canonical member first. At least one.
    pub members: Vec<NewMember>,
    /// All links that staff confirmed of a member, as known when the set was put together: it is not made if they are others by now.
    /// None for a set that is tried again as it was.
    pub links: Option<BTreeSet<LinkId>>,
}

/// One member's request to be made.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub handle: SubjectHandle,
    pub target: Target,
    pub work: Work,
    /// The rows of each piece of work, where a plan looked for them.
    pub planned: Vec<Option<Trace>>,
    /// Tasks that had to keep something in the tries before this one.
    pub exceptions: i64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    New {
        root: RequestId,
    },
    /// The same is in flight already: this is it. Nothing was written.
    InFlight {
        root: RequestId,
    },
    /// It was made of this plan before, and may have ended. Nothing was written.
    Made {
        root: RequestId,
    },
}

impl Created {
    /// The root of the set, whoever made it.
    pub fn root(self) -> RequestId {
        match self {
            Self::New { root } | Self::InFlight { root } | Self::Made { root } => root,
        }
    }
}

/// Why a set was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Another set has this member in flight.
    #[error("in flight in {0}")]
    MemberInFlight(RequestId),
    /// No system has anything to do for one of its members: it would never end.
    #[error("nothing to do")]
    NothingToDo(Right),
    /// Who belongs to the set was changed while it was being put together.
    #[error("what staff confirmed of its members has changed")]
    Relinked,
    #[error("others were making the same at this moment")]
    Raced,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CreateError {
    /// Whether the same set may be made when its transaction is run again.
    fn is_passing(&self) -> bool {
        match self {
            Self::Raced => true,
            Self::Store(why) => why.is_passing(),
            Self::MemberInFlight(_) | Self::NothingToDo(_) | Self::Relinked => false,
        }
    }
}

/// How often a set is tried again that others were making at the same moment.
const RACES: u32 = 5;

/// Makes the set in a transaction of its own.
pub async fn make(engine: &Engine, set: NewSet) -> Result<Created, CreateError> {
    let mut races = 0;
    loop {
        let (inner, set) = (engine.clone(), set.clone());
        let write = engine
            .db
            .write(move |tx| Box::pin(async move { create(&inner, tx, &set).await }));
        match write.await {
            Err(why) if why.is_passing() && races < RACES => races += 1,
            made => return made,
        }
    }
}

/// Makes the set: requests, tasks, coverage, events, evidence. A duplicate of one in flight gives that one.
/// After [`CreateError::Raced`] the transaction has to be begun again.
pub async fn create(engine: &Engine, tx: &mut Tx, set: &NewSet) -> Result<Created, CreateError> {
    if set.members.iter().any(|m| m.work.pieces.is_empty()) {
        return Err(CreateError::NothingToDo(set.right));
    }
    if let Some(plan) = &set.plan
        && let Some(root) = tx.plan_root(plan).await?
    {
        return Ok(Created::Made { root });
    }
    if let Some(standing) = standing(engine, tx, set).await? {
        return Ok(standing);
    }
    if let Some(known) = &set.links {
        let members: Vec<_> = set.members.iter().map(|m| m.handle.clone()).collect();
        if tx.links_of(&members).await? != *known {
            return Err(CreateError::Relinked);
        }
    }
    let now = engine.clock.now();
    let root = new_id(engine)?;
    for (position, member) in set.members.iter().enumerate() {
        let id = if position == 0 {
            root.clone()
        } else {
            new_id(engine)?
        };
        if !insert_request(engine, tx, set, member, (&id, &root, position), now).await? {
            return Err(CreateError::Raced);
        }
        insert_tasks(engine, tx, member, &id, &root, now).await?;
        for system in &member.work.not_searchable {
            tx.coverage_insert(&id, system, CoverageState::NotSearchable)
                .await?;
        }
        tx.event_append(&root, &id, now, &EventKind::Created)
            .await?;
    }
    if let Some(plan) = &set.plan
        && !tx.plan_used(plan, &root).await?
    {
        return Err(CreateError::Raced);
    }
    witness(tx, set, &root, now).await?;
    Ok(Created::New { root })
}

/// The set in flight that asks the same for the same people. One that shares only some of them, or changes something else, is in
/// the way: neither may be taken for the other.
async fn standing(
    engine: &Engine,
    tx: &mut Tx,
    set: &NewSet,
) -> Result<Option<Created>, CreateError> {
    for member in &set.members {
        let Some(row) = tx.request_in_flight(set.right, &member.handle).await? else {
            continue;
        };
        let others = tx.request_set_locked(&row.root).await?;
        let asked: BTreeSet<_> = set.members.iter().map(|member| &member.handle).collect();
        let stands: BTreeSet<_> = others.iter().map(|other| &other.subject).collect();
        let target = Target::open(&engine.keys, &row.id, &row.target_sealed)?;
        if asked != stands || target.replacements != member.target.replacements {
            return Err(CreateError::MemberInFlight(row.root));
        }
        return Ok(Some(Created::InFlight { root: row.root }));
    }
    Ok(None)
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
        exceptions: member.exceptions,
        created_at: now,
        due_at: set.due_at.unwrap_or_else(|| engine.calendar.due(now)),
    };
    tx.request_insert(&row).await
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
    let pieces = member.work.pieces.iter().enumerate();
    let tasks = pieces.map(|(at, piece)| NewTask {
        id: ids[at].clone(),
        request: request.clone(),
        root: root.clone(),
        system: piece.system.clone(),
        collection: piece.collection.clone(),
        operation: piece.operation,
        repeat: piece.repeat,
        after: piece.after.map(|other| ids[other].clone()),
        max_attempts: MAX_ATTEMPTS,
        planned: member.planned.get(at).cloned().flatten(),
        position: i64::try_from(at).unwrap_or(i64::MAX),
    });
    tx.tasks_insert(&tasks.collect::<Vec<_>>(), now).await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_database_says_may_pass_is_tried_again() {
        let busy = || StoreError::Database(sqlx::Error::PoolTimedOut);
        assert!(CreateError::Raced.is_passing());
        assert!(CreateError::Store(busy()).is_passing());
        assert!(!CreateError::Store(StoreError::CutOff).is_passing());
        assert!(!CreateError::NothingToDo(Right::Update).is_passing());
    }
}
