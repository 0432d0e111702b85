//! The example databases of Fides (`fixtures/fides`, Apache-2.0), as they are: what Habeas finds, exports and erases in them.

use app::model::{IdentifierKind, Operation};
use serde_json::Value as Json;
use server::connectors::kinds::OpenError;
use server::connectors::{Outcome, Whose};

use crate::engines::{Engine, Fresh};
use crate::people::identifier;
use crate::sql::{key, name};
use crate::world::{Taken, call, collections, erase, export, preview, search};

const EXPECTED: &str = include_str!("../fixtures/fides/expected_results.json");
const POSTGRES: &str = include_str!("../fixtures/fides/sql/postgres_example.sql");
const MARIADB: &str = concat!(
    include_str!("../fixtures/fides/sql/mariadb_example_schema.sql"),
    include_str!("../fixtures/fides/sql/mariadb_example_data.sql")
);

/// What a customer has, by the references that her rows declare.
const COLLECTIONS: &str = r#"
[[collections]]
name = "customer"
title = "Customers"
key = ["id"]
disposition = { do = "anonymise" }
subject = { kind = "user_id", column = "id" }
name_columns = ["name"]
found_by = [ { kind = "email", column = "email", compare = "lower" }, { kind = "name", column = "name", compare = "fold" } ]
fields = [
  { name = "name", category = "user.name", holds = "name" },
  { name = "email", category = "user.contact.email", holds = "email" },
  { name = "created", category = "system.operations" },
]
[[collections]]
name = "payment_card"
title = "Cards"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "customer", column = "customer_id", references = "id" }
fields = [
  { name = "ccn", category = "user.financial.bank_account" },
  { name = "preferred", category = "user" },
]
[[collections]]
name = "orders"
title = "Orders"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "customer", column = "customer_id", references = "id" }
fields = [ { name = "id", category = "system.operations" } ]
[[collections]]
name = "login"
title = "Logins"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "customer", column = "customer_id", references = "id" }
fields = [ { name = "time", category = "user.sensor" } ]
"#;

/// Below an order, two deep.
const ITEMS: &str = r#"
[[collections]]
name = "order_item"
title = "Items"
key = ["order_id", "item_no"]
disposition = { do = "delete" }
parent = { collection = "orders", column = "order_id", references = "id" }
fields = [ { name = "quantity", category = "system.operations" } ]
"#;

/// Who works there, and the addresses that rows of all these name: four references lead to one.
const ADDRESSES: &str = r#"
[[collections]]
name = "employee"
title = "Employees"
key = ["id"]
disposition = { do = "anonymise" }
subject = { kind = "external_id", column = "id", prefix = "employee:" }
found_by = [ { kind = "email", column = "email", compare = "lower" } ]
fields = [ { name = "email", category = "user.contact.email", holds = "email" } ]
[[collections]]
name = "address"
title = "Addresses"
key = ["id"]
disposition = { do = "anonymise" }
parent = [
  { collection = "customer", column = "id", references = "address_id" },
  { collection = "employee", column = "id", references = "address_id" },
  { collection = "orders", column = "id", references = "shipping_address_id" },
  { collection = "payment_card", column = "id", references = "billing_address_id" },
]
fields = [
  { name = "id", category = "system.operations" },
  { name = "city", category = "user.contact.address.city" },
  { name = "street", category = "user.contact.address.street" },
]
"#;

/// Their data in a database of its own.
pub(crate) async fn loaded(engine: Engine) -> Fresh {
    let database = Fresh::of(engine, "").await;
    let (_, own) = database.direct.rsplit_once('/').expect("a name");
    // It makes a database and an account of its own; here it has one.
    let made = MARIADB
        .split_once("USE mariadb_example;")
        .expect("as it was")
        .1;
    let script = match engine {
        Engine::MariaDb => format!("USE {own}; {made}"),
        _ => POSTGRES.to_owned(),
    };
    database.run(&script).await;
    database
}

