//! What API clients ask for, in the sample organisation: who is found can be asked about, and nobody waits too long.

use std::time::{Duration, Instant};

use app::backend::Requests;
use app::error::{Conflict, Error, Reason};
use app::model::{
    Identifier, IdentifierKind, Misbehaviour, NewRequest, PlanBlock, RequestState, Right,
    SubjectKey, SystemId,
};
use server::backend::contacts::Contacts;
use server::backend::direct::DirectAsk;
use server::contact::{Card, Contact, ExternalId, Source};
use server::store::ContactKeys;

use crate::house::{House, ada, houses};

fn id(kind: IdentifierKind, value: &str) -> Identifier {
    Identifier::new(kind, value).expect("valid")
}

fn ask(right: Right, term: Identifier) -> DirectAsk {
    DirectAsk {
        right,
        term,
        replacements: Vec::new(),
        delete_confirmed: true,
    }
}

/// Puts contacts into the directory of a house.
async fn fill(house: &House, people: Vec<Contact>) {
    let about = house.organisation.clone();
    let (keys, country) = (about.keys, about.country);
    let contacts = Contacts {
        db: about.db,
        with: ContactKeys { keys, country },
        clock: about.clock,
    };
    contacts.fill(people).await.expect("filled");
}

fn customer(id: &str, source: &str, value: &str) -> Contact {
    let source = Source {
        id: None,
        name: source.into(),
    };
    let card = Card {
        first_name: Some("Tausendschön".into()),
        external_ids: vec![ExternalId {
            external_source: source,
            value: value.into(),
        }],
        ..Card::default()
    };
    Contact::new(id.into(), card, 0)
}

#[tokio::test]
async fn somebody_whose_record_lives_nowhere_is_exported_and_erased() {
    for house in houses().await {
        let value = house.stories["messenger"]["external_id"].as_str();
        let external = id(IdentifierKind::ExternalId, value.expect("a text"));
        let found = house.habeas.find_subjects(&ada(), external.clone()).await;
        let found = found.expect("searched");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].key.identifier(), &external);

        let export = ask(Right::Export, external.clone());
        let (request, new) = house.habeas.ask(&ada(), export).await.expect("makes");
        assert!(new);
        house.work().await;
        let run = house.habeas.run(&ada(), &request.id).await.expect("shows");
        assert_eq!(run.state, RequestState::Completed, "{:#?}", run.cells);
        let exported = |system: &str| {
            let cells = run.cells.iter().filter(|c| c.system.as_str() == system);
            cells.filter_map(|cell| cell.rows).sum::<u64>()
        };
        assert!(exported("attachments") > 0, "her picture");
        assert!(exported("contact-centre") > 0, "her thread");

        // The same through a plan, as staff do it.
        let view = house.search(external.kind(), external.value()).await;
        let subject = view.sets[0].members[0].handle.clone();
        let plan = house.plan(Right::Delete, &view, &subject).await;
        let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
        assert_eq!(plan.blocked, []);
        let new = NewRequest {
            plan: plan.id,
            hash: plan.hash,
            reason: "She asked for it.".to_owned(),
            confirmed: true,
        };
        house.habeas.create(&ada(), new).await.expect("creates");
        house.work().await;
        let found = house.habeas.find_subjects(&ada(), external.clone()).await;
        assert_eq!(found, Ok(Vec::new()), "thread and picture are gone");
        let again = house.habeas.ask(&ada(), ask(Right::Export, external)).await;
        assert_eq!(again.expect_err("nobody").status(), 404);
    }
}

