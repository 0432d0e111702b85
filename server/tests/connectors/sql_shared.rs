//! Rows that several people share: read by each, erased and corrected for nobody as long as another has them.

use app::model::{IdentifierKind, Operation, Replacement};
use server::connectors::{Erasure, Outcome, Whose};

use crate::engines::{Engine, Fresh};
use crate::sql::{key, name};
use crate::world::{call, erase, export, preview};

const COLLECTIONS: &str = r#"
[[collections]]
name = "customers"
title = "Customers"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "user_id", column = "who" }
fields = [ { name = "name", category = "user.name", holds = "name" } ]
[[collections]]
name = "addresses"
title = "Addresses"
key = ["id"]
disposition = { do = "anonymise" }
parent = { collection = "customers", column = "id", references = "address_id" }
fields = [ { name = "street", category = "user.contact.address", holds = "address", erase = "fixed:-" } ]
[[collections]]
name = "notes"
title = "Notes"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "addresses", column = "address_id", references = "id" }
fields = [ { name = "said", category = "user" } ]
"#;

/// Ann (1) has four addresses: `a` with Bob (2), `b` alone, `c` with a row that shows nobody, `d` by two rows of hers.
fn schema(id: &str) -> String {
    format!(
        "CREATE TABLE addresses (id {id} PRIMARY KEY, street VARCHAR(40));
         CREATE TABLE customers (id INTEGER PRIMARY KEY, who INTEGER, name VARCHAR(40), address_id {id});
         CREATE TABLE notes (id INTEGER PRIMARY KEY, address_id {id}, said VARCHAR(40));
         INSERT INTO addresses VALUES ('a', 'Main St 1'), ('b', 'Main St 1'), ('c', 'Main St 1'), ('d', 'Main St 1'), ('e', 'Main St 1');
         INSERT INTO customers VALUES (1, 1, 'Ann', 'a'), (2, 2, 'Bob', 'a'), (3, 1, 'Ann', 'b'), (4, NULL, 'x', 'c'),
             (5, 1, 'Ann', 'c'), (6, 1, 'Ann', 'd'), (7, 1, 'Ann', 'd'), (8, 1, 'Ann', NULL), (9, 3, 'Cy', 'e');
         INSERT INTO notes VALUES (1, 'a', 'shared'), (2, 'b', 'hers'), (3, 'c', 'shared'), (4, 'd', 'hers'), (5, 'e', 'other')"
    )
}

const STREETS: &str = "SELECT street FROM addresses ORDER BY id";

#[tokio::test]
async fn what_others_share_is_exported_for_her_and_kept_for_them() {
    for engine in Engine::all() {
        let fresh = Fresh::of(engine, &schema("VARCHAR(9)")).await;
        let connector = fresh.connector(COLLECTIONS).await;
        let ann = key(IdentifierKind::UserId, "1");
        // Six rows of customers, four addresses with a note each.
        assert_eq!(
            export(&*connector, &ann).await.len(),
            6 + 4 + 4,
            "{engine:?}"
        );
        assert_eq!(
            preview(&*connector, &ann, Operation::Delete).await,
            6 + 2 + 2
        );

        let moved = [Replacement {
            kind: IdentifierKind::Address,
            old: "Main St 1".into(),
            new: "Side St 2".into(),
        }];
        let place = name("addresses");
        let touched = connector.preview(&ann, &place, Operation::Update, &moved);
        assert_eq!(touched.await, Ok(2), "{engine:?}");
        let updated = connector
            .update(&call(), Whose::alone(&ann), &place, &moved)
            .await;
        assert_eq!(updated, Ok(Outcome { rows: 2, kept: 0 }), "{engine:?}");
        let want = [
            "Main St 1",
            "Side St 2",
            "Main St 1",
            "Side St 2",
            "Main St 1",
        ];
        assert_eq!(fresh.texts(STREETS).await, want, "{engine:?}");

        let outcomes = erase(&*connector, &ann).await;
        let of = |rows, kept| Outcome { rows, kept };
        assert_eq!(outcomes, [of(2, 2), of(2, 2), of(6, 0)], "{engine:?}");
        let want = ["Main St 1", "-", "Main St 1", "-", "Main St 1"];
        assert_eq!(fresh.texts(STREETS).await, want, "{engine:?}");
        let notes = fresh.texts("SELECT said FROM notes ORDER BY id").await;
        assert_eq!(notes, ["shared", "shared", "other"], "{engine:?}");
        for collection in ["customers", "addresses", "notes"] {
            assert_eq!(
                connector
                    .verify(Whose::alone(&ann), &name(collection))
                    .await,
                Ok(0)
            );
        }

        // Now it is his alone.
        let bob = key(IdentifierKind::UserId, "2");
        assert_eq!(erase(&*connector, &bob).await, [of(1, 0); 3], "{engine:?}");
        let want = ["-", "-", "Main St 1", "-", "Main St 1"];
        assert_eq!(fresh.texts(STREETS).await, want, "{engine:?}");
    }
}