#[tokio::test]
async fn the_example_data_gives_the_same_rows() {
    for engine in Engine::servers() {
        let database = loaded(engine).await;
        // Their MariaDB has no key there.
        let items = if engine == Engine::Postgres {
            ITEMS
        } else {
            ""
        };
        let connector = database.connector(&format!("{COLLECTIONS}{items}")).await;
        let typed = identifier(IdentifierKind::Email, "Customer-1@Example.com");
        let found = search(&*connector, &typed).await.expect("searched");
        assert_eq!(found.len(), 1, "{engine:?}");
        assert_eq!(found[0].name.as_deref(), Some("John Customer"));
        let john = key(IdentifierKind::UserId, "1");
        assert_eq!(found[0].key, john);
        let mut rows = Vec::new();
        for (name, _) in collections(&*connector, &john) {
            let counted = connector
                .preview(&john, &name, Operation::Export, &[])
                .await;
            rows.push((name.to_string(), counted.expect("counted")));
        }
        rows.sort();
        let want = [
            ("customer", 1),
            ("login", 6),
            ("order_item", 4),
            ("orders", 3),
            ("payment_card", 1),
        ];
        let want = want.map(|(name, rows)| (name.to_owned(), rows)).into_iter();
        let want: Vec<_> = want
            .filter(|(name, _)| !items.is_empty() || name != "order_item")
            .collect();
        assert_eq!(rows, want, "{engine:?}");
        let taken = export(&*connector, &john).await;
        let all: Vec<_> = taken.rows.iter().flatten().collect();
        let says = |field: &str, text: &str| {
            all.iter()
                .any(|(name, value)| name == field && value == text)
        };
        assert!(
            says("created", "2020-04-01 11:47:42"),
            "{engine:?}: {all:?}"
        );
        assert!(says("time", "2021-01-06 01:00:00"), "{engine:?}");
        assert!(
            all.iter()
                .any(|(name, value)| name == "ccn" && *value == 123_456_789)
        );

        let before = preview(
            &*connector,
            &key(IdentifierKind::UserId, "2"),
            Operation::Export,
        )
        .await;
        let done: u64 = erase(&*connector, &john).await.iter().map(|o| o.rows).sum();
        assert_eq!(
            done,
            want.iter().map(|(_, rows)| rows).sum::<u64>(),
            "{engine:?}"
        );
        for (name, _) in collections(&*connector, &john) {
            assert_eq!(
                connector.verify(Whose::alone(&john), &name).await,
                Ok(0),
                "{engine:?} {name}"
            );
        }
        let after = preview(
            &*connector,
            &key(IdentifierKind::UserId, "2"),
            Operation::Export,
        )
        .await;
        assert_eq!(after, before, "{engine:?}: Jill's rows are as they were");
        assert_eq!(
            search(&*connector, &typed).await,
            Ok(Vec::new()),
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn a_table_without_a_key_is_named() {
    if !Engine::MariaDb.is_here() {
        return;
    }
    let database = loaded(Engine::MariaDb).await;
    let opened = database.open(&format!("{COLLECTIONS}{ITEMS}")).await;
    let Err(OpenError::Differs { differences }) = opened else {
        panic!("it has no key");
    };
    let want = "key of table \"order_item\": no primary key or unique index has just these columns";
    assert_eq!(differences, [want]);
}

/// The ids of a collection's rows that Fides finds for somebody, sorted.
fn expected(of: &str, who: &str, collection: &str) -> Vec<String> {
    let all: Json = serde_json::from_str(EXPECTED).expect("is JSON");
    let rows = &all["identities"][format!("{of}_example")][who]["all_declared_fields"]
        [format!("{of}_example_test_dataset:{collection}")];
    let rows = rows.as_array().expect("rows");
    let mut ids: Vec<String> = rows.iter().map(|row| shown(&row["id"])).collect();
    ids.sort();
    ids
}

fn shown(id: &Json) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

#[tokio::test]
async fn an_address_that_four_references_lead_to_is_found_as_fides_finds_it() {
    let john = ("customer-1@example.com", "1");
    let cases = [
        (Engine::Postgres, "postgres", john, 2),
        (Engine::Postgres, "postgres", ("jane@example.com", "3"), 0),
        (Engine::MariaDb, "mysql", john, 2),
    ];
    for (engine, of, (who, id), shared) in cases.into_iter().filter(|(e, ..)| e.is_here()) {
        let database = loaded(engine).await;
        let connector = database
            .connector(&format!("{COLLECTIONS}{ADDRESSES}"))
            .await;
        let key = key(IdentifierKind::UserId, id);
        let (address, whose) = (name("address"), Whose::alone(&key));
        let mut taken = Taken::default();
        let exported = connector.export(&call(), &key, &address, &mut taken).await;
        exported.expect("exported");
        let fields = taken.rows.iter().flatten();
        let id = |(name, value): &(String, Json)| (name == "id").then(|| shown(value));
        let mut ids: Vec<String> = fields.filter_map(id).collect();
        ids.sort();
        assert_eq!(ids, expected(of, who, "address"), "{engine:?} {who}");
        // Jill's card and her order name the first of John's two addresses; she lives at the second. Jane's is hers alone.
        let trace = connector.trace(whose, &address, Operation::Delete, &[], b"salt");
        let trace = trace.await.expect("traced");
        assert_eq!(
            (trace.rows, trace.shared),
            (ids.len() as u64 - shared, Some(shared))
        );
        let outcomes = erase(&*connector, &key).await;
        assert_eq!(
            outcomes[0],
            Outcome {
                rows: trace.rows,
                kept: shared
            },
            "{engine:?} {who}"
        );
        let streets = "SELECT CONCAT(id, '') FROM address WHERE street IS NULL ORDER BY id";
        let gone = if shared == 0 { ids } else { Vec::new() };
        assert_eq!(database.texts(streets).await, gone, "{engine:?} {who}");
        assert_eq!(
            connector.verify(whose, &address).await,
            Ok(0),
            "{engine:?} {who}"
        );
    }
}
