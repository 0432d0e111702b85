//! Texts that are made for each row: by chance, under a key, or by a plain hash. On every kind of database.

use std::collections::BTreeSet;

use app::model::{IdentifierKind, Operation, SubjectKey};
use server::connectors::{Connector, Erasure, Fault, FaultCode, Outcome, Whose};
use server::secret::sha256;

use crate::engines::{Engine, Fresh};
use crate::sql::{key, name};
use crate::world::{call, erase, preview};

/// Ann (1) has four logins, Bob (2) one. Her rows stay hers when they are anonymous: by their keys.
pub(crate) const TABLES: &str = "
CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(80), code VARCHAR(80));
CREATE TABLE logins (person_id INTEGER, no INTEGER, email VARCHAR(80) NOT NULL UNIQUE, code VARCHAR(80), note VARCHAR(80), \
  PRIMARY KEY (person_id, no));
INSERT INTO people VALUES (1, 'ann@example.org', 'A-1'), (2, 'bob@example.org', 'B-2');
INSERT INTO logins VALUES (1, 1, 'ann@example.org', 'A-1', 'x'), (1, 2, 'ann2@example.org', NULL, NULL), \
  (1, 3, 'ann3@example.org', 'A-1', NULL), (1, 4, 'ann4@example.org', 'a-1', 'y'), (2, 1, 'bob@example.org', 'B-2', 'z');
";

/// What becomes of e-mail and code, in both collections.
pub(crate) fn collections(email: &str, code: &str) -> String {
    format!(
        r#"
[[collections]]
name = "people"
title = "People"
key = ["id"]
disposition = {{ do = "anonymise" }}
subject = {{ kind = "user_id", column = "id" }}
fields = [
  {{ name = "email", category = "user.contact.email", holds = "email", erase = '{email}' }},
  {{ name = "code", category = "user", erase = '{code}' }},
]
[[collections]]
name = "logins"
title = "Logins"
key = ["person_id", "no"]
disposition = {{ do = "anonymise" }}
parent = {{ collection = "people", column = "person_id", references = "id" }}
fields = [
  {{ name = "email", category = "user.contact.email", holds = "email", erase = '{email}' }},
  {{ name = "code", category = "user", erase = '{code}' }},
  {{ name = "note", category = "user" }},
]
"#
    )
}

pub(crate) const RANDOM: &str = "random:erased-*@example.invalid";

pub(crate) fn ann() -> SubjectKey {
    key(IdentifierKind::UserId, "1")
}

/// Whether it is `before`, 20 hex digits and `after`.
pub(crate) fn is_made(text: &str, before: &str, after: &str) -> bool {
    let rest = text.strip_prefix(before);
    let made = rest.and_then(|rest| rest.strip_suffix(after));
    let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    made.is_some_and(|made| made.len() == 20 && made.bytes().all(is_digit))
}

pub(crate) async fn left(connector: &dyn Connector, hers: &SubjectKey, collection: &str) -> u64 {
    let collection = name(collection);
    let left = connector.verify(Whose::alone(hers), &collection);
    left.await.expect("counted")
}

fn rows(outcomes: &[Outcome]) -> Vec<u64> {
    outcomes.iter().map(|one| one.rows).collect()
}

