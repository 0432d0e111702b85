//! Drafts of descriptions: each must fit the very database that it was made of.

use std::path::Path;
use std::sync::Arc;

use app::model::{Disposition, IdentifierKind};
use server::connectors::Connector;
use server::connectors::kinds::open;
use server::connectors::spec::SqlPlace;
use server::connectors::sql::{Look, Sampled, Survey, survey};
use server::dataset::{Dataset, File, load};
use server::draft::{About, Draft, draft};
use server::secret::Masks;

use crate::engines::{Engine, Fresh};
use crate::people::identifier;
use crate::sql_fides::loaded;
use crate::world::{erase, export, search};

const POSTGRES: &str = include_str!("../fixtures/fides/dataset/postgres_example_test_dataset.yml");
const MARIADB: &str = include_str!("../fixtures/fides/dataset/mariadb_example_test_dataset.yml");

fn about(database: &Fresh) -> About {
    About {
        id: Some("shop".parse().expect("an id")),
        name: None,
        owner: None,
        region: None,
        country: "DE".to_owned(),
        place: SqlPlace {
            url: database.url.clone(),
            ..SqlPlace::default()
        },
    }
}

async fn surveyed(database: &Fresh) -> Survey {
    let place = about(database).place;
    let survey = survey(&place, database.folder.path(), true).await;
    survey.unwrap_or_else(|why| panic!("{:?}: {why}", database.engine))
}

async fn drafted(database: &Fresh, dataset: Option<&Dataset>) -> Draft {
    let survey = surveyed(database).await;
    draft(&survey, dataset, &about(database))
        .unwrap_or_else(|why| panic!("{:?}: {why:?}", database.engine))
}

/// Opens what was drafted; it fits, and is well.
async fn opened(draft: &Draft, data: &Path) -> Arc<dyn Connector> {
    let opened = open(&draft.spec, data, &Masks::unkept()).await;
    let connector = opened
        .unwrap_or_else(|why| panic!("{why}\n{}", draft.text))
        .connector;
    assert_eq!(connector.health().await, Ok(()), "{}", draft.text);
    connector
}

/// As it is declared in each kind of database.
fn shop(engine: Engine) -> String {
    let (person, key) = match engine {
        Engine::MariaDb => (
            "`会員 \"people\"; -- #`",
            "VARCHAR(36) CHARACTER SET latin1",
        ),
        _ => ("\"👤 \"\"people\"\"; -- #\"", "VARCHAR(36)"),
    };
    let named = |name: &str| engine.named(name);
    let (mail, sex) = (named("メールアドレス"), named("sex"));
    // One byte more than a description takes; PostgreSQL cuts it off.
    let long = named(&"c".repeat(64));
    let hostile = named("x\nid = \"y\"");
    let orders = if engine == Engine::MariaDb {
        "orders (id)"
    } else {
        "orders"
    };
    format!(
        "CREATE TABLE {person} (id {key} PRIMARY KEY, {mail} VARCHAR(100) NOT NULL UNIQUE, {sex} CHAR(1) NOT NULL, \
           born DATE NOT NULL, 姓 VARCHAR(50), 名 VARCHAR(50), {long} VARCHAR(9), notes VARCHAR(200), lower_mail VARCHAR(100) \
           GENERATED ALWAYS AS (lower({mail})) STORED);
         CREATE TABLE orders (id INTEGER PRIMARY KEY, person_id {key} NOT NULL, ship_to_address VARCHAR(100) NOT NULL, \
           FOREIGN KEY (person_id) REFERENCES {person} (id));
         CREATE TABLE order_lines (order_id INTEGER NOT NULL, line INTEGER NOT NULL, comment VARCHAR(100), \
           PRIMARY KEY (order_id, line), FOREIGN KEY (order_id) REFERENCES orders (id));
         CREATE TABLE invoices (id INTEGER PRIMARY KEY, order_id INTEGER, number VARCHAR(20) NOT NULL, \
           FOREIGN KEY (order_id) REFERENCES {orders});
         CREATE TABLE {hostile} (id INTEGER PRIMARY KEY, email VARCHAR(9), {hostile} VARCHAR(9));
         CREATE TABLE products (id INTEGER PRIMARY KEY, name VARCHAR(20));
         CREATE TABLE keyless (email VARCHAR(20));
         CREATE VIEW everybody AS SELECT id FROM {person};
         INSERT INTO {person} (id, {mail}, {sex}, born) VALUES ('p1', 'Anna@example.org', 'f', '2000-01-31'), \
           ('p2', 'b@example.org', 'm', '2000-01-31');
         INSERT INTO orders VALUES (1, 'p1', 'Somewhere 1'), (2, 'p2', 'Elsewhere 2');
         INSERT INTO order_lines VALUES (1, 1, 'blue'), (2, 1, NULL);
         INSERT INTO invoices VALUES (1, 1, 'R-1');"
    )
}

