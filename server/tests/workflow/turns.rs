//! Cases take turns at a system: a small one does not wait for all of a large one, and nobody waits for ever.

use app::model::{Operation, RequestId, Right, SystemId};
use server::connectors::{Fault, FaultCode, Repeat};
use server::workflow::worker;

use crate::scripted::Line;
use crate::world::{World, drain, hurry, made, worlds};

fn crm() -> SystemId {
    SystemId::parse("crm").expect("an id")
}

/// Does so many tasks of the system. Gives whose, in this order.
async fn steps(world: &World, count: usize) -> Vec<String> {
    let before = world.crm.done().len();
    for _ in 0..count {
        let did = worker::step(&world.engine, "test", &crm()).await;
        assert!(did.expect("steps"), "there is something to do");
    }
    let done = world.crm.done();
    done[before..].iter().map(|one| one.2.clone()).collect()
}

async fn export(world: &World, ids: &[&str]) -> RequestId {
    made(&world.engine, Right::Export, ids).await
}

#[tokio::test]
async fn a_small_case_does_not_wait_for_a_large_one_before_it() {
    for world in worlds(Repeat::Natural).await {
        let many: Vec<String> = (100..350).map(|n| format!("m{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        // Four collections for each: a thousand tasks.
        export(&world, &many).await;
        let before = steps(&world, 6).await;
        assert_eq!(before, ["m100", "m100", "m100", "m100", "m101", "m101"]);
        export(&world, &["small"]).await;
        let after = steps(&world, 10).await;
        let places = after.iter().enumerate().filter(|(_, of)| *of == "small");
        let places: Vec<_> = places.map(|(at, _)| at).collect();
        assert_eq!(places.len(), 4, "{}: {after:?}", world.name);
        assert!(places.windows(2).all(|two| two[1] - two[0] == 2), "in turn");
        let large = after.iter().filter(|of| *of != "small");
        assert!(large.is_sorted(), "the oldest first: {after:?}");
    }
}

#[tokio::test]
async fn between_equal_turns_the_older_case_is_first_and_no_crowd_keeps_it_waiting() {
    for world in worlds(Repeat::Natural).await {
        export(&world, &["old"]).await;
        let (mut crowd, mut done) = (0, Vec::new());
        while done.iter().filter(|of| *of == "old").count() < 4 {
            crowd += 1;
            export(&world, &[&format!("new{crowd:02}")]).await;
            done.extend(steps(&world, 1).await);
            assert!(crowd < 12, "{}: {done:?}", world.name);
        }
        assert_eq!(done[0], "old");
        drain(&world.engine).await;
        let all = world.crm.done().len();
        assert_eq!(all, 4 * (crowd + 1), "all were done");
    }
}

#[tokio::test]
async fn what_is_tried_again_is_in_nobody_s_way_and_gets_a_turn_when_it_is_due() {
    for world in worlds(Repeat::Natural).await {
        let down = Fault::retry(FaultCode::Timeout);
        for collection in ["contacts", "tickets", "comments", "invoices"] {
            world
                .crm
                .say(Operation::Export, collection, Line::Fault(down));
        }
        export(&world, &["first"]).await;
        assert!(steps(&world, 4).await.is_empty(), "all have to wait");
        export(&world, &["second", "third"]).await;
        assert_eq!(steps(&world, 2).await, ["second", "second"]);
        hurry(&world.engine.db).await;
        let done = steps(&world, 8).await;
        let first = done.iter().filter(|of| *of == "first");
        assert_eq!(first.count(), 4, "{}: {done:?}", world.name);
        assert!(
            done[..3].contains(&"second".to_owned()),
            "what was next stays next: {done:?}"
        );
        drain(&world.engine).await;
    }
}
