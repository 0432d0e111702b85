//! What a row of hers says of somebody else: told to be there, and no more; never corrected, and erased as its description says.

use app::model::{IdentifierKind, Operation, Replacement};
use serde_json::{Value, json};
use server::connectors::row::Fields;
use server::connectors::{Outcome, Whose};

use crate::engines::{Engine, Fresh};
use crate::people::identifier;
use crate::sql::{key, name};
use crate::sql_fides::loaded;
use crate::world::{call, collections, erase, export, preview, search};

const COLLECTIONS: &str = r#"
[[collections]]
name = "customers"
title = "Customers"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "user_id", column = "id" }
found_by = [ { kind = "email", column = "email", compare = "lower" } ]
fields = [
  { name = "email", category = "user.contact.email", holds = "email" },
  { name = "seller", category = "user.contact.email", of = "another" },
]
[[collections]]
name = "tickets"
title = "Tickets"
key = ["id"]
disposition = { do = "anonymise" }
parent = { collection = "customers", column = "id", references = "ticket_id" }
fields = [
  { name = "handled_by", category = "user.unique_id", of = "another" },
  { name = "agent_email", category = "user.contact.email", of = "another", erase = "keep" },
  { name = "reply_to", category = "user.contact.email", holds = "email" },
  { name = "picture", category = "user", of = "another" },
]
"#;

/// An agent answers by the address that Ann had.
const TABLES: &str =
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(40), seller VARCHAR(40), ticket_id INTEGER);
     CREATE TABLE tickets (id INTEGER PRIMARY KEY, handled_by INTEGER, agent_email VARCHAR(40), reply_to VARCHAR(40), \
       picture BLOB);
     INSERT INTO customers VALUES (1, 'ann@example.org', 'bob@example.org', 1), (2, 'ann@example.org', NULL, 2);
     INSERT INTO tickets VALUES (1, 7, 'ann@example.org', 'ann@example.org', NULL), (2, NULL, NULL, NULL, NULL);";

fn left_out() -> Value {
    json!({ "left_out": "another person" })
}

async fn tickets(engine: Engine) -> Fresh {
    let tables = if engine == Engine::Postgres {
        TABLES.replace("BLOB", "BYTEA")
    } else {
        TABLES.to_owned()
    };
    Fresh::of(engine, &tables).await
}

fn says(row: &Fields, field: &str) -> Value {
    let mut all = row.iter();
    let found = all.find(|(name, _)| name == field);
    found.map_or(json!("not there"), |(_, value)| value.clone())
}

#[tokio::test]
async fn it_is_told_to_be_there_and_no_more() {
    for engine in Engine::all() {
        let fresh = tickets(engine).await;
        let connector = fresh.connector(COLLECTIONS).await;
        for (id, there) in [("1", left_out()), ("2", Value::Null)] {
            let taken = export(&*connector, &key(IdentifierKind::UserId, id)).await;
            let [ticket, customer] = taken.rows.as_slice() else {
                panic!("{engine:?}: {taken:?}");
            };
            assert_eq!(says(ticket, "handled_by"), there, "{engine:?}");
            assert_eq!(says(ticket, "agent_email"), there, "{engine:?}");
            assert_eq!(says(ticket, "picture"), Value::Null, "{engine:?}");
            assert_eq!(says(customer, "seller"), there, "{engine:?}");
            assert_eq!(says(customer, "email"), "ann@example.org", "{engine:?}");
        }
        // Who finds her is not told either.
        let typed = identifier(IdentifierKind::Email, "ann@example.org");
        let found = search(&*connector, &typed).await.expect("searched");
        let names = found.iter().flat_map(|subject| &subject.fields);
        let names: Vec<_> = names.map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["email", "email"], "{engine:?}");
    }
}

