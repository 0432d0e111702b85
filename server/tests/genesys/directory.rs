//! The directory's connector over a real store, on each database.

use app::model::{
    CollectionName, Identifier, IdentifierKind, Operation, Replacement, SubjectKey, SystemId,
};
use async_trait::async_trait;
use futures::TryStreamExt;
use server::backend::contacts::Contacts;
use server::clock::Clock;
use server::connectors::directory::{COLLECTION, Directory};
use server::connectors::row::{Fields, read_row};
use server::connectors::{Call, Connector, ExportRow, Fault, Sink, Whose};
use server::contact::{Card, Contact, ExternalId, Phone, Source};
use std::sync::Arc;
use tokio::io::AsyncRead;

use crate::databases::fresh;
use crate::desk::key;
use crate::world::{NOW, contacts_of};

pub(crate) struct Hall {
    pub(crate) name: &'static str,
    pub(crate) contacts: Contacts,
    connector: Directory,
    _folder: tempfile::TempDir,
}

pub(crate) async fn halls(people: &[Contact]) -> Vec<Hall> {
    let mut halls = Vec::new();
    for fresh in fresh().await {
        let contacts = contacts_of(&fresh.db, &Clock::set_to(NOW));
        contacts.fill(people.to_vec()).await.expect("filled");
        let system = SystemId::parse("directory").expect("an id");
        let connector = Directory::new(system, contacts.with.country, Arc::new(contacts.clone()))
            .expect("made");
        halls.push(Hall {
            name: fresh.name,
            contacts,
            connector,
            _folder: fresh.folder,
        });
    }
    halls
}

pub(crate) fn person(id: &str, first: &str, last: &str, canonical: Option<&str>) -> Contact {
    let card = Card {
        first_name: Some(first.into()),
        last_name: Some(last.into()),
        work_email: Some(format!("{id}@example.org")),
        cell_phone: Some(Phone::typed("030 12345678")),
        external_ids: vec![ExternalId {
            external_source: Source {
                id: None,
                name: "crm".into(),
            },
            value: id.into(),
        }],
        ..Card::default()
    };
    let mut contact = Contact::new(id.into(), card, NOW);
    contact.canonical = canonical.map(Into::into);
    contact
}

fn contact(id: &str) -> SubjectKey {
    key(IdentifierKind::ExternalContactId, id)
}

fn collection() -> CollectionName {
    CollectionName::parse(COLLECTION).expect("a name")
}

fn call(token: &str) -> Call {
    Call {
        token: token.into(),
        attempt: 1,
    }
}

async fn found(hall: &Hall, kind: IdentifierKind, value: &str) -> Vec<String> {
    let identifier = Identifier::new(kind, value).expect("valid");
    let subjects: Vec<_> = hall
        .connector
        .search(&identifier)
        .try_collect()
        .await
        .expect("searched");
    subjects
        .iter()
        .map(|subject| subject.key.id().to_owned())
        .collect()
}

#[derive(Default)]
struct Rows(Vec<Fields>);

#[async_trait]
impl Sink for Rows {
    async fn row(&mut self, row: ExportRow) -> Result<(), Fault> {
        self.0.push(read_row(&row.into_json()).expect("is a row"));
        Ok(())
    }
    async fn file(&mut self, _: &str, _: &mut (dyn AsyncRead + Send + Unpin)) -> Result<(), Fault> {
        unreachable!("contacts have no files")
    }
}

#[tokio::test]
async fn each_kind_finds_who_holds_it_and_nobody_else() {
    let people = [
        person("a", "Anna", "Müller", None),
        person("b", "Anna", "Müller", None),
        person("c", "Bo", "Li", None),
    ];
    for hall in halls(&people).await {
        use IdentifierKind::{Email, ExternalContactId, ExternalId, Name, Phone};
        for (kind, value, who) in [
            (Name, "müller, anna", vec!["a", "b"]),
            (Name, "Anna", vec![]),
            (Email, "A@example.org", vec!["a"]),
            (Phone, "+49 30 12345678", vec!["a", "b", "c"]),
            (ExternalId, "crm:b", vec!["b"]),
            (ExternalId, "b", vec!["b"]),
            (ExternalId, "shop:b", vec![]),
            (ExternalId, "B", vec![]),
            (ExternalContactId, "c", vec!["c"]),
            (ExternalContactId, "C", vec![]),
        ] {
            assert_eq!(
                found(&hall, kind, value).await,
                who,
                "{}: {kind:?} {value}",
                hall.name
            );
        }
    }
}

