//! How the database would run the statements: by index, wherever there is one.

use app::model::{CollectionName, Identifier, IdentifierKind, SubjectKey};
use sqlx::Row as _;

use super::quote::Statement;
use super::table::How;
use super::*;

const TABLES: &str = "
CREATE TABLE t (id TEXT PRIMARY KEY, email TEXT, phone TEXT, code TEXT, scoped INTEGER);
CREATE INDEX t_email ON t (lower(email));
CREATE INDEX t_phone ON t (replace(replace(replace(replace(replace(replace(replace(phone, '+', ''), '-', ''), '(', ''), ')', ''), ' ', ''), '/', ''), '.', ''));
CREATE INDEX t_code ON t (code);
CREATE INDEX t_scoped ON t (scoped);
CREATE TABLE child (id INTEGER PRIMARY KEY, t_id TEXT REFERENCES t(id), a TEXT);
CREATE INDEX child_t_id ON child (t_id);
CREATE TABLE grandchild (id INTEGER PRIMARY KEY, child_id INTEGER REFERENCES child(id), a TEXT);
CREATE INDEX grandchild_child_id ON grandchild (child_id);
";

const SPEC: &str = r#"
id = "s"
name = "S"
kind = "sql"
owner = "O"
region = "eu"
country = "DE"
[sql]
url = "sqlite:test.db"
[[collections]]
name = "t"
title = "T"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "user_id", column = "id" }
found_by = [
  { kind = "email", column = "email", compare = "lower" },
  { kind = "phone", column = "phone", compare = "digits" },
  { kind = "twitter", column = "code", compare = "exact" },
  { kind = "external_id", column = "scoped", compare = "exact" },
]
fields = [
  { name = "email", category = "user.contact.email", holds = "email" },
  { name = "phone", category = "user.contact", holds = "phone" },
  { name = "code", category = "user.social", holds = "twitter" },
]
[[collections]]
name = "child"
title = "Children"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "t", column = "t_id", references = "id" }
fields = [ { name = "a", category = "user" } ]
[[collections]]
name = "grandchild"
title = "Grandchildren"
key = ["id"]
disposition = { do = "anonymise" }
parent = { collection = "child", column = "child_id", references = "id" }
fields = [ { name = "a", category = "user" } ]
"#;

async fn opened(folder: &tempfile::TempDir) -> Sql {
    let path = folder.path().join("test.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("made");
    sqlx::raw_sql(TABLES).execute(&pool).await.expect("tables");
    pool.close().await;
    let country = Country::parse("DE").expect("a country");
    Sql::open(SystemSpec::parse(SPEC).expect("valid"), country, &path)
        .await
        .expect("opened")
}

/// The steps of the database's plan for a statement.
async fn steps(sql: &Sql, statement: &Statement) -> Vec<String> {
    let id = Identifier::new(IdentifierKind::UserId, "1").expect("valid");
    let forms = ["1".to_owned()];
    let cell = cell::Cell::Text("a".to_owned());
    let values = Values {
        id: Some(&id),
        forms: &forms,
        old: Some(&cell),
        new: "b",
        ..Values::default()
    };
    let query = statement.explained(values.of(statement).expect("bound"));
    let rows = query
        .fetch_all(sql.database.readers().await.expect("there"))
        .await
        .expect("explained");
    rows.iter()
        .map(|row| row.get::<String, _>("detail"))
        .collect()
}

#[tokio::test]
async fn every_lookup_uses_its_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let sql = opened(&folder).await;
    let expected = [
        "sqlite_autoindex_t_1",
        "t_scoped",
        "t_email",
        "t_phone",
        "t_code",
    ];
    assert_eq!(sql.tables[0].finders.len(), expected.len());
    for (finder, index) in sql.tables[0].finders.iter().zip(expected) {
        let (How::Id(statement) | How::Lookup(_, statement) | How::Scan(statement, _)) =
            &finder.how;
        let steps = steps(&sql, statement).await;
        let by_index = |step: &String| {
            step.starts_with("SEARCH t") && step.contains(&format!("INDEX {index} "))
        };
        assert!(steps.iter().any(by_index), "{:?}: {steps:?}", finder.kind);
        assert!(
            !steps.iter().any(|step| step.starts_with("SCAN")),
            "{:?}: {steps:?}",
            finder.kind
        );
    }
}

#[tokio::test]
async fn rows_of_hers_are_reached_by_index_at_any_depth() {
    let folder = tempfile::tempdir().expect("a folder");
    let sql = opened(&folder).await;
    let key = Identifier::new(IdentifierKind::UserId, "1").expect("valid");
    let key = SubjectKey::try_from(key).expect("a key");
    for name in ["t", "child", "grandchild"] {
        let (_, hers) = sql
            .hers(&key, &CollectionName::parse(name).expect("a name"))
            .expect("found");
        let all = [&hers.rows, &hers.count, &hers.left]
            .into_iter()
            .chain(&hers.erase)
            .chain(&hers.children);
        for statement in all.chain(hers.changes.iter().map(|(_, change)| change)) {
            let steps = steps(&sql, statement).await;
            assert!(
                !steps.iter().any(|step| step.starts_with("SCAN")),
                "{name}: {statement:?}: {steps:?}"
            );
        }
    }
}

#[tokio::test]
async fn readers_can_not_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let sql = opened(&folder).await;
    let pool = sql.database.readers().await.expect("there");
    let refused = sqlx::query("DELETE FROM t")
        .execute(pool)
        .await
        .map_err(dialect::fault);
    assert_eq!(refused.map(drop), Err(Fault::stop(FaultCode::Denied)));
}
