//! What a task does, by its operation: the one place where workers meet connectors.

use app::model::{
    Collection, CollectionName, Disposition, IdentifierKind, InvalidId, Operation, RequestId,
    Right, Subject,
};

use super::Engine;
use super::package::{
    self, CollectionFacts, Holding, Lang, PackageFacts, PackageName, SystemFacts,
};
use super::parts::{PartName, PartSink, StoredPart};
use super::recheck;
use super::salt;
use super::target::Target;
use crate::connectors::{Call, Connector, Erasure, Fault, FaultCode, Outcome, Refused};
use crate::ledger::{self, Along, Claimed, Ending};
use crate::store::package::PackageRow;
use crate::store::part::PartRow;
use crate::store::request::RequestRow;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What a try came to, and what belongs into the transaction that writes it down.
#[derive(Debug, Clone)]
pub struct Executed {
    pub ending: Ending,
    /// A part that is too small for a file.
    pub part: Option<StoredPart>,
    pub package: Option<PackageRow>,
    /// What was done along with it.
    pub along: Vec<Along>,
    /// Where it failed, if that was not its own place.
    pub at: Option<CollectionName>,
}

impl Executed {
    /// Whether it is done, and nothing is to be written down but that.
    pub fn is_plain(&self) -> bool {
        let is_done = matches!(self.ending, Ending::Done { .. });
        is_done && self.package.is_none() && self.along.is_empty() && self.at.is_none()
    }
}

impl From<Ending> for Executed {
    fn from(ending: Ending) -> Self {
        Self {
            ending,
            part: None,
            package: None,
            along: Vec::new(),
            at: None,
        }
    }
}

/// A request whose tasks are worked on.
#[derive(Clone)]
pub struct Request {
    row: RequestRow,
    target: Target,
}

/// Reads what the tasks of a request need to know of it.
pub async fn load(engine: &Engine, id: &RequestId) -> Result<Request, Fault> {
    let row = engine.db.request_by_id(id).await;
    let row = row.map_err(|_| Fault::retry(FaultCode::Storage))?;
    let row = row.ok_or(Fault::stop(FaultCode::Internal))?;
    let target = Target::open(&engine.keys, id, &row.target_sealed)
        .map_err(|_| Fault::stop(FaultCode::Internal))?;
    Ok(Request { row, target })
}

/// Does the task's work. Its outcome is written by the caller, fenced.
pub async fn execute(
    engine: &Engine,
    task: &Claimed,
    Request { row, target }: &Request,
) -> Result<Executed, Refused> {
    if task.operation == Operation::Package {
        return Ok(package(engine, task, row, target).await?);
    }
    let system = engine
        .systems
        .get(&task.system)
        .ok_or(Fault::retry(FaultCode::Unreachable))?;
    let connector = system.connector.as_ref();
    let call = Call {
        token: task.id.clone(),
        attempt: task.attempt,
    };
    let (key, collection) = (&target.key, &task.collection);
    if task.operation == Operation::Delete && connector.at_once() {
        return erase(engine, task, connector, &call, target).await;
    }
    as_planned(connector, task, target).await?;
    let outcome = match task.operation {
        Operation::Export => return Ok(export(engine, task, connector, &call, target).await?),
        Operation::Update => {
            let (whose, replacements) = (target.whose(), &target.replacements);
            connector
                .update(&call, whose, collection, replacements)
                .await?
        }
        Operation::Delete => connector.delete(&call, key, collection).await?,
        Operation::Verify => {
            // The word of what erased is not enough: a search must not show her either.
            let left = connector.verify(target.whose(), collection).await?;
            if left > 0 || recheck::shows(&system, key, collection).await? {
                return Err(Fault::stop(FaultCode::StillThere).into());
            }
            Outcome::default()
        }
        Operation::Package => Outcome::default(),
    };
    Ok(Ending::Done {
        rows: outcome.rows,
        kept: outcome.kept,
        part: None,
    }
    .into())
}