#[tokio::test]
async fn a_search_says_which_field_matched() {
    for hall in halls(&[person("a", "Anna", "Müller", None)]).await {
        let email = Identifier::new(IdentifierKind::Email, "A@example.org").expect("valid");
        let subjects: Vec<_> = hall
            .connector
            .search(&email)
            .try_collect()
            .await
            .expect("searched");
        let matched: Vec<_> = subjects[0]
            .fields
            .iter()
            .filter(|f| f.matched)
            .map(|f| f.field.as_str())
            .collect();
        assert_eq!(matched, ["workEmail"]);
        assert_eq!(subjects[0].name.as_deref(), Some("Anna Müller"));
    }
}

#[tokio::test]
async fn the_same_value_of_two_sources_finds_both_and_is_acted_on_by_its_source_only() {
    use IdentifierKind::ExternalId;
    let mut other = person("b", "Bo", "Li", None);
    other.card.external_ids[0].external_source.name = "shop".into();
    other.card.external_ids[0].value = "a".into();
    for hall in halls(&[person("a", "Anna", "Müller", None), other]).await {
        let bare = Identifier::new(ExternalId, "a").expect("valid");
        let searched = hall.connector.search(&bare).try_collect::<Vec<_>>().await;
        let subjects = searched.expect("searched");
        assert_eq!(subjects.len(), 2, "{}", hall.name);
        for (subject, text) in subjects.iter().zip(["crm:a", "shop:a"]) {
            let matched = subject.fields.iter().find(|field| field.matched);
            assert_eq!(matched.map(|field| field.value.as_str()), Some(text));
        }
        assert_eq!(found(&hall, ExternalId, "shop:a").await, ["b"]);
        let left = async |id| {
            let key = key(ExternalId, id);
            hall.connector
                .verify(Whose::alone(&key), &collection())
                .await
        };
        assert_eq!(left("a").await, Ok(0), "nobody's key");
        assert_eq!(left("shop:a").await, Ok(1));
        let erase = async |id| {
            let (key, call) = (key(ExternalId, id), call("t"));
            hall.connector.delete(&call, &key, &collection()).await
        };
        assert_eq!(erase("a").await.expect("erased").rows, 0);
        assert_eq!(erase("shop:a").await.expect("erased").rows, 1);
        assert_eq!(found(&hall, ExternalId, "a").await, ["a"]);
    }
}

#[tokio::test]
async fn more_than_a_page_is_found_to_the_end_and_each_once() {
    let people: Vec<Contact> = (0..450)
        .map(|n| person(&format!("p{n:03}"), "Anna", "Müller", None))
        .collect();
    for hall in halls(&people).await {
        let ids = found(&hall, IdentifierKind::Name, "Anna Müller").await;
        assert_eq!(
            ids,
            people.iter().map(|p| p.id.clone()).collect::<Vec<_>>(),
            "{}",
            hall.name
        );
    }
}

#[tokio::test]
async fn a_merge_set_is_whole_from_each_member_and_a_cycle_ends() {
    let people = [
        person("a", "A", "A", None),
        person("b", "B", "B", Some("a")),
        person("c", "C", "C", Some("b")),
        person("d", "D", "D", Some("a")),
        // Nobody can make one by the API; a copied database could hold one.
        person("x", "X", "X", Some("y")),
        person("y", "Y", "Y", Some("x")),
    ];
    for hall in halls(&people).await {
        for member in ["a", "b", "c", "d"] {
            let set = hall
                .connector
                .merge_set(&contact(member))
                .await
                .expect("answered");
            let ids: Vec<_> = set.iter().map(|subject| subject.key.id()).collect();
            assert_eq!(ids, ["a", "b", "c", "d"], "{} from {member}", hall.name);
            assert_eq!(
                set[2].canonical,
                Some(contact("b")),
                "the link that was declared"
            );
        }
        for member in ["x", "y"] {
            let set = hall
                .connector
                .merge_set(&contact(member))
                .await
                .expect("answered");
            assert_eq!(
                set.iter()
                    .map(|subject| subject.key.id())
                    .collect::<Vec<_>>(),
                ["x", "y"]
            );
        }
        assert!(
            hall.connector
                .merge_set(&contact("none"))
                .await
                .expect("answered")
                .is_empty()
        );
    }
}

