//! Rows of databases: whose they are, what types they hold, and how many there can be.

use std::time::{Duration, Instant};

use app::model::{CollectionName, IdentifierKind, Operation, Replacement};
use async_trait::async_trait;
use serde_json::json;
use server::connectors::{ExportRow, Fault, FaultCode, Outcome, Sink};
use sqlx::Connection;
use tokio::io::AsyncRead;

use crate::people::identifier;
use crate::sql::{Database, key};
use crate::world::{Taken, call, erase, export, preview, search};

/// A table `t` with this key, disposition, subject, and what follows.
fn table(disposition: &str, subject: &str, more: &str) -> String {
    format!(
        "[[collections]]\nname = \"t\"\ntitle = \"T\"\nkey = [\"id\"]\ndisposition = {{ {disposition} }}\n\
         subject = {{ {subject} }}\n{more}\n"
    )
}

fn name(name: &str) -> CollectionName {
    CollectionName::parse(name).expect("a name")
}

#[tokio::test]
async fn a_number_is_found_by_its_own_spelling_only() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (42, 'x')",
    )
    .await;
    let fields = "fields = [ { name = \"id\", category = \"user.unique_id\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"user_id\", column = \"id\"",
            fields,
        ))
        .await;
    for other in ["042", "42.0", "+42", "4.2e1", "0x2a"] {
        let other = key(IdentifierKind::UserId, other);
        assert_eq!(connector.resolve(&other).await, Ok(None));
        assert_eq!(
            connector.delete(&call(), &other, &name("t")).await,
            Ok(Outcome::default())
        );
    }
    assert!(
        connector
            .resolve(&key(IdentifierKind::UserId, "42"))
            .await
            .expect("answered")
            .is_some()
    );
}

#[tokio::test]
async fn a_column_that_ignores_case_does_not_mix_up_people() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, who TEXT COLLATE NOCASE, a TEXT COLLATE NOCASE);
         INSERT INTO t VALUES (1, 'Ab', 'one'), (2, 'aB', 'two'), (3, 'Ab', 'ONE')",
    )
    .await;
    let fields = "fields = [ { name = \"a\", category = \"user.name\", holds = \"name\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"visitor_id\", column = \"who\"",
            fields,
        ))
        .await;
    let hers = key(IdentifierKind::VisitorId, "Ab");
    assert_eq!(preview(&*connector, &hers, Operation::Delete).await, 2);
    let new = [Replacement {
        kind: IdentifierKind::Name,
        old: "one".into(),
        new: "One".into(),
    }];
    assert_eq!(
        connector.update(&call(), &hers, &name("t"), &new).await,
        Ok(Outcome { rows: 2, kept: 0 })
    );
    assert_eq!(
        connector.update(&call(), &hers, &name("t"), &new).await,
        Ok(Outcome::default())
    );
    erase(&*connector, &hers).await;
    assert_eq!(
        database.rows("SELECT a FROM t WHERE ? = ''", "").await,
        ["two"]
    );
}

#[tokio::test]
async fn a_dialer_contact_is_found_with_its_list() {
    let database = Database::of(
        "CREATE TABLE t (list TEXT, id INTEGER, phone TEXT, PRIMARY KEY (list, id));
         INSERT INTO t VALUES ('spring', 1, '030 1234567'), ('autumn', 1, '030 1234567'), (NULL, 1, '030 1234567')",
    )
    .await;
    let more = "found_by = [ { kind = \"phone\", column = \"phone\", compare = \"digits\" } ]\n\
                fields = [ { name = \"phone\", category = \"user.contact\", holds = \"phone\" } ]";
    let subject = "kind = \"dialer_contact_id\", column = \"id\", list_column = \"list\"";
    let collections =
        table("do = \"delete\"", subject, more).replace("[\"id\"]", "[\"list\", \"id\"]");
    let connector = database.connector(&collections).await;
    assert_eq!(connector.resolves(), [IdentifierKind::DialerContactId]);
    let spring = key(IdentifierKind::DialerContactId, "spring/1");
    assert!(
        connector
            .resolve(&spring)
            .await
            .expect("answered")
            .is_some()
    );
    assert_eq!(
        connector
            .resolve(&key(IdentifierKind::DialerContactId, "Spring/1"))
            .await,
        Ok(None)
    );
    let found = search(
        &*connector,
        &identifier(IdentifierKind::Phone, "030/1234567"),
    )
    .await
    .expect("searched");
    assert_eq!(found.len(), 2, "not the one without a list");
    assert_eq!(erase(&*connector, &spring).await[0].rows, 1);
    assert_eq!(
        database
            .rows("SELECT list FROM t WHERE list IS NOT NULL AND ? = ''", "")
            .await,
        ["autumn"]
    );
}

