//! Rows that belong to several others: reached by any reference, erased only where none of them leads from somebody else.

use app::model::{IdentifierKind, Operation, Replacement, SubjectKey};
use server::connectors::{Connector, Erasure, Fault, FaultCode, Outcome, Refused, Whose};

use crate::engines::{Engine, Fresh};
use crate::sql::{key, name};
use crate::world::{call, export, preview};

/// An order is of who ordered it and of who is billed, who are known by ids of two kinds; its lines are also of whom they go to.
const COLLECTIONS: &str = r#"
[[collections]]
name = "customers"
title = "Customers"
key = ["id"]
disposition = { do = "anonymise" }
subject = { kind = "user_id", column = "id" }
fields = [ { name = "name", category = "user.name", holds = "name" } ]
[[collections]]
name = "contacts"
title = "Contacts"
key = ["id"]
disposition = { do = "anonymise" }
subject = { kind = "external_id", column = "id", prefix = "contact:" }
fields = [ { name = "name", category = "user.name", holds = "name" } ]
[[collections]]
name = "orders"
title = "Orders"
key = ["id"]
disposition = { do = "delete" }
parent = [
  { collection = "customers", column = "customer_id", references = "id" },
  { collection = "contacts", column = "billed_id", references = "id" },
]
fields = [ { name = "said", category = "user.name", holds = "name" } ]
[[collections]]
name = "lines"
title = "Lines"
key = ["id"]
disposition = { do = "delete" }
parent = [
  { collection = "orders", column = "order_id", references = "id" },
  { collection = "customers", column = "to_id", references = "id" },
]
fields = [ { name = "said", category = "user.name", holds = "name" } ]
"#;

/// Ann is customer 1 and contact 11, Bob customer 2 and contact 12. Orders: 1 and 4 are hers alone, 2 is billed to him, 3 is his and
/// billed to her, 5 is his. A line of order 1 goes to him, one of order 5 to her.
const TABLES: &str = "
CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR(40));
CREATE TABLE contacts (id INTEGER PRIMARY KEY, name VARCHAR(40));
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), billed_id INTEGER REFERENCES contacts (id),
    said VARCHAR(40));
CREATE TABLE order_lines (id INTEGER PRIMARY KEY, order_id INTEGER, to_id INTEGER REFERENCES customers (id), said VARCHAR(40));
INSERT INTO customers VALUES (1, 'Ann'), (2, 'Bob');
INSERT INTO contacts VALUES (11, 'Ann'), (12, 'Bob');
INSERT INTO orders VALUES (1, 1, 11, 'Ann'), (2, 1, 12, 'Ann'), (3, 2, 11, 'Ann'), (4, 1, NULL, 'Ann'), (5, 2, 12, 'Bob');
INSERT INTO order_lines VALUES (1, 1, NULL, 'Ann'), (2, 1, 2, 'Ann'), (3, 2, 1, 'Ann'), (4, 5, 1, 'Ann'), (5, 4, 1, 'Ann'),
    (6, NULL, 1, 'Ann'), (7, 5, 2, 'Bob')";

const PLACES: [&str; 4] = ["customers", "contacts", "orders", "lines"];

fn described() -> String {
    COLLECTIONS.replace(
        "name = \"lines\"\n",
        "name = \"lines\"\ntable = \"order_lines\"\n",
    )
}

/// Ann by each kind of id.
fn ann() -> [SubjectKey; 2] {
    [
        key(IdentifierKind::UserId, "1"),
        key(IdentifierKind::ExternalId, "contact:11"),
    ]
}

/// Erases all of a member of a set at once, what she can be found in.
async fn erase_all(
    connector: &dyn Connector,
    whose: Whose<'_>,
) -> Result<Vec<(String, Outcome)>, Refused> {
    let all = connector.inventory().collections.iter();
    let names: Vec<_> = all
        .filter(|c| c.found_by.contains(&whose.key.kind()))
        .map(|c| c.name.clone())
        .collect();
    let of: Vec<_> = names
        .iter()
        .map(|collection| Erasure {
            collection,
            planned: None,
        })
        .collect();
    let done = connector.erase(&call(), whose, &of, &[]).await?;
    let names = names.iter().map(ToString::to_string);
    Ok(names.zip(done).collect())
}

async fn traced(
    connector: &dyn Connector,
    whose: Whose<'_>,
    collection: &str,
    replacements: &[Replacement],
) -> (u64, Option<u64>) {
    let operation = if replacements.is_empty() {
        Operation::Delete
    } else {
        Operation::Update
    };
    let place = name(collection);
    let trace = connector.trace(whose, &place, operation, replacements, b"salt");
    let trace = trace.await.expect("traced");
    (trace.rows, trace.shared)
}

