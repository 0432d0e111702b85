//! A backend over a fresh database with two systems: a directory, and a desk whose records say whose they are.

use std::sync::Arc;
use std::time::Duration;

use app::backend::{Caller, Who};
use app::model::{Identifier, IdentifierKind, RequestId, Right, SystemId};
use server::backend::direct::DirectAsk;
use server::backend::{Habeas, Parts};
use server::clock::Clock;
use server::ledger::OURS;
use server::matching::Country;
use server::params;
use server::pulse::Pulse;
use server::registry::{Registry, System};
use server::secret::Keys;
use server::store::system::SystemRow;
use server::store::{Db, StoreError, Value};
use server::workflow::{Engine, worker};

use crate::databases::{Fresh, fresh};
use crate::stub::Stub;

pub(crate) const NOW: i64 = 1_795_281_447_923;
/// How long worlds wait for a system.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) struct World {
    pub(crate) name: &'static str,
    pub(crate) habeas: Habeas,
    pub(crate) directory: Arc<Stub>,
    pub(crate) desk: Arc<Stub>,
    pub(crate) fresh: Fresh,
}

/// One world on each database, whose clock stands at that instant.
pub(crate) async fn worlds(now: i64) -> Vec<World> {
    let mut worlds = Vec::new();
    for fresh in fresh().await {
        worlds.push(World::new(fresh, Clock::set_to(now)).await);
    }
    worlds
}

/// A member of staff.
pub(crate) fn ada() -> Caller {
    let who = Who::Staff {
        id: "1".to_owned(),
        name: "Ada".to_owned(),
    };
    Caller {
        who,
        correlation: "test".to_owned(),
    }
}

pub(crate) fn email() -> Identifier {
    Identifier::new(IdentifierKind::Email, "a@example.org").expect("valid")
}

pub(crate) fn system(id: &str) -> SystemId {
    SystemId::parse(id).expect("an id")
}

/// Runs one statement.
pub(crate) async fn change(db: &Db, sql: &'static str, params: &[Value]) -> u64 {
    let params = params.to_vec();
    let write = db.write(move |tx| Box::pin(async move { tx.run(sql, &params).await }));
    let changed: Result<u64, StoreError> = write.await;
    changed.expect("writes")
}

impl World {
    async fn new(fresh: Fresh, clock: Clock) -> Self {
        let directory = Arc::new(Stub::new("directory", true));
        let desk = Arc::new(Stub::new("desk", false));
        let systems = Registry::default();
        for (id, connector) in [("directory", &directory), ("desk", &desk)] {
            systems.put(System {
                id: system(id),
                name: id.to_owned(),
                kind: "stub".to_owned(),
                owner: String::new(),
                region: String::new(),
                per_second: None,
                concurrency: None,
                connector: connector.clone(),
                pace: None,
                pulse: Pulse::default(),
                lever: None,
                described_at: 0,
            });
            let row = SystemRow {
                id: system(id),
                name: id.to_owned(),
                spec_sealed: Vec::new(),
                password_sealed: None,
                paused: false,
                described_at: 0,
            };
            let put = fresh
                .db
                .write(move |tx| Box::pin(async move { tx.system_put(&row).await }));
            let put: Result<(), StoreError> = put.await;
            put.expect("puts");
        }
        let keys = Keys::new(&std::array::from_fn(|i| i as u8 * 7)).expect("strong");
        let folder = fresh.folder.path().to_owned();
        let engine = Engine {
            systems,
            outage_tries: 0,
            ..Engine::new(fresh.db.clone(), keys, clock, folder)
        };
        Self {
            name: fresh.name,
            habeas: habeas(engine),
            directory,
            desk,
            fresh,
        }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.fresh.db
    }

    pub(crate) async fn pause(&self, id: &str, paused: bool) {
        let sql = "UPDATE system SET paused = $2 WHERE id = $1";
        assert_eq!(change(self.db(), sql, params![id, paused]).await, 1);
    }

    /// Asks for an erasure of that contact's set.
    pub(crate) async fn ask(&self, id: &str) -> app::backend::Result<RequestId> {
        let ask = DirectAsk {
            right: Right::Delete,
            term: Identifier::new(IdentifierKind::ExternalContactId, id).expect("valid"),
            replacements: Vec::new(),
            delete_confirmed: true,
        };
        Ok(self.habeas.ask(&ada(), ask).await?.0.id)
    }

    /// Does every task that is due.
    pub(crate) async fn work(&self) {
        let systems = ["desk", "directory", OURS].map(system);
        loop {
            let mut worked = false;
            for system in &systems {
                let step = worker::step(&self.habeas.engine, "test", system).await;
                worked |= step.expect("steps");
            }
            if !worked {
                return;
            }
        }
    }
}

pub(crate) fn habeas(engine: Engine) -> Habeas {
    Habeas::new(Parts {
        engine,
        public_url: "http://127.0.0.1:7878".to_owned(),
        country: Country::parse("DE").expect("a country"),
        search_timeout: PATIENCE,
    })
}
