//! How the database would run the statements: by index, wherever there is one.

use app::model::{CollectionName, Identifier, IdentifierKind, SubjectKey};

use super::place::Access;
use super::quote::Statement;
use super::table::How;
use super::*;

const TABLES: &str = "
CREATE TABLE home (id INTEGER PRIMARY KEY, a TEXT);
CREATE TABLE t (id TEXT PRIMARY KEY, email TEXT, phone TEXT, code TEXT, scoped INTEGER, home INTEGER REFERENCES home(id));
CREATE INDEX t_home ON t (home);
CREATE INDEX t_email ON t (lower(email));
CREATE INDEX t_phone ON t (replace(replace(replace(replace(replace(replace(replace(phone, '+', ''), '-', ''), '(', ''), ')', ''), ' ', ''), '/', ''), '.', ''));
CREATE INDEX t_code ON t (code);
CREATE INDEX t_scoped ON t (scoped);
CREATE TABLE child (id INTEGER PRIMARY KEY, t_id TEXT REFERENCES t(id), a TEXT);
CREATE INDEX child_t_id ON child (t_id);
CREATE TABLE grandchild (id INTEGER PRIMARY KEY, child_id INTEGER REFERENCES child(id), a TEXT);
CREATE INDEX grandchild_child_id ON grandchild (child_id);
CREATE TABLE mixed (id INTEGER PRIMARY KEY, owner TEXT, t_id TEXT REFERENCES t(id), child_id INTEGER REFERENCES child(id), a TEXT);
CREATE INDEX mixed_owner ON mixed (owner);
CREATE INDEX mixed_t_id ON mixed (t_id);
CREATE INDEX mixed_child_id ON mixed (child_id);
CREATE TABLE deep (id INTEGER PRIMARY KEY, mixed_id INTEGER REFERENCES mixed(id), t_id TEXT REFERENCES t(id), a TEXT);
CREATE INDEX deep_mixed_id ON deep (mixed_id);
CREATE INDEX deep_t_id ON deep (t_id);
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
fields = [ { name = "a", category = "user", erase = "random:x*" } ]
[[collections]]
name = "home"
title = "Homes"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "t", column = "id", references = "home" }
fields = [ { name = "a", category = "user", holds = "address" } ]
[[collections]]
name = "mixed"
title = "Mixed"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "user_id", column = "owner" }
parent = [
  { collection = "t", column = "t_id", references = "id" },
  { collection = "child", column = "child_id", references = "id" },
]
fields = [ { name = "a", category = "user", holds = "address" } ]
[[collections]]
name = "deep"
title = "Deep"
key = ["id"]
disposition = { do = "anonymise" }
parent = [
  { collection = "mixed", column = "mixed_id", references = "id" },
  { collection = "t", column = "t_id", references = "id" },
]
fields = [ { name = "a", category = "user", erase = "random:x*" } ]
"#;

/// A row as it is written, which is read without an index.
const LISTED: &str = "[[77, \"b\"]]";

