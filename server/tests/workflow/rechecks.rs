//! After an erasure it is looked again: at once and later, by searching; what is found decides.

use app::backend::Requests as _;
use app::model::{
    Identifier, IdentifierKind, LookStep, Operation, RequestId, RequestState, Right, SystemId,
    TaskState,
};
use server::backend::direct::DirectAsk;
use server::clock::Clock;
use server::connectors::{Connector as _, Fault, FaultCode, Repeat};
use server::params;
use server::store::recheck::RecheckRow;
use server::workflow::create::{Created, make};
use server::workflow::recheck;

use crate::house::{ada, houses};
use crate::scripted::Line;
use crate::skipping::skip;
use crate::stories::text;
use crate::world::{World, again, drain, key, new_set, worlds};

const NOW: i64 = 1_795_281_447_923;
const EMAIL: &str = "e1@example.org";

/// A world whose clock stands still, with a person of three rows and an address in each system.
async fn known() -> Vec<World> {
    let mut worlds = worlds(Repeat::Natural).await;
    for world in &mut worlds {
        world.engine.clock = Clock::set_to(NOW);
        for system in [&world.crm, &world.shop] {
            system.script(|script| {
                script.emails.insert("e1".to_owned(), EMAIL.to_owned());
            });
            for collection in ["contacts", "tickets", "comments"] {
                system.put("e1", collection, 1);
            }
        }
    }
    worlds
}

/// An erasure of hers, as a plan makes it: with her record.
async fn erasure(world: &World) -> RequestId {
    let mut set = new_set(&world.engine, Right::Delete, &["e1"]);
    set.members[0].target.subject = world.crm.resolve(&key("e1")).await.expect("resolves");
    match make(&world.engine, set).await.expect("makes") {
        Created::New { root } => root,
        other => panic!("not new: {other:?}"),
    }
}

async fn looked(world: &World) -> bool {
    recheck::step(&world.engine).await.expect("looks")
}

async fn row(world: &World, root: &RequestId) -> RecheckRow {
    let rows = world.engine.db.rechecks_of_root(root).await;
    rows.expect("reads").pop().expect("is looked for")
}

fn ids(systems: &[SystemId]) -> Vec<&str> {
    systems.iter().map(SystemId::as_str).collect()
}

#[tokio::test]
async fn it_is_looked_four_times_and_then_her_identifiers_are_thrown_away() {
    for world in known().await {
        let root = erasure(&world).await;
        assert!(!looked(&world).await, "nothing is erased yet");
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::Completed);
        for (step, next) in LookStep::ALL
            .into_iter()
            .zip(LookStep::ALL.into_iter().skip(1).map(Some).chain([None]))
        {
            let before = row(&world, &root).await;
            assert_eq!(
                (before.step, before.due_at),
                (step, Some(NOW + step.after()))
            );
            assert!(before.sealed.is_some());
            assert!(looked(&world).await, "{step:?} is due");
            assert!(!looked(&world).await, "{step:?} is taken once");
            let after = row(&world, &root).await;
            let look = after.looks.last().expect("a look");
            assert_eq!(
                (look.step, look.returned.len(), look.unsearched.len()),
                (step, 0, 0)
            );
            assert_eq!(after.due_at, next.map(|next| NOW + next.after()));
            if let Some(next) = next {
                world.engine.clock.advance(next.after() - step.after() - 1);
                assert!(!looked(&world).await, "{next:?} is not due yet");
                world.engine.clock.advance(1);
            } else {
                assert!(after.sealed.is_none(), "nothing is kept of her");
            }
        }
        assert_eq!(world.state(&root).await, RequestState::Completed);
        let witnessed =
            "SELECT seq FROM evidence WHERE chain = $1 AND action = 'erasure.looked_again'";
        let witnessed = world.engine.db.all(witnessed, params![root.as_str()]).await;
        assert_eq!(witnessed.expect("reads").len(), 4);
        world.check(&root).await;
    }
}

#[tokio::test]
async fn a_late_return_opens_the_request_again_and_a_retry_ends_it() {
    for world in known().await {
        let root = erasure(&world).await;
        world.run().await;
        assert!(looked(&world).await);
        // A backup is played back.
        world.shop.put("e1", "contacts", 1);
        world.engine.clock.advance(LookStep::Hour.after());
        assert!(looked(&world).await);
        let after = row(&world, &root).await;
        let look = after.looks.last().expect("a look");
        assert_eq!(
            (look.step, ids(&look.returned)),
            (LookStep::Hour, vec!["shop"])
        );
        assert!(after.due_at.is_none() && after.sealed.is_none());
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
        let cells = world.engine.db.tasks_of_root(&root).await.expect("reads");
        let failed: Vec<_> = cells
            .iter()
            .filter(|cell| cell.state == TaskState::Failed)
            .collect();
        let [cell] = failed[..] else {
            panic!("{failed:?}")
        };
        assert_eq!(
            (cell.system.as_str(), cell.operation),
            ("shop", Operation::Verify)
        );
        assert_eq!(cell.code.as_deref(), Some("returned"));
        world.check(&root).await;
        world.engine.clock.advance(LookStep::Month.after());
        assert!(!looked(&world).await, "a person decides");

        let second = again(&world.engine, &root).await.expect("retries");
        world.run().await;
        assert_eq!(world.shop.rows("e1", "contacts"), 0);
        assert_eq!(world.state(&second).await, RequestState::Completed);
        assert!(looked(&world).await, "it is looked for her anew");
        assert_eq!(world.state(&second).await, RequestState::Completed);
    }
}

