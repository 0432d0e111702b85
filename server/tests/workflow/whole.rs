//! Which records are one person's, asked of systems that spell, link and answer in their own way.

use std::sync::Arc;

use app::backend::Subjects;
use app::error::Error;
use app::model::{
    Identifier, IdentifierKind, LaneState, Misbehaviour, Right, SearchView, SystemId,
};
use server::backend::direct::{DirectAsk, RequestRecord};
use server::connectors::kinds::open;
use server::connectors::misbehaving::{Lever, Misbehaving};
use server::connectors::spec::SystemSpec;
use server::pulse::Pulse;
use server::registry::System;
use sqlx::{Connection, Executor, SqliteConnection};

use crate::house::{House, ada, houses};

/// A British system beside the sample's.
const CRM: &str = r#"
id = "crm"
name = "CRM"
kind = "sql"
owner = "Sales"
region = "eu"
country = "GB"
[sql]
url = "sqlite:crm.db"
[[collections]]
name = "leads"
title = "Leads"
key = ["id"]
disposition = { do = "delete" }
subject = { kind = "external_id", column = "id", prefix = "crm:" }
found_by = [
  { kind = "external_contact_id", column = "contact", compare = "exact" },
  { kind = "email", column = "email", compare = "lower" },
  { kind = "phone", column = "phone", compare = "digits" },
]
fields = [
  { name = "email", category = "user.contact.email", holds = "email" },
  { name = "phone", category = "user.contact.phone_number", holds = "phone" },
  { name = "contact", category = "user.unique_id", holds = "external_contact_id" },
]
"#;

fn id(system: &str) -> SystemId {
    system.parse().expect("an id")
}

