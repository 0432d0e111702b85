//! An engine over a fresh database with scripted systems, driven step by step so that nothing depends on timing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use app::model::{
    Event, Identifier, IdentifierKind, Operation, RequestId, RequestState, Right, SubjectKey,
    SystemId,
};
use server::clock::Clock;
use server::connectors::{Connector, Repeat};
use server::evidence::{self, Verdict};
use server::hub::Hub;
use server::ledger::OURS;
use server::params;
use server::pulse::Pulse;
use server::registry::{Registry, System};
use server::secret::Keys;
use server::store::request::RequestRow;
use server::store::{Db, StoreError};
use server::workflow::create::{Created, NewMember, NewSet, make};
use server::workflow::retry::{RetriedBy, RetryError, retry};
use server::workflow::target::{Target, handle};
use server::workflow::{Engine, work, worker};

use crate::databases::{Fresh, fresh};
use crate::scripted::Scripted;

pub(crate) struct World {
    pub(crate) name: &'static str,
    pub(crate) engine: Engine,
    pub(crate) crm: Arc<Scripted>,
    pub(crate) shop: Arc<Scripted>,
    /// Keeps the folder until the end.
    _fresh: Fresh,
}

/// One world on each database, with two systems whose operations are of that class.
pub(crate) async fn worlds(repeat: Repeat) -> Vec<World> {
    fresh()
        .await
        .into_iter()
        .map(|fresh| world(fresh, repeat))
        .collect()
}

fn world(fresh: Fresh, repeat: Repeat) -> World {
    let crm = Arc::new(Scripted::new("crm", repeat));
    let shop = Arc::new(Scripted::new("shop", repeat));
    let systems = Registry::default();
    systems.put(system("crm", crm.clone()));
    systems.put(system("shop", shop.clone()));
    let engine = engine(fresh.db.clone(), systems, fresh.folder.path().to_owned());
    World {
        name: fresh.name,
        engine,
        crm,
        shop,
        _fresh: fresh,
    }
}

/// A system as the registry has it.
pub(crate) fn system(id: &str, connector: Arc<dyn Connector>) -> System {
    System {
        id: SystemId::parse(id).expect("an id"),
        name: id.to_owned(),
        kind: "test".to_owned(),
        owner: String::new(),
        region: String::new(),
        per_second: None,
        concurrency: None,
        connector,
        pace: None,
        pulse: Pulse::default(),
        lever: None,
        described_at: 0,
    }
}

/// An engine with test keys.
pub(crate) fn engine(db: Db, systems: Registry, folder: std::path::PathBuf) -> Engine {
    Engine {
        db,
        keys: Keys::new(&std::array::from_fn(|i| i as u8 * 7)).expect("strong enough"),
        clock: Clock::machine(),
        hub: Hub::default(),
        systems,
        calendar: server::deadline::Calendar::default(),
        wake: Arc::default(),
        folder,
        workers: 2,
        lease: Duration::from_secs(30),
        package_days: 7,
        outage_tries: 300,
    }
}

/// The key of an external contact.
pub(crate) fn key(id: &str) -> SubjectKey {
    let identifier = Identifier::new(IdentifierKind::ExternalContactId, id).expect("valid");
    SubjectKey::try_from(identifier).expect("an id")
}

/// A set to be made for these contacts, the first the canonical one.
pub(crate) fn new_set(engine: &Engine, right: Right, ids: &[&str]) -> NewSet {
    let kind = IdentifierKind::ExternalContactId;
    // Scripted collections hold no fields: an update's tasks are given by hand.
    let work = if right == Right::Update {
        let mut work = work::of(&engine.systems, Right::Export, kind, &[]);
        for piece in &mut work.pieces {
            piece.operation = Operation::Update;
        }
        work
    } else {
        work::of(&engine.systems, right, kind, &[])
    };
    let member = |(at, id): (usize, &&str)| NewMember {
        handle: handle(&engine.keys, &key(id)).expect("a handle"),
        work: work.clone(),
        target: Target {
            key: key(id),
            before: Vec::new(),
            after: Vec::new(),
            subject: None,
            canonical: at == 0,
            replacements: Vec::new(),
        },
        planned: Vec::new(),
        exceptions: 0,
    };
    NewSet {
        right,
        actor: "staff:1".to_owned(),
        actor_name: "Ada".to_owned(),
        reason: "She asked.".to_owned(),
        plan: None,
        plan_hash: "0".repeat(64),
        retry_of: None,
        due_at: None,
        links: None,
        members: ids.iter().enumerate().map(member).collect(),
    }
}

/// Makes a set that is new.
pub(crate) async fn made(engine: &Engine, right: Right, ids: &[&str]) -> RequestId {
    match make(engine, new_set(engine, right, ids))
        .await
        .expect("makes")
    {
        Created::New { root } => root,
        other => panic!("not new: {other:?}"),
    }
}

impl World {
    /// The two scripted systems.
    pub(crate) fn scripted(&self) -> Vec<SystemId> {
        let id = |word| SystemId::parse(word).expect("an id");
        vec![id("crm"), id("shop")]
    }

    /// Does every task that can be done, as if no time had to pass between tries.
    pub(crate) async fn run(&self) {
        drain(&self.engine).await;
    }