async fn opened(folder: &tempfile::TempDir) -> Sql {
    let path = folder.path().join("test.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("made");
    sqlx::raw_sql(TABLES).execute(&pool).await.expect("tables");
    pool.close().await;
    let country = Country::parse("DE").expect("a country");
    let spec = SystemSpec::parse(SPEC).expect("valid");
    let place = spec.sql.clone().expect("a place");
    Sql::open(spec, country, &place, folder.path(), &Masks::unkept())
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
        rows: LISTED,
        ..Values::default()
    };
    let explained = statement.explained("EXPLAIN QUERY PLAN");
    let values = values.of(statement).expect("bound");
    let mut rows = sql.database.rows(&explained, values);
    let mut steps = Vec::new();
    while let Some(row) = next(&mut rows).await.expect("explained") {
        steps.push(row.cell(3).expect("a detail").shown().expect("a text"));
    }
    steps
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
    let seen = sql.ready().await.expect("seen");
    assert_eq!(seen.tables[0].finders.len(), expected.len());
    for (finder, index) in seen.tables[0].finders.iter().zip(expected) {
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
    for name in ["t", "child", "grandchild", "home", "mixed", "deep"] {
        let seen = sql.ready().await.expect("seen");
        let (_, hers) = seen
            .hers(&key, &CollectionName::parse(name).expect("a name"))
            .expect("found");
        for statement in hers.statements() {
            let steps = steps(&sql, statement).await;
            let is_scan =
                |step: &String| step.starts_with("SCAN") && !step.starts_with("SCAN habeas_new ");
            assert!(
                !steps.iter().any(is_scan),
                "{name}: {statement:?}: {steps:?}"
            );
        }
    }
}

/// Filled so far that a database has a choice.
const POSTGRES: &str = "
CREATE TABLE home (id integer PRIMARY KEY, a text);
CREATE TABLE t (id text PRIMARY KEY, email text, phone text, code text, scoped integer, home integer REFERENCES home(id));
CREATE INDEX t_home ON t (home);
INSERT INTO home SELECT i, 'x' FROM generate_series(1, 5000) i;
CREATE INDEX t_email ON t (lower(email));
CREATE INDEX t_phone ON t (replace(replace(replace(replace(replace(replace(replace(phone, '+', ''), '-', ''), '(', ''), ')', ''), ' ', ''), '/', ''), '.', ''));
CREATE INDEX t_code ON t (code);
CREATE INDEX t_scoped ON t (scoped);
CREATE TABLE child (id integer PRIMARY KEY, t_id text REFERENCES t(id), a text);
CREATE INDEX child_t_id ON child (t_id);
CREATE TABLE grandchild (id integer PRIMARY KEY, child_id integer REFERENCES child(id), a text);
CREATE INDEX grandchild_child_id ON grandchild (child_id);
CREATE TABLE mixed (id integer PRIMARY KEY, owner text, t_id text REFERENCES t(id), child_id integer REFERENCES child(id), a text);
CREATE INDEX mixed_owner ON mixed (owner);
CREATE INDEX mixed_t_id ON mixed (t_id);
CREATE INDEX mixed_child_id ON mixed (child_id);
CREATE TABLE deep (id integer PRIMARY KEY, mixed_id integer REFERENCES mixed(id), t_id text REFERENCES t(id), a text);
CREATE INDEX deep_mixed_id ON deep (mixed_id);
CREATE INDEX deep_t_id ON deep (t_id);
INSERT INTO t SELECT i, i, i, i, i, i FROM generate_series(1, 5000) i;
INSERT INTO child SELECT i, 1 + i % 5000, 'x' FROM generate_series(1, 60000) i;
INSERT INTO grandchild SELECT i, i, 'x' FROM generate_series(1, 60000) i;
INSERT INTO mixed SELECT i, i, 1 + i % 5000, i, 'x' FROM generate_series(1, 60000) i;
INSERT INTO deep SELECT i, 1 + i % 60000, 1 + i % 5000, 'x' FROM generate_series(1, 60000) i;
ANALYZE";

/// Without indexes on expressions.
const MARIADB: &str = "
CREATE TABLE home (id INTEGER PRIMARY KEY, a VARCHAR(50));
CREATE TABLE t (id VARCHAR(50) PRIMARY KEY, email VARCHAR(50), phone VARCHAR(50), code VARCHAR(50), scoped INTEGER, home INTEGER REFERENCES home(id));
CREATE INDEX t_home ON t (home);
INSERT INTO home SELECT seq, 'x' FROM seq_1_to_5000;
CREATE INDEX t_email ON t (email);
CREATE INDEX t_code ON t (code);
CREATE INDEX t_scoped ON t (scoped);
CREATE TABLE child (id INTEGER PRIMARY KEY, t_id VARCHAR(50) REFERENCES t(id), a VARCHAR(50));
CREATE INDEX child_t_id ON child (t_id);
CREATE TABLE grandchild (id INTEGER PRIMARY KEY, child_id INTEGER REFERENCES child(id), a VARCHAR(50));
CREATE INDEX grandchild_child_id ON grandchild (child_id);
CREATE TABLE mixed (id INTEGER PRIMARY KEY, owner VARCHAR(50), t_id VARCHAR(50) REFERENCES t(id), child_id INTEGER REFERENCES child(id), a VARCHAR(50));
CREATE INDEX mixed_owner ON mixed (owner);
CREATE INDEX mixed_t_id ON mixed (t_id);
CREATE INDEX mixed_child_id ON mixed (child_id);
CREATE TABLE deep (id INTEGER PRIMARY KEY, mixed_id INTEGER REFERENCES mixed(id), t_id VARCHAR(50) REFERENCES t(id), a VARCHAR(50));
CREATE INDEX deep_mixed_id ON deep (mixed_id);
CREATE INDEX deep_t_id ON deep (t_id);
INSERT INTO t SELECT seq, seq, seq, seq, seq, seq FROM seq_1_to_5000;
INSERT INTO child SELECT seq, 1 + seq DIV 2, 'x' FROM seq_1_to_9000;
INSERT INTO grandchild SELECT seq, 1 + seq DIV 2, 'x' FROM seq_1_to_17000;
INSERT INTO mixed SELECT seq, seq, 1 + seq MOD 5000, 1 + seq MOD 9000, 'x' FROM seq_1_to_20000;
INSERT INTO deep SELECT seq, 1 + seq MOD 20000, 1 + seq MOD 5000, 'x' FROM seq_1_to_20000;
ANALYZE TABLE home, t, child, grandchild, mixed, deep";

/// The system in a database of its own on the server that this variable names, if it names one.
async fn on_server(variable: &str, tables: &'static str) -> Option<Sql> {
    let base = std::env::var(variable).ok()?;
    let name = crate::secret::token().to_lowercase().replace('-', "_");
    let url = format!("{}/plans_{}", base.rsplit_once('/')?.0, &name[..20]);
    let spec = SPEC.replace("sqlite:test.db", &url);
    let spec = SystemSpec::parse(&spec).expect("valid");
    let make = Statement::fixed("CREATE DATABASE").named(url.rsplit_once('/')?.1);
    let place = |url: &str| SqlPlace {
        url: url.to_owned(),
        ..SqlPlace::default()
    };
    let folder = std::path::Path::new("");
    let admin = Place::new(&place(&base), folder).expect("a place");
    let mut admin = admin.connect(Access::Write).await.expect("connected");
    admin.execute(&make, &[]).await.expect("made");
    let place = place(&url);
    let filling = Place::new(&place, folder).expect("a place");
    let mut link = filling.connect(Access::Write).await.expect("connected");
    link.run(tables).await.expect("filled");
    let country = Country::parse("DE").expect("a country");
    Some(
        Sql::open(spec, country, &place, folder, &Masks::unkept())
            .await
            .expect("opened"),
    )
}

/// Every lookup and every statement for rows of hers, by what it is for.
async fn statements(sql: &Sql) -> Vec<(String, Statement)> {
    let seen = sql.ready().await.expect("seen");
    let mut all = Vec::new();
    for table in seen.tables.iter() {
        for finder in &table.finders {
            let (How::Id(statement) | How::Lookup(_, statement) | How::Scan(statement, _)) =
                &finder.how;
            all.push((format!("{:?}", finder.kind), statement.clone()));
        }
        for hers in table
            .hers
            .iter()
            .filter(|hers| hers.kind == IdentifierKind::UserId)
        {
            let name = table.spec.name.to_string();
            let of = hers.statements();
            all.extend(of.map(|statement| (name.clone(), statement.clone())));
        }
    }
    all
}

/// What a server says of its plan: one text a row, from these columns.
async fn explained(sql: &Sql, statement: &Statement, columns: &[usize]) -> Vec<String> {
    let id = Identifier::new(IdentifierKind::UserId, "77").expect("valid");
    let (forms, old) = (["77".to_owned()], cell::Cell::Text("a".to_owned()));
    let values = Values {
        id: Some(&id),
        forms: &forms,
        old: Some(&old),
        new: "b",
        rows: LISTED,
        ..Values::default()
    };
    let values = values.of(statement).expect("bound");
    let mut tx = sql.database.begin().await.expect("begun");
    let mut rows = tx
        .rows(&statement.explained("EXPLAIN"), &values)
        .expect("explained");
    let mut said = Vec::new();
    while let Some(row) = next(&mut rows).await.expect("explained") {
        let cells = columns
            .iter()
            .map(|at| row.cell(*at).expect("there").shown());
        said.push(
            cells
                .map(Option::unwrap_or_default)
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
    said
}

#[tokio::test]
async fn postgresql_reaches_all_by_index() {
    let Some(sql) = on_server("HABEAS_TEST_POSTGRES", POSTGRES).await else {
        return;
    };
    for (what, statement) in statements(&sql).await {
        let steps = explained(&sql, &statement, &[0]).await;
        let scans = steps.iter().any(|step| step.contains("Seq Scan"));
        assert!(!scans, "{what}: {statement:?}: {steps:#?}");
    }
}

#[tokio::test]
async fn mariadb_reaches_all_by_index_but_digits() {
    let Some(sql) = on_server("HABEAS_TEST_MARIADB", MARIADB).await else {
        return;
    };
    for (what, statement) in statements(&sql).await {
        let steps = explained(&sql, &statement, &[2, 3]).await;
        // The keys that were gathered are read one after the other.
        let is_scan = |step: &String| {
            !step.starts_with('<')
                && !step.starts_with("habeas_new ")
                && (step.ends_with(" ALL") || step.ends_with(" index"))
        };
        let scans = steps.iter().any(is_scan);
        assert_eq!(scans, what == "Phone", "{what}: {statement:?}: {steps:#?}");
    }
}

#[tokio::test]
async fn readers_of_a_server_can_not_write() {
    for (variable, tables) in [
        ("HABEAS_TEST_POSTGRES", POSTGRES),
        ("HABEAS_TEST_MARIADB", MARIADB),
    ] {
        let Some(sql) = on_server(variable, tables).await else {
            continue;
        };
        let delete = Statement::fixed("DELETE FROM grandchild");
        let refused = sql.database.first(&delete, Vec::new()).await;
        assert_eq!(
            refused.map(drop),
            Err(Fault::stop(FaultCode::Denied)),
            "{variable}"
        );
    }
}

#[tokio::test]
async fn readers_can_not_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let sql = opened(&folder).await;
    let delete = Statement::fixed("DELETE FROM t");
    let refused = sql.database.first(&delete, Vec::new()).await;
    assert_eq!(refused.map(drop), Err(Fault::stop(FaultCode::Denied)));
}
