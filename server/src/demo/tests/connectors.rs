//! The systems open as described, and their connectors find whom the stories promise.

use std::sync::Arc;

use app::model::{Identifier, IdentifierKind, SubjectKey};
use futures::TryStreamExt;

use super::census::Ask;
use super::*;
use crate::connectors::kinds::{self, Opened};
use crate::connectors::pace::{Alone, Tally};
use crate::connectors::spec::{Compare, Kind, SystemSpec};
use crate::demo::database::{digits, wide_digits};
use crate::secret::Masks;

/// Every described system that the directory is not; unhurried, if `pace` is false.
async fn open(folder: &TempDir, pace: bool) -> Vec<(String, Opened)> {
    let mut opened = Vec::new();
    for file in files(&folder.path().join("systems")) {
        let mut spec = SystemSpec::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(file.file_stem().unwrap(), spec.id.as_str());
        spec.per_second = spec.per_second.filter(|_| pace);
        if spec.kind != Kind::Directory {
            let system = kinds::open(&spec, folder.path(), &Masks::unkept())
                .await
                .unwrap();
            let alone: Arc<dyn Tally> = Arc::new(Alone::default());
            opened.push((spec.id.to_string(), system.paced(&spec, &alone)));
        }
    }
    opened
}

/// How many subjects each system finds, none left out.
async fn found(systems: &[(String, Opened)], ask: &Ask) -> BTreeMap<String, u64> {
    let identifier = match &ask.list {
        Some(list) => Identifier::dialer_contact(&ask.value, list).unwrap(),
        None => Identifier::new(ask.kind, &ask.value).unwrap(),
    };
    let mut found = BTreeMap::new();
    for (id, system) in systems {
        if system.connector.inventory().searchable_by(ask.kind) {
            let subjects: Vec<_> = system
                .connector
                .search(&identifier)
                .try_collect()
                .await
                .unwrap();
            let keys: HashSet<&SubjectKey> = subjects.iter().map(|subject| &subject.key).collect();
            found.insert(id.clone(), keys.len() as u64);
        }
    }
    found.retain(|_, count| *count > 0);
    found
}

#[tokio::test]
async fn every_system_opens_as_described_and_is_healthy() {
    let (folder, _) = sample(1, 1).await;
    let systems = open(&folder, true).await;
    let ids: Vec<&str> = systems.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "attachments",
            "billing",
            "contact-centre",
            "help-desk",
            "newsletter"
        ]
    );
    for (id, system) in &systems {
        system.connector.health().await.unwrap();
        let misbehaves = ["billing", "newsletter"].contains(&id.as_str());
        assert_eq!(system.lever.is_some(), misbehaves, "{id}");
        assert_eq!(system.pace.is_some(), id == "newsletter", "{id}");
    }
}

#[tokio::test]
async fn connectors_find_whom_the_stories_promise() {
    let (folder, _) = sample(2, 400).await;
    let systems = open(&folder, false).await;
    for (story, told) in stories(&folder).as_object().unwrap() {
        for expect in told["expect"].as_array().unwrap() {
            let text = |key: &str| expect[key].as_str().map(str::to_owned);
            let kind = IdentifierKind::parse(&text("kind").unwrap()).unwrap();
            let ask = Ask {
                list: text("list"),
                ..Ask::new(kind, text("value").unwrap())
            };
            let (_, mut promised) = expected(told, kind.as_str(), &ask.value);
            promised.remove("directory");
            assert_eq!(found(&systems, &ask).await, promised, "{story}: {expect}");
        }
    }
}

#[tokio::test]
async fn connectors_find_the_crowd_however_it_is_spelled() {
    let (folder, made) = sample(4, 2_000).await;
    let systems = open(&folder, false).await;
    let mut asks: Vec<Ask> = made.contacts().step_by(35).flat_map(asks_for).collect();
    asks.extend(made.contacts().flat_map(handles_of));
    asks.extend(ids_of(&folder).await);
    let counted = census::count(folder.path(), &asks, std::iter::empty())
        .await
        .unwrap();
    let mut kinds = BTreeMap::new();
    for (ask, answer) in asks.iter().zip(counted) {
        let counted = answer
            .into_iter()
            .map(|(system, keys)| (system, keys.len() as u64))
            .collect();
        assert_eq!(found(&systems, ask).await, counted, "{ask:?}");
        *kinds.entry(ask.kind.as_str()).or_insert(0) += usize::from(!counted.is_empty());
    }
    for kind in ["address", "email", "external_contact_id", "name", "phone"] {
        assert!(
            kinds[kind] > 5,
            "hardly anybody was found by {kind}: {kinds:?}"
        );
    }
    let searchable = |kind: &IdentifierKind| {
        let mut inventories = systems
            .iter()
            .map(|(_, system)| system.connector.inventory());
        inventories.any(|inventory| inventory.searchable_by(*kind))
    };
    for kind in IdentifierKind::ALL.into_iter().filter(searchable) {
        let found = kinds.get(kind.as_str());
        assert!(
            found.is_some_and(|n| *n > 0),
            "nobody was found by {kind:?}: {kinds:?}"
        );
    }
}

