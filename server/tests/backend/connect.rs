//! Connecting a database in a browser: drafted, decided, tried, enabled; what was typed is sealed, and nothing is taken for granted.

use app::backend::{Caller, Connect};
use app::error::{Error, Reason};
use app::model::{
    CollectionChoice, CollectionName, DatabaseKind, DatabasePlace, Disposition, DraftCollection,
    DraftId, DraftView, Encryption, FieldChoice, Identifier, IdentifierKind, Looked, NewDatabase,
    OfWhom, SystemId,
};
use server::connectors::spec::SystemSpec;
use server::matching::Country;
use server::organisation::Organisation;
use server::params;
use server::registry::Registry;
use server::workflow::janitor::{self, DRAFTS};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::world::{NOW, World, ada, change, system, worlds};

const PASSWORD: &str = "s3cret-and-long";

/// A shop whose invoices have to stay.
const SHOP: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, full_name TEXT, mood TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), ship_to TEXT);
    CREATE TABLE invoices (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), billed_to TEXT);
    CREATE TABLE settings (key TEXT, value TEXT);
    INSERT INTO customers VALUES (1, 'maria@example.org', 'Maria Lindemann', NULL), (2, 'b@example.org', 'Ben', NULL);
    INSERT INTO orders VALUES (1, 1, 'Lindenweg 1'), (2, 1, 'Lindenweg 1'), (3, 2, 'Am Tor 3');
    INSERT INTO invoices VALUES (1, 1, 'Maria Lindemann');";

async fn shops() -> Vec<World> {
    let worlds = worlds(NOW).await;
    for world in &worlds {
        let options = SqliteConnectOptions::new()
            .filename(world.fresh.folder.path().join("shop.db"))
            .create_if_missing(true);
        let mut shop: SqliteConnection = options.connect().await.expect("opens");
        sqlx::raw_sql(SHOP).execute(&mut shop).await.expect("made");
        shop.close().await.expect("closes");
    }
    worlds
}

fn file(name: &str) -> DatabasePlace {
    DatabasePlace {
        kind: DatabaseKind::Sqlite,
        host: String::new(),
        port: None,
        database: name.to_owned(),
        user: String::new(),
        encryption: Encryption::default(),
        authority: String::new(),
    }
}

/// Nothing listens there.
fn nowhere() -> DatabasePlace {
    DatabasePlace {
        kind: DatabaseKind::Postgres,
        host: "127.0.0.1".to_owned(),
        port: Some(1),
        user: "habeas".to_owned(),
        encryption: Encryption::Prefer,
        ..file("crm")
    }
}

fn shop(place: DatabasePlace) -> NewDatabase {
    NewDatabase {
        name: "Our shop".to_owned(),
        owner: "Sales".to_owned(),
        region: "eu-central".to_owned(),
        place,
        samples: true,
    }
}

async fn start(world: &World, place: DatabasePlace, password: &str) -> DraftId {
    let started = world
        .habeas
        .start(&ada(), shop(place), password.to_owned())
        .await;
    started.expect("starts")
}

async fn again(world: &World, id: &DraftId, place: DatabasePlace, password: &str) {
    let started = world
        .habeas
        .start_again(&ada(), id, shop(place), password.to_owned())
        .await;
    started.expect("starts again");
}

async fn started(world: &World) -> DraftId {
    start(world, file("shop.db"), "").await
}

async fn view(world: &World, id: &DraftId) -> DraftView {
    world.habeas.draft(&ada(), id).await.expect("reads")
}

