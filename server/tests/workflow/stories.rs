//! Stories of the sample organisation, from search to package and certificate of nothing left.

use app::backend::{Requests, Subjects};
use app::error::{Conflict, Error};
use app::model::{
    Identifier, IdentifierKind, LaneState, NewRequest, PlanBlock, RequestState, Right,
};
use futures::StreamExt as _;
use server::backend::direct::DirectAsk;
use server::connectors::{Fault, FaultCode};

use crate::house::{ada, houses};

pub(crate) fn text(value: &serde_json::Value) -> &str {
    value.as_str().expect("a text")
}

pub(crate) fn confirmed(plan: &app::model::Plan) -> NewRequest {
    NewRequest {
        plan: plan.id.clone(),
        hash: plan.hash.clone(),
        reason: "She asked for it by letter.".to_owned(),
        confirmed: true,
    }
}

#[tokio::test]
async fn a_merge_set_of_four_is_found_by_any_address_exported_and_erased() {
    for house in houses().await {
        let story = &house.stories["merge_set_of_four"];
        for email in story["emails"].as_array().expect("a list") {
            let view = house.search(IdentifierKind::Email, text(email)).await;
            assert_eq!(view.sets.len(), 1, "one person, in one set");
            assert_eq!(view.sets[0].members.len(), 4, "all members, matched or not");
            let first = &view.sets[0].members[0].subject;
            assert_eq!(first.key.id(), text(&story["canonical"]), "canonical first");
            assert!(
                !view.unsearched.is_empty(),
                "other identifiers are named, not searched"
            );
        }
        let view = house
            .search(IdentifierKind::Email, text(&story["emails"][0]))
            .await;
        let subject = view.sets[0].members[0].handle.clone();

        let plan = house.plan(Right::Export, &view, &subject).await;
        let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
        assert!(plan.blocked.is_empty(), "{:?}", plan.blocked);
        assert_eq!(plan.members.len(), 4);
        let export = house
            .habeas
            .create(&ada(), confirmed(&plan))
            .await
            .expect("creates");
        house.work().await;
        let run = house.habeas.run(&ada(), &export).await.expect("shows");
        assert_eq!(run.state, RequestState::Completed, "{:#?}", run.cells);
        assert!(run.members.iter().all(|member| member.package.is_some()));
        for cell in run.cells.iter().filter(|cell| cell.planned.is_some()) {
            assert_eq!(cell.rows, cell.planned, "{cell:?}");
        }

        let plan = house.plan(Right::Delete, &view, &subject).await;
        let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
        let erasure = house
            .habeas
            .create(&ada(), confirmed(&plan))
            .await
            .expect("creates");
        let again = house
            .habeas
            .create(&ada(), confirmed(&plan))
            .await
            .expect("gives the first");
        assert_eq!(erasure, again);
        house.work().await;
        let run = house.habeas.run(&ada(), &erasure).await.expect("shows");
        // Invoices are kept by law, and said to be.
        assert_eq!(
            run.state,
            RequestState::CompletedWithExceptions,
            "{:#?}",
            run.cells
        );
        assert!(
            run.members.iter().all(|member| member.name.is_none()),
            "forgotten by us too"
        );
        for email in story["emails"].as_array().expect("a list") {
            let view = house.search(IdentifierKind::Email, text(email)).await;
            assert_eq!(view.sets, [], "nothing is left");
            let states = view.lanes.iter().map(|lane| &lane.state);
            assert!(states.clone().any(|state| *state == LaneState::Nothing));
        }
    }
}

#[tokio::test]
async fn every_identifier_of_every_story_finds_who_it_should() {
    for house in houses().await {
        let stories = house.stories.as_object().expect("stories");
        let mut asked = 0;
        for (name, story) in stories {
            for expect in story["expect"].as_array().into_iter().flatten() {
                let Some(kind) = IdentifierKind::parse(text(&expect["kind"])) else {
                    continue;
                };
                let identifier = match expect["list"].as_str() {
                    Some(list) => Identifier::dialer_contact(text(&expect["value"]), list),
                    None => Identifier::new(kind, text(&expect["value"])),
                };
                let identifier = identifier.expect("valid");
                let value = match identifier.list() {
                    Some(list) => format!("{list}/{}", identifier.value()),
                    None => identifier.value().to_owned(),
                };
                let view = house.search(kind, &value).await;
                for lane in &view.lanes {
                    let expected = expect["systems"][lane.system.as_str()]
                        .as_u64()
                        .unwrap_or(0);
                    let found = match lane.state {
                        LaneState::Found { found } => u64::from(found),
                        LaneState::Nothing | LaneState::NotSearchable => 0,
                        ref other => panic!("{name} {kind:?} {}: {other:?}", lane.system),
                    };
                    // Records that say whose they are count as hers: fewer, never more; never none of some.
                    assert!(
                        found <= expected,
                        "{name} {kind:?} {}: {found} > {expected}",
                        lane.system
                    );
                    assert_eq!(found == 0, expected == 0, "{name} {kind:?} {}", lane.system);
                }
                asked += 1;
            }
        }
        assert!(asked > 50, "only {asked} identifiers were asked");
    }
}

