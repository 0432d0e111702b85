//! Looking again after an erasure: at once, after an hour, a day and thirty days, by searching as anybody would.
//!
//! Nothing here is shared with what erases: systems are searched by her old identifiers, and what they answer decides. Found again,
//! her request is open again, for a person to decide. What she is searched by is kept sealed until the last look, and no longer.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use app::model::{
    CollectionName, Disposition, Identifier, IdentifierKind, Inventory, Look, Millis, RequestId,
    Seen, Subject, SubjectHandle, SubjectKey, SystemId,
};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::timeout;

use super::target::{self, Target};
use super::{Engine, advance};
use crate::connectors::{Fault, FaultCode};
use crate::evidence::{self, Entry};
use crate::ledger::OURS;
use crate::registry::System;
use crate::store::recheck::{Looked, NewRecheckRow, RecheckRow};
use crate::store::request::RequestRow;
use crate::store::{StoreError, Tx};

const PLACE: &str = "recheck.sought";
/// How often it is seen whether a look is due.
const EVERY: Duration = Duration::from_secs(2);
/// How long a look may take; then it is another's.
const LEASE: Millis = 10 * 60 * 1000;
/// How long one system may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a system that does not answer is asked, and the pause in between.
const TRIES: i64 = 6;
const PAUSE: Millis = 10 * 60 * 1000;
/// As many of her identifiers are searched, and as many records looked at of each.
const IDENTIFIERS: usize = 16;
const SUBJECTS: usize = 1000;

/// What is searched for. Personal data: sealed.
#[derive(Serialize, Deserialize)]
struct Sought {
    identifiers: Vec<Identifier>,
    /// By system, who else had one of them when it was first searched: people who share a telephone are not her coming back.
    others: BTreeMap<SystemId, BTreeSet<SubjectHandle>>,
}

/// What the systems said.
#[derive(Debug, Clone, Default)]
struct Saw {
    returned: BTreeSet<(SystemId, CollectionName)>,
    unsearched: BTreeSet<SystemId>,
    others: BTreeMap<SystemId, BTreeSet<SubjectHandle>>,
}

/// Has her looked for from now on. In the transaction that ends an erasure, before what we know of her is thrown away.
pub(super) async fn begin(
    engine: &Engine,
    tx: &mut Tx,
    row: &RequestRow,
    now: Millis,
) -> Result<(), StoreError> {
    let target = Target::open(&engine.keys, &row.id, &row.target_sealed)?;
    let sought = Sought {
        identifiers: identifiers(target.subject.as_ref()),
        others: BTreeMap::new(),
    };
    let new = NewRecheckRow {
        request: row.id.clone(),
        root: row.root.clone(),
        erased_at: now,
        sealed: sealed(engine, row.id.as_str(), &sought)?,
    };
    tx.recheck_insert(&new).await
}

/// What tells of her and hardly of others. Names and addresses are many people's.
fn identifiers(subject: Option<&Subject>) -> Vec<Identifier> {
    use IdentifierKind::{Address, Name};
    let fields = subject.into_iter().flat_map(|subject| &subject.fields);
    let mut all: Vec<Identifier> = Vec::new();
    for field in fields {
        let kind = field.holds.filter(|kind| !matches!(kind, Name | Address));
        let value = field.in_full.as_ref().unwrap_or(&field.value);
        let identifier = kind.and_then(|kind| Identifier::new(kind, value).ok());
        all.extend(identifier.filter(|one| !all.contains(one)));
    }
    all.truncate(IDENTIFIERS);
    all
}

fn sealed(engine: &Engine, request: &str, sought: &Sought) -> Result<Vec<u8>, StoreError> {
    let inconsistent = StoreError::Inconsistent { place: PLACE };
    let plain = serde_json::to_vec(sought).map_err(|_| inconsistent)?;
    let sealed = engine.keys.seal(PLACE, request, &plain);
    sealed.map_err(|_| StoreError::Sealed { place: PLACE })
}

fn opened(engine: &Engine, row: &RecheckRow) -> Result<Sought, StoreError> {
    let sealed = row.sealed.as_deref().unwrap_or_default();
    let plain = engine.keys.open(PLACE, row.request.as_str(), sealed);
    let plain = plain.map_err(|_| StoreError::Sealed { place: PLACE })?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::Inconsistent { place: PLACE })
}

