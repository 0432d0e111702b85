//! When tasks are due: by the database's clock, and not while their system is paused.

use server::ledger;

use crate::world::{NOW, system, worlds};

#[tokio::test]
async fn nothing_of_a_paused_system_is_due() {
    for world in worlds(NOW).await {
        world.ask("c1").await.expect("makes");
        let due = async |id: &str| {
            let due = ledger::due(world.db(), &system(id)).await;
            due.expect("reads").is_some()
        };
        assert!(
            due("desk").await && due("directory").await,
            "{}",
            world.name
        );
        world.pause("desk", true).await;
        assert!(
            !due("desk").await && due("directory").await,
            "{}",
            world.name
        );
        world.pause("desk", false).await;
        assert!(due("desk").await, "{}", world.name);
    }
}

#[tokio::test]
async fn a_clock_ahead_of_the_databases_holds_nothing_up() {
    // The year 2100.
    for world in worlds(4_102_444_800_000).await {
        let id = world.ask("c1").await.expect("makes");
        world.work().await;
        let set = world.db().requests_of_root(&id).await.expect("reads");
        assert_eq!(set.len(), 2);
        assert!(set[0].set_state.has_ended(), "{}: {set:?}", world.name);
    }
}