#[tokio::test]
async fn a_unique_email_is_another_in_each_row_and_keeps_its_format() {
    for engine in Engine::all() {
        let fresh = Fresh::of(engine, TABLES).await;
        let connector = fresh.connector(&collections(RANDOM, "null")).await;
        assert_eq!(left(&*connector, &ann(), "logins").await, 4, "{engine:?}");
        assert_eq!(preview(&*connector, &ann(), Operation::Delete).await, 5);
        assert_eq!(
            rows(&erase(&*connector, &ann()).await),
            [4, 1],
            "{engine:?}"
        );
        let all = "SELECT email FROM logins ORDER BY person_id, no";
        let made = fresh.texts(all).await;
        for email in &made[..4] {
            assert!(
                is_made(email, "erased-", "@example.invalid"),
                "{engine:?} {email}"
            );
        }
        assert_eq!(made[4], "bob@example.org", "{engine:?}");
        let record = fresh.texts("SELECT email FROM people WHERE id = 1").await;
        let different: BTreeSet<_> = made.iter().chain(&record).collect();
        assert_eq!(different.len(), 6, "{engine:?}: {made:?}");
        for collection in ["logins", "people"] {
            assert_eq!(left(&*connector, &ann(), collection).await, 0, "{engine:?}");
        }
        assert_eq!(
            rows(&erase(&*connector, &ann()).await),
            [0, 0],
            "{engine:?}"
        );
        assert_eq!(fresh.texts(all).await, made, "{engine:?}: nothing twice");
        // What came back is erased; what was made stays.
        fresh
            .run("UPDATE logins SET note = 'new' WHERE person_id = 1 AND no = 2")
            .await;
        assert_eq!(
            rows(&erase(&*connector, &ann()).await),
            [1, 0],
            "{engine:?}"
        );
        assert_eq!(fresh.texts(all).await, made, "{engine:?}");
        assert_eq!(
            fresh
                .texts("SELECT note FROM logins WHERE note IS NOT NULL")
                .await,
            ["z"]
        );
    }
}

#[tokio::test]
async fn equal_values_get_equal_pseudonyms_under_one_key_only() {
    for engine in Engine::all() {
        let fresh = Fresh::of(engine, TABLES).await;
        let described = collections("hmac:h*@example.invalid", "hmac:code-*");
        let connector = fresh.connector(&described).await;
        erase(&*connector, &ann()).await;
        let joined = "SELECT p.code FROM people p JOIN logins l ON p.code = l.code AND p.email = l.email WHERE l.person_id = 1";
        let code = fresh.texts(joined).await;
        assert!(
            code.len() == 1 && is_made(&code[0], "code-", ""),
            "{engine:?}: {code:?}"
        );
        let codes = fresh
            .texts("SELECT quote(code) FROM logins WHERE person_id = 1 ORDER BY no")
            .await;
        let quoted = format!("'{}'", code[0]);
        assert_eq!(
            (&codes[0], &codes[1], &codes[2]),
            (&quoted, &"NULL".to_owned(), &quoted),
            "{engine:?}"
        );
        assert_ne!(
            codes[3], quoted,
            "{engine:?}: another case is another value"
        );
        assert_eq!(left(&*connector, &ann(), "logins").await, 0, "{engine:?}");
        assert_eq!(
            rows(&erase(&*connector, &ann()).await),
            [0, 0],
            "{engine:?}"
        );
        // Another installation has another key.
        fresh
            .run("UPDATE people SET code = 'A-1' WHERE id = 2")
            .await;
        let other = fresh.connector(&described).await;
        erase(&*other, &key(IdentifierKind::UserId, "2")).await;
        let bob = fresh.texts("SELECT code FROM people WHERE id = 2").await;
        assert!(
            is_made(&bob[0], "code-", "") && bob != code,
            "{engine:?}: {bob:?}"
        );
    }
}