/// Takes every look when it is due, again and again.
pub async fn run(engine: Engine) {
    loop {
        match step(&engine).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(why) => tracing::warn!(error = %why, "a look after an erasure was not taken"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Takes the look that has been due for longest. False: none is due.
pub async fn step(engine: &Engine) -> Result<bool, StoreError> {
    let now = engine.clock.now();
    if !engine.db.recheck_is_due(now).await? {
        return Ok(false);
    }
    let claim = engine
        .db
        .write(move |tx| Box::pin(async move { tx.recheck_claim(now, now + LEASE).await }));
    let Some(row) = claim.await? else {
        return Ok(false);
    };
    let mut sought = opened(engine, &row)?;
    let key = key_of(engine, &row).await?;
    let mut seen = look(engine, &key, &sought).await?;
    // What a person decided to leave there is no return.
    let left = engine.db.places_skipped(&row.request).await?;
    seen.returned.retain(|place| !left.contains(place));
    for (system, others) in &seen.others {
        let first = || others.clone();
        sought.others.entry(system.clone()).or_insert_with(first);
    }
    let sealed = sealed(engine, row.request.as_str(), &sought)?;
    let inner = engine.clone();
    let written = engine.db.write(move |tx| {
        let (inner, row, seen, sealed) = (inner.clone(), row.clone(), seen.clone(), sealed.clone());
        Box::pin(async move { conclude(&inner, tx, &row, &seen, sealed).await })
    });
    if let Some(root) = written.await? {
        engine.hub.changed(root.as_str());
    }
    Ok(true)
}

async fn key_of(engine: &Engine, row: &RecheckRow) -> Result<SubjectKey, StoreError> {
    let request = engine.db.request_by_id(&row.request).await?;
    let request = request.ok_or(StoreError::Inconsistent {
        place: "recheck.request_id",
    })?;
    Ok(Target::open(&engine.keys, &request.id, &request.target_sealed)?.key)
}

/// Searches every system that can be, side by side.
async fn look(engine: &Engine, key: &SubjectKey, sought: &Sought) -> Result<Saw, StoreError> {
    let paused = engine.db.systems_paused().await?;
    let asked = engine.systems.all().into_iter().map(|system| {
        let is_paused = paused.contains(&system.id);
        async move {
            let found = if is_paused {
                Err(Fault::retry(FaultCode::Unreachable))
            } else {
                let late = |_| Err(Fault::retry(FaultCode::Timeout));
                timeout(PATIENCE, of_system(engine, &system, key, sought))
                    .await
                    .unwrap_or_else(late)
            };
            (system, found)
        }
    });
    let mut seen = Saw::default();
    for (system, found) in futures::future::join_all(asked).await {
        match found {
            Ok(None) => {}
            Ok(Some((returned, others))) => {
                let place = |collection| (system.id.clone(), collection);
                seen.returned.extend(returned.into_iter().map(place));
                seen.others.insert(system.id.clone(), others);
            }
            Err(_) => {
                seen.unsearched.insert(system.id.clone());
            }
        }
    }
    Ok(seen)
}

/// Whether a search by her id shows her in a collection whose rows erasure deletes.
pub(super) async fn shows(
    system: &System,
    key: &SubjectKey,
    collection: &CollectionName,
) -> Result<bool, Fault> {
    let inventory = system.connector.inventory();
    let listed = inventory.collection(collection);
    let searched = listed.is_some_and(|listed| {
        listed.disposition == Disposition::Delete && listed.searchable(key.kind()).is_yes()
    });
    if !searched {
        return Ok(false);
    }
    let mut found = system.connector.search(key.identifier());
    while let Some(subject) = found.next().await {
        let here = |seen: &Seen| seen.system == system.id && seen.collection == *collection;
        if subject?.seen_in.iter().any(here) {
            return Ok(true);
        }
    }
    Ok(false)
}

type OfSystem = (BTreeSet<CollectionName>, BTreeSet<SubjectHandle>);

/// Where one system shows her again, and who else has an identifier of hers; nothing if it can't be searched by any of them.
async fn of_system(
    engine: &Engine,
    system: &System,
    key: &SubjectKey,
    sought: &Sought,
) -> Result<Option<OfSystem>, Fault> {
    let inventory = system.connector.inventory();
    let by = std::iter::once(key.identifier()).chain(&sought.identifiers);
    let by: Vec<_> = by
        .filter(|one| inventory.searchable_by(one.kind()))
        .collect();
    if by.is_empty() {
        return Ok(None);
    }
    let known = sought.others.get(&system.id);
    let (mut returned, mut others) = (BTreeSet::new(), BTreeSet::new());
    for identifier in by {
        let mut found = system.connector.search(identifier).take(SUBJECTS + 1);
        let mut count = 0;
        while let Some(subject) = found.next().await {
            let subject = subject?;
            count += 1;
            if count > SUBJECTS {
                return Err(Fault::stop(FaultCode::Internal));
            }
            let places = not_kept(inventory, system, &subject);
            // What her id finds is hers, whatever its own key is.
            let by_key = identifier == key.identifier();
            if by_key || subject.key == *key {
                // What was anonymised may still be known by its own id, but by nothing else of hers.
                let hers = places.filter(|(_, deletes)| *deletes || !by_key);
                returned.extend(hers.map(|(collection, _)| collection));
            } else if let Some((collection, _)) = places.into_iter().next() {
                let handle = target::handle(&engine.keys, &subject.key);
                let handle = handle.map_err(|_| Fault::stop(FaultCode::Internal))?;
                if known.is_some_and(|known| !known.contains(&handle)) {
                    returned.insert(collection);
                }
                others.insert(handle);
            }
        }
    }
    Ok(Some((returned, others)))
}

/// Where a system showed a subject, and whether erasure deletes there; not where it keeps what is there.
fn not_kept<'a>(
    inventory: &'a Inventory,
    system: &'a System,
    subject: &'a Subject,
) -> impl Iterator<Item = (CollectionName, bool)> + 'a {
    let here = subject.seen_in.iter();
    let here = here.filter(|seen| seen.system == system.id);
    here.filter_map(|seen| {
        let collection = inventory.collection(&seen.collection)?;
        let kept = matches!(collection.disposition, Disposition::Keep { .. });
        let deletes = collection.disposition == Disposition::Delete;
        (!kept).then(|| (seen.collection.clone(), deletes))
    })
}

/// Writes down what was seen, and everything that it causes; gives the set's root. Nothing: the look had become another's.
async fn conclude(
    engine: &Engine,
    tx: &mut Tx,
    row: &RecheckRow,
    seen: &Saw,
    sealed: Vec<u8>,
) -> Result<Option<RequestId>, StoreError> {
    // The root's lock first, as everybody takes it: evidence comes after it.
    tx.request_set_locked(&row.root).await?;
    let now = engine.clock.now();
    let is_back = !seen.returned.is_empty();
    // What is down may be up again soon. After that it is said that it was not searched, and the next look tries anew.
    if !is_back && !seen.unsearched.is_empty() && row.attempt < TRIES {
        let again = Looked {
            step: row.step,
            due_at: Some(now + PAUSE),
            attempt: row.attempt,
            sealed: Some(sealed),
            looks: row.looks.clone(),
        };
        tx.recheck_looked(row, &again).await?;
        return Ok(None);
    }
    let returned: BTreeSet<&SystemId> = seen.returned.iter().map(|(system, _)| system).collect();
    let look = Look {
        step: row.step,
        at: now,
        returned: returned.into_iter().cloned().collect(),
        unsearched: seen.unsearched.iter().cloned().collect(),
    };
    let next = row.step.next().filter(|_| !is_back);
    let mut looks = row.looks.clone();
    looks.push(look.clone());
    let looked = Looked {
        step: next.unwrap_or(row.step),
        due_at: next.map(|next| row.erased_at + next.after()),
        attempt: 0,
        sealed: next.map(|_| sealed),
        looks,
    };
    if !tx.recheck_looked(row, &looked).await? {
        return Ok(None);
    }
    let body = json!({
        "request": row.request,
        "step": look.step.as_str(),
        "returned": seen.returned,
        "unsearched": look.unsearched,
    });
    let entry = Entry {
        chain: row.root.as_str(),
        actor: OURS,
        action: "erasure.looked_again",
        body,
    };
    evidence::append(tx, now, entry).await?;
    if is_back {
        advance::returned(engine, tx, &row.root, &row.request, &seen.returned).await?;
    }
    Ok(Some(row.root.clone()))
}
