//! Texts that are made for each row, in columns and under keys of any type, and in the place of any value.

use std::collections::{BTreeMap, BTreeSet};

use server::secret::sha256;

use crate::engines::{Engine, Fresh};
use crate::sql_masked::{RANDOM, TABLES, ann, collections, is_made, left};
use crate::world::erase;

/// A key's type with values of it, as a statement writes them.
fn keys(engine: Engine) -> Vec<(&'static str, Vec<&'static str>)> {
    let texts = vec!["'a'", "'it''s \"q\"'", "'日本😀'", "'{}[],:'", "' b'"];
    let mut all = vec![
        ("INTEGER", vec!["1", "-7", "2147483647"]),
        ("BIGINT", vec!["9007199254740993", "-9223372036854775807"]),
        ("VARCHAR(40)", texts),
        ("DECIMAL(30, 4)", vec!["1.5", "12345.6789"]),
    ];
    all.extend(match engine {
        Engine::Sqlite => vec![
            ("BLOB", vec!["x'00ff'", "x'27'", "'text'", "7"]),
            ("TEXT COLLATE NOCASE", vec!["'a'", "'B'"]),
        ],
        Engine::Postgres => vec![
            ("bytea", vec!["'\\x00ff'", "'\\x27'"]),
            ("uuid", vec!["'123e4567-e89b-12d3-a456-426655440000'"]),
            ("date", vec!["'2024-02-29'"]),
            ("timestamptz", vec!["'2024-02-29 12:00:00.123456+02'"]),
            ("char(9)", vec!["'a'", "'b b'"]),
            ("boolean", vec!["true", "false"]),
        ],
        Engine::MariaDb => vec![
            ("BINARY(2)", vec!["x'00ff'", "x'2700'"]),
            ("BIGINT UNSIGNED", vec!["18446744073709551615"]),
            ("UUID", vec!["'123e4567-e89b-12d3-a456-426655440000'"]),
            ("DATE", vec!["'2024-02-29'"]),
            ("DATETIME(6)", vec!["'2024-02-29 12:00:00.123456'"]),
            ("VARCHAR(9) CHARACTER SET latin1", vec!["'é'", "'b'"]),
            ("VARCHAR(9) COLLATE utf8mb4_bin", vec!["'a'", "'A'"]),
            ("ENUM('x', 'y')", vec!["'x'", "'y'"]),
        ],
    });
    all
}

#[tokio::test]
async fn rows_are_found_again_by_keys_of_any_type() {
    for engine in Engine::all() {
        for (of, values) in keys(engine) {
            let rows: Vec<_> = values
                .iter()
                .map(|value| format!("({value}, 1, 'old')"))
                .collect();
            let made = format!(
                "CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(80), code VARCHAR(80));
                 CREATE TABLE logins (no {of} NOT NULL, person_id INTEGER NOT NULL, email VARCHAR(80), code VARCHAR(80), note VARCHAR(80), \
                 PRIMARY KEY (no, person_id)); INSERT INTO people VALUES (1, NULL, NULL);
                 INSERT INTO logins (no, person_id, email) VALUES {}",
                rows.join(", ")
            );
            let fresh = Fresh::of(engine, &made).await;
            let connector = fresh.connector(&collections("hash:-*", "null")).await;
            let erased = erase(&*connector, &ann()).await;
            assert_eq!(erased[0].rows, values.len() as u64, "{engine:?} {of}");
            let texts: BTreeSet<_> = fresh
                .texts("SELECT email FROM logins")
                .await
                .into_iter()
                .collect();
            let want = format!("-{}", &sha256(b"old")[..20]);
            assert_eq!(texts, BTreeSet::from([want]), "{engine:?} {of}");
        }
    }
}

/// How a column may be declared that texts are made for.
fn texts(engine: Engine) -> &'static [&'static str] {
    match engine {
        Engine::Sqlite => &["TEXT", "VARCHAR(60) COLLATE NOCASE", "CLOB"],
        Engine::Postgres => &[
            "text",
            "varchar(60)",
            "char(60)",
            "varchar(60) COLLATE \"C\"",
        ],
        Engine::MariaDb => &[
            "TEXT",
            "CHAR(60)",
            "VARCHAR(60) CHARACTER SET latin1",
            "VARCHAR(60) COLLATE utf8mb4_bin",
            "LONGTEXT CHARACTER SET utf8mb3",
        ],
    }
}

#[tokio::test]
async fn texts_are_made_in_columns_of_any_sort() {
    for engine in Engine::all() {
        for of in texts(engine) {
            let made = format!(
                "CREATE TABLE people (id INTEGER PRIMARY KEY, email {of}, code {of});
                 CREATE TABLE logins (person_id INTEGER, no INTEGER, email {of}, code {of}, note VARCHAR(9), PRIMARY KEY (person_id, no));
                 INSERT INTO people VALUES (1, 'é', NULL); INSERT INTO logins VALUES (1, 1, 'é', 'É', NULL)"
            );
            let fresh = Fresh::of(engine, &made).await;
            let connector = fresh
                .connector(&collections("random:e-*@é", "hash:C*"))
                .await;
            assert_eq!(
                erase(&*connector, &ann()).await[0].rows,
                1,
                "{engine:?} {of}"
            );
            let email = fresh
                .texts("SELECT email FROM logins UNION ALL SELECT email FROM people")
                .await;
            assert!(
                email.iter().all(|one| is_made(one.trim_end(), "e-", "@é")),
                "{engine:?} {of}: {email:?}"
            );
            let code = fresh.texts("SELECT code FROM logins").await;
            let want = format!("C{}", &sha256("É".as_bytes())[..20]);
            assert_eq!(code[0].trim_end(), want, "{engine:?} {of}");
            for collection in ["people", "logins"] {
                assert_eq!(
                    left(&*connector, &ann(), collection).await,
                    0,
                    "{engine:?} {of}"
                );
            }
            assert_eq!(
                erase(&*connector, &ann()).await[0].rows,
                0,
                "{engine:?} {of}"
            );
        }
    }
}

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        let step = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = step.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    /// A text that a person may have written, or that nearly was made.
    fn text(&mut self) -> String {
        const PARTS: [&str; 14] = [
            "erased-",
            "0123456789abcdef0123",
            "@example.invalid",
            "c-",
            "%",
            "_",
            "*",
            "\\",
            "'",
            "\"",
            "日本",
            "😀",
            "\n",
            " a",
        ];
        let parts = 1 + self.below(4);
        (0..parts).map(|_| PARTS[self.below(PARTS.len())]).collect()
    }
}

