//! Opening a database: what is refused, and how names of the operator's are quoted.

use app::model::{IdentifierKind, Operation};
use server::connectors::kinds::OpenError;
use server::connectors::{Fault, FaultCode};

use crate::people::identifier;
use crate::sql::{Database, key, open_in};
use crate::world::{Taken, call, erase, preview, search};

const USERS: &str = r#"
[[collections]]
name = "users"
title = "Users"
key = ["id"]
disposition = { do = "anonymise" }
subject = { kind = "user_id", column = "id" }
found_by = [ { kind = "email", column = "email", compare = "exact" } ]
fields = [ { name = "email", category = "user.contact.email", holds = "email" } ]
"#;

async fn differences(tables: &'static str, collections: &str) -> Vec<String> {
    match Database::of(tables).await.open(collections).await {
        Err(OpenError::Differs { differences }) => differences,
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    }
}

#[tokio::test]
async fn what_is_not_as_described_is_named() {
    let notes = format!(
        "{USERS}[[collections]]\nname = \"notes\"\ntitle = \"Notes\"\nkey = [\"id\"]\ndisposition = {{ do = \"keep\", ground = \"x\" }}\n\
         parent = {{ collection = \"users\", column = \"user_id\", references = \"id\" }}\nfields = []\n"
    );
    let cascading = notes
        .replacen("\"anonymise\"", "\"delete\"", 1)
        .replace("do = \"keep\", ground = \"x\"", "do = \"anonymise\"")
        .replace(
            "fields = []",
            "fields = [ { name = \"a\", category = \"user\" } ]",
        );
    let cases: [(&'static str, &str, &str); 9] = [
        ("CREATE TABLE other (id)", USERS, "no table \"users\""),
        ("CREATE TABLE users (id INTEGER PRIMARY KEY)", USERS, "no column \"email\" in table \"users\""),
        ("CREATE TABLE users (id INTEGER, email TEXT)", USERS, "no primary key or unique index has just these"),
        ("CREATE TABLE users (id INTEGER, email TEXT, PRIMARY KEY (id, email))", USERS, "no primary key"),
        ("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL)", USERS, "must not be NULL"),
        ("CREATE TABLE users (id REAL PRIMARY KEY, email TEXT)", USERS, "can't hold ids exactly"),
        ("CREATE TABLE users (id PRIMARY KEY, email TEXT)", USERS, "can't hold ids exactly"),
        (
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id TEXT)",
            &notes,
            "has another type than what it references",
        ),
        (
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
             CREATE TABLE notes (id INTEGER PRIMARY KEY, a TEXT, user_id INTEGER REFERENCES users ON DELETE CASCADE)",
            &cascading,
            "deleting from table \"users\" also deletes from table \"notes\"",
        ),
    ];
    for (tables, collections, want) in cases {
        let found = differences(tables, collections).await;
        assert!(found.iter().any(|d| d.contains(want)), "{want}: {found:?}");
    }
    let fine = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)";
    assert_eq!(differences(fine, USERS).await, Vec::<String>::new());
}

