//! Whose rows are, on every kind of database: ids to the byte, whatever a column takes for equal.

use app::model::{IdentifierKind, Operation, Replacement};
use server::connectors::{Fault, FaultCode, Outcome, Whose};

use crate::engines::{Engine, Fresh};
use crate::people::identifier;
use crate::sql::{key, name, table};
use crate::world::{call, erase, preview, search};

const FIELDS: &str = "fields = [ { name = \"a\", category = \"user.name\", holds = \"name\" } ]";

fn visitors() -> String {
    let subject = "kind = \"visitor_id\", column = \"who\"";
    table("do = \"delete\"", subject, FIELDS)
}

/// Columns that take other spellings for equal, and what makes them.
fn loose(engine: Engine) -> &'static [(&'static str, &'static str)] {
    match engine {
        Engine::Sqlite => &[("", "TEXT COLLATE NOCASE"), ("", "VARCHAR(20)")],
        Engine::Postgres => &[
            ("CREATE EXTENSION citext;", "citext"),
            ("", "char(12)"),
            ("", "varchar(20)"),
            (
                "CREATE DOMAIN code AS text; CREATE DOMAIN code2 AS code;",
                "code2",
            ),
            (
                "CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);",
                "text COLLATE anycase",
            ),
        ],
        Engine::MariaDb => &[
            ("", "VARCHAR(20)"),
            ("", "CHAR(12)"),
            ("", "TEXT"),
            ("", "VARCHAR(20) COLLATE utf8mb4_bin"),
            ("", "VARCHAR(20) CHARACTER SET latin1"),
            (
                "",
                "VARCHAR(20) CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci",
            ),
            ("", "VARCHAR(20) COLLATE utf8mb4_unicode_nopad_ci"),
        ],
    }
}

#[tokio::test]
async fn a_column_that_ignores_case_mixes_up_nobody_in_any_database() {
    for engine in Engine::all() {
        for (before, kind) in loose(engine) {
            let database = Fresh::of(engine, before).await;
            let made = format!(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, who {kind}, a {kind});
                 INSERT INTO t VALUES (1, 'Ab', 'one'), (2, 'aB', 'two'), (3, 'Ab', 'ONE'), (4, 'ab', 'one'), (5, NULL, 'x')"
            );
            database.run(&made).await;
            let connector = database.connector(&visitors()).await;
            let hers = key(IdentifierKind::VisitorId, "Ab");
            assert_eq!(
                preview(&*connector, &hers, Operation::Delete).await,
                2,
                "{kind}"
            );
            for other in ["AB", "Áb", "山田", "\u{1f600}", "A", "Abc"] {
                let other = key(IdentifierKind::VisitorId, other);
                assert_eq!(
                    preview(&*connector, &other, Operation::Delete).await,
                    0,
                    "{kind} {other:?}"
                );
                let found = search(&*connector, other.identifier()).await;
                assert_eq!(found.map(|f| f.len()), Ok(0), "{kind}");
            }
            let new = [Replacement {
                kind: IdentifierKind::Name,
                old: "one".into(),
                new: "One".into(),
            }];
            let update = async || {
                connector
                    .update(&call(), Whose::alone(&hers), &name("t"), &new)
                    .await
            };
            assert_eq!(update().await, Ok(Outcome { rows: 2, kept: 0 }), "{kind}");
            assert_eq!(update().await, Ok(Outcome::default()), "{kind}");
            assert_eq!(erase(&*connector, &hers).await[0].rows, 2, "{kind}");
            let left = database.texts("SELECT quote(a) FROM t ORDER BY id").await;
            let left: Vec<_> = left
                .iter()
                .map(|text| text.trim_matches('\'').trim())
                .collect();
            assert_eq!(left, ["two", "one", "x"], "{kind}");
        }
    }
}