#[tokio::test]
async fn it_is_never_corrected_and_erased_as_is_said() {
    for engine in Engine::all() {
        let fresh = tickets(engine).await;
        let connector = fresh.connector(COLLECTIONS).await;
        let ann = key(IdentifierKind::UserId, "1");
        let moved = [Replacement {
            kind: IdentifierKind::Email,
            old: "ann@example.org".into(),
            new: "new@example.org".into(),
        }];
        let place = name("tickets");
        let updated = connector
            .update(&call(), Whose::alone(&ann), &place, &moved)
            .await;
        assert_eq!(updated, Ok(Outcome { rows: 1, kept: 0 }), "{engine:?}");
        let row = "SELECT CONCAT(agent_email, ' ', reply_to) FROM tickets WHERE id = 1";
        let row = row.replace(
            "CONCAT(agent_email, ' ', reply_to)",
            match engine {
                Engine::Sqlite => "agent_email || ' ' || reply_to",
                _ => "CONCAT(agent_email, ' ', reply_to)",
            },
        );
        let want = ["ann@example.org new@example.org"];
        assert_eq!(fresh.texts(&row).await, want, "{engine:?}");
        erase(&*connector, &ann).await;
        let kept = "SELECT agent_email FROM tickets WHERE id = 1 AND handled_by IS NULL AND reply_to IS NULL";
        assert_eq!(fresh.texts(kept).await, ["ann@example.org"], "{engine:?}");
    }
}

/// A service request is known by itself, and found by the address that it came from; an employee handled it.
const SERVICE: &str = r#"
[[collections]]
name = "employee"
title = "Employees"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "external_id", column = "id", prefix = "employee:" }
name_columns = ["name"]
found_by = [ { kind = "email", column = "email", compare = "lower" } ]
fields = [
  { name = "name", category = "user.name", holds = "name" },
  { name = "email", category = "user.contact.email", holds = "email" },
]
[[collections]]
name = "service_request"
title = "Service requests"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "external_id", column = "id", prefix = "request:" }
found_by = [
  { kind = "email", column = "email", compare = "lower" },
  { kind = "email", column = "alt_email", compare = "lower" },
]
fields = [
  { name = "email", category = "user.contact.email", holds = "email" },
  { name = "alt_email", category = "user.contact.email", holds = "email" },
  { name = "opened", category = "system.operations" },
  { name = "employee_id", category = "user.unique_id", of = "another" },
]
"#;

#[tokio::test]
async fn a_request_that_an_employee_handled_is_the_customers_and_says_nothing_of_him() {
    for engine in Engine::servers() {
        let database = loaded(engine).await;
        let unhandled = "UPDATE service_request SET employee_id = NULL WHERE id = 'ser_bbb-bbb'";
        database.run(unhandled).await;
        let connector = database.connector(SERVICE).await;
        for (email, request, handled) in [
            ("customer-1@example.com", "ser_aaa-aaa", left_out()),
            ("customer-2@example.com", "ser_bbb-bbb", Value::Null),
        ] {
            let typed = identifier(IdentifierKind::Email, email);
            let found = search(&*connector, &typed).await.expect("searched");
            let mine = key(IdentifierKind::ExternalId, &format!("request:{request}"));
            assert_eq!(found.len(), 1, "{engine:?}: {found:?}");
            assert_eq!(found[0].key, mine, "{engine:?}");
            let taken = export(&*connector, &mine).await;
            assert_eq!(taken.rows.len(), 1, "{engine:?}");
            assert_eq!(says(&taken.rows[0], "email"), email, "{engine:?}");
            assert_eq!(says(&taken.rows[0], "employee_id"), handled, "{engine:?}");
        }
        // He handled three of them.
        let typed = identifier(IdentifierKind::Email, "employee-1@example.com");
        let found = search(&*connector, &typed).await.expect("searched");
        let jack = key(IdentifierKind::ExternalId, "employee:1");
        let keys: Vec<_> = found.iter().map(|subject| &subject.key).collect();
        assert_eq!(keys, [&jack], "{engine:?}");
        let taken = export(&*connector, &jack).await;
        assert_eq!(taken.rows.len(), 1, "{engine:?}: {taken:?}");
        assert_eq!(says(&taken.rows[0], "name"), "Jack Employee", "{engine:?}");
        assert_eq!(preview(&*connector, &jack, Operation::Delete).await, 1);
        erase(&*connector, &jack).await;
        let left = database
            .texts("SELECT id FROM service_request ORDER BY id")
            .await;
        assert_eq!(left.len(), 4, "{engine:?}");
        for (place, _) in collections(&*connector, &jack) {
            let verified = connector.verify(Whose::alone(&jack), &place).await;
            assert_eq!(verified, Ok(0), "{engine:?}");
        }
    }
}
