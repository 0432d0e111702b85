//! Databases that go away, come back, are locked, or are not as they were: nothing half done, and the next try works.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app::model::{IdentifierKind, Operation, Replacement};
use async_trait::async_trait;
use server::connectors::{Connector, ExportRow, Fault, FaultCode, Sink, Whose};
use tokio::io::AsyncRead;

use crate::engines::{Engine, Fresh, Own};
use crate::people::identifier;
use crate::sql::{key, name, table};
use crate::world::{Taken, call, erase, preview, search};

const ROWS: usize = 12_000;

/// So many rows of a kilobyte each, all of one visitor.
fn many(engine: Engine) -> String {
    let rows = if engine == Engine::MariaDb {
        format!("SELECT seq, 'Ab', repeat('x', 1000) FROM seq_1_to_{ROWS}")
    } else {
        format!("SELECT i, 'Ab', repeat('x', 1000) FROM generate_series(1, {ROWS}) i")
    };
    format!(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, who VARCHAR(20), a VARCHAR(2000)); INSERT INTO t {rows};
         CREATE INDEX t_who ON t (who)"
    )
}

fn visitors() -> String {
    let fields = "fields = [ { name = \"a\", category = \"user.name\", holds = \"name\" } ]";
    table(
        "do = \"delete\"",
        "kind = \"visitor_id\", column = \"who\"",
        fields,
    )
}

async fn crowd(engine: Engine) -> (Fresh, Arc<dyn Connector>) {
    let database = Fresh::of(engine, &many(engine)).await;
    let connector = database.connector(&visitors()).await;
    (database, connector)
}

/// Ends every connection of others to this database, as a server that restarts does.
async fn end_all(own: &mut Own, database: &Fresh) {
    let (_, name) = database.direct.rsplit_once('/').expect("a name");
    if database.engine == Engine::MariaDb {
        let ids = format!(
            "SELECT CAST(id AS CHAR) FROM information_schema.processlist WHERE db = '{name}' AND id <> connection_id()"
        );
        for id in own.texts(&ids).await {
            // It may have gone meanwhile.
            let _ = own.try_run(&format!("KILL {id}")).await;
        }
    } else {
        let end = format!(
            "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        );
        own.texts(&end).await;
    }
}

/// Ends the connections after some rows.
struct Ending<'a> {
    rows: u64,
    database: &'a Fresh,
    own: Own,
}

#[async_trait]
impl Sink for Ending<'_> {
    async fn row(&mut self, _: ExportRow) -> Result<(), Fault> {
        self.rows += 1;
        if self.rows == 100 {
            end_all(&mut self.own, self.database).await;
        }
        Ok(())
    }

    async fn file(&mut self, _: &str, _: &mut (dyn AsyncRead + Send + Unpin)) -> Result<(), Fault> {
        panic!("a database has no files");
    }
}

