//! Connecting every kind of database in a browser, by an account that may only read, with a password that was typed.

use std::time::Duration;

use app::backend::{Caller, Connect, Who};
use app::model::{
    CollectionChoice, DatabaseKind, DatabasePlace, DraftView, Encryption, FieldChoice, Identifier,
    IdentifierKind, Looked, NewDatabase,
};
use server::backend::{Habeas, Parts};
use server::clock::Clock;
use server::matching::Country;
use server::organisation::Organisation;
use server::secret::Keys;
use server::store::Db;
use server::workflow::Engine as Work;

use crate::engines::{Engine, Fresh};
use crate::sql_rights::{PASSWORD, account};
use crate::world::search;

const MADE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, email VARCHAR(50), city VARCHAR(50)); \
     INSERT INTO t VALUES (1, 'maria@example.org', 'Bonn'), (2, 'ben@example.org', 'Kiel')";

fn ada() -> Caller {
    let who = Who::Staff {
        id: "1".to_owned(),
        name: "Ada".to_owned(),
    };
    Caller {
        who,
        correlation: "test".to_owned(),
    }
}

async fn habeas(database: &Fresh) -> Habeas {
    let folder = database.folder.path().to_owned();
    let db = Db::sqlite(&folder.join("habeas.db")).await.expect("opens");
    let keys = Keys::new(&std::array::from_fn(|i| i as u8 * 7)).expect("strong");
    Habeas::new(Parts {
        engine: Work::new(db, keys, Clock::machine(), folder),
        public_url: "http://127.0.0.1:7878".to_owned(),
        country: Country::parse("DE").expect("a country"),
        search_timeout: Duration::from_secs(5),
    })
}

/// As somebody would type where the database is.
fn typed(database: &Fresh) -> NewDatabase {
    let file = DatabasePlace {
        kind: DatabaseKind::Sqlite,
        host: String::new(),
        port: None,
        database: "test.db".to_owned(),
        user: String::new(),
        encryption: Encryption::Prefer,
        authority: String::new(),
    };
    let place = match database.url.split_once("://") {
        None => file,
        Some((_, rest)) => {
            let (user, rest) = rest.split_once('@').expect("a user");
            let (place, name) = rest.split_once('/').expect("a database");
            let (host, port) = place.split_once(':').expect("a port");
            DatabasePlace {
                kind: match database.engine {
                    Engine::MariaDb => DatabaseKind::MariaDb,
                    _ => DatabaseKind::Postgres,
                },
                host: host.to_owned(),
                port: port.parse().ok(),
                database: name.to_owned(),
                user: user.to_owned(),
                ..file
            }
        }
    };
    NewDatabase {
        name: "Customers".to_owned(),
        owner: "Sales".to_owned(),
        region: "eu-central".to_owned(),
        place,
        samples: true,
    }
}

fn as_drafted(view: &DraftView) -> Vec<CollectionChoice> {
    let of = |one: &app::model::DraftCollection| CollectionChoice {
        collection: one.name.clone(),
        take: true,
        title: one.title.clone(),
        disposition: one.disposition.clone(),
        fields: one
            .fields
            .iter()
            .map(|field| FieldChoice {
                name: field.name.clone(),
                take: true,
                category: field.category.clone(),
                of: field.of,
                erase: field.erase.clone(),
            })
            .collect(),
    };
    view.undecided().map(of).collect()
}

#[tokio::test]
async fn every_kind_is_connected_by_an_account_that_only_reads() {
    for engine in Engine::all() {
        let mut database = Fresh::of(engine, MADE).await;
        if engine != Engine::Sqlite {
            account(&mut database, &["SELECT"]).await;
        }
        let habeas = habeas(&database).await;
        let new = typed(&database);
        let started = habeas.start(&ada(), new.clone(), "wrong".to_owned()).await;
        let id = started.expect("starts");
        let seen = habeas.draft(&ada(), &id).await.expect("reads");
        if engine != Engine::Sqlite {
            assert!(
                matches!(&seen.looked, Looked::Failed { code, .. } if code == "denied"),
                "{engine:?}: {seen:?}"
            );
            let (ada, password) = (ada(), PASSWORD.to_owned());
            let tested = habeas.test(&ada, new.place.clone(), password.clone(), Some(&id));
            assert_eq!(tested.await, Ok(Ok(Vec::new())), "{engine:?}");
            let again = habeas.start_again(&ada, &id, new.clone(), password);
            again.await.expect("starts again");
        }
        let seen = habeas.draft(&ada(), &id).await.expect("reads");
        assert!(
            matches!(seen.looked, Looked::Done { .. }),
            "{engine:?}: {seen:?}"
        );
        assert!(!seen.text.contains("s3cret"), "{}", seen.text);
        for choice in as_drafted(&seen) {
            habeas.decide(&ada(), &id, choice).await.expect("decides");
        }
        let enabled = habeas.enable(&ada(), &id).await.expect("enables");
        let problems = habeas.draft(&ada(), &id).await.map(|view| view.problems);
        let system = enabled.unwrap_or_else(|| panic!("{engine:?}: {problems:?}"));
        // By the password that is stored, as after a restart.
        let organisation = Organisation {
            db: habeas.db.clone(),
            keys: habeas.keys.clone(),
            clock: habeas.clock.clone(),
            data: habeas.folder.clone(),
            country: habeas.country,
        };
        let opened = organisation.systems().await.expect("opens");
        let opened = opened.get(&system).expect("is there");
        let maria = Identifier::new(IdentifierKind::Email, "Maria@Example.org").expect("valid");
        let found = search(&*opened.connector, &maria).await.expect("finds");
        assert_eq!(found.len(), 1, "{engine:?}");
    }
}