#[tokio::test]
async fn members_are_erased_one_by_one_and_nothing_is_left_of_them() {
    let people = [
        person("a", "A", "A", None),
        person("b", "B", "B", Some("a")),
        person("c", "C", "C", Some("a")),
    ];
    for hall in halls(&people).await {
        for (id, left) in [("a", vec!["b", "c"]), ("c", vec!["b"]), ("b", vec![])] {
            let (name, key) = (collection(), contact(id));
            assert!(
                hall.connector
                    .verify(Whose::alone(&key), &name)
                    .await
                    .expect("counted")
                    > 0
            );
            assert_eq!(
                hall.connector
                    .delete(&call("t"), &key, &name)
                    .await
                    .expect("erased")
                    .rows,
                1
            );
            assert_eq!(
                hall.connector
                    .delete(&call("t"), &key, &name)
                    .await
                    .expect("again")
                    .rows,
                0
            );
            assert_eq!(
                hall.connector.verify(Whose::alone(&key), &name).await,
                Ok(0)
            );
            assert_eq!(hall.connector.resolve(&key).await, Ok(None));
            if let Some(first) = left.first() {
                let set = hall
                    .connector
                    .merge_set(&contact(first))
                    .await
                    .expect("answered");
                assert_eq!(
                    set.iter().map(|s| s.key.id()).collect::<Vec<_>>(),
                    left,
                    "{}",
                    hall.name
                );
            }
        }
        assert_eq!(hall.contacts.db.contacts_count().await.expect("counted"), 0);
    }
}

#[tokio::test]
async fn a_correction_is_made_once_per_token_and_moves_the_keys() {
    use IdentifierKind::Email;
    let replace = |old: &str, new: &str| {
        [Replacement {
            kind: Email,
            old: old.into(),
            new: new.into(),
        }]
    };
    for hall in halls(&[
        person("a", "A", "A", None),
        person("b", "B", "B", Some("a")),
    ])
    .await
    {
        let (name, key) = (collection(), contact("a"));
        let first = replace("a@example.org", "z@example.org");
        assert_eq!(
            hall.connector
                .preview(&key, &name, Operation::Update, &first)
                .await,
            Ok(1)
        );
        assert_eq!(
            hall.connector
                .update(&call("1"), Whose::alone(&key), &name, &first)
                .await
                .expect("done")
                .rows,
            1
        );
        assert_eq!(found(&hall, Email, "z@example.org").await, ["a"]);
        assert!(found(&hall, Email, "a@example.org").await.is_empty());
        // Another request puts it back; the first one's task is run again after a crash.
        let back = replace("z@example.org", "a@example.org");
        hall.connector
            .update(&call("2"), Whose::alone(&key), &name, &back)
            .await
            .expect("done");
        assert_eq!(
            hall.connector
                .update(&call("1"), Whose::alone(&key), &name, &first)
                .await
                .expect("again")
                .rows,
            0
        );
        assert_eq!(
            found(&hall, Email, "a@example.org").await,
            ["a"],
            "not applied twice"
        );
        let set = hall
            .connector
            .merge_set(&contact("b"))
            .await
            .expect("answered");
        assert_eq!(set.len(), 2, "links stay");
        assert_eq!(
            hall.connector
                .preview(&key, &name, Operation::Update, &first[..0])
                .await,
            Ok(0)
        );
    }
}

#[tokio::test]
async fn an_export_is_one_row_in_the_inventory_s_order() {
    for hall in halls(&[person("a", "Anna", "Müller", None)]).await {
        let mut rows = Rows::default();
        let outcome = hall
            .connector
            .export(&call("t"), &contact("a"), &collection(), &mut rows)
            .await
            .expect("exported");
        assert_eq!((outcome.rows, rows.0.len()), (1, 1));
        let names: Vec<_> = rows.0[0].iter().map(|(name, _)| name.clone()).collect();
        let fields = &hall.connector.inventory().collections[0].fields;
        assert_eq!(
            names,
            fields.iter().map(|f| f.name.clone()).collect::<Vec<_>>()
        );
        assert!(rows.0[0].contains(&("externalIds".into(), serde_json::json!(["crm:a"]))));
    }
}