#[tokio::test]
async fn a_plan_names_what_stays_because_others_share_it() {
    for engine in Engine::all() {
        let fresh = Fresh::of(engine, &schema("VARCHAR(9)")).await;
        let connector = fresh.connector(COLLECTIONS).await;
        let ann = key(IdentifierKind::UserId, "1");
        let bob = key(IdentifierKind::UserId, "2");
        let moved = [Replacement {
            kind: IdentifierKind::Address,
            old: "Main St 1".into(),
            new: "Side St 2".into(),
        }];
        let traced = async |whose: Whose<'_>, collection: &str, operation| {
            let place = name(collection);
            let trace = connector
                .trace(whose, &place, operation, &moved, b"salt")
                .await;
            let trace = trace.expect("traced");
            (trace.rows, trace.shared)
        };
        let alone = Whose::alone(&ann);
        for (collection, operation, want) in [
            ("customers", Operation::Delete, (6, None)),
            ("addresses", Operation::Delete, (2, Some(2))),
            ("notes", Operation::Delete, (2, Some(2))),
            ("addresses", Operation::Update, (2, Some(2))),
            ("addresses", Operation::Export, (4, None)),
        ] {
            let got = traced(alone, collection, operation).await;
            assert_eq!(got, want, "{engine:?} {collection} {operation:?}");
        }
        // What she shares with another record of hers stays for nobody else.
        let both = Whose {
            key: &ann,
            before: &[],
            after: std::slice::from_ref(&bob),
        };
        assert_eq!(
            traced(both, "addresses", Operation::Delete).await.1,
            Some(1),
            "{engine:?}"
        );
        let outcomes = erase(&*connector, &ann).await;
        assert_eq!(outcomes[1].kept, 2, "{engine:?}: as it was said");
    }
}

#[tokio::test]
async fn where_the_table_allows_one_row_only_nothing_is_shared() {
    for engine in Engine::all() {
        let alone = format!(
            "{}; DELETE FROM customers WHERE id IN (1, 4, 7); CREATE UNIQUE INDEX one ON customers (address_id)",
            schema("VARCHAR(9)")
        );
        let fresh = Fresh::of(engine, &alone).await;
        let connector = fresh.connector(COLLECTIONS).await;
        let ann = key(IdentifierKind::UserId, "1");
        let of = |rows, kept| Outcome { rows, kept };
        let outcomes = erase(&*connector, &ann).await;
        assert_eq!(outcomes, [of(3, 0), of(3, 0), of(4, 0)], "{engine:?}");
    }
}

/// A customer's id is the key of her row, so that she is known by it when she is anonymous.
const ANONYMOUS: &str = r#"
[[collections]]
name = "customers"
title = "Customers"
key = ["id"]
disposition = { do = "anonymise" }
subject = { kind = "user_id", column = "id" }
fields = [ { name = "name", category = "user.name", holds = "name" } ]
[[collections]]
name = "addresses"
title = "Addresses"
key = ["id"]
disposition = { do = "anonymise" }
parent = { collection = "customers", column = "id", references = "address_id" }
fields = [ { name = "street", category = "user.contact.address", holds = "address", erase = "fixed:-" } ]
"#;

#[tokio::test]
async fn what_two_records_of_hers_share_is_looked_for_after_the_last_of_them() {
    // The database says that it wrote, and did not.
    let fresh = Fresh::of(
        Engine::Sqlite,
        "CREATE TABLE addresses (id INTEGER PRIMARY KEY, street TEXT);
         CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, address_id INTEGER);
         INSERT INTO addresses VALUES (1, 'Main St 1'); INSERT INTO customers VALUES (1, 'Ann', 1), (2, 'Anne', 1);
         CREATE TRIGGER lie BEFORE UPDATE ON addresses BEGIN SELECT RAISE(IGNORE); END",
    )
    .await;
    let connector = fresh.connector(ANONYMOUS).await;
    let set = ["1", "2"].map(|id| key(IdentifierKind::UserId, id));
    let last = Whose {
        key: &set[1],
        before: &set[..1],
        after: &[],
    };
    let names = ["addresses", "customers"].map(name);
    let of = names.each_ref().map(|collection| Erasure {
        collection,
        planned: None,
    });
    for whose in [Whose::alone(&set[0]), last] {
        connector
            .erase(&call(), whose, &of, &[])
            .await
            .expect("erased");
    }
    assert_eq!(connector.verify(last, &names[0]).await, Ok(1));
    fresh.run("DROP TRIGGER lie").await;
    let outcomes = connector.erase(&call(), last, &of, &[]).await;
    assert_eq!(outcomes.map(|done| done[0].rows), Ok(1));
    assert_eq!(connector.verify(last, &names[0]).await, Ok(0));
}
