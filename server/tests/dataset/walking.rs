//! Walking through real databases: the rows that Fides' example data gives, and what types and arrays do on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use serde_json::Value as Json;
use server::dataset::graph::Graph;
use server::dataset::walk::{Ask, Known, Rows, Sink, walk};
use server::dataset::{Address, Datasets, FieldPath, Float, Identity, Row, Scalar, Value};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::fixtures::{read, text};

/// A database that answers with JSON, and counts.
struct Database {
    datasets: Datasets,
    pool: Pool,
    asked: Mutex<BTreeMap<Address, u32>>,
}

enum Pool {
    Postgres(sqlx::PgPool),
    Sqlite(sqlx::SqlitePool),
}

impl Database {
    fn new(datasets: Datasets, pool: Pool) -> Self {
        let asked = Mutex::default();
        Self {
            datasets,
            pool,
            asked,
        }
    }

    async fn ask(&self, ask: &Ask) -> Result<Vec<Row>, sqlx::Error> {
        *self
            .asked
            .lock()
            .expect("lock")
            .entry(ask.collection.clone())
            .or_default() += 1;
        let table = &ask.collection.collection;
        let collection = self.datasets.collection(&ask.collection).expect("is there");
        let columns: Vec<&str> = collection.fields.iter().map(|f| f.name.as_str()).collect();
        let values: Vec<String> = ask
            .by
            .values()
            .map(|values| {
                let texts: Vec<_> = values.iter().filter_map(Value::spelt).collect();
                serde_json::to_string(&texts).expect("is JSON")
            })
            .collect();
        let rows: Vec<String> = match &self.pool {
            Pool::Postgres(pool) => {
                let conditions = ask.by.keys().enumerate().map(|(i, path)| {
                    format!(
                        "{path}::text IN (SELECT jsonb_array_elements_text(${}::jsonb))",
                        i + 1
                    )
                });
                let conditions = conditions.collect::<Vec<_>>().join(" OR ");
                let sql = format!(
                    "SELECT to_jsonb(t)::text FROM (SELECT {} FROM {table} WHERE {conditions}) t",
                    columns.join(", ")
                );
                let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
                for value in &values {
                    query = query.bind(value);
                }
                query.fetch_all(pool).await?
            }
            Pool::Sqlite(pool) => {
                let conditions = ask
                    .by
                    .keys()
                    .enumerate()
                    .map(|(i, path)| sqlite(path, i + 1));
                let conditions = conditions.collect::<Vec<_>>().join(" OR ");
                let pairs: Vec<_> = columns
                    .iter()
                    .map(|c| {
                        format!("'{c}', CASE WHEN json_valid({c}) THEN json({c}) ELSE {c} END")
                    })
                    .collect();
                let sql = format!(
                    "SELECT json_object({}) FROM {table} WHERE {conditions}",
                    pairs.join(", ")
                );
                let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
                for value in &values {
                    query = query.bind(value);
                }
                query.fetch_all(pool).await?
            }
        };
        Ok(rows
            .iter()
            .map(|json| row(serde_json::from_str(json).expect("is JSON")))
            .collect())
    }
}

/// A column, or any part of that name inside one that holds JSON.
fn sqlite(path: &FieldPath, i: usize) -> String {
    let (first, last) = (&path.0[0], &path.0[path.0.len() - 1]);
    let within = format!("(SELECT value FROM json_each(${i}))");
    if path.0.len() == 1 {
        return format!("CAST({first} AS TEXT) IN {within}");
    }
    format!(
        "EXISTS (SELECT 1 FROM json_tree({first}) j WHERE j.key = '{last}' AND CAST(j.atom AS TEXT) IN {within})"
    )
}

fn row(json: Json) -> Row {
    match value(json) {
        Value::Map(row) => row,
        other => panic!("no row: {other:?}"),
    }
}

fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(n) => n.as_i64().map_or_else(
            || Value::Float(Float(n.as_f64().expect("a number"))),
            Value::Int,
        ),
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(value).collect()),
        Json::Object(map) => {
            Value::Map(map.into_iter().map(|(name, v)| (name, value(v))).collect())
        }
    }
}

impl Rows for Database {
    type Error = sqlx::Error;
    fn rows<'a>(&'a self, ask: &'a Ask) -> BoxStream<'a, Result<Row, sqlx::Error>> {
        let rows = async move {
            let rows = match self.ask(ask).await {
                Ok(rows) => rows.into_iter().map(Ok).collect(),
                Err(why) => vec![Err(why)],
            };
            stream::iter(rows)
        };
        stream::once(rows).flatten().boxed()
    }
}

/// Rows by collection.
#[derive(Default)]
struct Taken(Mutex<BTreeMap<String, BTreeSet<Row>>>);

