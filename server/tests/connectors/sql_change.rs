//! Erasures and corrections in databases: all or nothing.

use std::time::{Duration, Instant};

use app::model::{IdentifierKind, Operation, Replacement};
use server::connectors::{Fault, FaultCode, Whose};
use sqlx::Connection;

use crate::sql::{Database, key, name, table};
use crate::world::{call, erase, preview};

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
    assert_eq!(
        connector.verify(Whose::alone(&one), &name("t")).await,
        Ok(0)
    );
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
        connector
            .update(&call(), Whose::alone(&one), &name("child"), &new)
            .await,
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
        Err(Fault::stop(FaultCode::Referenced)),
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
        let update = connector.update(&call, Whose::alone(&one), &child, &new);
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
        .update(&call(), Whose::alone(&one), &name("child"), &new)
        .await
        .expect("the connection is free again");
    assert_eq!(
        database
            .rows("SELECT DISTINCT a FROM child WHERE ? = ''", "")
            .await,
        ["y"]
    );
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
            Whose::alone(&key(IdentifierKind::UserId, "1")),
            &name("t"),
            &chain,
        )
        .await;
    assert_eq!(refused, Err(Fault::stop(FaultCode::Constraint)));
}

#[tokio::test]
async fn a_number_stored_as_a_number_is_corrected() {
    let database = Database::of(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, phone, again INTEGER);
         INSERT INTO t VALUES (1, 493012345678, 493012345678), (2, 493012345678, 1)",
    )
    .await;
    let fields = "fields = [ { name = \"phone\", category = \"user\", holds = \"phone\" }, \
                  { name = \"again\", category = \"user\", holds = \"phone\" } ]";
    let subject = "kind = \"user_id\", column = \"id\"";
    let connector = database
        .connector(&table("do = \"delete\"", subject, fields))
        .await;
    let one = key(IdentifierKind::UserId, "1");
    let new = [Replacement {
        kind: IdentifierKind::Phone,
        old: "+49 30 12345678".into(),
        new: "+49 30 87654321".into(),
    }];
    let done = connector
        .update(&call(), Whose::alone(&one), &name("t"), &new)
        .await
        .map(|o| o.rows);
    assert_eq!(done, Ok(1), "one row, though in two fields");
    let rows = database
        .rows(
            "SELECT quote(phone) || quote(again) FROM t WHERE ? = '' ORDER BY id",
            "",
        )
        .await;
    assert_eq!(
        rows,
        ["'+49 30 87654321''+49 30 87654321'", "4930123456781"]
    );
}