#[tokio::test]
async fn a_current_employee_is_not_erased_and_a_former_one_may_be() {
    for house in houses().await {
        for (story, blocked) in [("active_employee", true), ("former_employee", false)] {
            let id = text(&house.stories[story]["userId"]);
            let view = house.search(IdentifierKind::UserId, id).await;
            let subject = &view.sets[0].members[0].handle;
            let plan = house.plan(Right::Delete, &view, subject).await;
            let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
            let says = plan
                .blocked
                .iter()
                .any(|b| matches!(b, PlanBlock::ActiveEmployee { .. }));
            assert_eq!(says, blocked, "{story}");
            let term = Identifier::new(IdentifierKind::UserId, id).expect("valid");
            let ask = DirectAsk {
                right: Right::Delete,
                term,
                replacements: Vec::new(),
                delete_confirmed: true,
            };
            let asked = house.habeas.ask(&ada(), ask).await;
            let refused = Err(Error::Conflict {
                why: Conflict::ActiveEmployee,
            });
            if blocked {
                assert_eq!(asked.map(|_| ()), refused);
                assert_eq!(
                    house
                        .habeas
                        .create(&ada(), confirmed(&plan))
                        .await
                        .map(|_| ()),
                    refused
                );
            } else {
                assert!(asked.is_ok());
            }
        }
    }
}

#[tokio::test]
async fn what_is_missing_or_not_hers_makes_nothing() {
    for house in houses().await {
        let story = &house.stories["unique"];
        let view = house
            .search(IdentifierKind::Email, text(&story["email"]))
            .await;
        let subject = &view.sets[0].members[0].handle;
        let plan = house.plan(Right::Delete, &view, subject).await;
        let plan = house.habeas.plan(&ada(), &plan).await.expect("shows");
        let unconfirmed = NewRequest {
            confirmed: false,
            ..confirmed(&plan)
        };
        let no_reason = NewRequest {
            reason: " x ".to_owned(),
            ..confirmed(&plan)
        };
        let other_hash = NewRequest {
            hash: "0".repeat(64),
            ..confirmed(&plan)
        };
        for (new, status) in [(unconfirmed, 400), (no_reason, 400), (other_hash, 409)] {
            let why = house.habeas.create(&ada(), new).await.expect_err("refused");
            assert_eq!(why.status(), status, "{why}");
        }
        let eve = app::backend::Caller {
            who: app::backend::Who::Staff {
                id: "2".to_owned(),
                name: "Eve".to_owned(),
            },
            correlation: "test".to_owned(),
        };
        assert_eq!(
            house
                .habeas
                .plan(&eve, &plan.id)
                .await
                .expect_err("not hers")
                .status(),
            404
        );
        assert_eq!(
            house
                .habeas
                .search(&eve, &view.id)
                .await
                .expect_err("not hers")
                .status(),
            404
        );
        let unknown = Identifier::new(IdentifierKind::ExternalContactId, "nobody").expect("valid");
        let ask = DirectAsk {
            right: Right::Export,
            term: unknown,
            replacements: Vec::new(),
            delete_confirmed: false,
        };
        assert_eq!(
            house
                .habeas
                .ask(&ada(), ask)
                .await
                .expect_err("unknown")
                .status(),
            404
        );
        let none = house
            .habeas
            .list(&ada(), Default::default())
            .await
            .expect("lists");
        assert_eq!(none.requests, [], "nothing was made");
    }
}

#[tokio::test]
async fn a_name_that_several_people_have_is_ambiguous() {
    for house in houses().await {
        let name = text(&house.stories["many"]["name"]);
        let ask = DirectAsk {
            right: Right::Export,
            term: Identifier::new(IdentifierKind::Name, name).expect("valid"),
            replacements: Vec::new(),
            delete_confirmed: false,
        };
        let why = house.habeas.ask(&ada(), ask).await.expect_err("ambiguous");
        let Error::Conflict {
            why: Conflict::Ambiguous { people },
        } = why
        else {
            panic!("{why}")
        };
        assert!(people > 1);
    }
}

#[tokio::test]
async fn a_system_that_is_not_as_described_is_listed_and_fails() {
    for house in houses().await {
        let file = house.organisation.data.join("newsletter.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let pool = sqlx::SqlitePool::connect_with(options)
            .await
            .expect("opens");
        let break_it = "ALTER TABLE subscribers RENAME COLUMN email TO mail";
        sqlx::query(break_it).execute(&pool).await.expect("breaks");
        let systems = house.organisation.systems().await.expect("the others open");
        let id = "newsletter".parse().expect("an id");
        let newsletter = systems.get(&id).expect("is listed").connector.clone();
        let mismatch = Err(Fault::stop(FaultCode::Mismatch));
        assert_eq!(newsletter.health().await, mismatch);
        let email = Identifier::new(IdentifierKind::Email, "a@b.example").expect("valid");
        let answers: Vec<_> = newsletter.search(&email).collect().await;
        assert!(
            matches!(answers[..], [Err(_)]),
            "never nothing of what was not read"
        );
        assert_eq!(systems.all().len(), 6);
    }
}