#[tokio::test]
async fn a_conversation_shows_whom_it_is_linked_to_and_nobody_else() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, contact TEXT, email TEXT, scoped TEXT);
         INSERT INTO t VALUES (1, 'c-1', 'a@example.org', 'page:9'), (2, NULL, 'a@example.org', NULL), (3, 'c-1', 'A@example.org', NULL),
           (4, '', 'a@example.org', NULL), (5, 'c-2', 'b@example.org', 'page:9')",
    )
    .await;
    let more = "found_by = [ { kind = \"email\", column = \"email\", compare = \"lower\" }, { kind = \"external_id\", column = \"scoped\", compare = \"exact\" } ]\n\
                fields = [ { name = \"email\", category = \"user.contact.email\", holds = \"email\" } ]";
    let subject = "kind = \"external_contact_id\", column = \"contact\"";
    let connector = database
        .connector(&table("do = \"anonymise\"", subject, more))
        .await;
    assert!(connector.resolves().is_empty(), "contacts do not live here");
    let found = search(
        &*connector,
        &identifier(IdentifierKind::Email, "a@example.org"),
    )
    .await
    .expect("searched");
    assert_eq!(
        found.iter().map(|s| s.key.id()).collect::<Vec<_>>(),
        ["c-1"]
    );
    assert!(found[0].fields[0].matched);
    let scoped = search(
        &*connector,
        &identifier(IdentifierKind::ExternalId, "page:9"),
    )
    .await
    .expect("searched");
    assert_eq!(
        scoped.iter().map(|s| s.key.id()).collect::<Vec<_>>(),
        ["c-1", "c-2"]
    );

    let hers = key(IdentifierKind::ExternalContactId, "c-1");
    assert_eq!(erase(&*connector, &hers).await[0].rows, 2);
    assert_eq!(connector.verify(&hers, &name("t")).await, Ok(0));
    let left = database.rows("SELECT quote(contact) || quote(email) || quote(scoped) FROM t WHERE ? = '' ORDER BY id", "").await;
    let gone = "NULLNULLNULL";
    assert_eq!(
        left,
        [
            gone,
            "NULL'a@example.org'NULL",
            gone,
            "'''a@example.org'NULL".replacen("'''", "'''", 1).as_str(),
            "'c-2''b@example.org''page:9'"
        ]
    );
}

#[tokio::test]
async fn an_id_that_could_not_be_asked_for_again_is_a_fault() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, contact TEXT, email TEXT);
         INSERT INTO t VALUES (1, ' c-1', 'a@example.org'), (2, x'00ff', 'b@example.org'), (3, 'c-3', 'c@example.org')",
    )
    .await;
    let more = "found_by = [ { kind = \"email\", column = \"email\", compare = \"lower\" } ]\n\
                fields = [ { name = \"email\", category = \"user.contact.email\", holds = \"email\" } ]";
    let subject = "kind = \"external_contact_id\", column = \"contact\"";
    let connector = database
        .connector(&table("do = \"delete\"", subject, more))
        .await;
    for (email, want) in [
        ("a@example.org", None),
        ("b@example.org", None),
        ("c@example.org", Some(1)),
    ] {
        let found = search(&*connector, &identifier(IdentifierKind::Email, email)).await;
        assert_eq!(found.map(|f| f.len()).ok(), want, "{email}");
    }
}

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