#[async_trait]
impl Sink<sqlx::Error> for Taken {
    async fn row(&self, of: &Address, row: Row) -> Result<(), sqlx::Error> {
        let mut row = row;
        row.sort();
        let mut taken = self.0.lock().expect("lock");
        assert!(
            taken.entry(of.to_string()).or_default().insert(row),
            "a row came twice"
        );
        Ok(())
    }
}

/// Walks for one person; rows by collection, also of those without any.
async fn found(database: &Database, known: &[(&str, &str)]) -> BTreeMap<String, BTreeSet<Row>> {
    database.asked.lock().expect("lock").clear();
    let mut all = Known::new();
    for (identity, value) in known {
        let values = all.entry(Identity((*identity).to_owned())).or_default();
        values.insert(Value::Text((*value).to_owned()));
    }
    let graph = Graph::new(&database.datasets);
    let plan = graph.plan(&all.keys().cloned().collect()).expect("a way");
    let taken = Taken::default();
    let walked = walk(&plan, &all, database, &taken, 4).await.expect("walks");
    let mut rows = taken.0.into_inner().expect("lock");
    for visit in &walked {
        let name = visit.ask.collection.to_string();
        let count = rows.entry(name.clone()).or_default().len();
        assert_eq!(u64::try_from(count).expect("fits"), visit.rows, "{name}");
    }
    for visit in &walked {
        let collection = database.datasets.collection(&visit.ask.collection);
        for (path, values) in &visit.ask.by {
            let field = collection.and_then(|c| c.field(path)).expect("is there");
            let text = field.data_type.is_some_and(|t| t.of == Scalar::Text);
            let fits = |value: &Value| !text || matches!(value, Value::Text(_));
            assert!(values.iter().all(fits), "{path} is asked for {values:?}");
        }
    }
    let asked = database.asked.lock().expect("lock");
    for visit in &walked {
        let times = asked.get(&visit.ask.collection).copied().unwrap_or(0);
        assert_eq!(
            times,
            u32::from(!visit.ask.by.is_empty()),
            "{}",
            visit.ask.collection
        );
    }
    rows
}

/// Fides' example database; none without a PostgreSQL server.
async fn example() -> Option<Database> {
    let base = std::env::var("HABEAS_TEST_POSTGRES").ok()?;
    let name = format!(
        "t{}",
        &server::secret::sha256(server::secret::token().as_bytes())[..32]
    );
    let mut admin = sqlx::PgConnection::connect(&base)
        .await
        .expect("the test server");
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create)
        .execute(&mut admin)
        .await
        .expect("creates");
    let (server, _) = base.rsplit_once('/').expect("a url with a database");
    let pool = sqlx::PgPool::connect(&format!("{server}/{name}"))
        .await
        .expect("opens");
    let sql = text("sql/postgres_example.sql");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&pool)
        .await
        .expect("fills");
    let name = "dataset/postgres_example_test_dataset.yml";
    let datasets = read(name, &text(name)).expect("loads").datasets;
    Some(Database::new(datasets, Pool::Postgres(pool)))
}

#[tokio::test]
async fn the_example_data_gives_the_expected_rows() {
    let Some(database) = example().await else {
        return;
    };
    let expected: Json = serde_json::from_str(&text("expected_results.json")).expect("is JSON");
    let people = expected["identities"]["postgres_example"]
        .as_object()
        .expect("people");
    assert_eq!(people.len(), 3);
    for (email, person) in people {
        let rows = found(&database, &[("email", email)]).await;
        let want = person["all_declared_fields"]
            .as_object()
            .expect("collections");
        let want: BTreeMap<String, BTreeSet<Row>> = want
            .iter()
            .map(|(name, rows)| {
                let rows = rows.as_array().expect("rows").iter();
                let sorted = |json: &Json| {
                    let mut row = row(json.clone());
                    row.sort();
                    row
                };
                (name.clone(), rows.map(sorted).collect())
            })
            .collect();
        assert_eq!(rows, want, "{email}");
    }
}

async fn small(sql: &'static str, dataset: &str) -> Database {
    let options = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    let pool = options.connect("sqlite::memory:").await.expect("opens");
    sqlx::raw_sql(sql).execute(&pool).await.expect("fills");
    let datasets = read("small", dataset)
        .unwrap_or_else(|why| panic!("{why}"))
        .datasets;
    Database::new(datasets, Pool::Sqlite(pool))
}

fn texts(rows: &BTreeMap<String, BTreeSet<Row>>, collection: &str) -> Vec<String> {
    let rows = rows.get(collection).into_iter().flatten();
    rows.map(|row| {
        let parts: Vec<_> = row
            .iter()
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect();
        parts.join(" ")
    })
    .collect()
}