#[tokio::test]
async fn a_draft_fits_the_database_that_it_was_made_of() {
    for engine in Engine::all() {
        let database = Fresh::of(engine, &shop(engine)).await;
        let draft = drafted(&database, None).await;
        let connector = opened(&draft, database.folder.path()).await;
        let names: Vec<_> = draft
            .spec
            .collections
            .iter()
            .map(|c| c.name.to_string())
            .collect();
        let want = ["people", "orders", "invoices", "order_lines"];
        assert_eq!(names, want, "{engine:?}: {}", draft.text);
        let dispositions = draft.spec.collections.iter().map(|c| &c.disposition);
        let deleted: Vec<_> = dispositions.map(|d| *d == Disposition::Delete).collect();
        assert_eq!(
            deleted,
            [false, false, false, true],
            "{engine:?}: {}",
            draft.text
        );
        for want in [
            "`keyless`: no primary key",
            "`everybody`: is a view",
            "# `x\\u{a}id = \"y\"`: has a name",
            "`products`: nothing links",
            "# ! \"born\" must not be NULL and is no text",
        ] {
            // SQLite has no type for dates.
            let sqlite = engine == Engine::Sqlite && want.contains("born");
            assert!(
                sqlite || draft.text.contains(want),
                "{engine:?} {want}: {}",
                draft.text
            );
        }
        let anna = identifier(IdentifierKind::Email, "anna@example.org");
        let found = search(&*connector, &anna).await.expect("searched");
        assert_eq!(found.len(), 1, "{engine:?}: {}", draft.text);
        let rows: Vec<_> = erase(&*connector, &found[0].key)
            .await
            .iter()
            .map(|o| (o.rows, o.kept))
            .collect();
        assert_eq!(
            rows,
            [(1, 0), (0, 1), (1, 0), (1, 0)],
            "{engine:?}: {}",
            draft.text
        );
        assert_eq!(
            search(&*connector, &anna).await,
            Ok(Vec::new()),
            "{engine:?}"
        );
        let left = database
            .texts("SELECT ship_to_address FROM orders ORDER BY id")
            .await;
        assert_eq!(left, ["erased", "Elsewhere 2"], "{engine:?}");
    }
}

#[tokio::test]
async fn the_example_data_of_fides_is_drafted_with_and_without_its_dataset() {
    for engine in Engine::servers() {
        let yaml = if engine == Engine::Postgres {
            POSTGRES
        } else {
            MARIADB
        };
        let file = File {
            name: "f.yml",
            bytes: yaml.as_bytes(),
        };
        let datasets = load(&[file]).expect("loads").datasets;
        let database = loaded(engine).await;
        for dataset in [None, Some(&datasets.all()[0])] {
            let draft = drafted(&database, dataset).await;
            let connector = opened(&draft, database.folder.path()).await;
            let typed = identifier(IdentifierKind::Email, "Customer-1@Example.com");
            let found = search(&*connector, &typed).await.expect("searched");
            let customer = found
                .iter()
                .find(|s| s.key.id().starts_with("shop:customer:"));
            let customer =
                customer.unwrap_or_else(|| panic!("{engine:?}: {found:?}\n{}", draft.text));
            assert_eq!(customer.key.id(), "shop:customer:1");
            assert_eq!(
                customer.name.as_deref(),
                Some("John Customer"),
                "{}",
                draft.text
            );
            // Her address is found by the row that names it. Others may name the same.
            let address = draft
                .spec
                .collections
                .iter()
                .find(|c| c.name.as_str() == "address");
            let address = address.unwrap_or_else(|| panic!("no address: {}", draft.text));
            let parent = address.parents.first().expect("a parent");
            assert_eq!(
                (parent.collection.as_str(), parent.references.as_str()),
                ("customer", "address_id")
            );
            assert_eq!(address.disposition, Disposition::Anonymise);
            let orders = draft
                .spec
                .collections
                .iter()
                .find(|c| c.name.as_str() == "orders");
            let parent = orders.and_then(|c| c.parents.first()).expect("a parent");
            assert_eq!(
                (parent.collection.as_str(), parent.column.as_str()),
                ("customer", "customer_id")
            );
            // An employee handled a request, which is the customer's: he is named in it, and it is none of his.
            let mut all = draft.spec.collections.iter();
            let requests = all.find(|c| c.name.as_str() == "service_request");
            let requests = requests.unwrap_or_else(|| panic!("no requests: {}", draft.text));
            assert!(requests.parents.is_empty(), "{engine:?}: {}", draft.text);
            assert!(requests.is_anothers("employee_id"), "{}", draft.text);
            let staff = identifier(IdentifierKind::Email, "employee-1@example.com");
            let found = search(&*connector, &staff).await.expect("searched");
            let keys: Vec<_> = found.iter().map(|s| s.key.id()).collect();
            assert_eq!(keys, ["shop:employee:1"], "{engine:?}: {}", draft.text);
            let taken = export(&*connector, &found[0].key).await;
            let says = |text: &str| taken.rows.iter().flatten().any(|(_, value)| value == text);
            assert!(
                says("employee-1@example.com") && !says("customer-1@example.com"),
                "{taken:?}"
            );
            for value in ["example.com", "John", "Exampletown"] {
                assert!(
                    !draft.text.contains(value),
                    "{value} of a row is in it: {}",
                    draft.text
                );
            }
        }
    }
}