#[tokio::test]
async fn anonymising_writes_the_fixed_text_also_where_it_becomes_a_number() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, born INTEGER, note TEXT COLLATE NOCASE, kept TEXT);
         INSERT INTO t VALUES (1, 1980, '(ERASED)', 'k'), (2, 1990, 'b', 'k')",
    )
    .await;
    let fields = "fields = [ { name = \"born\", category = \"user\", erase = \"fixed:0\" }, { name = \"note\", category = \"user\", erase = \"fixed:(erased)\" },
                  { name = \"kept\", category = \"user\", erase = \"keep\" } ]".replace("\n", "");
    let connector = database
        .connector(&table(
            "do = \"anonymise\"",
            "kind = \"user_id\", column = \"id\"",
            &fields,
        ))
        .await;
    let one = key(IdentifierKind::UserId, "1");
    assert_eq!(preview(&*connector, &one, Operation::Delete).await, 1);
    assert_eq!(erase(&*connector, &one).await[0].rows, 1);
    assert_eq!(connector.verify(&one, &name("t")).await, Ok(0));
    assert_eq!(erase(&*connector, &one).await[0].rows, 0);
    let rows = database
        .rows(
            "SELECT quote(born) || quote(note) || quote(kept) FROM t WHERE ? = '' ORDER BY id",
            "",
        )
        .await;
    assert_eq!(rows, ["0'(erased)''k'", "1990'b''k'"]);
}

const PARENT: &str = r#"
[[collections]]
name = "t"
title = "T"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "user_id", column = "id" }
fields = [ { name = "a", category = "user.name", holds = "name" } ]
[[collections]]
name = "child"
title = "Child"
key = ["id"]
disposition = { do = "delete" }
parent = { collection = "t", column = "t_id", references = "id" }
fields = [ { name = "a", category = "user.name", holds = "name" } ]
"#;

#[tokio::test]
async fn a_parent_is_not_deleted_before_its_children() {
    // No foreign key: the database itself would let it happen.
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER, a TEXT);
         INSERT INTO t VALUES (1, 'x'), (2, 'y'); INSERT INTO child VALUES (7, 1, 'x')",
    )
    .await;
    let connector = database.connector(PARENT).await;
    let one = key(IdentifierKind::UserId, "1");
    assert_eq!(
        connector.delete(&call(), &one, &name("t")).await,
        Err(Fault::stop(FaultCode::Constraint))
    );
    assert_eq!(
        connector
            .delete(&call(), &key(IdentifierKind::UserId, "2"), &name("t"))
            .await
            .map(|o| o.rows),
        Ok(1)
    );
    assert_eq!(
        erase(&*connector, &one)
            .await
            .iter()
            .map(|o| o.rows)
            .collect::<Vec<_>>(),
        [1, 1]
    );
}

#[tokio::test]
async fn a_constraint_undoes_the_whole_operation() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE other (t_id INTEGER REFERENCES t(id));
         CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER, a TEXT CHECK (a <> 'forbidden'));
         INSERT INTO t VALUES (1, 'x'); INSERT INTO other VALUES (1); INSERT INTO child VALUES (7, 1, 'x'), (8, 1, 'X')",
    )
    .await;
    let connector = database.connector(PARENT).await;
    let one = key(IdentifierKind::UserId, "1");
    let constraint = Err(Fault::stop(FaultCode::Constraint));
    let new = [Replacement {
        kind: IdentifierKind::Name,
        old: "x".into(),
        new: "forbidden".into(),
    }];
    assert_eq!(
        connector.update(&call(), &one, &name("child"), &new).await,
        constraint
    );
    assert_eq!(
        database
            .rows("SELECT a FROM child WHERE ? = '' ORDER BY id", "")
            .await,
        ["x", "X"]
    );
    connector
        .delete(&call(), &one, &name("child"))
        .await
        .expect("deleted");
    assert_eq!(
        connector.delete(&call(), &one, &name("t")).await,
        constraint,
        "a table that is not described"
    );
    assert_eq!(
        database.rows("SELECT a FROM t WHERE ? = ''", "").await,
        ["x"]
    );
}