#[tokio::test]
async fn a_blank_at_the_end_is_part_of_an_id_where_it_is_kept() {
    for engine in Engine::all() {
        let made = "CREATE TABLE t (id INTEGER PRIMARY KEY, who VARCHAR(20), a VARCHAR(20));
                    INSERT INTO t VALUES (1, 'Ab', 'x'), (2, 'Ab ', 'y')";
        let database = Fresh::of(engine, made).await;
        let connector = database.connector(&visitors()).await;
        let hers = key(IdentifierKind::VisitorId, "Ab");
        assert_eq!(
            preview(&*connector, &hers, Operation::Delete).await,
            1,
            "{engine:?}"
        );
        assert_eq!(erase(&*connector, &hers).await[0].rows, 1, "{engine:?}");
        assert_eq!(database.texts("SELECT a FROM t").await, ["y"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_number_is_found_by_its_own_spelling_only_in_any_database() {
    for engine in Engine::all() {
        let kinds: &[&str] = match engine {
            Engine::Sqlite => &["INTEGER"],
            Engine::Postgres => &["smallint", "integer", "bigint", "numeric(20)", "numeric"],
            Engine::MariaDb => &[
                "SMALLINT",
                "INT UNSIGNED",
                "BIGINT",
                "BIGINT UNSIGNED",
                "DECIMAL(30, 0)",
            ],
        };
        for kind in kinds {
            let made = format!(
                "CREATE TABLE t (id {kind} PRIMARY KEY, a VARCHAR(20)); INSERT INTO t VALUES (42, 'x'), (0, 'y')"
            );
            let database = Fresh::of(engine, &made).await;
            let subject = "kind = \"user_id\", column = \"id\"";
            let connector = database
                .connector(&table("do = \"delete\"", subject, FIELDS))
                .await;
            for other in [
                "042",
                "42.0",
                "+42",
                "4.2e1",
                "0x2a",
                "x",
                "-0",
                "00",
                "99999",
                "9999999999",
                "99999999999999999999",
                "-42",
                "4２",
                "42x",
            ] {
                let other = key(IdentifierKind::UserId, other);
                assert_eq!(
                    connector.resolve(&other).await,
                    Ok(None),
                    "{kind} {other:?}"
                );
                let done = connector.delete(&call(), &other, &name("t")).await;
                assert_eq!(done, Ok(Outcome::default()), "{kind} {other:?}");
            }
            for (id, rows) in [("42", 1), ("0", 1)] {
                let hers = key(IdentifierKind::UserId, id);
                let found = search(&*connector, hers.identifier())
                    .await
                    .expect("searched");
                assert_eq!(
                    found.iter().map(|s| &s.key).collect::<Vec<_>>(),
                    [&hers],
                    "{kind}"
                );
                assert!(connector.resolve(&hers).await.expect("answered").is_some());
                assert_eq!(erase(&*connector, &hers).await[0].rows, rows, "{kind}");
            }
        }
    }
}

#[tokio::test]
async fn an_id_of_another_type_is_an_id() {
    const UUID: &str = "123e4567-e89b-12d3-a456-426655440000";
    for engine in Engine::servers() {
        let large = if engine == Engine::MariaDb {
            "BIGINT UNSIGNED"
        } else {
            "numeric(20)"
        };
        for (kind, id) in [("uuid", UUID), (large, "18446744073709551615")] {
            let made = format!(
                "CREATE TABLE t (id {kind} PRIMARY KEY, a VARCHAR(20)); INSERT INTO t VALUES ('{id}', 'x');
                 CREATE TABLE child (id INTEGER PRIMARY KEY, t_id {kind}, a VARCHAR(20)); INSERT INTO child VALUES (1, '{id}', 'y')"
            );
            let database = Fresh::of(engine, &made).await;
            let child = "\n[[collections]]\nname = \"child\"\ntitle = \"Child\"\nkey = [\"id\"]\ndisposition = { do = \"delete\" }\n\
                         parent = { collection = \"t\", column = \"t_id\", references = \"id\" }\nfields = [ { name = \"a\", category = \"user\" } ]";
            let subject = "kind = \"user_id\", column = \"id\"";
            let collections = table("do = \"delete\"", subject, FIELDS) + child;
            let connector = database.connector(&collections).await;
            let hers = key(IdentifierKind::UserId, id);
            let found = search(&*connector, hers.identifier())
                .await
                .expect("searched");
            assert_eq!(
                found.iter().map(|s| &s.key).collect::<Vec<_>>(),
                [&hers],
                "{kind}"
            );
            for other in [
                UUID.to_uppercase(),
                UUID.replace('-', ""),
                "18446744073709551616".into(),
            ] {
                let other = key(IdentifierKind::UserId, &other);
                assert_eq!(
                    connector.resolve(&other).await,
                    Ok(None),
                    "{kind} {other:?}"
                );
            }
            let done = erase(&*connector, &hers).await;
            assert_eq!(
                done.iter().map(|o| o.rows).collect::<Vec<_>>(),
                [1, 1],
                "{kind}"
            );
        }
    }
}

#[tokio::test]
async fn a_link_is_to_the_byte_too() {
    for engine in Engine::all() {
        for (before, kind) in loose(engine) {
            let database = Fresh::of(engine, before).await;
            let made = format!(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, code {kind}, a VARCHAR(20));
                 CREATE TABLE child (id INTEGER PRIMARY KEY, code {kind}, a VARCHAR(20));
                 INSERT INTO t VALUES (1, 'Ab', 'x'), (2, 'aB', 'y');
                 INSERT INTO child VALUES (1, 'Ab', 'x'), (2, 'aB', 'y'), (3, 'Ab', 'z'), (4, 'ab', 'z'), (5, NULL, 'z')"
            );
            database.run(&made).await;
            let child = "\n[[collections]]\nname = \"child\"\ntitle = \"Child\"\nkey = [\"id\"]\ndisposition = { do = \"anonymise\" }\n\
                         parent = { collection = \"t\", column = \"code\", references = \"code\" }\n\
                         fields = [ { name = \"a\", category = \"user.name\", holds = \"name\", erase = \"fixed:-\" } ]";
            let subject = "kind = \"user_id\", column = \"id\"";
            let collections = table("do = \"delete\"", subject, FIELDS) + child;
            let connector = database.connector(&collections).await;
            let hers = key(IdentifierKind::UserId, "1");
            let new = [Replacement {
                kind: IdentifierKind::Name,
                old: "x".into(),
                new: "xx".into(),
            }];
            let done = connector
                .update(&call(), Whose::alone(&hers), &name("child"), &new)
                .await;
            assert_eq!(done.map(|o| o.rows), Ok(1), "{kind}");
            assert_eq!(
                connector.delete(&call(), &hers, &name("t")).await,
                Err(Fault::stop(FaultCode::Constraint)),
                "{kind}: children first"
            );
            let done = erase(&*connector, &hers).await;
            assert_eq!(
                done.iter().map(|o| o.rows).collect::<Vec<_>>(),
                [2, 1],
                "{kind}"
            );
            let left = database.texts("SELECT a FROM child ORDER BY id").await;
            assert_eq!(left, ["-", "y", "-", "z", "z"], "{kind}");
        }
    }
}

const HANDLES: &str = r#"found_by = [
  { kind = "phone", column = "phone", compare = "wide_digits" },
  { kind = "email", column = "email", compare = "lower" },
  { kind = "name", column = "email", compare = "fold" },
  { kind = "twitter", column = "twitter", compare = "lower" },
  { kind = "instagram", column = "code", compare = "exact" },
  { kind = "whatsapp", column = "number", compare = "digits" },
]
fields = [
  { name = "phone", category = "user.contact", holds = "phone" },
  { name = "email", category = "user.contact", holds = "email" },
  { name = "twitter", category = "user.social", holds = "twitter" },
  { name = "code", category = "user.social", holds = "instagram" },
  { name = "number", category = "user.contact", holds = "whatsapp" },
]"#;

#[tokio::test]
async fn what_is_equal_is_found_in_any_database() {
    let rows = "(id INTEGER PRIMARY KEY, phone VARCHAR(50), email VARCHAR(50), twitter VARCHAR(50), code VARCHAR(50), number BIGINT);
         INSERT INTO t VALUES (1, '+49 (0)30 12345678', 'Maria@example.org ', '@Maria', 'maria', 493012345678),
           (2, '0049 (0) 30/12345678', ' maria@example.org', 'maria', '@maria ', 4930123456789),
           (3, '０３０－１２３４－５６７８', 'x', '@maria ', ' maria', 3),
           (4, '+44 (0)20 7946 0123', 'y', 'mario', 'MARIO', NULL)";
    for engine in Engine::all() {
        let database = Fresh::of(engine, &format!("CREATE TABLE t {rows}")).await;
        let subject = "kind = \"user_id\", column = \"id\"";
        let connector = database
            .connector(&table("do = \"delete\"", subject, HANDLES))
            .await;
        let cases: [(_, _, &[&str]); 8] = [
            (IdentifierKind::Phone, "+49 30 12345678", &["1", "2", "3"]),
            (IdentifierKind::Phone, "+44 20 7946 0123", &["4"]),
            (IdentifierKind::Email, "maria@example.org", &["1", "2"]),
            (IdentifierKind::Name, "MARIA@EXAMPLE.ORG", &["1", "2"]),
            (IdentifierKind::Twitter, "maria", &["1", "2", "3"]),
            (IdentifierKind::Instagram, "maria", &["1", "2", "3"]),
            (IdentifierKind::Whatsapp, "+49 30 12345678", &["1"]),
            (IdentifierKind::Email, "山田@example.org", &[]),
        ];
        for (kind, typed, want) in cases {
            let found = search(&*connector, &identifier(kind, typed)).await;
            let found = found.expect("searched");
            let mut ids: Vec<_> = found.iter().map(|s| s.key.id()).collect();
            ids.sort_unstable();
            assert_eq!(ids, want, "{engine:?} {typed}");
        }
    }
}

#[tokio::test]
async fn a_scan_goes_on_after_any_key() {
    for engine in Engine::all() {
        let key = match engine {
            Engine::Sqlite => "a INTEGER, b TEXT, c REAL",
            Engine::Postgres => "a bigint, b varchar(20), c date",
            Engine::MariaDb => "a BIGINT UNSIGNED, b VARCHAR(20) CHARACTER SET latin1, c DATE",
        };
        let mut made = format!(
            "CREATE TABLE t ({key}, who VARCHAR(20), n VARCHAR(20), PRIMARY KEY (a, b, c));"
        );
        for n in 0..900 {
            let third = if engine == Engine::Sqlite {
                "1.5"
            } else {
                "'2020-02-29'"
            };
            let who = if n % 3 == 0 { "Müller" } else { "Other" };
            made += &format!(
                "INSERT INTO t VALUES ({}, 'k{n}', {third}, 'v{n}', '{who}');",
                n / 10
            );
        }
        let database = Fresh::of(engine, &made).await;
        let more = "found_by = [ { kind = \"name\", column = \"n\", compare = \"fold\" } ]\n\
                    fields = [ { name = \"n\", category = \"user.name\", holds = \"name\" } ]";
        let subject = "kind = \"visitor_id\", column = \"who\"";
        let collections =
            table("do = \"delete\"", subject, more).replace("[\"id\"]", "[\"a\", \"b\", \"c\"]");
        let connector = database.connector(&collections).await;
        let found = search(&*connector, &identifier(IdentifierKind::Name, "MULLER")).await;
        assert_eq!(found.map(|f| f.len()), Ok(300), "{engine:?}");
    }
}
