//! Rows of databases: what types they hold, and how many there can be.

use app::model::IdentifierKind;
use async_trait::async_trait;
use serde_json::json;
use server::connectors::row::read_row;
use server::connectors::{ExportRow, Fault, Sink, Whose};
use tokio::io::AsyncRead;

use crate::people::identifier;
use crate::sql::{Database, key, name, table};
use crate::world::{Taken, call, erase, export, search};

#[tokio::test]
async fn every_type_is_exported_as_it_is() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c, d, e, f TEXT);
         INSERT INTO t VALUES (1, 9007199254740993, 0.5, NULL, x'00ff', CAST(x'61ff62' AS TEXT), 'x' || char(0) || 'y')",
    )
    .await;
    let fields = ["a", "b", "c", "d", "e", "f"]
        .map(|f| format!("{{ name = \"{f}\", category = \"user\" }}"))
        .join(", ");
    let subject = "kind = \"user_id\", column = \"id\"";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            subject,
            &format!("fields = [{fields}]"),
        ))
        .await;
    let taken = export(&*connector, &key(IdentifierKind::UserId, "1")).await;
    let values: Vec<_> = taken.rows[0]
        .iter()
        .map(|(_, value)| value.clone())
        .collect();
    let binary = json!({ "encoding": "base64", "data": "AP8=" });
    assert_eq!(
        values,
        [
            json!(9_007_199_254_740_993_i64),
            json!(0.5),
            json!(null),
            binary,
            json!("a\u{fffd}b"),
            json!("x\0y")
        ]
    );
}

#[tokio::test]
async fn a_long_value_is_shown_short_and_exported_whole() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
         INSERT INTO t VALUES (1, replace(hex(zeroblob(500000)), '0', 'あ'))",
    )
    .await;
    let fields = "fields = [ { name = \"a\", category = \"user.content\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"user_id\", column = \"id\"",
            fields,
        ))
        .await;
    let one = key(IdentifierKind::UserId, "1");
    let shown = connector
        .resolve(&one)
        .await
        .expect("answered")
        .expect("there");
    assert_eq!(shown.fields[0].value.chars().count(), 4001);
    let taken = export(&*connector, &one).await;
    assert_eq!(
        taken.rows[0][0].1.as_str().map(|text| text.chars().count()),
        Some(1_000_000)
    );
}

/// Counts rows, and how much memory the process had at most.
#[derive(Default)]
struct Counting {
    rows: u64,
    peak: u64,
}

#[async_trait]
impl Sink for Counting {
    async fn row(&mut self, row: ExportRow) -> Result<(), Fault> {
        let row = read_row(&row.into_json()).expect("is a row");
        assert_eq!(row[0].1.as_str().map(str::len), Some(4000));
        self.rows += 1;
        if self.rows.is_multiple_of(1000) {
            self.peak = self.peak.max(resident());
        }
        Ok(())
    }

    async fn file(&mut self, _: &str, _: &mut (dyn AsyncRead + Send + Unpin)) -> Result<(), Fault> {
        panic!("a database has no files");
    }
}

/// Bytes of memory that the process has now.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok())
        .expect("a number")
        * 4096
}

#[tokio::test]
async fn a_person_with_50_000_rows_is_streamed() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, who TEXT, a TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
         INSERT INTO t SELECT i, 'Ab', printf('%.4000c', 'x') FROM n",
    )
    .await;
    let fields = "fields = [ { name = \"a\", category = \"user.content\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"visitor_id\", column = \"who\"",
            fields,
        ))
        .await;
    let hers = key(IdentifierKind::VisitorId, "Ab");
    let mut counting = Counting::default();
    let before = resident();
    let outcome = connector
        .export(&call(), &hers, &name("t"), &mut counting)
        .await
        .expect("exported");
    assert_eq!((outcome.rows, counting.rows), (50_000, 50_000));
    let grown = counting.peak.saturating_sub(before);
    assert!(grown < 60_000_000, "200 MB of rows took {grown} bytes");
    assert_eq!(erase(&*connector, &hers).await[0].rows, 50_000);
}

#[tokio::test]
async fn a_scan_finds_more_than_it_gathers_at_once() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
         INSERT INTO t SELECT i, iif(i % 3 = 0, 'Müller', 'Other') FROM n",
    )
    .await;
    let more = "found_by = [ { kind = \"name\", column = \"a\", compare = \"fold\" } ]\n\
                fields = [ { name = \"a\", category = \"user.name\", holds = \"name\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"user_id\", column = \"id\"",
            more,
        ))
        .await;
    let found = search(&*connector, &identifier(IdentifierKind::Name, "MULLER"))
        .await
        .expect("searched");
    assert_eq!(found.len(), 666);
    assert_eq!(found.last().map(|s| s.key.id()), Some("1998"));
}

#[tokio::test]
async fn a_database_cut_off_in_the_middle_is_a_fault() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, who TEXT, a TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
         INSERT INTO t SELECT i, 'Ab', printf('%.1000c', 'x') FROM n; ",
    )
    .await;
    database.run("PRAGMA wal_checkpoint(TRUNCATE)").await;
    let fields = "fields = [ { name = \"a\", category = \"user.content\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"visitor_id\", column = \"who\"",
            fields,
        ))
        .await;
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(&database.path)
        .expect("opened");
    let whole = file.metadata().expect("there").len();
    file.set_len(whole / 2).expect("cut");
    let mut taken = Taken::default();
    let hers = key(IdentifierKind::VisitorId, "Ab");
    let outcome = connector
        .export(&call(), &hers, &name("t"), &mut taken)
        .await;
    assert!(outcome.is_err(), "{outcome:?} after {} rows", taken.len());
    assert!(
        connector
            .verify(Whose::alone(&hers), &name("t"))
            .await
            .is_err()
    );
}