#[tokio::test]
async fn an_external_id_means_who_holds_it_by_its_text_or_its_value() {
    for house in houses().await {
        let people = vec![
            customer("one", "shop", "z-1"),
            customer("two", "shop", "z-2"),
            customer("three", "crm", "z-2"),
        ];
        fill(&house, people).await;
        let asked = async |value: &str| {
            let term = id(IdentifierKind::ExternalId, value);
            let asked = house.habeas.ask(&ada(), ask(Right::Export, term)).await;
            asked.map(|(request, _)| request.key)
        };
        for (value, who) in [
            ("z-1", "one"),
            ("shop:z-1", "one"),
            ("shop:z-2", "two"),
            ("crm:z-2", "three"),
        ] {
            let key = SubjectKey::try_from(id(IdentifierKind::ExternalContactId, who));
            assert_eq!(asked(value).await, Ok(key.expect("a key")), "{value}");
        }
        let two = Conflict::Ambiguous { people: 2 };
        assert_eq!(asked("z-2").await, Err(Error::Conflict { why: two }));
        assert_eq!(asked("crm:z-1").await.expect_err("nobody").status(), 404);
    }
}

#[tokio::test]
async fn a_dry_run_says_what_there_is_and_makes_nothing() {
    for house in houses().await {
        let canonical = house.stories["merge_set_of_four"]["canonical"].as_str();
        let term = id(
            IdentifierKind::ExternalContactId,
            canonical.expect("a text"),
        );
        let run = house.habeas.dry_run(&ada(), ask(Right::Delete, term)).await;
        let run = run.expect("planned");
        assert_eq!((run.plan.members.len(), run.subjects.len()), (4, 4));
        assert_eq!(run.plan.blocked, []);
        let systems = run.plan.members.iter().flat_map(|member| &member.systems);
        let collections = systems.flat_map(|system| &system.collections);
        assert!(collections.filter_map(|of| of.rows).sum::<u64>() >= 4);
        let employee = house.stories["active_employee"]["userId"].as_str();
        let term = id(IdentifierKind::UserId, employee.expect("a text"));
        let run = house.habeas.dry_run(&ada(), ask(Right::Delete, term)).await;
        let blocked = run.expect("planned").plan.blocked;
        assert!(matches!(blocked[..], [PlanBlock::ActiveEmployee { .. }]));
        let none = house.habeas.list(&ada(), Default::default()).await;
        assert_eq!(none.expect("lists").requests, [], "nothing was made");
    }
}

#[tokio::test]
async fn a_term_that_finds_too_many_is_the_clients_to_mend() {
    for house in houses().await {
        let many = (0..1001).map(|n| customer(&format!("many-{n}"), "shop", &n.to_string()));
        fill(&house, many.collect()).await;
        let name = || id(IdentifierKind::Name, "Tausendschön");
        let refused = Error::invalid("searchValue", Reason::TooMany);
        let found = house.habeas.find_subjects(&ada(), name()).await;
        assert_eq!(found, Err(refused.clone()));
        let asked = house.habeas.ask(&ada(), ask(Right::Export, name())).await;
        assert_eq!(asked.map(|_| ()), Err(refused));
    }
}

#[tokio::test]
async fn a_slow_system_is_named_before_a_client_gives_up() {
    let houses = houses().await;
    futures::future::join_all(houses.iter().map(|house| async move {
        let email = house.stories["unique"]["email"].as_str().expect("a text");
        let email = || id(IdentifierKind::Email, email);
        let mut slow: Vec<SystemId> = Vec::new();
        for system in house.habeas.systems.all() {
            let Some(lever) = &system.lever else { continue };
            let to = Misbehaviour {
                delay: 60_000,
                ..Misbehaviour::default()
            };
            lever.set(to);
            if system
                .connector
                .inventory()
                .searchable_by(IdentifierKind::Email)
            {
                slow.push(system.id.clone());
            }
        }
        assert!(!slow.is_empty());
        let begun = Instant::now();
        let unavailable = Error::Unavailable { systems: slow };
        let ada = ada();
        let found = house.habeas.find_subjects(&ada, email());
        let asked = house.habeas.ask(&ada, ask(Right::Export, email()));
        let (found, asked) = futures::join!(found, asked);
        assert_eq!(found, Err(unavailable.clone()));
        assert_eq!(asked.map(|_| ()), Err(unavailable));
        assert!(begun.elapsed() < Duration::from_secs(14));
    }))
    .await;
}