/// Some ids of every kind that the databases give.
async fn ids_of(folder: &TempDir) -> Vec<Ask> {
    use IdentifierKind as Kind;
    let queries = [
        (
            Kind::UserId,
            "contact-centre",
            "SELECT id FROM users LIMIT 9",
        ),
        (
            Kind::VisitorId,
            "contact-centre",
            "SELECT id FROM visitors LIMIT 9",
        ),
        (
            Kind::ExternalId,
            "contact-centre",
            "SELECT external_id FROM messenger_threads LIMIT 9",
        ),
        (
            Kind::ExternalId,
            "contact-centre",
            "SELECT 'conversation:' || id FROM conversations LIMIT 40",
        ),
        (
            Kind::ExternalId,
            "help-desk",
            "SELECT 'help-desk:' || id FROM contacts LIMIT 9",
        ),
        (
            Kind::DialerContactId,
            "contact-centre",
            "SELECT list_id || '/' || id FROM dialer_contacts LIMIT 9",
        ),
    ];
    let mut asks = Vec::new();
    for (kind, database, query) in queries {
        asks.extend(ask(folder, database, query).await.into_iter().map(
            |id| match id.split_once('/') {
                Some((list, id)) if kind == Kind::DialerContactId => Ask {
                    list: Some(list.to_owned()),
                    ..Ask::new(kind, id)
                },
                _ => Ask::new(kind, id),
            },
        ));
    }
    asks
}

/// What a contact may be searched by.
fn asks_for(contact: DirectoryContact) -> Vec<Ask> {
    use IdentifierKind as Kind;
    let (first, last) = (contact.first_name.unwrap(), contact.last_name.unwrap());
    let name = if first.is_ascii() {
        format!("{first} {last}")
    } else {
        format!("{last} {first}")
    };
    let mut asks = vec![
        Ask::new(Kind::Name, name),
        Ask::new(Kind::ExternalContactId, contact.id),
    ];
    asks.extend(
        contact
            .emails
            .into_iter()
            .map(|(_, email)| Ask::new(Kind::Email, email)),
    );
    asks.extend(
        contact
            .address
            .map(|address| Ask::new(Kind::Address, address.line())),
    );
    let international = |phone: &String| phone.starts_with('+');
    let phones = contact
        .phones
        .into_iter()
        .map(|(_, phone)| phone)
        .filter(international);
    asks.extend(phones.map(|phone| Ask::new(Kind::Phone, phone)));
    asks
}

/// What she is called in other networks.
fn handles_of(contact: DirectoryContact) -> Vec<Ask> {
    use IdentifierKind as Kind;
    let facebook = contact.facebook.into_iter().map(|id| (Kind::Facebook, id));
    let twitter = contact.twitter.map(|handle| (Kind::Twitter, handle));
    let instagram = contact.instagram.map(|handle| (Kind::Instagram, handle));
    let whatsapp = contact.whatsapp.map(|number| (Kind::Whatsapp, number));
    let all = facebook.chain(twitter).chain(instagram).chain(whatsapp);
    all.map(|(kind, value)| Ask::new(kind, value)).collect()
}

/// The expression that a column is looked up by; nothing where every row is read.
fn looked_up(compare: Compare, column: &str) -> Option<String> {
    match compare {
        Compare::Exact => Some(column.to_owned()),
        Compare::Lower => Some(format!("lower({column})")),
        Compare::Digits => Some(digits!("COLUMN").replace("COLUMN", column)),
        Compare::WideDigits => Some(wide_digits!("COLUMN").replace("COLUMN", column)),
        Compare::Fold => None,
    }
}

#[tokio::test]
async fn what_is_looked_up_has_an_index() {
    let (folder, _) = sample(1, 300).await;
    for file in files(&folder.path().join("systems")) {
        let spec = SystemSpec::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for collection in &spec.collections {
            let by = collection.found_by.iter();
            let mut wanted: Vec<String> = by
                .filter_map(|by| looked_up(by.compare, &by.column))
                .collect();
            wanted.extend(
                collection
                    .subject
                    .iter()
                    .map(|subject| subject.column.clone()),
            );
            wanted.extend(
                collection
                    .parents
                    .iter()
                    .map(|parent| parent.column.clone()),
            );
            for expression in wanted {
                let table = collection.table();
                let query = format!("SELECT * FROM {table} WHERE {expression} = 'x'");
                let explained = format!("EXPLAIN QUERY PLAN {query}");
                let plan = explain(&folder, spec.id.as_str(), &explained).await;
                assert!(plan.starts_with("SEARCH"), "{query}: {plan}");
            }
        }
    }
}

async fn explain(folder: &TempDir, database: &str, query: &str) -> String {
    let file = folder.path().join(format!("{database}.db"));
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(query);
    query
        .build()
        .fetch_one(&mut connection)
        .await
        .unwrap()
        .get("detail")
}