#[tokio::test]
async fn a_server_that_restarts_in_an_export_cuts_it_off_and_the_next_try_is_whole() {
    for engine in Engine::servers() {
        let (database, connector) = crowd(engine).await;
        let hers = key(IdentifierKind::VisitorId, "Ab");
        let own = database.own().await;
        let mut ending = Ending {
            rows: 0,
            database: &database,
            own,
        };
        let (call, t) = (call(), name("t"));
        let cut = connector.export(&call, &hers, &t, &mut ending).await;
        assert_eq!(cut, Err(Fault::retry(FaultCode::CutOff)), "{engine:?}");
        assert!((100..ROWS as u64).contains(&ending.rows), "{}", ending.rows);
        let mut taken = Taken::default();
        let whole = connector.export(&call, &hers, &t, &mut taken).await;
        assert_eq!(whole.map(|o| o.rows), Ok(ROWS as u64), "{engine:?}");
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_is_a_fault_and_the_next_is_made_anew() {
    for engine in Engine::servers() {
        let (database, connector) = crowd(engine).await;
        let hers = key(IdentifierKind::VisitorId, "Ab");
        let proxy = database.proxy.as_ref().expect("a server");
        assert_eq!(
            preview(&*connector, &hers, Operation::Delete).await,
            ROWS as u64
        );
        proxy.cut_after(3_000_000);
        let mut taken = Taken::default();
        let (call, t) = (call(), name("t"));
        let cut = connector.export(&call, &hers, &t, &mut taken).await;
        assert_eq!(cut, Err(Fault::retry(FaultCode::CutOff)), "{engine:?}");
        // What is quiet for a while is asked first whether it is still there.
        connector.health().await.expect("up");
        proxy.cut();
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        assert_eq!(
            preview(&*connector, &hers, Operation::Delete).await,
            ROWS as u64
        );
        let done = connector.delete(&call, &hers, &t).await;
        assert_eq!(done.map(|o| o.rows), Ok(ROWS as u64), "{engine:?}");
    }
}

#[tokio::test]
async fn connections_are_used_again() {
    for engine in Engine::servers() {
        let made = "CREATE TABLE t (id INTEGER PRIMARY KEY, who VARCHAR(20), a VARCHAR(20)); INSERT INTO t VALUES (1, 'Ab', 'x'), (2, 'Cd', 'x')";
        let database = Fresh::of(engine, made).await;
        let connector = database.connector(&visitors()).await;
        let (hers, nobody) = (
            key(IdentifierKind::VisitorId, "Cd"),
            key(IdentifierKind::VisitorId, "x"),
        );
        let (call, t) = (call(), name("t"));
        for _ in 0..20 {
            connector.health().await.expect("up");
            search(&*connector, hers.identifier())
                .await
                .expect("searched");
            preview(&*connector, &hers, Operation::Delete).await;
            let mut taken = Taken::default();
            connector
                .export(&call, &hers, &t, &mut taken)
                .await
                .expect("exported");
            connector
                .delete(&call, &nobody, &t)
                .await
                .expect("nothing to do");
        }
        let proxy = database.proxy.as_ref().expect("a server");
        assert_eq!(
            proxy.made(),
            2,
            "{engine:?}: one that reads, one that writes"
        );
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_unreachable_in_time() {
    for engine in Engine::servers() {
        let mut database = Fresh::of(engine, "").await;
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = silent.local_addr().expect("an address").port();
        let (who, _) = database.url.rsplit_once('@').expect("a user");
        database.url = format!("{who}@127.0.0.1:{port}/t");
        let begun = Instant::now();
        let connector = database.connector(&visitors()).await;
        assert_eq!(
            connector.health().await,
            Err(Fault::retry(FaultCode::Unreachable))
        );
        assert!(begun.elapsed() < Duration::from_secs(12), "{engine:?}");
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_nothing_half_done_in_any_database() {
    for engine in Engine::servers() {
        let (database, connector) = crowd(engine).await;
        let hers = key(IdentifierKind::VisitorId, "Ab");
        let (call, t) = (call(), name("t"));
        let new = [Replacement {
            kind: IdentifierKind::Name,
            old: "x".repeat(1000),
            new: "y".into(),
        }];
        let mut given_up = 0;
        for millis in [1, 10, 30, 100, 300] {
            let limit = Duration::from_millis(millis);
            let update = connector.update(&call, Whose::alone(&hers), &t, &new);
            given_up += usize::from(tokio::time::timeout(limit, update).await.is_err());
            let mut own = database.own().await;
            let kinds = own.texts("SELECT DISTINCT substr(a, 1, 1) FROM t").await;
            assert_eq!(kinds.len(), 1, "{engine:?}: all or nothing: {kinds:?}");
            own.run("UPDATE t SET a = repeat('x', 1000) WHERE a = 'y'")
                .await;
        }
        assert!(given_up > 1, "{engine:?}");
        for _ in 0..20 {
            let mut taken = Taken::default();
            let export = connector.export(&call, &hers, &t, &mut taken);
            drop(tokio::time::timeout(Duration::from_millis(2), export).await);
        }
        let done = connector.update(&call, Whose::alone(&hers), &t, &new).await;
        assert_eq!(
            done.map(|o| o.rows),
            Ok(ROWS as u64),
            "{engine:?}: nothing is left of the others"
        );
        assert_eq!(
            preview(&*connector, &hers, Operation::Export).await,
            ROWS as u64
        );
    }
}

#[tokio::test]
async fn a_row_that_another_holds_may_be_tried_again() {
    for engine in Engine::servers() {
        let made = "CREATE TABLE t (id INTEGER PRIMARY KEY, who VARCHAR(20), a VARCHAR(20)); INSERT INTO t VALUES (1, 'Ab', 'x'), (2, 'Ab', 'x')";
        let database = Fresh::of(engine, made).await;
        let connector = database.connector(&visitors()).await;
        let hers = key(IdentifierKind::VisitorId, "Ab");
        let mut other = database.own().await;
        other.run("BEGIN").await;
        other.run("UPDATE t SET a = 'y' WHERE id = 2").await;
        let begun = Instant::now();
        let late = connector.delete(&call(), &hers, &name("t")).await;
        assert_eq!(late, Err(Fault::retry(FaultCode::Timeout)), "{engine:?}");
        assert!(begun.elapsed() < Duration::from_secs(15));
        assert_eq!(
            preview(&*connector, &hers, Operation::Delete).await,
            2,
            "readers go on"
        );
        other.run("ROLLBACK").await;
        let done = connector.delete(&call(), &hers, &name("t")).await;
        assert_eq!(done.map(|o| o.rows), Ok(2), "{engine:?}");
    }
}

#[tokio::test]
async fn a_deadlock_undoes_the_whole_and_may_be_tried_again() {
    for engine in Engine::servers() {
        let made = "CREATE TABLE t (id INTEGER PRIMARY KEY, who VARCHAR(20), a VARCHAR(20)); INSERT INTO t VALUES (1, 'Ab', 'x'), (2, 'Ab', 'x')";
        let database = Fresh::of(engine, made).await;
        let connector = database.connector(&visitors()).await;
        let hers = key(IdentifierKind::VisitorId, "Ab");
        let mut other = database.own().await;
        other.run("BEGIN").await;
        other.run("UPDATE t SET a = 'y' WHERE id = 2").await;
        let (call, t) = (call(), name("t"));
        let ours = connector.delete(&call, &hers, &t);
        let theirs = async {
            // Ours holds the first row by now, and waits for the second.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let locked = other.try_run("UPDATE t SET a = 'y' WHERE id = 1").await;
            drop(
                other
                    .try_run(if locked.is_ok() { "COMMIT" } else { "ROLLBACK" })
                    .await,
            );
            locked.is_ok()
        };
        let (ours, theirs) = tokio::join!(ours, theirs);
        if theirs {
            assert_eq!(ours, Err(Fault::retry(FaultCode::Timeout)), "{engine:?}");
            assert_eq!(
                database.texts("SELECT a FROM t").await,
                ["y", "y"],
                "{engine:?}"
            );
            let again = connector.delete(&call, &hers, &t).await;
            assert_eq!(again.map(|o| o.rows), Ok(2), "{engine:?}");
        } else {
            assert_eq!(ours.map(|o| o.rows), Ok(2), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn a_table_that_was_changed_is_looked_at_again() {
    let more = "found_by = [ { kind = \"email\", column = \"email\", compare = \"exact\" } ]\n\
                fields = [ { name = \"email\", category = \"user.contact.email\", holds = \"email\" } ]";
    let users = table(
        "do = \"delete\"",
        "kind = \"user_id\", column = \"id\"",
        more,
    );
    for engine in Engine::servers() {
        let made = "CREATE TABLE t (id INTEGER PRIMARY KEY, email VARCHAR(50)); INSERT INTO t VALUES (1, 'a@example.org')";
        let database = Fresh::of(engine, made).await;
        let connector = database.connector(&users).await;
        let typed = identifier(IdentifierKind::Email, "a@example.org");
        let find = async || search(&*connector, &typed).await.map(|found| found.len());
        assert_eq!(find().await, Ok(1), "{engine:?}");
        database
            .run("ALTER TABLE t RENAME COLUMN email TO mail")
            .await;
        let (one, t) = (key(IdentifierKind::UserId, "1"), name("t"));
        let wrong = Fault::stop(FaultCode::Mismatch);
        assert_eq!(find().await, Err(wrong), "{engine:?}");
        let export = connector
            .export(&call(), &one, &t, &mut Taken::default())
            .await;
        assert_eq!(export, Err(wrong), "{engine:?}");
        assert_eq!(
            connector.delete(&call(), &one, &t).await,
            Err(wrong),
            "{engine:?}"
        );
        database
            .run("ALTER TABLE t RENAME COLUMN mail TO email")
            .await;
        assert_eq!(find().await, Ok(1), "{engine:?}: it is as described again");
    }
}

#[tokio::test]
async fn a_column_of_another_type_is_read_as_what_it_is_now() {
    for engine in Engine::servers() {
        let made = "CREATE TABLE t (id INTEGER PRIMARY KEY, who VARCHAR(20), a VARCHAR(20)); INSERT INTO t VALUES (1, 'Ab', '42')";
        let database = Fresh::of(engine, made).await;
        let connector = database.connector(&visitors()).await;
        let hers = key(IdentifierKind::VisitorId, "Ab");
        assert_eq!(preview(&*connector, &hers, Operation::Export).await, 1);
        let (call, t) = (call(), name("t"));
        let mut taken = Taken::default();
        connector
            .export(&call, &hers, &t, &mut taken)
            .await
            .expect("exported");
        let (wider, other) = if engine == Engine::MariaDb {
            (
                "ALTER TABLE t MODIFY a VARCHAR(50)",
                "ALTER TABLE t MODIFY a DATE",
            )
        } else {
            (
                "ALTER TABLE t ALTER a TYPE varchar(50)",
                "ALTER TABLE t ALTER a TYPE date USING NULL",
            )
        };
        database.run(wider).await;
        for step in [
            "",
            "UPDATE t SET a = NULL",
            other,
            "UPDATE t SET a = '2020-02-29'",
        ] {
            if !step.is_empty() {
                database.run(step).await;
                // No more often than that are its tables looked at.
                tokio::time::sleep(Duration::from_millis(1_100)).await;
            }
            // The first try may come to know of it, the second one does.
            let mut taken = Taken::default();
            if let Err(fault) = connector.export(&call, &hers, &t, &mut taken).await {
                assert_eq!(fault.code(), FaultCode::Mismatch, "{engine:?} {step}");
                taken = Taken::default();
                connector
                    .export(&call, &hers, &t, &mut taken)
                    .await
                    .expect(step);
            }
            let said = taken.rows[0][0].1.as_str().unwrap_or("NULL").to_owned();
            let want = match step {
                "" => "42",
                step if step.contains("2020") => "2020-02-29",
                _ => "NULL",
            };
            assert_eq!(said, want, "{engine:?} {step}");
        }
        assert_eq!(erase(&*connector, &hers).await[0].rows, 1, "{engine:?}");
    }
}