#[tokio::test]
async fn a_locked_database_may_be_tried_again() {
    let database = Database::of("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER, a TEXT); INSERT INTO t VALUES (1, 'x')").await;
    let connector = database.connector(PARENT).await;
    let one = key(IdentifierKind::UserId, "1");
    let mut other = database.connection().await;
    let lock = other.begin_with("BEGIN IMMEDIATE").await.expect("locked");
    let begun = Instant::now();
    assert_eq!(
        connector.delete(&call(), &one, &name("t")).await,
        Err(Fault::retry(FaultCode::Timeout))
    );
    assert!(begun.elapsed() < Duration::from_secs(15));
    assert_eq!(
        preview(&*connector, &one, Operation::Delete).await,
        1,
        "readers go on"
    );
    drop(lock);
    other.close().await.expect("closed");
    assert_eq!(
        connector
            .delete(&call(), &one, &name("t"))
            .await
            .map(|o| o.rows),
        Ok(1)
    );
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_nothing_half_done() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER, a TEXT);
         INSERT INTO t VALUES (1, 'x');
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO child SELECT i, 1, 'x' FROM n",
    )
    .await;
    let connector = database.connector(PARENT).await;
    let one = key(IdentifierKind::UserId, "1");
    let new = [Replacement {
        kind: IdentifierKind::Name,
        old: "x".into(),
        new: "y".into(),
    }];
    for micros in [10, 100, 1_000, 5_000, 20_000] {
        let (call, child) = (call(), name("child"));
        let update = connector.update(&call, &one, &child, &new);
        if tokio::time::timeout(Duration::from_micros(micros), update)
            .await
            .is_err()
        {
            let kinds = database
                .rows("SELECT DISTINCT a FROM child WHERE ? = ''", "")
                .await;
            assert_eq!(kinds.len(), 1, "all or nothing: {kinds:?}");
        }
    }
    connector
        .update(&call(), &one, &name("child"), &new)
        .await
        .expect("the connection is free again");
    assert_eq!(
        database
            .rows("SELECT DISTINCT a FROM child WHERE ? = ''", "")
            .await,
        ["y"]
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
        assert_eq!(row[0].1.as_str().map(str::len), Some(4000));
        self.rows += 1;
        if self.rows % 1000 == 0 {
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
    let fields = "fields = [ { name = \"a\", category = \"user.content\", holds = \"name\" } ]\n\
                  found_by = [ { kind = \"name\", column = \"a\", compare = \"fold\" } ]";
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
    let found = search(&*connector, &identifier(IdentifierKind::Name, "nobody")).await;
    assert_eq!(found, Ok(vec![]), "a scan goes to the end");
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
async fn a_chain_of_corrections_is_refused() {
    let database = Database::of("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER, a TEXT); INSERT INTO t VALUES (1, 'x')").await;
    let connector = database.connector(PARENT).await;
    let of = |old: &str, new: &str| Replacement {
        kind: IdentifierKind::Name,
        old: old.into(),
        new: new.into(),
    };
    let chain = [of("x", "y"), of("y", "z")];
    let refused = connector
        .update(
            &call(),
            &key(IdentifierKind::UserId, "1"),
            &name("t"),
            &chain,
        )
        .await;
    assert_eq!(refused, Err(Fault::stop(FaultCode::Constraint)));
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
    assert!(connector.verify(&hers, &name("t")).await.is_err());
}

#[tokio::test]
async fn who_still_works_here_is_told_with_care() {
    use app::model::Employment::{Active, Former};
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, state TEXT);
         INSERT INTO t VALUES (1, 'active'), (2, ' Active '), (3, 'inactive'), (4, NULL), (5, '')",
    )
    .await;
    let more = "employment = { column = \"state\", active = \"active\" }\nfields = [ { name = \"id\", category = \"user\" } ]";
    let connector = database
        .connector(&table(
            "do = \"delete\"",
            "kind = \"user_id\", column = \"id\"",
            more,
        ))
        .await;
    for (id, want) in [
        ("1", Active),
        ("2", Active),
        ("3", Former),
        ("4", Active),
        ("5", Active),
    ] {
        let found = connector
            .resolve(&key(IdentifierKind::UserId, id))
            .await
            .expect("answered")
            .expect("there");
        assert_eq!(found.employment, Some(want), "{id}");
    }
}
