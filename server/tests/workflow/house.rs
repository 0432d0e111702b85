//! The sample organisation over a fresh database, its workers driven step by step.

use std::time::Duration;

use app::backend::{Caller, Requests, Subjects, Who};
use app::model::{
    Identifier, IdentifierKind, Misbehaviour, PlanAsk, PlanId, Right, SearchId, SearchView,
    SubjectHandle, SystemId,
};
use serde_json::Value;
use server::backend::{Habeas, Parts};
use server::clock::Clock;
use server::demo;
use server::ledger::OURS;
use server::matching::Country;
use server::organisation::Organisation;
use server::secret::Keys;
use server::workflow::{Engine, worker};

use crate::databases::{Fresh, fresh};

pub(crate) struct House {
    pub(crate) habeas: Habeas,
    pub(crate) organisation: Organisation,
    pub(crate) stories: Value,
    /// Keeps the folder until the end.
    _fresh: Fresh,
}

/// A house on each database.
pub(crate) async fn houses() -> Vec<House> {
    houses_with("", "").await
}

/// The same, each with one more system: its description, whose database is `sqlite:more.db`, and what makes that.
pub(crate) async fn houses_with(description: &str, tables: &'static str) -> Vec<House> {
    let mut houses = Vec::new();
    for fresh in fresh().await {
        houses.push(House::build(fresh, description, tables).await);
    }
    houses
}

async fn run(file: &std::path::Path, tables: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("opens");
    sqlx::raw_sql(tables).execute(&pool).await.expect("runs");
    pool.close().await;
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

impl House {
    async fn build(fresh: Fresh, description: &str, tables: &'static str) -> Self {
        let data = fresh.folder.path().join("sample");
        let options = demo::Options {
            persons: 60,
            ..demo::Options::default()
        };
        let made = demo::make(&data, options).await.expect("makes");
        if !description.is_empty() {
            run(&data.join("more.db"), tables).await;
            std::fs::write(data.join("systems/more.toml"), description).expect("writes");
        }
        let organisation = Organisation {
            db: fresh.db.clone(),
            keys: Keys::new(&std::array::from_fn(|i| i as u8 * 7)).expect("strong"),
            clock: Clock::machine(),
            data: data.clone(),
            country: Country::parse("DE").expect("a country"),
        };
        organisation
            .fill(&data.join("systems"), made.contacts())
            .await
            .expect("fills");
        let systems = organisation.systems().await.expect("opens");
        let Organisation {
            db,
            keys,
            clock,
            country,
            ..
        } = organisation.clone();
        let engine = Engine {
            systems,
            // A system that fails is not waited for.
            outage_tries: 0,
            ..Engine::new(db, keys, clock, data.clone())
        };
        let public_url = "http://127.0.0.1:7878".to_owned();
        let search_timeout = Duration::from_secs(20);
        let habeas = Habeas::new(Parts {
            engine,
            public_url,
            country,
            search_timeout,
        });
        let facts = std::fs::read(data.join("demo.json")).expect("reads");
        let facts: Value = serde_json::from_slice(&facts).expect("JSON");
        Self {
            habeas,
            organisation,
            stories: facts["stories"].clone(),
            _fresh: fresh,
        }
    }

    /// A search, to the end.
    pub(crate) async fn search(&self, kind: IdentifierKind, value: &str) -> SearchView {
        let identifier = Identifier::new(kind, value).expect("valid");
        let id = self
            .habeas
            .start_search(&ada(), identifier)
            .await
            .expect("starts");
        self.settled(&id).await
    }

    async fn settled(&self, id: &SearchId) -> SearchView {
        loop {
            let view = self.habeas.search(&ada(), id).await.expect("shows");
            if view.is_settled() {
                return view;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn plan(
        &self,
        right: Right,
        search: &SearchView,
        subject: &SubjectHandle,
    ) -> PlanId {
        let (search, subject) = (search.id.clone(), subject.clone());
        let ask = PlanAsk {
            right,
            search,
            subject,
            replacements: Vec::new(),
        };
        self.habeas.make_plan(&ada(), ask).await.expect("plans")
    }

    /// Runs a statement in one of the sample databases, past its connector; gives the number of rows changed.
    pub(crate) async fn sql(&self, file: &str, sql: &'static str, ids: &[&str]) -> u64 {
        let file = self.organisation.data.join(file);
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let pool = sqlx::SqlitePool::connect_with(options)
            .await
            .expect("opens");
        let mut query = sqlx::query(sql);
        for id in ids {
            query = query.bind((*id).to_owned());
        }
        let changed = query.execute(&pool).await.expect("runs").rows_affected();
        pool.close().await;
        changed
    }

    /// Makes the newsletter fail, or behave.
    pub(crate) fn newsletter_fails(&self, failing: bool) {
        let id = SystemId::parse("newsletter").expect("an id");
        let system = self.habeas.systems.get(&id).expect("a system");
        let how = Misbehaviour {
            failing,
            ..Misbehaviour::default()
        };
        system.lever.as_ref().expect("a lever").set(how);
    }

    /// Does every task there is.
    pub(crate) async fn work(&self) {
        let systems = self
            .habeas
            .systems
            .all()
            .into_iter()
            .map(|system| system.id.clone());
        let systems: Vec<_> = systems.chain(SystemId::parse(OURS).ok()).collect();
        loop {
            let mut worked = false;
            for system in &systems {
                worked |= worker::step(&self.habeas.engine, "test", system)
                    .await
                    .expect("steps");
            }
            if !worked {
                return;
            }
        }
    }
}