#[tokio::test]
async fn hostile_names_are_names() {
    let database = Database::of(
        "CREATE TABLE \"us\"\"ers; DROP TABLE safe; --\" (\"i`d\" INTEGER PRIMARY KEY, \"[e]'mail\" TEXT, \"select\" TEXT, \"naïve 名前\" TEXT);
         CREATE TABLE safe (id);
         INSERT INTO \"us\"\"ers; DROP TABLE safe; --\" VALUES (1, 'a@example.org', 'x', 'A'), (2, 'b@example.org', 'y', 'B');",
    )
    .await;
    let collections = r#"
[[collections]]
name = "users"
table = 'us"ers; DROP TABLE safe; --'
title = "Users"
key = ["i`d"]
disposition = { do = "anonymise" }
subject = { kind = "user_id", column = "i`d" }
name_columns = ["naïve 名前"]
found_by = [ { kind = "email", column = "[e]'mail", compare = "lower" }, { kind = "name", column = "naïve 名前", compare = "fold" } ]
fields = [
  { name = "[e]'mail", category = "user.contact.email", holds = "email" },
  { name = "naïve 名前", category = "user.name", holds = "name", erase = "fixed:'; DROP TABLE safe; --" },
  { name = "select", category = "user.content" },
]
"#;
    let connector = database.connector(collections).await;
    let found = search(
        &*connector,
        &identifier(IdentifierKind::Email, "A@example.org"),
    )
    .await
    .expect("searched");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name.as_deref(), Some("A"));
    assert_eq!(
        search(&*connector, &identifier(IdentifierKind::Name, "b"))
            .await
            .expect("searched")
            .len(),
        1
    );
    let one = key(IdentifierKind::UserId, "1");
    assert_eq!(erase(&*connector, &one).await[0].rows, 1);
    let rows = database
        .rows(
            "SELECT quote(\"naïve 名前\") FROM \"us\"\"ers; DROP TABLE safe; --\" WHERE ? = ''",
            "",
        )
        .await;
    assert_eq!(rows, ["'''; DROP TABLE safe; --'", "'B'"]);
    assert!(
        database
            .rows("SELECT 'there' FROM safe WHERE ? = ''", "")
            .await
            .is_empty(),
        "it is still there, and empty"
    );
}

#[tokio::test]
async fn names_that_no_database_has_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a\\u0000b", "a\\nb", "", &"x".repeat(64)] {
        let collections = USERS.replace("column = \"id\"", &format!("column = \"{name}\""));
        let refused = open_in(folder.path(), &collections).await;
        assert!(matches!(refused, Err(OpenError::Spec(_))), "{name:?}");
    }
}

#[tokio::test]
async fn a_database_that_comes_later_is_checked_then() {
    let database = Database::of("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)").await;
    database.remove();
    let connector = database.connector(USERS).await;
    assert_eq!(
        connector.health().await,
        Err(Fault::retry(FaultCode::Unreachable))
    );
    database
        .run("CREATE TABLE users (id INTEGER PRIMARY KEY)")
        .await;
    assert_eq!(
        connector.health().await,
        Err(Fault::stop(FaultCode::Mismatch))
    );
    database
        .run("ALTER TABLE users ADD COLUMN email TEXT")
        .await;
    assert_eq!(connector.health().await, Ok(()));
}

#[tokio::test]
async fn a_column_that_goes_away_is_a_fault_and_not_its_name() {
    let database = Database::of("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)").await;
    let connector = database.connector(USERS).await;
    database.run("INSERT INTO users VALUES (1, 'a@example.org'); ALTER TABLE users RENAME COLUMN email TO mail").await;
    let wrong = Fault::stop(FaultCode::Mismatch);
    let found = search(
        &*connector,
        &identifier(IdentifierKind::Email, "a@example.org"),
    )
    .await;
    assert_eq!(found, Err(wrong));
    let (one, users) = (
        key(IdentifierKind::UserId, "1"),
        connector.inventory().collections[0].name.clone(),
    );
    assert_eq!(
        connector
            .export(&call(), &one, &users, &mut Taken::default())
            .await,
        Err(wrong)
    );
    assert_eq!(connector.delete(&call(), &one, &users).await, Err(wrong));
}

#[tokio::test]
async fn a_file_that_was_replaced_is_read_anew() {
    let database = Database::of("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); INSERT INTO users VALUES (1, 'a')").await;
    let connector = database.connector(USERS).await;
    let (one, two) = (
        key(IdentifierKind::UserId, "1"),
        key(IdentifierKind::UserId, "2"),
    );
    assert_eq!(preview(&*connector, &one, Operation::Delete).await, 1);
    let other = Database::of("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); INSERT INTO users VALUES (2, 'b')").await;
    other.run("PRAGMA wal_checkpoint(TRUNCATE)").await;
    database.remove();
    std::fs::rename(&other.path, &database.path).expect("replaced");
    assert_eq!(preview(&*connector, &one, Operation::Delete).await, 0);
    assert_eq!(erase(&*connector, &two).await[0].rows, 1);
    assert_eq!(
        database
            .rows("SELECT quote(email) FROM users WHERE ? = ''", "")
            .await,
        ["NULL"]
    );
}