fn collection<'v>(view: &'v DraftView, name: &str) -> &'v DraftCollection {
    let found = view
        .collections
        .iter()
        .find(|one| one.name.as_str() == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

/// The choice that leaves a collection as it was drafted, but for the ground.
fn as_drafted(one: &DraftCollection) -> CollectionChoice {
    CollectionChoice {
        collection: one.name.clone(),
        take: true,
        title: one.title.clone(),
        disposition: match &one.disposition {
            Disposition::Keep { .. } => Disposition::Keep {
                ground: "§ 147 AO, 10 years".to_owned(),
            },
            other => other.clone(),
        },
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
    }
}

async fn decide(world: &World, id: &DraftId, choice: CollectionChoice) -> Result<(), Error> {
    world.habeas.decide(&ada(), id, choice).await
}

async fn decide_all(world: &World, id: &DraftId) {
    let open: Vec<_> = view(world, id).await.undecided().map(as_drafted).collect();
    assert!(!open.is_empty(), "somebody has to look");
    for choice in open {
        decide(world, id, choice).await.expect("decides");
    }
}

async fn actions(world: &World) -> Vec<String> {
    let sql = "SELECT action FROM evidence WHERE chain = 'habeas' ORDER BY seq";
    let rows = world.db().all(sql, &[]).await.expect("reads");
    rows.iter()
        .map(|row| row.text("action").expect("a text"))
        .collect()
}

#[tokio::test]
async fn a_database_becomes_a_system_once_somebody_decided() {
    for world in shops().await {
        let id = started(&world).await;
        let drafted = view(&world, &id).await;
        assert!(matches!(drafted.looked, Looked::Done { .. }), "{drafted:?}");
        let invoices = collection(&drafted, "invoices");
        assert!(matches!(invoices.disposition, Disposition::Keep { .. }) && invoices.is_open());
        let left: Vec<_> = drafted
            .left_out
            .iter()
            .map(|one| one.table.as_str())
            .collect();
        assert_eq!(left, ["settings"]);
        let early = world.habeas.enable(&ada(), &id).await;
        assert_eq!(early, Err(Error::invalid("decided", Reason::Missing)));
        decide_all(&world, &id).await;

        let maria = Identifier::new(IdentifierKind::Email, "Maria@example.org").expect("valid");
        world
            .habeas
            .try_search(&ada(), &id, maria)
            .await
            .expect("tries");
        let tried = view(&world, &id).await.tried.expect("tried");
        assert_eq!(tried.failed, None);
        assert_eq!(tried.found.len(), 1, "{tried:?}");
        assert_eq!(tried.found[0].name.as_deref(), Some("Maria Lindemann"));
        let rows: Vec<_> = tried.found[0]
            .rows
            .iter()
            .map(|(name, n)| (name.as_str(), *n))
            .collect();
        assert_eq!(
            rows,
            [("customers", 1), ("invoices", 1), ("orders", 2)],
            "{}",
            world.name
        );

        let registry = Registry::default();
        assert_eq!(
            world.habeas.enable(&ada(), &id).await,
            Ok(Some(system("our-shop")))
        );
        let opened = world
            .habeas
            .systems
            .get(&system("our-shop"))
            .expect("is opened here");
        assert_eq!(
            (opened.name.as_str(), opened.owner.as_str()),
            ("Our shop", "Sales")
        );
        assert_eq!(opened.connector.health().await, Ok(()));
        assert_eq!(
            world.habeas.draft(&ada(), &id).await,
            Err(Error::not_found("draft"))
        );
        let actions = actions(&world).await;
        assert_eq!(
            actions,
            ["draft.looked_through", "draft.tried", "system.described"]
        );

        // Another server, which ran all the time. The others' descriptions are of other tests' making.
        change(world.db(), "DELETE FROM system WHERE id <> 'our-shop'", &[]).await;
        let other = organisation(&world);
        other.catch_up(&registry).await.expect("catches up");
        let known = registry
            .get(&system("our-shop"))
            .expect("is known there too");
        other.catch_up(&registry).await.expect("catches up");
        let again = registry.get(&system("our-shop")).expect("still");
        assert!(std::sync::Arc::ptr_eq(&known, &again), "opened once");
    }
}

fn organisation(world: &World) -> Organisation {
    Organisation {
        db: world.db().clone(),
        keys: world.habeas.keys.clone(),
        clock: world.habeas.clock.clone(),
        data: world.habeas.folder.clone(),
        country: Country::parse("DE").expect("a country"),
    }
}

#[tokio::test]
async fn where_nothing_answers_what_was_typed_is_kept_and_sealed() {
    for world in shops().await {
        let id = start(&world, nowhere(), PASSWORD).await;
        let seen = view(&world, &id).await;
        assert_eq!(seen.new, shop(nowhere()));
        assert!(seen.has_password);
        let code = match &seen.looked {
            Looked::Failed { code, .. } => code.as_str(),
            other => panic!("{other:?}"),
        };
        assert_eq!(code, "unreachable");
        assert!(!format!("{seen:?}").contains(PASSWORD));
        let row = world
            .db()
            .draft(&id)
            .await
            .expect("reads")
            .expect("is there");
        for typed in [PASSWORD, "127.0.0.1", "Our shop"] {
            let bytes = typed.as_bytes();
            assert!(
                !row.sealed.windows(bytes.len()).any(|part| part == bytes),
                "{typed}"
            );
        }
        let tested = world
            .habeas
            .test(&ada(), nowhere(), PASSWORD.to_owned(), None)
            .await;
        assert_eq!(tested, Ok(Err("unreachable".to_owned())));
        let tested = world
            .habeas
            .test(&ada(), file("shop.db"), String::new(), None)
            .await;
        assert_eq!(tested, Ok(Ok(Vec::new())));
    }
}

#[tokio::test]
async fn a_password_is_used_for_the_place_alone_that_it_was_typed_for() {
    for world in shops().await {
        let id = start(&world, nowhere(), PASSWORD).await;
        again(&world, &id, nowhere(), "").await;
        assert!(view(&world, &id).await.has_password, "the same place");
        for other in [
            DatabasePlace {
                host: "localhost".to_owned(),
                ..nowhere()
            },
            DatabasePlace {
                port: Some(2),
                ..nowhere()
            },
            DatabasePlace {
                user: "eve".to_owned(),
                ..nowhere()
            },
            DatabasePlace {
                encryption: Encryption::Require,
                ..nowhere()
            },
        ] {
            again(&world, &id, nowhere(), PASSWORD).await;
            again(&world, &id, other.clone(), "").await;
            assert!(!view(&world, &id).await.has_password, "{other:?}");
        }
    }
}

#[tokio::test]
async fn a_column_that_is_anothers_finds_nobody() {
    for world in shops().await {
        let id = started(&world).await;
        let before = view(&world, &id).await;
        let mut customers = as_drafted(collection(&before, "customers"));
        let email = customers
            .fields
            .iter_mut()
            .find(|field| field.name == "email");
        email.expect("the column").of = OfWhom::Another;
        decide(&world, &id, customers.clone())
            .await
            .expect("decides");
        let after = view(&world, &id).await;
        assert!(after.text.contains("of = \"another\""), "{}", after.text);
        assert!(!after.text.contains("kind = \"email\""), "{}", after.text);
        // It is hers again, with all that was known of it.
        let email = customers
            .fields
            .iter_mut()
            .find(|field| field.name == "email");
        email.expect("the column").of = OfWhom::Her;
        decide(&world, &id, customers).await.expect("decides");
        assert_eq!(view(&world, &id).await.text, before.text);
    }
}

#[tokio::test]
async fn what_can_t_be_is_refused_by_its_field_and_changes_nothing() {
    for world in shops().await {
        let id = started(&world).await;
        let before = view(&world, &id).await;
        let customers = as_drafted(collection(&before, "customers"));
        let with = |name: &str, change: &dyn Fn(&mut FieldChoice)| {
            let mut choice = customers.clone();
            let field = choice.fields.iter_mut().find(|field| field.name == name);
            change(field.expect("the column"));
            choice
        };
        let keep = |ground: &str| CollectionChoice {
            disposition: Disposition::Keep {
                ground: ground.to_owned(),
            },
            ..customers.clone()
        };
        let nameless = CollectionChoice {
            title: " ".to_owned(),
            ..customers.clone()
        };
        for (choice, field) in [
            (keep(" "), "ground"),
            (keep("TO BE FILLED IN: the law"), "ground"),
            (nameless, "title"),
            (with("id", &|field| field.take = false), "fields"),
            (with("id", &|field| field.of = OfWhom::Another), "fields"),
            (
                with("email", &|field| field.category = "E-Mail!".to_owned()),
                "category",
            ),
            (
                with("email", &|field| field.erase = Some("burn".to_owned())),
                "erase",
            ),
            (
                with("email", &|field| field.name = "none".to_owned()),
                "fields",
            ),
        ] {
            match decide(&world, &id, choice).await {
                Err(Error::Invalid { field: named, .. }) => assert_eq!(named, field),
                other => panic!("{field}: {other:?}"),
            }
        }
        assert_eq!(view(&world, &id).await, before);
        let none = CollectionChoice {
            collection: CollectionName::parse("none").expect("a name"),
            ..customers
        };
        assert_eq!(
            decide(&world, &id, none).await,
            Err(Error::not_found("collection"))
        );
    }
}

#[tokio::test]
async fn what_is_left_out_is_not_described_and_what_it_carries_is_said() {
    for world in shops().await {
        let id = started(&world).await;
        decide_all(&world, &id).await;
        let drafted = view(&world, &id).await;
        let mut customers = as_drafted(collection(&drafted, "customers"));
        let name = customers
            .fields
            .iter_mut()
            .find(|field| field.name == "full_name");
        name.expect("the column").take = false;
        decide(&world, &id, customers).await.expect("decides");
        let seen = view(&world, &id).await;
        assert_eq!(seen.problems, Vec::<String>::new(), "{}", seen.text);
        assert!(
            !seen.text.contains("full_name") && seen.text.contains("email"),
            "{}",
            seen.text
        );
        let without = |name: &str| CollectionChoice {
            take: false,
            ..as_drafted(collection(&seen, name))
        };
        decide(&world, &id, without("customers"))
            .await
            .expect("decides");
        let problems = view(&world, &id).await.problems;
        assert!(
            problems.iter().any(|why| why.contains("parent")),
            "{problems:?}"
        );
        assert_eq!(
            world.habeas.enable(&ada(), &id).await,
            Ok(None),
            "children without their parent"
        );
        decide(&world, &id, as_drafted(collection(&seen, "customers")))
            .await
            .expect("back");
        assert_eq!(view(&world, &id).await.problems, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_is_hers_by_two_collections_is_hers_by_the_one_that_is_left() {
    for world in shops().await {
        let path = world.fresh.folder.path().join("shop.db");
        let mut shop = SqliteConnection::connect(&path.to_string_lossy())
            .await
            .expect("opens");
        let more = "CREATE TABLE contacts (id INTEGER PRIMARY KEY, email TEXT);
            CREATE TABLE tickets (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), \
            contact_id INTEGER REFERENCES contacts (id), text TEXT)";
        sqlx::raw_sql(more).execute(&mut shop).await.expect("made");
        shop.close().await.expect("closes");
        let id = started(&world).await;
        decide_all(&world, &id).await;
        let seen = view(&world, &id).await;
        let parents: Vec<_> = collection(&seen, "tickets")
            .parents
            .iter()
            .map(|p| p.as_str())
            .collect();
        assert_eq!(parents, ["contacts", "customers"]);
        let belongs = |text: &str| {
            let spec = SystemSpec::parse(text).expect("a description");
            let tickets = spec
                .collections
                .iter()
                .find(|c| c.name.as_str() == "tickets");
            let parents = &tickets.expect("tickets").parents;
            parents
                .iter()
                .map(|p| p.collection.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(belongs(&seen.text), ["contacts", "customers"]);
        let without = |name: &str| CollectionChoice {
            take: false,
            ..as_drafted(collection(&seen, name))
        };
        decide(&world, &id, without("contacts"))
            .await
            .expect("decides");
        let left = view(&world, &id).await;
        assert_eq!(left.problems, Vec::<String>::new(), "{}", left.text);
        assert_eq!(belongs(&left.text), ["customers"]);
    }
}

#[tokio::test]
async fn a_table_that_changed_since_is_named_before_anything_is_enabled() {
    for world in shops().await {
        let id = started(&world).await;
        decide_all(&world, &id).await;
        let path = world.fresh.folder.path().join("shop.db");
        let mut shop: SqliteConnection = SqliteConnectOptions::new()
            .filename(path)
            .connect()
            .await
            .expect("opens");
        sqlx::raw_sql("ALTER TABLE customers DROP COLUMN full_name")
            .execute(&mut shop)
            .await
            .expect("changes");
        assert_eq!(world.habeas.enable(&ada(), &id).await, Ok(None));
        let problems = view(&world, &id).await.problems;
        assert!(
            problems.iter().any(|why| why.contains("full_name")),
            "{problems:?}"
        );
        assert!(world.habeas.systems.get(&system("our-shop")).is_none());
    }
}

#[tokio::test]
async fn habeas_own_database_and_paths_elsewhere_are_not_connected() {
    for world in shops().await {
        for path in ["habeas.db", "/etc/passwd", "../shop.db"] {
            if path == "habeas.db" && world.name != "sqlite" {
                continue;
            }
            let not = Err(Error::invalid("database", Reason::NotAllowed));
            let started = world
                .habeas
                .start(&ada(), shop(file(path)), String::new())
                .await;
            assert_eq!(started.map(drop), not, "{path}");
            let tested = world
                .habeas
                .test(&ada(), file(path), String::new(), None)
                .await;
            assert_eq!(tested.map(drop), not, "{path}");
        }
        let nameless = NewDatabase {
            owner: "  ".to_owned(),
            ..shop(file("shop.db"))
        };
        let started = world.habeas.start(&ada(), nameless, String::new()).await;
        assert_eq!(started, Err(Error::invalid("owner", Reason::Missing)));
    }
}

#[tokio::test]
async fn nobody_overwrites_what_another_decided_and_no_system_is_replaced() {
    for world in shops().await {
        let id = started(&world).await;
        let row = world
            .db()
            .draft(&id)
            .await
            .expect("reads")
            .expect("is there");
        let sealed = row.sealed.clone();
        let drafted = view(&world, &id).await;
        decide(&world, &id, as_drafted(collection(&drafted, "orders")))
            .await
            .expect("decides");
        // As it stood before the other's change.
        let write = world.db().write(move |tx| {
            Box::pin(async move {
                let stale = server::store::draft::DraftRow {
                    sealed,
                    version: row.version + 1,
                    ..row
                };
                tx.draft_put(&stale).await
            })
        });
        let written: Result<bool, server::store::StoreError> = write.await;
        assert!(!written.expect("writes"), "{}", world.name);
        decide_all(&world, &id).await;
        world.habeas.enable(&ada(), &id).await.expect("enables");
        let second = started(&world).await;
        decide_all(&world, &second).await;
        let taken = world.habeas.enable(&ada(), &second).await;
        assert_eq!(taken, Err(Error::invalid("name", Reason::Taken)));
        world
            .habeas
            .discard(&ada(), &second)
            .await
            .expect("discards");
        let gone = world.habeas.discard(&ada(), &second).await;
        assert_eq!(gone, Err(Error::not_found("draft")));
    }
}

#[tokio::test]
async fn a_draft_that_nobody_finishes_is_thrown_away_with_its_password() {
    for world in shops().await {
        let id = start(&world, nowhere(), PASSWORD).await;
        let lines = world.habeas.drafts(&ada()).await.expect("lists");
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].name, "Our shop");
        assert!(matches!(lines[0].looked, Looked::Failed { .. }));
        world.habeas.clock.advance(DRAFTS);
        janitor::clean(&world.habeas.engine).await.expect("cleans");
        assert_eq!(
            world.habeas.drafts(&ada()).await.expect("lists").len(),
            1,
            "not yet"
        );
        world.habeas.clock.advance(1);
        janitor::clean(&world.habeas.engine).await.expect("cleans");
        assert_eq!(
            world.habeas.draft(&ada(), &id).await,
            Err(Error::not_found("draft"))
        );
        let rows = world
            .db()
            .all("SELECT id FROM system_draft", params![])
            .await
            .expect("reads");
        assert!(rows.is_empty());
    }
}

#[tokio::test]
async fn only_who_may_connects() {
    for world in shops().await {
        let id = started(&world).await;
        for (caller, why) in [
            (Caller::nobody("x"), Error::Unauthenticated),
            (
                client(&["gdpr:system:edit", "gdpr:system:view"]),
                Error::Forbidden,
            ),
        ] {
            let habeas = &world.habeas;
            let none = String::new;
            assert_eq!(
                habeas
                    .start(&caller, shop(file("shop.db")), none())
                    .await
                    .err(),
                Some(why.clone())
            );
            assert_eq!(
                habeas
                    .start_again(&caller, &id, shop(file("shop.db")), none())
                    .await,
                Err(why.clone())
            );
            assert_eq!(
                habeas
                    .test(&caller, file("shop.db"), none(), None)
                    .await
                    .err(),
                Some(why.clone())
            );
            assert_eq!(habeas.draft(&caller, &id).await.err(), Some(why.clone()));
            assert_eq!(habeas.drafts(&caller).await.err(), Some(why.clone()));
            assert_eq!(habeas.enable(&caller, &id).await, Err(why.clone()));
            assert_eq!(habeas.discard(&caller, &id).await, Err(why.clone()));
        }
        assert_eq!(view(&world, &id).await.collections.len(), 3);
    }
}

fn client(permissions: &[&str]) -> Caller {
    let who = app::backend::Who::Client {
        id: "c".to_owned(),
        name: "script".to_owned(),
        permissions: permissions.iter().map(ToString::to_string).collect(),
    };
    Caller { who, ..ada() }
}

#[tokio::test]
async fn a_system_that_was_connected_opens_with_its_password_after_a_restart() {
    for world in shops().await {
        let id = started(&world).await;
        decide_all(&world, &id).await;
        let enabled: Option<SystemId> = world.habeas.enable(&ada(), &id).await.expect("enables");
        let enabled = enabled.expect("is a system");
        change(world.db(), "DELETE FROM system WHERE id <> 'our-shop'", &[]).await;
        let registry = organisation(&world).systems().await.expect("opens all");
        let opened = registry.get(&enabled).expect("is there");
        assert_eq!(opened.connector.health().await, Ok(()));
    }
}

#[tokio::test]
async fn a_draft_that_can_not_be_read_any_more_keeps_nobody_from_the_others() {
    for world in shops().await {
        let (lost, id) = (started(&world).await, started(&world).await);
        let sql = "UPDATE system_draft SET sealed = $2 WHERE id = $1";
        change(world.db(), sql, params![lost.as_str(), vec![7_u8; 40]]).await;
        let lines = world.habeas.drafts(&ada()).await.expect("lists");
        let ids: Vec<_> = lines.iter().map(|line| &line.id).collect();
        assert_eq!(ids, [&id], "{}", world.name);
    }
}