    /// How many requests have parts, as files or beside their tasks.
    pub(crate) async fn parts(&self) -> usize {
        let small = self.engine.db.requests_with_parts().await.expect("reads");
        let mut requests: BTreeSet<_> = small.iter().map(ToString::to_string).collect();
        if let Ok(files) = std::fs::read_dir(self.engine.folder.join("parts")) {
            let name = |file: std::io::Result<std::fs::DirEntry>| {
                let name = file.expect("an entry").file_name();
                name.into_string().expect("plain")
            };
            requests.extend(files.map(name));
        }
        requests.len()
    }

    pub(crate) async fn set(&self, root: &RequestId) -> Vec<RequestRow> {
        self.engine.db.requests_of_root(root).await.expect("reads")
    }

    pub(crate) async fn state(&self, root: &RequestId) -> RequestState {
        self.set(root).await[0].set_state
    }

    pub(crate) async fn events(&self, root: &RequestId) -> Vec<Event> {
        self.engine.db.events_after(root, 0).await.expect("reads")
    }

    /// What must hold after every run: events without gaps, chains whole, counters true.
    pub(crate) async fn check(&self, root: &RequestId) {
        check(&self.engine.db, root).await;
    }
}

/// Does every task that can be done, as if no time had to pass between tries.
pub(crate) async fn drain(engine: &Engine) {
    let systems = engine
        .systems
        .all()
        .into_iter()
        .map(|system| system.id.clone());
    let systems: Vec<_> = systems.chain(SystemId::parse(OURS).ok()).collect();
    while round(engine, &systems).await {}
}

/// Does one task of each of these systems, if it has one. False: none had.
pub(crate) async fn round(engine: &Engine, systems: &[SystemId]) -> bool {
    hurry(&engine.db).await;
    let mut worked = false;
    for system in systems {
        worked |= worker::step(engine, "test", system).await.expect("steps");
    }
    worked
}

/// Runs a statement, past everything that guards the tables.
pub(crate) async fn meddle(db: &Db, sql: &'static str, id: &str) {
    let id = id.to_owned();
    let write = db.write(move |tx| Box::pin(async move { tx.run(sql, params![id]).await }));
    let changed: Result<u64, StoreError> = write.await;
    assert!(changed.expect("writes") > 0, "{sql}");
}

/// Tries a set again, as a member of staff.
pub(crate) async fn again(engine: &Engine, root: &RequestId) -> Result<RequestId, RetryError> {
    let (inner, old) = (engine.clone(), root.clone());
    let by = RetriedBy {
        actor: "staff:1".to_owned(),
        actor_name: "Ada".to_owned(),
    };
    engine
        .db
        .write(move |tx| Box::pin(async move { retry(&inner, tx, &old, &by).await }))
        .await
}

/// Lets the time pass that tasks wait for.
pub(crate) async fn hurry(db: &Db) {
    let write = db.write(|tx| {
        Box::pin(async move {
            tx.run(
                "UPDATE task SET run_at = 0 WHERE state IN ('ready', 'waiting')",
                &[],
            )
            .await?;
            Ok::<_, StoreError>(())
        })
    });
    write.await.expect("writes");
}

/// Events without gaps, chains whole, each task ended once in evidence, counters equal to what they count.
pub(crate) async fn check(db: &Db, root: &RequestId) {
    let mut seq = 0;
    loop {
        let page = db.events_after(root, seq).await.expect("reads");
        if page.is_empty() {
            break;
        }
        for event in page {
            seq += 1;
            assert_eq!(event.seq, seq, "a gap in the events");
        }
    }
    let set = db.requests_of_root(root).await.expect("reads");
    assert_eq!(seq, set[0].last_event, "events are missing at the end");
    for chain in [root.as_str(), evidence::MAIN] {
        let verdict = evidence::verify(db, chain).await.expect("reads");
        assert!(
            matches!(verdict, Verdict::Whole { .. }),
            "{chain}: {verdict:?}"
        );
    }
    let ended = "SELECT id FROM task WHERE root_id = $1
        AND state NOT IN ('ready', 'running', 'waiting', 'cancelled') AND attempt > 0";
    for task in db.all(ended, params![root.as_str()]).await.expect("reads") {
        let id = task.text("id").expect("an id");
        let row = db
            .one(
                "SELECT COUNT(*) AS n FROM evidence WHERE chain = $1 AND action = 'task.ended'
                 AND body LIKE '%' || $2 || '%'",
                params![root.as_str(), id],
            )
            .await
            .expect("reads");
        assert_eq!(
            row.expect("a count").int("n").expect("a number"),
            1,
            "ended once"
        );
    }
    for request in set {
        let row = db
            .one(
                "SELECT COUNT(*) AS n FROM task WHERE request_id = $1
                 AND state IN ('ready', 'running', 'waiting')",
                params![request.id.as_str()],
            )
            .await
            .expect("reads");
        let open = row.expect("a count").int("n").expect("a number");
        assert_eq!(open, request.open_tasks, "the counter of open tasks");
        assert_eq!(request.state.has_ended(), request.ended_at.is_some());
    }
}