/// Erases all that is hers in a system, as one: this task, and those that wait for it. No row goes that a confirmed plan did not name.
async fn erase(
    engine: &Engine,
    task: &Claimed,
    connector: &dyn Connector,
    call: &Call,
    target: &Target,
) -> Result<Executed, Refused> {
    let line = ledger::line(&engine.db, task).await;
    let line = line.map_err(|_| Fault::retry(FaultCode::Storage))?;
    let erasures: Vec<_> = line
        .iter()
        .map(|one| Erasure {
            collection: &one.collection,
            planned: one.planned.as_ref(),
        })
        .collect();
    let salt = salt(&engine.keys, &task.system);
    let outcomes = connector
        .erase(call, target.whose(), &erasures, salt.as_bytes())
        .await?;
    let (mut own, mut along) = (Outcome::default(), Vec::new());
    for (one, outcome) in line.into_iter().zip(outcomes) {
        if one.id == task.id {
            own = outcome;
            continue;
        }
        along.push(Along {
            id: one.id,
            collection: one.collection,
            outcome,
        });
    }
    let ending = Ending::Done {
        rows: own.rows,
        kept: own.kept,
        part: None,
    };
    Ok(Executed {
        along,
        ..ending.into()
    })
}

/// Halts what would erase or change more than was confirmed. Fewer rows are no matter: somebody else was quicker, or this is another
/// try of what was done.
async fn as_planned(
    connector: &dyn Connector,
    task: &Claimed,
    target: &Target,
) -> Result<(), Fault> {
    let collection = connector.inventory().collection(&task.collection);
    let kept = collection.is_some_and(|c| matches!(c.disposition, Disposition::Keep { .. }));
    let planned = match task.operation {
        Operation::Delete if !kept => task.planned,
        Operation::Update => task.planned,
        _ => None,
    };
    let Some(planned) = planned else {
        return Ok(());
    };
    let (whose, replacements) = (target.whose(), &target.replacements);
    let there = connector.trace(whose, &task.collection, task.operation, replacements, &[]);
    if there.await?.rows > planned {
        return Err(Fault::stop(FaultCode::Drifted));
    }
    Ok(())
}

async fn export(
    engine: &Engine,
    task: &Claimed,
    connector: &dyn Connector,
    call: &Call,
    target: &Target,
) -> Result<Executed, Fault> {
    let name = PartName::new(&task.request, &task.id, task.attempt)
        .map_err(|_| Fault::stop(FaultCode::Internal))?;
    let mut sink = PartSink::create(&engine.keys, &engine.folder, name);
    connector
        .export(call, &target.key, &task.collection, &mut sink)
        .await?;
    let part = sink.finish().await?;
    let ending = Ending::Done {
        rows: part.rows + part.files,
        kept: 0,
        part: Some(part.stored.name.file().to_owned()),
    };
    Ok(Executed {
        part: part.stored.sealed.is_some().then_some(part.stored),
        ..ending.into()
    })
}

async fn package(
    engine: &Engine,
    task: &Claimed,
    request: &RequestRow,
    target: &Target,
) -> Result<Executed, Fault> {
    let parts = parts_of(engine, &task.request).await?;
    let file = PackageName::new(&request.id, task.attempt);
    let row = assemble(engine, (request, target), parts, file).await?;
    let ending = Ending::Done {
        rows: 1,
        kept: 0,
        part: None,
    };
    Ok(Executed {
        package: Some(row),
        ..ending.into()
    })
}

/// Makes the package before it is a task's turn to: of a request whose last open tasks these are, and of which nothing is large enough
/// to take noticeable time. Nothing where that is not so; where it fails, the task will, and say why.
pub(super) async fn package_ahead(
    engine: &Engine,
    Request { row, target }: &Request,
    done: &[(Claimed, Executed)],
) -> Option<PackageRow> {
    let open = usize::try_from(row.open_tasks).ok()?;
    if row.right != Right::Export || row.failed_tasks > 0 || open != done.len() {
        return None;
    }
    let mut parts = parts_of(engine, &row.id).await.ok()?;
    for (task, executed) in done {
        if !executed.is_plain() || task.operation != Operation::Export {
            return None;
        }
        let part = executed.part.as_ref()?;
        parts.push(PartRow {
            system: task.system.clone(),
            collection: task.collection.clone(),
            part: part.name.file().to_owned(),
            sealed: part.sealed.as_ref().map(|sealed| sealed.to_vec()),
        });
    }
    if parts.iter().any(|part| part.sealed.is_none()) {
        return None;
    }
    let file = PackageName::ahead(&row.id, &engine.clock.id());
    assemble(engine, (row, target), parts, file).await.ok()
}