#[tokio::test]
async fn who_shares_an_address_is_not_her_and_who_comes_with_it_later_may_be() {
    for world in known().await {
        world.crm.put("e2", "contacts", 1);
        for id in ["e2", "e3"] {
            world.crm.script(|script| {
                script.emails.insert(id.to_owned(), EMAIL.to_owned());
            });
        }
        let root = erasure(&world).await;
        world.run().await;
        assert!(looked(&world).await);
        world.engine.clock.advance(LookStep::Hour.after());
        assert!(looked(&world).await);
        assert_eq!(
            world.state(&root).await,
            RequestState::Completed,
            "e2 was there before"
        );
        world.crm.put("e3", "contacts", 1);
        world.engine.clock.advance(LookStep::Day.after());
        assert!(looked(&world).await);
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
        let look = row(&world, &root).await.looks.pop().expect("a look");
        assert_eq!(
            (look.step, ids(&look.returned)),
            (LookStep::Day, vec!["crm"])
        );
    }
}

#[tokio::test]
async fn a_system_that_lies_gets_no_certificate() {
    for world in known().await {
        world.shop.script(|script| script.lies = true);
        let root = erasure(&world).await;
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
        assert_eq!(world.crm.rows("e1", "contacts"), 0, "the other is done");
        let cells = world.engine.db.tasks_of_root(&root).await.expect("reads");
        let code = |cell: &app::model::Cell| cell.code.clone();
        let codes: Vec<_> = cells.iter().filter_map(code).collect();
        assert_eq!(codes, ["still_there"]);
    }
}

#[tokio::test]
async fn what_can_not_be_searched_is_asked_again_and_then_named() {
    for world in known().await {
        let root = erasure(&world).await;
        world.run().await;
        world.shop.script(|script| script.is_down = true);
        let mut asked = 0;
        while row(&world, &root).await.step == LookStep::AtOnce {
            assert!(looked(&world).await, "it is tried again");
            asked += 1;
            world.engine.clock.advance(10 * 60 * 1000);
        }
        assert_eq!(asked, 6);
        let after = row(&world, &root).await;
        assert_eq!(ids(&after.looks[0].unsearched), ["shop"]);
        assert_eq!(world.state(&root).await, RequestState::Completed);
        // The hour has passed meanwhile. What the shop is first seen to hold is no return: nobody knows since when.
        world.shop.script(|script| {
            script.is_down = false;
            script.emails.insert("e2".to_owned(), EMAIL.to_owned());
        });
        world.shop.put("e2", "contacts", 1);
        assert!(looked(&world).await);
        let after = row(&world, &root).await;
        assert!(after.looks[1].unsearched.is_empty() && after.looks[1].returned.is_empty());
        assert_eq!(world.state(&root).await, RequestState::Completed);
    }
}

#[tokio::test]
async fn what_a_person_decided_to_leave_there_is_no_return() {
    for world in known().await {
        let fault = Line::Fault(Fault::stop(FaultCode::Denied));
        world.shop.say(Operation::Delete, "contacts", fault);
        let root = erasure(&world).await;
        world.run().await;
        assert_eq!(world.state(&root).await, RequestState::PartiallyFailed);
        skip(&world.engine, &root, &root, "shop")
            .await
            .expect("skips");
        world.run().await;
        let skipped = RequestState::CompletedWithExceptions;
        assert_eq!(world.state(&root).await, skipped);
        assert!(looked(&world).await);
        assert!(world.shop.rows("e1", "contacts") > 0);
        assert_eq!(world.state(&root).await, skipped);
    }
}

#[tokio::test]
async fn two_who_look_at_once_look_once() {
    for world in known().await {
        let root = erasure(&world).await;
        world.run().await;
        let (one, other) = tokio::join!(looked(&world), looked(&world));
        assert!(one || other);
        assert_eq!(row(&world, &root).await.looks.len(), 1);
        world.check(&root).await;
    }
}

#[tokio::test]
async fn what_her_id_finds_is_hers_though_it_has_a_key_of_its_own() {
    for house in houses().await {
        let engine = &house.habeas.engine;
        let id = text(&house.stories["merge_set_of_four"]["canonical"]);
        let copy = "CREATE TABLE copy AS SELECT * FROM subscribers";
        house.sql("newsletter.db", copy, &[]).await;
        let term = Identifier::new(IdentifierKind::ExternalContactId, id).expect("valid");
        let ask = DirectAsk {
            right: Right::Delete,
            term,
            replacements: Vec::new(),
            delete_confirmed: true,
        };
        let root = house.habeas.ask(&ada(), ask).await.expect("asks").0.id;
        drain(engine).await;
        let back = "INSERT INTO subscribers SELECT * FROM copy WHERE external_contact_id = $1";
        assert!(house.sql("newsletter.db", back, &[id]).await > 0);
        while recheck::step(engine).await.expect("looks") {}
        let run = house.habeas.run(&ada(), &root).await.expect("shows");
        assert_eq!(run.members[0].state, RequestState::PartiallyFailed);
        let looks = run.rechecks.iter().flat_map(|one| &one.looks);
        let returned: Vec<_> = looks.flat_map(|look| ids(&look.returned)).collect();
        assert_eq!(returned, ["newsletter"]);
    }
}