#[tokio::test]
async fn numbers_are_looked_for_as_the_texts_that_they_are_elsewhere() {
    let database = small(
        "CREATE TABLE employee (id INTEGER, email TEXT); INSERT INTO employee VALUES (1, 'a@x'), (2, 'b@x');
         CREATE TABLE link (id TEXT, name TEXT); INSERT INTO link VALUES ('1', 'hers'), ('2', 'his'), ('01', 'nobody''s');",
        "dataset:
- fides_key: d
  collections:
  - name: employee
    fields: [{name: id}, {name: email, fides_meta: {identity: email}}]
  - name: link
    fields:
    - {name: name}
    - {name: id, fides_meta: {data_type: string, references: [{dataset: d, field: employee.id, direction: from}]}}
",
    )
    .await;
    let rows = found(&database, &[("email", "a@x")]).await;
    assert_eq!(texts(&rows, "d:link").len(), 1);
    assert!(texts(&rows, "d:link")[0].contains("hers"));
    let nobody = found(&database, &[("email", "c@x")]).await;
    assert!(nobody.values().all(BTreeSet::is_empty));
}

const CHATS: &str = r#"
CREATE TABLE customer (email TEXT, name TEXT);
INSERT INTO customer VALUES ('a@x', 'Ann'), ('b@x', 'Bo');
CREATE TABLE chat (id INTEGER, thread TEXT);
INSERT INTO chat VALUES
  (1, '[{"who": "a@x", "card": 11}, {"who": "b@x", "card": 22}, {"who": "a@x", "card": 12}]'),
  (2, '[{"who": "b@x", "card": 22}]');
CREATE TABLE card (number INTEGER, bank TEXT);
INSERT INTO card VALUES (11, 'one'), (12, 'two'), (22, 'three');
"#;

fn chats(thread: &str) -> String {
    format!(
        "dataset:
- fides_key: d
  collections:
  - name: customer
    fields: [{{name: name}}, {{name: email, fides_meta: {{identity: email}}}}]
  - name: chat
    fields:
    - {{name: id}}
    - name: thread
      fides_meta: {{{thread}}}
      fields:
      - {{name: who, fides_meta: {{references: [{{dataset: d, field: customer.email, direction: from}}]}}}}
      - {{name: card, fides_meta: {{references: [{{dataset: d, field: card.number, direction: to}}]}}}}
  - name: card
    fields: [{{name: number}}, {{name: bank}}]
"
    )
}

#[tokio::test]
async fn other_peoples_elements_are_neither_given_nor_followed() {
    let database = small(CHATS, &chats("data_type: 'object[]'")).await;
    let rows = found(&database, &[("email", "a@x")]).await;
    let chat = texts(&rows, "d:chat");
    assert_eq!(chat.len(), 1, "{chat:?}");
    assert!(
        !chat[0].contains("b@x") && chat[0].contains("Int(12)"),
        "{chat:?}"
    );
    assert_eq!(rows["d:card"].len(), 2, "not the other person's card");
}

#[tokio::test]
async fn all_elements_are_hers_where_the_dataset_says_so() {
    let database = small(
        CHATS,
        &chats("data_type: 'object[]', return_all_elements: true"),
    )
    .await;
    let rows = found(&database, &[("email", "a@x")]).await;
    assert!(texts(&rows, "d:chat")[0].contains("b@x"));
    assert_eq!(rows["d:card"].len(), 3);
}

#[tokio::test]
async fn a_row_that_two_ways_lead_to_comes_once() {
    let database = small(
        "CREATE TABLE ticket (id INTEGER, email TEXT, other TEXT);
         INSERT INTO ticket VALUES (1, 'a@x', 'a@x'), (2, 'b@x', 'a@x'), (3, 'b@x', 'b@x');",
        "dataset:
- fides_key: d
  collections:
  - name: ticket
    fields: [{name: id}, {name: email, fides_meta: {identity: email}}, {name: other, fides_meta: {identity: email}}]
",
    )
    .await;
    let rows = found(&database, &[("email", "a@x")]).await;
    assert_eq!(rows["d:ticket"].len(), 2);
}

#[tokio::test]
async fn what_can_t_be_read_ends_the_walk() {
    let database = small(
        "CREATE TABLE other (id INTEGER)",
        "dataset: [{fides_key: d, collections: [{name: gone, fields: [{name: e, fides_meta: {identity: email}}]}]}]",
    )
    .await;
    let email = Identity("email".to_owned());
    let known = Known::from([(
        email.clone(),
        BTreeSet::from([Value::Text("a@x".to_owned())]),
    )]);
    let plan = Graph::new(&database.datasets)
        .plan(&BTreeSet::from([email]))
        .expect("a way");
    let taken = Taken::default();
    assert!(walk(&plan, &known, &database, &taken, 1).await.is_err());
}
