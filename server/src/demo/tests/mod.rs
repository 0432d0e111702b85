//! The sample as a whole: what was written is what was promised.

mod connectors;
mod stories;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, QueryBuilder, Row, Sqlite, SqliteConnection};
use tempfile::TempDir;

use super::*;

const DATABASES: [&str; 4] = ["contact-centre", "help-desk", "newsletter", "billing"];

/// A sample of that size in a folder of its own.
async fn sample(seed: u64, persons: u32) -> (TempDir, Made) {
    let folder = tempfile::tempdir().unwrap();
    let made = make(folder.path(), Options { seed, persons })
        .await
        .unwrap();
    (folder, made)
}

/// The first column of every row, as text.
async fn ask(folder: &TempDir, database: &str, query: &str) -> Vec<String> {
    let file = folder.path().join(format!("{database}.db"));
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(query);
    let rows = query.build().fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows.iter()
        .map(|row| {
            row.get_unchecked::<Option<String>, _>(0)
                .unwrap_or_default()
        })
        .collect()
}

async fn number(folder: &TempDir, database: &str, query: &str) -> u64 {
    ask(folder, database, query).await[0].parse().unwrap()
}

fn stories(folder: &TempDir) -> Value {
    let text = std::fs::read_to_string(folder.path().join("demo.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["stories"].take()
}

fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect();
    found.sort();
    found
}

/// A hash of all that was written and handed over, whatever the bytes of the databases.
async fn content(folder: &TempDir, made: &Made) -> String {
    let mut hash = Sha256::new();
    for database in DATABASES {
        let tables =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        for table in ask(folder, database, tables).await {
            let columns = format!("SELECT quote(name) FROM pragma_table_info('{table}')");
            let columns = ask(folder, database, &columns)
                .await
                .join(",")
                .replace('\'', "\"");
            let rows = format!("SELECT json_array({columns}) FROM {table} ORDER BY 1");
            hash.update(ask(folder, database, &rows).await.join("\n"));
        }
    }
    for file in files(&folder.path().join("attachments")) {
        hash.update(
            file.strip_prefix(folder.path())
                .unwrap()
                .to_string_lossy()
                .as_bytes(),
        );
        hash.update(std::fs::read(file).unwrap());
    }
    for contact in made.contacts() {
        hash.update(format!("{contact:?}"));
    }
    hash.update(std::fs::read(folder.path().join("demo.json")).unwrap());
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// How many subjects a story's identifier finds, in all and in one system.
fn expected(story: &Value, kind: &str, value: &str) -> (u64, BTreeMap<String, u64>) {
    let of = |e: &&Value| e["kind"] == kind && e["value"] == value;
    let expect = story["expect"].as_array().unwrap().iter().find(of).unwrap();
    let systems = expect["systems"].as_object().unwrap();
    let systems = systems
        .iter()
        .map(|(system, n)| (system.clone(), n.as_u64().unwrap()))
        .collect();
    (expect["subjects"].as_u64().unwrap(), systems)
}

#[tokio::test]
async fn the_same_seed_makes_the_same_and_another_seed_another() {
    let ((one, made), (same, made_same)) = (sample(5, 150).await, sample(5, 150).await);
    let (other, made_other) = sample(6, 150).await;
    let content_of_one = content(&one, &made).await;
    assert_eq!(content_of_one, content(&same, &made_same).await);
    assert_ne!(content_of_one, content(&other, &made_other).await);
}

#[tokio::test]
async fn the_default_is_2000_persons_and_about_12000_records() {
    let folder = tempfile::tempdir().unwrap();
    let made = make(folder.path(), Options::default()).await.unwrap();
    assert_eq!(made.persons, 2_000);
    let all = made.records + made.contacts().count() as u64;
    assert!((11_000..=13_500).contains(&all), "{all} records");
    let mut rows = files(&folder.path().join("attachments")).len() as u64;
    for database in DATABASES {
        assert!(
            ask(&folder, database, "PRAGMA foreign_key_check")
                .await
                .is_empty(),
            "{database}"
        );
        assert_eq!(ask(&folder, database, "PRAGMA journal_mode").await, ["wal"]);
        let tables =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        for table in ask(&folder, database, tables).await {
            let count = number(&folder, database, &format!("SELECT count(*) FROM {table}")).await;
            assert!(count > 3, "{database}.{table} has {count} rows");
            rows += count;
        }
    }
    assert_eq!(rows, made.records);
}

#[tokio::test]
async fn merge_sets_are_of_two_to_six_and_some_are_three_deep() {
    let made = Made {
        options: Options::default(),
        persons: 2_000,
        records: 0,
    };
    let links: HashMap<String, Option<String>> = made
        .contacts()
        .map(|contact| (contact.id, contact.canonical))
        .collect();
    let (mut sets, mut deepest): (HashMap<&String, usize>, usize) = (HashMap::new(), 0);
    for start in links.keys() {
        let (mut id, mut depth) = (start, 1);
        while let Some(canonical) = &links[id] {
            (id, depth) = (canonical, depth + 1);
            assert!(depth <= 6, "a cycle");
        }
        *sets.entry(id).or_default() += 1;
        deepest = deepest.max(depth);
    }
    let sizes: Vec<usize> = sets.into_values().filter(|size| *size > 1).collect();
    assert!((130..=175).contains(&sizes.len()), "{} sets", sizes.len());
    assert!(sizes.contains(&4) && sizes.iter().all(|size| *size <= 6));
    assert!(deepest >= 3);
}

#[tokio::test]
async fn contacts_come_after_those_they_were_merged_into_and_never_twice() {
    let made = Made {
        options: Options {
            seed: 3,
            persons: 800,
        },
        persons: 800,
        records: 0,
    };
    let mut seen = HashSet::new();
    for contact in made.contacts() {
        assert!(contact.canonical.is_none_or(|id| seen.contains(&id)));
        assert!(contact.created <= contact.modified);
        assert!(seen.insert(contact.id), "an id occurs twice");
    }
}

#[tokio::test]
async fn a_folder_with_something_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    let refused = make(folder.path(), Options::default()).await;
    assert!(matches!(refused, Err(DemoError::NotEmpty)));
    assert_eq!(files(folder.path()).len(), 1);
}
