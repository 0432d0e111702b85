//! Several identifiers of one person: a search each, shown as one, each in evidence; and searches kept or taken away.

use app::backend::{Caller, Requests, Subjects, Who};
use app::error::{Error, Reason};
use app::model::{
    Identifier, IdentifierKind, LaneState, PlanAsk, Right, SearchId, SearchView, SetMember,
};
use server::params;
use server::workflow::janitor;

use crate::stub::Manners;
use crate::world::{NOW, World, ada, email, worlds};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn id(text: &str) -> Identifier {
    Identifier::new(IdentifierKind::ExternalContactId, text).expect("valid")
}

fn ben() -> Caller {
    Caller {
        who: Who::Staff {
            id: "ben".into(),
            name: "Ben".into(),
        },
        ..ada()
    }
}

/// A search that has found one person in the desk.
async fn searched(world: &World) -> SearchId {
    world.desk.is(Manners {
        people: 1,
        ..Manners::default()
    });
    let search = world.habeas.start_search(&ada(), email()).await;
    search.expect("starts")
}

async fn started(world: &World) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM evidence WHERE action = 'search.started'";
    let row = world.db().one(sql, &[]).await.expect("reads");
    row.expect("a row").int("n").expect("a number")
}

async fn settled(world: &World, search: &SearchId) -> SearchView {
    loop {
        let view = world.habeas.search(&ada(), search).await.expect("shows");
        if view.is_settled() {
            return view;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_several_identifiers_find_is_one_and_each_is_evidence() {
    for world in worlds(NOW).await {
        let first = searched(&world).await;
        let before = settled(&world, &first).await;
        let beside = world.habeas.search_beside(&ada(), &first, id("c0")).await;
        assert_eq!(beside.expect("starts"), first, "{}", world.name);
        let view = settled(&world, &first).await;
        assert!(view.version > before.version, "a page that follows is told");
        assert_eq!(started(&world).await, 2, "a search each");
        let asked: Vec<_> = view.asked.iter().map(|a| a.identifier.clone()).collect();
        assert_eq!(asked, [email(), id("c0")]);
        // Two systems, each asked for both.
        assert_eq!(view.lanes.len(), 4, "{:?}", view.lanes);
        let systems: Vec<_> = view.lanes.iter().map(|l| l.system.as_str()).collect();
        assert_eq!(systems, ["desk", "desk", "directory", "directory"]);
        assert_eq!(view.lanes[0].search, view.asked[0].search);
        assert_eq!(view.lanes[0].state, LaneState::Found { found: 1 });
        let members: Vec<_> = view.sets.iter().flat_map(|set| &set.members).collect();
        let once: Vec<_> = before.sets.iter().flat_map(|set| &set.members).collect();
        let handle = |member: &&SetMember| member.handle.clone();
        let handles: Vec<_> = members.iter().map(handle).collect();
        let found_once: Vec<_> = once.iter().map(handle).collect();
        assert_eq!(handles, found_once, "found twice, shown once");
        assert_eq!(once[0].found_by, [0]);
        assert_eq!(members[0].found_by, [0, 1]);
        let open: Vec<_> = view.unsearched.iter().map(|u| &u.identifier).collect();
        assert!(!open.contains(&&id("c0")), "it was searched: {open:?}");

        let second = &view.asked[1].search;
        let same = world.habeas.search(&ada(), second).await.expect("shows");
        assert_eq!(same.id, first, "whichever of them is asked for");
        for search in [&first, second] {
            let ask = PlanAsk {
                right: Right::Export,
                search: search.clone(),
                subject: members[0].handle.clone(),
                replacements: Vec::new(),
            };
            world.habeas.make_plan(&ada(), ask).await.expect("plans");
        }
    }
}

#[tokio::test]
async fn the_same_identifier_is_not_asked_twice_and_there_is_no_ninth() {
    for world in worlds(NOW).await {
        let first = searched(&world).await;
        let again = Identifier::new(IdentifierKind::Email, "A@EXAMPLE.ORG").expect("valid");
        let known = world.habeas.search_beside(&ada(), &first, again).await;
        assert_eq!(known.expect("it stands there"), first);
        assert_eq!(started(&world).await, 1, "{}", world.name);
        for at in 1..8 {
            let beside = world
                .habeas
                .search_beside(&ada(), &first, id(&format!("c{at}")))
                .await;
            beside.expect("there is a place");
        }
        let ninth = world.habeas.search_beside(&ada(), &first, id("c9")).await;
        let full = Error::invalid("value", Reason::TooManyBeside);
        assert_eq!(ninth.expect_err("full"), full);
        assert_eq!(started(&world).await, 8);
    }
}

#[tokio::test]
async fn what_is_taken_away_is_not_shown_and_evidence_stays() {
    for world in worlds(NOW).await {
        let first = searched(&world).await;
        let beside = world.habeas.search_beside(&ada(), &first, id("c0")).await;
        beside.expect("starts");
        let both = settled(&world, &first).await;
        let left = world.habeas.drop_search(&ada(), &first).await;
        assert_eq!(left.expect("drops"), Some(first.clone()), "{}", world.name);
        let view = world.habeas.search(&ada(), &first).await.expect("shows");
        assert!(view.version > both.version, "a page that follows is told");
        let asked: Vec<_> = view.asked.iter().map(|a| a.identifier.clone()).collect();
        assert_eq!(asked, [id("c0")]);
        assert_eq!(view.lanes.len(), 2);
        let left = world
            .habeas
            .drop_search(&ada(), &view.asked[0].search)
            .await;
        assert_eq!(left.expect("drops"), None, "nothing is left");
        let gone = world.habeas.search(&ada(), &first).await;
        assert_eq!(gone.expect_err("gone"), Error::not_found("search"));
        assert_eq!(started(&world).await, 2);
        assert!(
            world
                .habeas
                .past_searches(&ada())
                .await
                .expect("lists")
                .is_empty()
        );
    }
}

#[tokio::test]
async fn another_persons_searches_are_not_there() {
    for world in worlds(NOW).await {
        let first = searched(&world).await;
        let gone = Error::not_found("search");
        let habeas = &world.habeas;
        let beside = habeas.search_beside(&ben(), &first, id("c0")).await;
        assert_eq!(beside.expect_err("not hers"), gone);
        let dropped = habeas.drop_search(&ben(), &first).await;
        assert_eq!(dropped.expect_err("not hers"), gone);
        let kept = habeas.keep_search(&ben(), &first, true).await;
        assert_eq!(kept.expect_err("not hers"), gone);
        assert!(
            habeas
                .past_searches(&ben())
                .await
                .expect("lists")
                .is_empty()
        );
        assert_eq!(habeas.past_searches(&ada()).await.expect("lists").len(), 1);
    }
}

#[tokio::test]
async fn a_saved_search_outlives_others_and_not_for_ever() {
    for world in worlds(NOW).await {
        let (kept, other) = (searched(&world).await, searched(&world).await);
        world
            .habeas
            .search_beside(&ada(), &kept, id("c0"))
            .await
            .expect("starts");
        settled(&world, &kept).await;
        settled(&world, &other).await;
        let save = world.habeas.keep_search(&ada(), &kept, true).await;
        assert_eq!(save.expect("saves"), kept);
        let past = world.habeas.past_searches(&ada()).await.expect("lists");
        let past: Vec<_> = past
            .iter()
            .map(|p| (&p.id, p.kept, p.identifiers.len()))
            .collect();
        assert_eq!(
            past,
            [(&kept, true, 2), (&other, false, 1)],
            "{}",
            world.name
        );

        for (days, left) in [(7, 3), (1, 2), (22, 2), (1, 0)] {
            world.habeas.clock.advance(days * DAY);
            janitor::clean(&world.habeas).await.expect("cleans");
            let sql = "SELECT COUNT(*) AS n FROM search WHERE started_at > $1";
            let row = world.db().one(sql, params![0]).await.expect("reads");
            let n = row.expect("a row").int("n").expect("a number");
            assert_eq!(n, left, "{} after {days} more days", world.name);
        }
    }
}