/// Person and number of each row with what it says; NULL is nothing.
type Rows = BTreeMap<(usize, usize), [Option<String>; 3]>;

/// As they are in the database: bytes as digits, so that nothing is lost on the way.
async fn rows(fresh: &Fresh) -> BTreeSet<String> {
    let hex = match fresh.engine {
        Engine::Postgres => "encode(convert_to(?, 'UTF8'), 'hex')",
        Engine::MariaDb => "lower(hex(?))",
        // Of NULL it would make an empty text.
        Engine::Sqlite => "CASE WHEN ? IS NOT NULL THEN lower(hex(?)) END",
    };
    let column = |name: &str| format!("COALESCE({}, '-')", hex.replace('?', name));
    let columns = ["email", "code", "note"].map(column).join(", ' ', ");
    let all = format!("SELECT CONCAT(person_id, ' ', no, ' ', {columns}) FROM logins");
    fresh.texts(&all).await.into_iter().collect()
}

fn random(dice: &mut Dice) -> Rows {
    let mut all = Rows::new();
    let mut emails = BTreeSet::new();
    for no in 0..dice.below(9) {
        let mut maybe = || (dice.below(4) > 0).then(|| dice.text());
        let (code, note) = (maybe(), maybe());
        // It is unique, in any case.
        let email = Some(dice.text()).filter(|one| emails.insert(one.trim_end().to_lowercase()));
        let email = email.unwrap_or_else(|| format!("{no}@example.org"));
        all.insert((1 + dice.below(2), no), [Some(email), code, note]);
    }
    all
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02x}")).collect()
}

#[tokio::test]
async fn no_old_value_of_hers_is_left_and_no_other_is_touched() {
    for engine in Engine::all() {
        let fresh = Fresh::of(engine, TABLES).await;
        let connector = fresh.connector(&collections(RANDOM, "hmac:c-*")).await;
        let mut own = fresh.own().await;
        for seed in 0..if engine == Engine::Sqlite { 200 } else { 60 } {
            let mut dice = Dice(seed * 7_919 + 1);
            let model = random(&mut dice);
            own.run("DELETE FROM logins").await;
            let said = |text: &Option<String>| {
                text.as_ref()
                    .map_or("NULL".to_owned(), |text| engine.quoted(text))
            };
            for ((who, no), [email, code, note]) in &model {
                let values = [email, code, note].map(said).join(", ");
                own.run(&format!(
                    "INSERT INTO logins VALUES ({who}, {no}, {values})"
                ))
                .await;
            }
            let before = rows(&fresh).await;
            erase(&*connector, &ann()).await;
            let after = rows(&fresh).await;
            let others = |rows: &BTreeSet<String>| -> Vec<String> {
                rows.iter()
                    .filter(|row| row.starts_with("2 "))
                    .cloned()
                    .collect()
            };
            assert_eq!(others(&after), others(&before), "{engine:?} {seed}");
            let mut codes = BTreeMap::new();
            for row in after.iter().filter(|row| row.starts_with("1 ")) {
                let parts: Vec<&str> = row.split(' ').collect();
                let old = &model[&(1, parts[1].parse().expect("a number"))];
                let was = |at: usize, before: &str, after: &str| {
                    let old = old[at].as_deref();
                    old.filter(|old| !is_made(old, before, after)).map(hex)
                };
                assert_ne!(
                    Some(parts[2]),
                    was(0, "erased-", "@example.invalid").as_deref(),
                    "{engine:?} {seed}"
                );
                assert_ne!(
                    Some(parts[3]),
                    was(1, "c-", "").as_deref(),
                    "{engine:?} {seed}"
                );
                assert_eq!(
                    old[1].is_none(),
                    parts[3] == "-",
                    "{engine:?} {seed}: NULL stays"
                );
                assert_eq!(parts[4], "-", "{engine:?} {seed}");
                let same = codes.insert(old[1].clone(), parts[3].to_owned());
                assert!(
                    same.is_none_or(|same| same == parts[3]),
                    "{engine:?} {seed}"
                );
            }
            assert_eq!(
                left(&*connector, &ann(), "logins").await,
                0,
                "{engine:?} {seed}"
            );
            assert_eq!(
                erase(&*connector, &ann()).await[0].rows,
                0,
                "{engine:?} {seed}"
            );
            assert_eq!(
                rows(&fresh).await,
                after,
                "{engine:?} {seed}: nothing twice"
            );
        }
    }
}
