//! What anonymising would write, but a column can't take: named when a system is opened, with what to write instead.

use server::connectors::kinds::OpenError;

use crate::engines::{Engine, Fresh};

/// The system's collection with one field.
fn described(erase: &str) -> String {
    format!(
        r#"
[[collections]]
name = "users"
title = "Users"
key = ["id"]
disposition = {{ do = "anonymise" }}
subject = {{ kind = "user_id", column = "id" }}
fields = [ {{ name = "mail", category = "user.contact.email", holds = "email", erase = '{erase}' }} ]
"#
    )
}

/// How the column is declared, what anonymising writes, and what is said.
const MISFITS: [(&str, &str, &str); 11] = [
    (
        "VARCHAR(43) NOT NULL UNIQUE",
        "null",
        "must not be NULL, but anonymising makes it so: want `random:erased-*@example.invalid`",
    ),
    (
        "VARCHAR(30) NOT NULL",
        "null",
        "must not be NULL, but anonymising makes it so: want `random:erased-*`",
    ),
    (
        "VARCHAR(9) NOT NULL",
        "null",
        "must not be NULL, but anonymising makes it so: want `fixed:` with at most 9 characters",
    ),
    (
        "INTEGER NOT NULL",
        "null",
        "must not be NULL, but anonymising makes it so: want `fixed:` with a value of its type",
    ),
    (
        "VARCHAR(80) NOT NULL UNIQUE",
        "fixed:gone",
        "is unique, so that `fixed:gone` fits one row only: want `random:erased-*@example.invalid`",
    ),
    (
        "VARCHAR(20) UNIQUE",
        "fixed:gone",
        "is unique, so that `fixed:gone` fits one row only: want `null`",
    ),
    (
        "VARCHAR(20) NOT NULL UNIQUE",
        "fixed:gone",
        "is unique, so that `fixed:gone` fits one row only: want a longer column, or the rows deleted",
    ),
    (
        "VARCHAR(9)",
        "fixed:0123456789",
        "takes 9 characters, but `fixed:0123456789` writes 10: want `null`",
    ),
    (
        "VARCHAR(42) NOT NULL",
        "random:erased--*@example.invalid",
        "takes 42 characters, but `random:erased--*@example.invalid` writes 44: want `random:erased-*`",
    ),
    (
        "CHAR(20) NOT NULL",
        "hmac:x*",
        "takes 20 characters, but `hmac:x*` writes 21: want `fixed:` with at most 20 characters",
    ),
    (
        "INTEGER",
        "hash:x*",
        "but `hash:x*` writes a text: want `null`",
    ),
];

#[tokio::test]
async fn what_a_column_can_not_take_is_named_with_what_to_write_instead() {
    for engine in Engine::all() {
        for (column, erase, want) in MISFITS {
            let made = format!("CREATE TABLE users (id INTEGER PRIMARY KEY, mail {column})");
            let database = Fresh::of(engine, &made).await;
            let found = match database.open(&described(erase)).await {
                Err(OpenError::Differs { differences }) => differences,
                Err(other) => panic!("{engine:?} {column} {erase}: {other}"),
                Ok(_) => panic!("{engine:?} {column} {erase}: opened"),
            };
            assert_eq!(found.len(), 1, "{engine:?} {column}: {found:?}");
            let said = found[0].starts_with("column \"mail\" in table \"users\" ")
                && found[0].ends_with(want);
            assert!(said, "{engine:?} {column} {erase}: {found:?}");
        }
    }
}

#[tokio::test]
async fn what_fits_is_opened() {
    let fits = [
        (
            "VARCHAR(43) NOT NULL UNIQUE",
            "random:erased-*@example.invalid",
        ),
        ("VARCHAR(21) NOT NULL UNIQUE", "hmac:x*"),
        ("VARCHAR(21) UNIQUE", "hash:*x"),
        ("VARCHAR(4) NOT NULL", "fixed:gone"),
        ("VARCHAR(9) UNIQUE", "null"),
        ("TEXT NOT NULL", "random:erased-*"),
        ("INTEGER NOT NULL", "fixed:0"),
    ];
    for engine in Engine::all() {
        for (column, erase) in fits {
            let made = format!("CREATE TABLE users (id INTEGER PRIMARY KEY, mail {column})");
            let database = Fresh::of(engine, &made).await;
            database.connector(&described(erase)).await;
        }
    }
}
