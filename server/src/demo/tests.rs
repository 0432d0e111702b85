//! The sample as a whole: what was written is what was promised.

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
    let made = make(folder.path(), Options { seed, persons }).await.unwrap();
    (folder, made)
}

/// The first column of every row, as text.
async fn ask(folder: &TempDir, database: &str, query: &str) -> Vec<String> {
    let file = folder.path().join(format!("{database}.db"));
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(query);
    let rows = query.build().fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| row.get_unchecked::<Option<String>, _>(0).unwrap_or_default()).collect()
}

async fn number(folder: &TempDir, database: &str, query: &str) -> u64 {
    ask(folder, database, query).await[0].parse().unwrap()
}

fn stories(folder: &TempDir) -> Value {
    let text = std::fs::read_to_string(folder.path().join("demo.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["stories"].take()
}

fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    found.sort();
    found
}

/// A hash of all that was written and handed over, whatever the bytes of the databases.
async fn content(folder: &TempDir, made: &Made) -> String {
    let mut hash = Sha256::new();
    for database in DATABASES {
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        for table in ask(folder, database, tables).await {
            let columns = format!("SELECT quote(name) FROM pragma_table_info('{table}')");
            let columns = ask(folder, database, &columns).await.join(",").replace('\'', "\"");
            let rows = format!("SELECT json_array({columns}) FROM {table} ORDER BY 1");
            hash.update(ask(folder, database, &rows).await.join("\n"));
        }
    }
    for file in files(&folder.path().join("attachments")) {
        hash.update(file.strip_prefix(folder.path()).unwrap().to_string_lossy().as_bytes());
        hash.update(std::fs::read(file).unwrap());
    }
    for contact in made.contacts() {
        hash.update(format!("{contact:?}"));
    }
    hash.update(std::fs::read(folder.path().join("demo.json")).unwrap());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How many subjects a story's identifier finds, in all and in one system.
fn expected(story: &Value, kind: &str, value: &str) -> (u64, BTreeMap<String, u64>) {
    let of = |e: &&Value| e["kind"] == kind && e["value"] == value;
    let expect = story["expect"].as_array().unwrap().iter().find(of).unwrap();
    let systems = expect["systems"].as_object().unwrap();
    let systems = systems.iter().map(|(system, n)| (system.clone(), n.as_u64().unwrap())).collect();
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
        assert!(ask(&folder, database, "PRAGMA foreign_key_check").await.is_empty(), "{database}");
        assert_eq!(ask(&folder, database, "PRAGMA journal_mode").await, ["wal"]);
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
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
    let made = Made { options: Options::default(), persons: 2_000, records: 0 };
    let links: HashMap<String, Option<String>> =
        made.contacts().map(|contact| (contact.id, contact.canonical)).collect();
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
    let made = Made { options: Options { seed: 3, persons: 800 }, persons: 800, records: 0 };
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

#[tokio::test]
async fn one_person_is_still_all_the_stories() {
    let (folder, made) = sample(1, 1).await;
    assert!((20..40).contains(&made.persons), "{} persons", made.persons);
    for story in [
        "unique", "nobody", "many", "twins", "shared_phone", "merge_set_of_four", "deep_set", "japanese",
        "unlinked_chat", "linked_chat", "messenger", "active_employee", "former_employee", "dialer",
        "visitor", "heavy", "hostile",
    ] {
        assert!(stories(&folder)[story].is_object(), "{story}");
    }
}

#[tokio::test]
async fn the_crowd_changes_nothing_about_a_story() {
    let ((small, _), (large, _)) = (sample(1, 1).await, sample(1, 2_500).await);
    assert_eq!(stories(&small), stories(&large));
}

#[tokio::test]
async fn stories_of_one_nobody_and_many_find_so_many() {
    let (folder, _) = sample(2, 300).await;
    let stories = stories(&folder);
    for expect in stories["unique"]["expect"].as_array().unwrap() {
        assert_eq!(expect["subjects"], 1, "{expect}");
        assert_eq!(expect["systems"]["directory"], 1, "{expect}");
    }
    assert_eq!(stories["unique"]["expect"].as_array().unwrap().len(), 9);
    for expect in stories["nobody"]["expect"].as_array().unwrap() {
        assert_eq!(expect["subjects"], 0, "{expect}");
    }
    let (subjects, systems) = expected(&stories["many"], "name", "Andrea Fischbach");
    assert_eq!(systems["directory"], 5);
    assert_eq!(subjects, 5 + systems["newsletter"] + 2, "two dialer contacts");
    let couple = stories["shared_phone"]["phone"].as_str().unwrap();
    assert_eq!(expected(&stories["shared_phone"], "phone", couple).1["directory"], 2);
    let twins = &stories["twins"];
    for kind in ["phone", "address"] {
        let (subjects, systems) = expected(twins, kind, twins[kind].as_str().unwrap());
        assert_eq!((subjects, systems["directory"], systems["help-desk"]), (4, 2, 2), "{kind}");
    }
    assert_eq!(expected(twins, "name", "Lukas Hollerbach").1["directory"], 1);
}

#[tokio::test]
async fn every_member_of_the_set_of_four_has_rows_in_every_system() {
    let (folder, made) = sample(2, 300).await;
    let story = &stories(&folder)["merge_set_of_four"];
    let members: Vec<&str> = story["members"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(members.len(), 4);
    assert_eq!(story["canonical"], members[0]);
    for (database, tables) in [
        ("contact-centre", &["conversations", "chats", "messenger_threads", "visitors"][..]),
        ("help-desk", &["contacts"]),
        ("newsletter", &["subscribers"]),
        ("billing", &["customers"]),
    ] {
        for (table, id) in tables.iter().flat_map(|table| members.iter().map(move |id| (table, id))) {
            let query = format!("SELECT count(*) FROM {table} WHERE external_contact_id = '{id}'");
            assert!(number(&folder, database, &query).await > 0, "{table}");
        }
    }
    for id in &members {
        assert_eq!(files(&folder.path().join("attachments/external_contact_id").join(id)).len(), 1);
    }
    let merged = made.contacts().filter(|c| c.canonical.as_deref() == Some(members[0]));
    assert_eq!(merged.map(|contact| contact.id).collect::<Vec<_>>(), members[1..]);
}

#[tokio::test]
async fn the_deep_set_is_a_chain() {
    let (folder, made) = sample(2, 1).await;
    let members = stories(&folder)["deep_set"]["members"].clone();
    let canonical: HashMap<String, Option<String>> =
        made.contacts().map(|contact| (contact.id, contact.canonical)).collect();
    let of = |n: usize| canonical[members[n].as_str().unwrap()].clone().map(Value::from);
    assert_eq!((of(0), of(1), of(2)), (None, Some(members[0].clone()), Some(members[1].clone())));
}

#[tokio::test]
async fn a_japanese_name_is_found_in_the_scripts_it_is_written_in() {
    let (folder, _) = sample(2, 1).await;
    let story = &stories(&folder)["japanese"];
    let kanji = expected(story, "name", "髙橋 由紀");
    assert_eq!(kanji, expected(story, "name", "髙橋由紀"));
    assert_eq!(kanji.1.keys().collect::<Vec<_>>(), ["billing", "contact-centre", "directory", "help-desk"]);
    let kana = expected(story, "name", "タカハシ ユキ");
    assert_eq!(kana, expected(story, "name", "ﾀｶﾊｼ ﾕｷ"));
    assert_eq!(kana, expected(story, "name", "たかはし ゆき"));
    assert_eq!(kana.1.keys().collect::<Vec<_>>(), ["contact-centre", "newsletter"]);
}

#[tokio::test]
async fn an_unlinked_chat_is_there_but_no_search_reaches_it() {
    let (folder, _) = sample(2, 300).await;
    let stories = stories(&folder);
    let name = stories["unlinked_chat"]["name"].as_str().unwrap();
    let query = format!("SELECT count(*) FROM chats WHERE participant_name = '{name}' AND external_contact_id IS NULL");
    assert_eq!(number(&folder, "contact-centre", &query).await, 1);
    assert_eq!(expected(&stories["unlinked_chat"], "name", name).0, 0);
    let id = stories["linked_chat"]["externalContactId"].as_str().unwrap();
    let systems = expected(&stories["linked_chat"], "external_contact_id", id).1;
    assert_eq!((systems["contact-centre"], systems["directory"]), (1, 1));
}

#[tokio::test]
async fn the_messengers_picture_is_under_the_scoped_id() {
    let (folder, _) = sample(2, 1).await;
    let story = &stories(&folder)["messenger"];
    let (id, file) = (story["external_id"].as_str().unwrap(), story["file"].as_str().unwrap());
    let picture = folder.path().join("attachments/external_id").join(id).join(file);
    assert!(std::fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    let (subjects, systems) = expected(story, "external_id", id);
    assert_eq!((subjects, systems["attachments"], systems["contact-centre"]), (1, 1, 1));
}

#[tokio::test]
async fn employees_dialer_contacts_visitors_and_heavy_writers_are_there() {
    let (folder, _) = sample(2, 1).await;
    let stories = stories(&folder);
    for (story, state) in [("active_employee", "active"), ("former_employee", "inactive")] {
        let id = stories[story]["userId"].as_str().unwrap();
        let query = format!("SELECT state FROM users WHERE id = '{id}'");
        assert_eq!(ask(&folder, "contact-centre", &query).await, [state]);
        assert_eq!(expected(&stories[story], "user_id", id).0, 1);
    }
    let (dialer, visitor) = (&stories["dialer"], &stories["visitor"]);
    for (story, kind) in [(dialer, "dialer_contact_id"), (visitor, "visitor_id")] {
        assert_eq!(expected(story, kind, story["id"].as_str().unwrap()).0, 1, "{kind}");
    }
    let late = "SELECT count(*) FROM visitors WHERE basis_recorded_at >= first_seen_at";
    assert_eq!(number(&folder, "contact-centre", late).await, 0);
    let id = stories["heavy"]["externalContactId"].as_str().unwrap();
    let query = format!(
        "SELECT count(*) FROM messages JOIN conversations c ON c.id = conversation_id WHERE external_contact_id = '{id}'"
    );
    assert_eq!(number(&folder, "contact-centre", &query).await, 540);
}

#[tokio::test]
async fn hostile_names_are_stored_as_they_are() {
    let (folder, _) = sample(2, 1).await;
    let story = &stories(&folder)["hostile"];
    let stored = ask(&folder, "help-desk", "SELECT full_name FROM contacts").await;
    for name in story["names"].as_array().unwrap().iter().filter_map(Value::as_str) {
        assert!(stored.iter().any(|s| s == name), "{name}");
        let (subjects, systems) = expected(story, "name", name);
        assert_eq!((subjects, systems["directory"]), (4, 1), "{name}");
    }
}