#[tokio::test]
async fn values_are_counted_and_their_number_is_bounded() {
    for engine in Engine::all() {
        let rows: Vec<String> = (0..300)
            .map(|n| format!("({n}, 'p{n}@example.org')"))
            .collect();
        let made = format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, kontakt VARCHAR(50)); INSERT INTO t VALUES {}",
            rows.join(", ")
        );
        let database = Fresh::of(engine, &made).await;
        let survey = surveyed(&database).await;
        assert_eq!(survey.tables[0].sampled, Sampled::Rows(200), "{engine:?}");
        let kontakt = survey.tables[0].column("kontakt").expect("is there");
        assert_eq!(kontakt.shares.of(Look::Email), 200, "{engine:?}");
        let draft = drafted(&database, None).await;
        let want = "# medium: 200 of 200 look like an e-mail address";
        assert!(draft.text.contains(want), "{engine:?}: {}", draft.text);
        assert!(!draft.text.contains("example"), "{}", draft.text);
        let place = about(&database).place;
        let blind = server::connectors::sql::survey(&place, database.folder.path(), false).await;
        let blind = blind.expect("surveyed");
        assert_eq!(blind.tables[0].sampled, Sampled::No);
        assert_eq!(blind.tables[0].columns[1].shares.filled, 0, "{engine:?}");
    }
}

#[tokio::test]
async fn names_that_hide_one_another_are_told_apart() {
    let made = "CREATE SCHEMA s; CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT); \
                CREATE TABLE s.t (id INTEGER PRIMARY KEY, email TEXT, fax TEXT); \
                CREATE TABLE \"s.u\" (id INTEGER PRIMARY KEY, email TEXT); CREATE TABLE s.u (id INTEGER PRIMARY KEY, email TEXT);";
    if !Engine::Postgres.is_here() {
        return;
    }
    let database = Fresh::of(Engine::Postgres, made).await;
    let draft = drafted(&database, None).await;
    opened(&draft, database.folder.path()).await;
    let tables: Vec<_> = draft
        .spec
        .collections
        .iter()
        .map(|c| c.table().to_owned())
        .collect();
    assert_eq!(tables, ["s.t", "s.u", "t"], "{}", draft.text);
    assert!(draft.text.contains("`u`: is hidden"), "{}", draft.text);
}

#[tokio::test]
async fn a_table_that_may_not_be_read_is_drafted_by_its_names() {
    if !Engine::Postgres.is_here() {
        return;
    }
    let made = "CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT); INSERT INTO t VALUES (1, 'a@example.org'); \
                ALTER TABLE t ENABLE ROW LEVEL SECURITY";
    let mut database = Fresh::of(Engine::Postgres, made).await;
    let (_, name) = database.direct.rsplit_once('/').expect("a name");
    let user = format!("u_{name}");
    database
        .run(&format!(
            "CREATE ROLE {user} LOGIN; GRANT SELECT ON t TO {user}"
        ))
        .await;
    database.url = database.url.replace("postgres@", &format!("{user}@"));
    let draft = drafted(&database, None).await;
    let want = "# its values could not be looked at (denied)";
    assert!(draft.text.contains(want), "{}", draft.text);
}

#[tokio::test]
async fn why_a_database_was_not_looked_through_is_said_with_a_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let says = async |url: &str| {
        let place = SqlPlace {
            url: url.to_owned(),
            password_file: Some("none".to_owned()),
            ..SqlPlace::default()
        };
        let why = survey(&place, folder.path(), true)
            .await
            .expect_err("is not there");
        why.to_string()
    };
    assert!(
        says("sqlite:none.db")
            .await
            .contains("can't be reached: check")
    );
    assert!(
        says("postgres://u:hunter2@h/d")
            .await
            .contains("holds a password")
    );
    assert!(!says("postgres://u:hunter2@h/d").await.contains("hunter2"));
    assert!(
        says("postgres://u@127.0.0.1:1/d")
            .await
            .contains("check the user, where its password is")
    );
}
