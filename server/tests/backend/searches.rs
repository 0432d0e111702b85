//! Searches of systems that are slow, silent or paused: bounded, never stuck, and nothing half-known passed off as whole.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use app::backend::{Requests, Subjects};
use app::error::Error;
use app::model::{IdentifierKind, LaneState, PlanAsk, PlanBlock, Right, SearchId, SearchView};

use crate::stub::Manners;
use crate::world::{NOW, PATIENCE, World, ada, email, system, worlds};

fn people(people: usize) -> Manners {
    Manners {
        people,
        ..Manners::default()
    }
}

fn state<'a>(view: &'a SearchView, id: &str) -> &'a LaneState {
    let lane = view.lanes.iter().find(|lane| lane.system.as_str() == id);
    &lane.expect("a lane").state
}

async fn view(world: &World, id: &SearchId) -> SearchView {
    world.habeas.search(&ada(), id).await.expect("shows")
}

async fn settled(world: &World, id: &SearchId) -> SearchView {
    let begun = Instant::now();
    loop {
        let view = view(world, id).await;
        if view.is_settled() {
            return view;
        }
        assert!(begun.elapsed() < PATIENCE * 3, "{:?}", view.lanes);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn silent<T: std::fmt::Debug>(result: app::backend::Result<T>) -> Vec<String> {
    match result {
        Err(Error::Unavailable { systems }) => systems.iter().map(ToString::to_string).collect(),
        other => panic!("not unavailable: {other:?}"),
    }
}

#[tokio::test]
async fn a_lane_that_nobody_fills_any_more_is_said_to_be_cut_off() {
    for world in worlds(NOW).await {
        world.desk.is(Manners {
            search_takes: PATIENCE / 2,
            ..people(1)
        });
        let id = world.habeas.start_search(&ada(), email()).await;
        let id = id.expect("starts");
        let before = view(&world, &id).await;
        assert_eq!(state(&before, "desk"), &LaneState::Asking);
        world.habeas.clock.advance(2 * PATIENCE.as_millis() as i64);
        assert_eq!(state(&view(&world, &id).await, "desk"), &LaneState::Asking);
        world.habeas.clock.advance(1);
        let after = view(&world, &id).await;
        let code = "cut_off".to_owned();
        assert_eq!(state(&after, "desk"), &LaneState::Unreachable { code });
        assert!(
            after.version > before.version,
            "a page that follows is told"
        );
        // An answer that does come counts.
        let begun = Instant::now();
        while state(&view(&world, &id).await, "desk") != (&LaneState::Found { found: 1 }) {
            assert!(begun.elapsed() < PATIENCE * 3, "{}", world.name);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn a_search_goes_on_when_its_caller_goes_away() {
    for world in worlds(NOW).await {
        world.desk.is(Manners {
            search_takes: Duration::from_millis(150),
            ..people(1)
        });
        let habeas = world.habeas.clone();
        let caller = tokio::spawn(async move { habeas.start_search(&ada(), email()).await });
        while !world.desk.asked().contains(&"search") {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        caller.abort();
        assert!(caller.await.is_err(), "it was still waiting");
        let row = world.db().one("SELECT id FROM search", &[]).await;
        let id = row.expect("reads").expect("a search").text("id");
        let id = SearchId::parse(id.expect("a text")).expect("an id");
        let found = settled(&world, &id).await;
        let one = LaneState::Found { found: 1 };
        assert_eq!(state(&found, "desk"), &one, "{}", world.name);
    }
}

#[tokio::test]
async fn whose_records_they_are_is_asked_side_by_side() {
    for world in worlds(NOW).await {
        world.desk.is(people(40));
        world.directory.is(Manners {
            set_takes: PATIENCE / 10,
            ..Manners::default()
        });
        // One after the other they would take four times as long as is waited.
        let found = world.habeas.find_subjects(&ada(), email()).await;
        let found = found.expect("all of them in time");
        assert_eq!(found.len(), 40, "{}", world.name);
        let contact = IdentifierKind::ExternalContactId;
        assert!(found.iter().all(|s| s.key.kind() == contact), "linked");
        assert_eq!(world.directory.most.load(Ordering::SeqCst), 8);
    }
}

#[tokio::test]
async fn a_directory_that_does_not_say_in_time_is_silent_and_holds_nobody_up() {
    for world in worlds(NOW).await {
        world.desk.is(people(40));
        world.directory.is(Manners {
            set_takes: PATIENCE * 60,
            ..Manners::default()
        });
        let begun = Instant::now();
        let found = world.habeas.find_subjects(&ada(), email()).await;
        assert_eq!(silent(found), ["directory"]);
        assert!(begun.elapsed() < PATIENCE * 2, "one wait for all");
        assert!(world.directory.asked().len() < 10, "too late is not asked");
        let id = world.habeas.start_search(&ada(), email()).await;
        let found = settled(&world, &id.expect("starts")).await;
        let all = LaneState::Found { found: 40 };
        assert_eq!(state(&found, "desk"), &all, "it did answer");
    }
}

#[tokio::test]
async fn an_answer_that_may_miss_links_is_not_given_to_the_api() {
    for world in worlds(NOW).await {
        world.desk.is(people(1));
        world.directory.is(Manners {
            sets_fail: true,
            ..Manners::default()
        });
        let found = world.habeas.find_subjects(&ada(), email()).await;
        assert_eq!(silent(found), ["directory"], "{}", world.name);
        world.directory.is(Manners::default());
        let found = world.habeas.find_subjects(&ada(), email()).await;
        let keys: Vec<_> = found.expect("finds").into_iter().map(|s| s.key).collect();
        assert!(keys.contains(&crate::stub::contact("c0")), "{keys:?}");
    }
}

#[tokio::test]
async fn a_paused_system_is_not_asked_and_counts_as_silent() {
    for world in worlds(NOW).await {
        world.desk.is(people(1));
        world.pause("directory", true).await;
        let found = world.habeas.find_subjects(&ada(), email()).await;
        assert_eq!(silent(found), ["directory"], "{}", world.name);
        assert_eq!(silent(world.ask("c1").await), ["directory"]);
        assert!(world.directory.asked().is_empty());
        world.pause("directory", false).await;

        let id = world.habeas.start_search(&ada(), email()).await;
        let found = settled(&world, &id.expect("starts")).await;
        let ask = PlanAsk {
            right: Right::Delete,
            search: found.id,
            subject: found.sets[0].members[0].handle.clone(),
            replacements: Vec::new(),
        };
        world.pause("desk", true).await;
        world.desk.asked();
        let plan = world.habeas.make_plan(&ada(), ask).await.expect("plans");
        let plan = world.habeas.plan(&ada(), &plan).await.expect("shows");
        let desk = system("desk");
        assert_eq!(plan.blocked, [PlanBlock::Unreachable { system: desk }]);
        assert!(world.desk.asked().is_empty());
        let asked = world.directory.asked();
        assert!(
            asked.contains(&"preview"),
            "the others are asked: {asked:?}"
        );
    }
}