async fn parts_of(engine: &Engine, request: &RequestId) -> Result<Vec<PartRow>, Fault> {
    let parts = engine.db.parts_of_request(request).await;
    parts.map_err(|_| Fault::retry(FaultCode::Storage))
}

/// Makes the package of these parts, in that file.
async fn assemble(
    engine: &Engine,
    (request, target): (&RequestRow, &Target),
    parts: Vec<PartRow>,
    file: Result<PackageName, InvalidId>,
) -> Result<PackageRow, Fault> {
    let made_at = engine.clock.now();
    let facts = facts(engine, (request, target), parts, made_at).await?;
    let file = file.map_err(|_| Fault::stop(FaultCode::Internal))?;
    let made = package::assemble(&engine.keys, &engine.folder, facts, file).await;
    let made = made.map_err(|why| why.fault())?;
    Ok(PackageRow {
        request: request.id.clone(),
        file: made.file.as_str().to_owned(),
        bytes: made.bytes,
        sha256: made.sha256,
        made_at,
        expires_at: made_at + i64::from(engine.package_days) * DAY,
    })
}

/// Every system and collection of the inventory: what was read of it, or that her key finds nothing there.
async fn facts(
    engine: &Engine,
    (request, target): (&RequestRow, &Target),
    parts: Vec<PartRow>,
    made_at: i64,
) -> Result<PackageFacts, Fault> {
    let skipped = engine.db.exports_skipped(&request.id).await;
    let skipped = skipped.map_err(|_| Fault::retry(FaultCode::Storage))?;
    let inventoried = |part: &PartRow| {
        let system = engine.systems.get(&part.system);
        system.is_some_and(|s| {
            s.connector
                .inventory()
                .collection(&part.collection)
                .is_some()
        })
    };
    // What was read of a collection that is listed no more would be left out, and nothing would say so.
    if !parts.iter().all(inventoried) {
        return Err(Fault::stop(FaultCode::Mismatch));
    }
    let kind = target.key.kind();
    let mut systems = Vec::new();
    for system in engine.systems.all() {
        let mut collections = Vec::new();
        for collection in &system.connector.inventory().collections {
            let part = parts
                .iter()
                .find(|part| part.system == system.id && part.collection == collection.name);
            let ground = skipped.iter().find_map(|(at, name, ground)| {
                (*at == system.id && *name == collection.name).then_some(*ground)
            });
            let holding = match ground {
                Some(ground) => Holding::Waived { ground },
                None => holding(&request.id, kind, collection, part)?,
            };
            collections.push(CollectionFacts {
                name: collection.name.clone(),
                title: collection.title.clone(),
                fields: collection.fields.clone(),
                holding,
            });
        }
        let (id, name) = (system.id.clone(), system.name.clone());
        systems.push(SystemFacts {
            id,
            name,
            collections,
        });
    }
    Ok(PackageFacts {
        request: request.id.clone(),
        right: request.right,
        subject: target
            .subject
            .as_ref()
            .and_then(|subject: &Subject| subject.name.clone()),
        kind,
        requested_at: request.created_at,
        made_at,
        lang: Lang::default(),
        systems,
    })
}

fn holding(
    request: &RequestId,
    kind: IdentifierKind,
    collection: &Collection,
    part: Option<&PartRow>,
) -> Result<Holding, Fault> {
    match part {
        Some(part) => {
            let name = PartName::parse(request, &part.part);
            let name = name.map_err(|_| Fault::stop(FaultCode::Internal))?;
            let sealed = part.sealed.clone().map(Into::into);
            let part = Some(StoredPart { name, sealed });
            Ok(Holding::Searched { part })
        }
        // It was added after the request was made: it could have been searched, and was not.
        None if collection.searchable(kind).is_yes() => Ok(Holding::Failed),
        None => Ok(Holding::NotSearchable),
    }
}