/// Adds the CRM with these leads: e-mail, telephone, external contact.
async fn with_leads(house: &House, spec: &str, leads: &[(&str, &str, &str)]) {
    let file = house.organisation.data.join("crm.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true);
    let mut on = SqliteConnection::connect_with(&options)
        .await
        .expect("opens");
    let table = "CREATE TABLE leads (id INTEGER PRIMARY KEY, email TEXT, phone TEXT, contact TEXT)";
    on.execute(table).await.expect("made");
    for (email, phone, contact) in leads {
        sqlx::query("INSERT INTO leads (email, phone, contact) VALUES (?, ?, ?)")
            .bind(email)
            .bind(phone)
            .bind(contact)
            .execute(&mut on)
            .await
            .expect("inserted");
    }
    let spec = SystemSpec::parse(spec).expect("valid");
    let opened = open(
        &spec,
        &house.organisation.data,
        &house.organisation.keys.masks(),
    )
    .await
    .expect("opens");
    house.habeas.systems.put(System {
        id: spec.id.clone(),
        name: spec.name.clone(),
        kind: "sql".to_owned(),
        owner: String::new(),
        region: String::new(),
        per_second: None,
        concurrency: None,
        connector: opened.connector,
        pace: None,
        pulse: Pulse::default(),
        lever: None,
        described_at: 0,
    });
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().expect("a text")
}

fn state(view: &SearchView, system: &str) -> LaneState {
    let lane = view.lanes.iter().find(|lane| lane.system == id(system));
    lane.expect("a lane").state.clone()
}

/// Ids of the subjects that a system showed.
fn shown_by(view: &SearchView, system: &str) -> Vec<String> {
    let members = view.sets.iter().flat_map(|set| &set.members);
    let here = members.filter(|m| {
        m.subject
            .seen_in
            .iter()
            .any(|seen| seen.system == id(system))
    });
    here.map(|m| m.subject.key.id().to_owned()).collect()
}

/// Asks for an export by an external id.
async fn export(house: &House, id: &str) -> Result<RequestRecord, Error> {
    let ask = export_of(IdentifierKind::ExternalId, id);
    house
        .habeas
        .ask(&ada(), ask)
        .await
        .map(|(record, _)| record)
}

fn export_of(kind: IdentifierKind, value: &str) -> DirectAsk {
    DirectAsk {
        right: Right::Export,
        term: Identifier::new(kind, value).expect("valid"),
        replacements: Vec::new(),
        delete_confirmed: false,
    }
}

#[tokio::test]
async fn a_number_typed_here_is_one_number_in_every_country() {
    for house in houses().await {
        let leads = [
            ("one@crm.example", "020 7946 0123", ""),
            ("two@crm.example", "+49 20 7946 0123", ""),
        ];
        with_leads(&house, CRM, &leads).await;
        let view = house.search(IdentifierKind::Phone, "020 7946 0123").await;
        assert_eq!(shown_by(&view, "crm"), ["crm:2"], "typed in Germany");
        let view = house.search(IdentifierKind::Email, leads[0].0).await;
        let listed: Vec<_> = view
            .unsearched
            .iter()
            .map(|u| u.identifier.value())
            .collect();
        assert_eq!(listed, ["+442079460123"], "what it means there");
        let view = house.search(IdentifierKind::Phone, listed[0]).await;
        assert_eq!(shown_by(&view, "crm"), ["crm:1"]);
        let kinds = view.unsearched.iter().map(|u| u.identifier.kind());
        assert!(
            kinds.clone().all(|kind| kind == IdentifierKind::Email),
            "it was searched"
        );
    }
}

#[tokio::test]
async fn a_correction_means_the_number_that_was_typed_here() {
    use app::model::Replacement;
    for house in houses().await {
        let leads = [("one@crm.example", "020 7946 0123", "")];
        with_leads(&house, CRM, &leads).await;
        let of = |old: &str| DirectAsk {
            right: Right::Update,
            replacements: vec![Replacement {
                kind: IdentifierKind::Phone,
                old: old.to_owned(),
                new: "+44 20 7946 0999".to_owned(),
            }],
            ..export_of(IdentifierKind::ExternalId, "crm:1")
        };
        let phone = async || {
            let view = house.search(IdentifierKind::Email, leads[0].0).await;
            let fields = view.sets[0].members[0].subject.fields.clone();
            fields
                .into_iter()
                .find(|f| f.field == "phone")
                .expect("there")
                .value
        };
        for (old, want) in [
            ("020 7946 0123", "020 7946 0123"),
            ("+44 20 7946 0123", "+44 20 7946 0999"),
        ] {
            house.habeas.ask(&ada(), of(old)).await.expect("asked");
            house.work().await;
            assert_eq!(phone().await, want, "{old} in Germany");
        }
    }
}

#[tokio::test]
async fn a_system_where_she_can_not_live_need_not_answer() {
    for house in houses().await {
        with_leads(&house, CRM, &[("one@crm.example", "", "")]).await;
        for system in ["newsletter", "billing"] {
            let system = house.habeas.systems.get(&id(system)).expect("there");
            system.lever.as_ref().expect("a lever").set(Misbehaviour {
                failing: true,
                ..Misbehaviour::default()
            });
        }
        assert!(
            export(&house, "crm:1").await.is_ok(),
            "she lives in the CRM alone"
        );
        let other = export(&house, "billing:1").await;
        assert!(matches!(other, Err(Error::Unavailable { .. })));
    }
}

#[tokio::test]
async fn a_link_is_followed_where_an_erasure_follows_it() {
    for house in houses().await {
        let canonical = text(&house.stories["merge_set_of_four"]["canonical"]).to_owned();
        let blank = format!("{canonical} ");
        let leads = [
            ("linked@crm.example", "", canonical.as_str()),
            ("blank@crm.example", "", blank.as_str()),
            ("nobody@crm.example", "", "nobody-of-that-id"),
        ];
        with_leads(&house, CRM, &leads).await;
        for (email, want) in [
            ("linked@crm.example", canonical.as_str()),
            ("blank@crm.example", "crm:2"),
            ("nobody@crm.example", "crm:3"),
        ] {
            let view = house.search(IdentifierKind::Email, email).await;
            assert_eq!(shown_by(&view, "crm"), [want], "{email}");
        }
        // The same, where rows are not found by that id.
        let by_id =
            "  { kind = \"external_contact_id\", column = \"contact\", compare = \"exact\" },\n";
        let spec = SystemSpec::parse(&CRM.replace(by_id, "")).expect("valid");
        let opened = open(
            &spec,
            &house.organisation.data,
            &house.organisation.keys.masks(),
        )
        .await
        .expect("opens");
        let crm = house.habeas.systems.get(&id("crm")).expect("there");
        put_with(&house, &crm, opened.connector);
        let view = house
            .search(IdentifierKind::Email, "linked@crm.example")
            .await;
        assert_eq!(shown_by(&view, "crm"), ["crm:1"]);
    }
}

/// The same system with another connector.
fn put_with(house: &House, system: &System, connector: Arc<dyn server::connectors::Connector>) {
    house.habeas.systems.put(System {
        id: system.id.clone(),
        name: system.name.clone(),
        kind: system.kind.clone(),
        owner: system.owner.clone(),
        region: system.region.clone(),
        per_second: None,
        concurrency: None,
        connector,
        pace: None,
        pulse: Pulse::default(),
        lever: None,
        described_at: 0,
    });
}

#[tokio::test]
async fn a_record_that_says_whose_it_is_stands_for_her_whole_set() {
    for house in houses().await {
        let canonical = text(&house.stories["merge_set_of_four"]["canonical"]).to_owned();
        let leads = [
            ("linked@crm.example", "", canonical.as_str()),
            ("nobody@crm.example", "", "nobody-of-that-id"),
        ];
        with_leads(&house, CRM, &leads).await;
        let record = export(&house, "crm:1").await.expect("asked");
        assert_eq!(record.key.id(), canonical);
        assert_eq!(record.related.len(), 3);
        let record = export(&house, "crm:2").await.expect("asked");
        assert_eq!((record.key.id(), record.related.len()), ("crm:2", 0));

        let directory = house.habeas.systems.get(&id("directory")).expect("there");
        let lever = Arc::new(Lever::default());
        let slow = Misbehaving::new(directory.connector.clone(), lever.clone());
        put_with(&house, &directory, Arc::new(slow));
        lever.set(Misbehaviour {
            failing: true,
            ..Misbehaviour::default()
        });
        let asked = export(&house, "crm:1").await.map(|_| ());
        assert_eq!(
            asked,
            Err(Error::Unavailable {
                systems: vec![id("directory")]
            })
        );
    }
}

#[tokio::test]
async fn what_was_not_searched_is_listed_beside_nothing() {
    for house in houses().await {
        let view = house
            .search(IdentifierKind::Email, "nobody.at.all@example.net")
            .await;
        assert_eq!(state(&view, "contact-centre"), LaneState::Nothing);
        let lane = view
            .lanes
            .iter()
            .find(|lane| lane.system == id("contact-centre"));
        let listed: Vec<_> = lane
            .expect("a lane")
            .needs_subject
            .iter()
            .map(|c| c.as_str())
            .collect();
        assert_eq!(
            listed,
            [
                "chats",
                "chat_messages",
                "messenger_threads",
                "messenger_messages",
                "visitors",
                "page_views"
            ]
        );
    }
}

#[tokio::test]
async fn an_older_answer_does_not_replace_a_newer_one() {
    for house in houses().await {
        let billing = house.habeas.systems.get(&id("billing")).expect("there");
        let lever = billing.lever.as_ref().expect("a lever");
        lever.set(Misbehaviour {
            delay: 1_200,
            ..Misbehaviour::default()
        });
        let nobody = Identifier::new(IdentifierKind::Email, "nobody@example.net").expect("valid");
        let search = house
            .habeas
            .start_search(&ada(), nobody)
            .await
            .expect("starts");
        lever.set(Misbehaviour {
            failing: true,
            ..Misbehaviour::default()
        });
        let (me, billing) = (ada(), id("billing"));
        let again = house.habeas.search_again(&me, &search, &billing);
        again.await.expect("asks again");
        tokio::time::sleep(std::time::Duration::from_millis(2_000)).await;
        let view = house.habeas.search(&ada(), &search).await.expect("shows");
        assert!(matches!(
            state(&view, "billing"),
            LaneState::Unreachable { .. }
        ));
    }
}