#[tokio::test]
async fn every_reference_finds_and_none_erases_what_another_has() {
    for engine in Engine::all() {
        let database = Fresh::of(engine, TABLES).await;
        let connector = database.connector(&described()).await;
        let [ann, _] = &ann();
        // Her record; orders 1, 2, 4, found as a customer; of lines all but his own, and not 4 of order 5 only by its order.
        assert_eq!(
            export(&*connector, ann).await.len(),
            1 + 3 + 6,
            "{engine:?}"
        );
        assert_eq!(
            preview(&*connector, ann, Operation::Export).await,
            1 + 3 + 6
        );
        let alone = Whose::alone(ann);
        // Nobody said that contact 11 is she: order 1 is that contact's as well.
        for (collection, want) in [
            ("customers", (1, None)),
            ("orders", (1, Some(2))),
            ("lines", (2, Some(4))),
        ] {
            let got = traced(&*connector, alone, collection, &[]).await;
            assert_eq!(got, want, "{engine:?} {collection}");
        }
        let done = erase_all(&*connector, alone).await.expect("erased");
        let of = |rows, kept| Outcome { rows, kept };
        let want = [
            ("customers", of(1, 0)),
            ("orders", of(1, 2)),
            ("lines", of(2, 4)),
        ];
        let want = want.map(|(name, outcome)| (name.to_owned(), outcome));
        assert_eq!(done, want, "{engine:?}");
        let orders = database
            .texts("SELECT CONCAT(id, '') FROM orders ORDER BY id")
            .await;
        assert_eq!(orders, ["1", "2", "3", "5"], "{engine:?}");
        for collection in ["customers", "orders", "lines"] {
            let left = connector.verify(alone, &name(collection)).await;
            assert_eq!(left, Ok(0), "{engine:?} {collection}");
        }
    }
}