#[tokio::test]
async fn a_hash_is_what_anybody_computes() {
    for engine in Engine::all() {
        let fresh = Fresh::of(engine, TABLES).await;
        let described = collections("hash:*@example.invalid", "hash:#*");
        let connector = fresh.connector(&described).await;
        erase(&*connector, &ann()).await;
        let hash = |value: &str| sha256(value.as_bytes())[..20].to_owned();
        let emails = fresh
            .texts("SELECT email FROM logins WHERE person_id = 1 ORDER BY no")
            .await;
        let want = ["ann", "ann2", "ann3", "ann4"]
            .map(|who| format!("{}@example.invalid", hash(&format!("{who}@example.org"))));
        assert_eq!(emails, want, "{engine:?}");
        let code = fresh.texts("SELECT code FROM people ORDER BY id").await;
        assert_eq!(
            code,
            [format!("#{}", hash("A-1")), "B-2".to_owned()],
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn only_what_was_made_passes_for_it() {
    let digits = "0123456789abcdef0123";
    let near = [
        ("erased-0123456789abcdef012", "@example.invalid"),
        ("erased-0123456789abcdef01234", "@example.invalid"),
        ("erased-0123456789ABCDEF0123", "@example.invalid"),
        ("Erased-0123456789abcdef0123", "@example.invalid"),
        ("erased-0123456789abcdeg0123", "@example.invalid"),
        ("erased-0123456789abcdef0123", "@exampleXinvalid"),
        ("erased-0123456789abcdef0123", "@example.invalid "),
        ("xerased-0123456789abcdef0123", "@example.invalid"),
        ("erased-maria.lindemann.12345", "@example.invalid"),
    ];
    for engine in Engine::all() {
        let fresh = Fresh::of(engine, TABLES).await;
        let connector = fresh.connector(&collections(RANDOM, "null")).await;
        erase(&*connector, &ann()).await;
        for (before, after) in near {
            let set = format!(
                "UPDATE logins SET email = '{before}{after}' WHERE person_id = 1 AND no = 1"
            );
            fresh.run(&set).await;
            assert_eq!(
                left(&*connector, &ann(), "logins").await,
                1,
                "{engine:?} {before}{after}"
            );
        }
        fresh.run(&format!("UPDATE logins SET email = 'erased-{digits}@example.invalid' WHERE person_id = 1 AND no = 1")).await;
        assert_eq!(left(&*connector, &ann(), "logins").await, 0, "{engine:?}");
    }
}

#[tokio::test]
async fn signs_that_mean_something_to_a_database_are_signs() {
    let (before, after) = (r"a%_[x]?.+(b)\d{}|^$#", r"]]-\é漢😀");
    for engine in Engine::all() {
        let fresh = Fresh::of(engine, TABLES).await;
        let described = collections(&format!("random:{before}*{after}"), "null");
        let connector = fresh.connector(&described).await;
        assert_eq!(
            rows(&erase(&*connector, &ann()).await),
            [4, 1],
            "{engine:?}"
        );
        let made = fresh
            .texts("SELECT email FROM logins WHERE person_id = 1")
            .await;
        assert!(
            made.iter().all(|one| is_made(one, before, after)),
            "{engine:?}: {made:?}"
        );
        assert_eq!(left(&*connector, &ann(), "logins").await, 0, "{engine:?}");
        assert_eq!(
            rows(&erase(&*connector, &ann()).await),
            [0, 0],
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn no_old_value_is_left_of_more_rows_than_one_piece() {
    for engine in Engine::all() {
        let fresh = Fresh::of(engine, TABLES).await;
        let mut own = fresh.own().await;
        own.run("DELETE FROM logins").await;
        for piece in 0..5 {
            let rows: Vec<_> = (piece * 510..(piece + 1) * 510)
                .map(|no| {
                    format!(
                        "({}, {no}, 'old{no}', 'old', 'old')",
                        if no < 2_500 { 1 } else { 2 }
                    )
                })
                .collect();
            own.run(&format!("INSERT INTO logins VALUES {}", rows.join(", ")))
                .await;
        }
        let connector = fresh.connector(&collections(RANDOM, "hmac:c-*")).await;
        let trace = connector
            .trace(
                Whose::alone(&ann()),
                &name("logins"),
                Operation::Delete,
                &[],
                b"salt",
            )
            .await
            .expect("looked");
        let planned = trace.marks.expect("marks");
        assert_eq!(planned.len(), 2_500, "{engine:?}");
        let logins = name("logins");
        let one = Erasure {
            collection: &logins,
            planned: Some(&planned),
        };
        // One that was not planned: nothing is touched.
        own.run("INSERT INTO logins VALUES (1, 9999, 'old', 'old', 'old')")
            .await;
        let refused = connector
            .erase(&call(), Whose::alone(&ann()), &[one], b"salt")
            .await;
        assert_eq!(
            refused.expect_err("drifted").fault,
            Fault::stop(FaultCode::Drifted),
            "{engine:?}"
        );
        assert_eq!(
            left(&*connector, &ann(), "logins").await,
            2_501,
            "{engine:?}"
        );
        own.run("DELETE FROM logins WHERE no = 9999").await;
        let done = connector
            .erase(&call(), Whose::alone(&ann()), &[one], b"salt")
            .await;
        assert_eq!(
            done,
            Ok(vec![Outcome {
                rows: 2_500,
                kept: 0
            }]),
            "{engine:?}"
        );
        assert_eq!(left(&*connector, &ann(), "logins").await, 0, "{engine:?}");
        let all = "SELECT CONCAT(person_id, ' ', email, ' ', COALESCE(code, ''), ' ', COALESCE(note, '')) FROM logins";
        let texts = fresh.texts(all).await;
        let old = texts.iter().filter(|text| text.contains("old"));
        assert_eq!(
            old.filter(|text| text.starts_with("1 ")).count(),
            0,
            "{engine:?}"
        );
        assert_eq!(
            texts
                .iter()
                .filter(|text| text.starts_with("2 old"))
                .count(),
            50,
            "{engine:?}"
        );
        let emails: BTreeSet<_> = texts
            .iter()
            .filter_map(|text| text.split(' ').nth(1))
            .collect();
        assert_eq!(emails.len(), 2_550, "{engine:?}");
    }
}

#[tokio::test]
async fn what_is_shared_is_kept_and_made_when_nobody_shares_it_any_more() {
    let tables = "CREATE TABLE homes (id INTEGER PRIMARY KEY, street VARCHAR(40) NOT NULL UNIQUE);
        CREATE TABLE people (id INTEGER PRIMARY KEY, who INTEGER, home INTEGER);
        INSERT INTO homes VALUES (1, 'Main St 1'), (2, 'Side St 2'); INSERT INTO people VALUES (1, 1, 1), (2, 2, 1), (3, 1, 2)";
    let described = r#"
[[collections]]
name = "people"
title = "People"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "user_id", column = "who" }
fields = [ { name = "home", category = "user" } ]
[[collections]]
name = "homes"
title = "Homes"
key = ["id"]
disposition = { do = "anonymise" }
parent = { collection = "people", column = "id", references = "home" }
fields = [ { name = "street", category = "user.contact.address", holds = "address", erase = "random:street *" } ]
"#;
    for engine in Engine::all() {
        let fresh = Fresh::of(engine, tables).await;
        let connector = fresh.connector(described).await;
        let of = |rows, kept| Outcome { rows, kept };
        assert_eq!(
            erase(&*connector, &ann()).await,
            [of(1, 1), of(2, 0)],
            "{engine:?}"
        );
        let streets = fresh.texts("SELECT street FROM homes ORDER BY id").await;
        assert!(
            streets[0] == "Main St 1" && is_made(&streets[1], "street ", ""),
            "{engine:?}: {streets:?}"
        );
        let bob = key(IdentifierKind::UserId, "2");
        assert_eq!(
            erase(&*connector, &bob).await,
            [of(1, 0), of(1, 0)],
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn what_the_database_does_not_write_is_a_fault_and_undone() {
    let lies = [
        "CREATE TRIGGER lie BEFORE UPDATE ON logins BEGIN SELECT RAISE(IGNORE); END",
        "CREATE TRIGGER lie AFTER UPDATE ON logins BEGIN UPDATE logins SET email = OLD.email WHERE person_id = NEW.person_id AND no = NEW.no; END",
    ];
    for lie in lies {
        let fresh = Fresh::of(Engine::Sqlite, &format!("{TABLES}; {lie}")).await;
        let connector = fresh.connector(&collections(RANDOM, "null")).await;
        let logins = connector.delete(&call(), &ann(), &name("logins")).await;
        // The second: it was written, and somebody wrote again. What is left is seen when it is verified.
        if let Err(fault) = logins {
            assert_eq!(fault, Fault::stop(FaultCode::Mismatch), "{lie}");
        }
        assert_eq!(left(&*connector, &ann(), "logins").await, 4, "{lie}");
        // It comes to an end, also where each piece is read again and again.
        fresh.run(MORE).await;
        let logins = connector.delete(&call(), &ann(), &name("logins")).await;
        assert_eq!(logins, Err(Fault::stop(FaultCode::Mismatch)), "{lie}");
        assert_eq!(left(&*connector, &ann(), "logins").await, 1_004, "{lie}");
    }
}

const MORE: &str = "WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < 1004)
    INSERT INTO logins SELECT 1, i, 'ann' || i, NULL, NULL FROM n";