#[tokio::test]
async fn a_set_is_one_person_by_whatever_kind_of_id() {
    for engine in Engine::all() {
        let database = Fresh::of(engine, TABLES).await;
        let connector = database.connector(&described()).await;
        let set = ann();
        let first = Whose {
            key: &set[0],
            before: &[],
            after: &set[1..],
        };
        let last = Whose {
            key: &set[1],
            before: &set[..1],
            after: &[],
        };
        // Order 1 waits for the contact, and is nobody else's; order 2 is Bob's too.
        assert_eq!(
            traced(&*connector, first, "orders", &[]).await,
            (1, Some(1))
        );
        assert_eq!(traced(&*connector, last, "orders", &[]).await, (1, Some(1)));
        let renamed = [Replacement {
            kind: IdentifierKind::Name,
            old: "Ann".into(),
            new: "Anne".into(),
        }];
        // Lines 5 and 6; then those of order 1 too, but for the one that goes to Bob.
        assert_eq!(
            traced(&*connector, first, "lines", &renamed).await,
            (2, Some(3))
        );
        let place = name("orders");
        let updated = connector.update(&call(), last, &place, &renamed).await;
        assert_eq!(updated, Ok(Outcome { rows: 1, kept: 0 }), "{engine:?}");
        let said = database.texts("SELECT said FROM orders ORDER BY id").await;
        assert_eq!(said, ["Anne", "Ann", "Ann", "Ann", "Bob"], "{engine:?}");

        for (whose, want) in [
            (
                first,
                [("customers", 1, 0), ("orders", 1, 1), ("lines", 2, 3)],
            ),
            (
                last,
                [("contacts", 1, 0), ("orders", 1, 1), ("lines", 1, 1)],
            ),
        ] {
            let done = erase_all(&*connector, whose).await.expect("erased");
            let done: Vec<_> = done
                .iter()
                .map(|(n, o)| (n.as_str(), o.rows, o.kept))
                .collect();
            assert_eq!(done, want, "{engine:?}");
        }
        let ids = |table: &str| format!("SELECT CONCAT(id, '') FROM {table} ORDER BY id");
        assert_eq!(
            database.texts(&ids("orders")).await,
            ["2", "3", "5"],
            "{engine:?}"
        );
        assert_eq!(
            database.texts(&ids("order_lines")).await,
            ["2", "3", "4", "7"],
            "{engine:?}"
        );
        for collection in PLACES {
            for whose in [first, last] {
                let all = &connector.inventory().collections;
                let one = all
                    .iter()
                    .find(|c| c.name.as_str() == collection)
                    .expect("there");
                if one.found_by.contains(&whose.key.kind()) {
                    let left = connector.verify(whose, &one.name).await;
                    assert_eq!(left, Ok(0), "{engine:?} {collection}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_row_that_says_her_id_and_belongs_to_another_is_kept() {
    for engine in Engine::all() {
        let tables = "CREATE TABLE accounts (id INTEGER PRIMARY KEY, who INTEGER, a VARCHAR(9));
             CREATE TABLE notes (id INTEGER PRIMARY KEY, who INTEGER, account_id INTEGER, a VARCHAR(9));
             INSERT INTO accounts VALUES (1, 1, 'x'), (2, 2, 'x');
             INSERT INTO notes VALUES (1, 1, 1, 'hers'), (2, 1, 2, 'his too'), (3, NULL, 1, 'hers'), (4, 1, NULL, 'hers')";
        let collections = r#"
[[collections]]
name = "accounts"
title = "Accounts"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "user_id", column = "who" }
fields = [ { name = "a", category = "user" } ]
[[collections]]
name = "notes"
title = "Notes"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "user_id", column = "who" }
parent = { collection = "accounts", column = "account_id", references = "id" }
fields = [ { name = "a", category = "user" } ]
"#;
        let database = Fresh::of(engine, tables).await;
        let connector = database.connector(collections).await;
        let ann = key(IdentifierKind::UserId, "1");
        assert_eq!(export(&*connector, &ann).await.len(), 1 + 4, "{engine:?}");
        let alone = Whose::alone(&ann);
        assert_eq!(traced(&*connector, alone, "notes", &[]).await, (3, Some(1)));
        let done = erase_all(&*connector, alone).await.expect("erased");
        assert_eq!(done[1].1, Outcome { rows: 3, kept: 1 }, "{engine:?}");
        let left = database.texts("SELECT a FROM notes").await;
        assert_eq!(left, ["his too"], "{engine:?}");
    }
}

/// A contact refers to her customer, and orders name the contact: it goes between them.
#[tokio::test]
async fn what_refers_to_one_owner_and_is_named_by_another_goes_between_them() {
    let tables = "CREATE TABLE customers (id INTEGER PRIMARY KEY, a VARCHAR(9));
         CREATE TABLE contacts (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), a VARCHAR(9));
         CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id),
             contact_id INTEGER UNIQUE REFERENCES contacts (id), a VARCHAR(9));
         INSERT INTO customers VALUES (1, 'x'), (2, 'x');
         INSERT INTO contacts VALUES (1, 1, 'x'), (2, NULL, 'x'), (3, 2, 'x'), (4, 1, 'x');
         INSERT INTO orders VALUES (1, 1, 1, 'x'), (2, 1, 2, 'x'), (3, 2, 4, 'x')";
    let collections = r#"
[[collections]]
name = "customers"
title = "Customers"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "user_id", column = "id" }
fields = [ { name = "a", category = "user" } ]
[[collections]]
name = "orders"
title = "Orders"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "customers", column = "customer_id", references = "id" }
fields = [ { name = "a", category = "user" } ]
[[collections]]
name = "contacts"
title = "Contacts"
key = ["id"]
disposition = { do = "delete" }
parent = [
  { collection = "customers", column = "customer_id", references = "id" },
  { collection = "orders", column = "id", references = "contact_id" },
]
fields = [ { name = "a", category = "user" } ]
"#;
    for engine in Engine::all() {
        let database = Fresh::of(engine, tables).await;
        let connector = database.connector(collections).await;
        let ann = key(IdentifierKind::UserId, "1");
        // Contact 4 is named by Bob's order, and refers to her: as long as it stays, her record can't go.
        let refused = erase_all(&*connector, Whose::alone(&ann)).await;
        let want = Refused {
            at: Some(name("customers")),
            fault: Fault::stop(FaultCode::Referenced),
        };
        assert_eq!(refused, Err(want), "{engine:?}");
        let all = "SELECT CONCAT(id, '') FROM contacts ORDER BY id";
        assert_eq!(
            database.texts(all).await,
            ["1", "2", "3", "4"],
            "{engine:?}"
        );
        database
            .run("UPDATE contacts SET customer_id = NULL WHERE id = 4")
            .await;
        let done = erase_all(&*connector, Whose::alone(&ann))
            .await
            .expect("erased");
        let done: Vec<_> = done.iter().map(|(_, o)| (o.rows, o.kept)).collect();
        assert_eq!(done, [(1, 0), (2, 0), (2, 0)], "{engine:?}");
        assert_eq!(database.texts(all).await, ["3", "4"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_database_that_would_delete_anothers_rows_by_itself_is_refused() {
    for engine in Engine::all() {
        let cascading = TABLES.replace(
            "to_id INTEGER REFERENCES customers (id), said VARCHAR(40))",
            "to_id INTEGER, said VARCHAR(40), FOREIGN KEY (to_id) REFERENCES customers (id) ON DELETE CASCADE)",
        );
        let database = Fresh::of(engine, &cascading).await;
        let deleted = described().replacen("do = \"anonymise\"", "do = \"delete\"", 1);
        let Err(server::connectors::kinds::OpenError::Differs { differences }) =
            database.open(&deleted).await
        else {
            panic!("{engine:?}: it was opened");
        };
        let want = "deleting from table \"customers\" also deletes from table \"order_lines\", whose rows may be another's as well, \
                    and stay then: want `anonymise` there";
        assert_eq!(differences, [want], "{engine:?}");
        database.connector(&described()).await;
    }
}
