//! Links that staff confirm: who may, who was first, how many, and what is logged of them.

use app::backend::{Caller, Links, Requests, Subjects, Who};
use app::error::{Conflict, Error};
use app::model::{LinkKind, PlanAsk, Right, SearchId, SearchView, SubjectHandle};
use server::evidence::{self, Verdict};
use server::params;

use crate::stub::Manners;
use crate::world::{NOW, World, ada, email, worlds};

const WHY: &str = "Her passport says so.";

fn bob() -> Caller {
    let who = Who::Staff {
        id: "2".to_owned(),
        name: "Bob".to_owned(),
    };
    Caller { who, ..ada() }
}

/// A search that found so many people, each with a second record.
async fn found(world: &World, people: usize) -> SearchView {
    world.desk.is(Manners {
        people,
        ..Manners::default()
    });
    searched(world, &ada()).await
}

async fn join(
    world: &World,
    found: &SearchView,
    records: [&SubjectHandle; 2],
    reason: &str,
) -> app::backend::Result<()> {
    world.habeas.join(&ada(), &found.id, records, reason).await
}

async fn searched(world: &World, caller: &Caller) -> SearchView {
    let id = world.habeas.start_search(caller, email()).await;
    view(world, caller, &id.expect("starts")).await
}

async fn view(world: &World, caller: &Caller, id: &SearchId) -> SearchView {
    loop {
        let view = world.habeas.search(caller, id).await.expect("shows");
        if view.is_settled() {
            return view;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

fn handle(view: &SearchView, set: usize) -> SubjectHandle {
    view.sets[set].members[0].handle.clone()
}

fn sizes(view: &SearchView) -> Vec<usize> {
    view.sets.iter().map(|set| set.members.len()).collect()
}

fn done_already() -> Error {
    Error::Conflict {
        why: Conflict::DoneAlready,
    }
}

async fn rows(world: &World) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM person_link";
    let row = world.db().one(sql, &[]).await.expect("reads");
    row.expect("a count").int("n").expect("a number")
}

#[tokio::test]
async fn of_two_who_confirm_the_same_at_once_the_second_learns_of_the_first() {
    for world in worlds(NOW).await {
        let hers = found(&world, 2).await;
        let his = searched(&world, &bob()).await;
        let (one, other) = (handle(&hers, 0), handle(&hers, 1));
        let (ada, bob) = (ada(), bob());
        let (first, second) = futures::join!(
            world.habeas.join(&ada, &hers.id, [&one, &other], WHY),
            // The other way round is the same to confirm.
            world.habeas.join(&bob, &his.id, [&other, &one], WHY),
        );
        let won = [&first, &second].into_iter().filter(|done| done.is_ok());
        assert_eq!(won.count(), 1, "{}: {first:?} {second:?}", world.name);
        let lost = first.and(second).expect_err("one was second");
        assert_eq!(lost, done_already());
        assert_eq!(rows(&world).await, 1);
        // Whoever was first may click again.
        let again = world.habeas.join(&ada, &hers.id, [&one, &other], WHY).await;
        let his = world.habeas.join(&bob, &his.id, [&one, &other], WHY).await;
        assert!(again.is_ok() != his.is_ok(), "{again:?} {his:?}");

        let now = view(&world, &ada, &hers.id).await;
        assert_eq!(sizes(&now), [4]);
        let link = now.sets[0].links[0].id.clone();
        let (first, second) = futures::join!(
            world.habeas.undo(&ada, &link, WHY),
            world.habeas.undo(&bob, &link, WHY),
        );
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert_eq!(sizes(&view(&world, &ada, &hers.id).await), [2, 2]);
        let logged = "SELECT action, body FROM evidence WHERE action LIKE 'person.%' ORDER BY seq";
        let logged = world.db().all(logged, &[]).await.expect("reads");
        let actions: Vec<_> = logged
            .iter()
            .map(|row| row.text("action").expect("a text"))
            .collect();
        assert_eq!(actions, ["person.joined", "person.link_undone"]);
        assert!(!logged[0].text("body").expect("a text").contains("\"c0\""));
        let chain = evidence::verify(world.db(), evidence::MAIN).await;
        assert!(matches!(chain.expect("reads"), Verdict::Whole { .. }));
    }
}

#[tokio::test]
async fn a_declared_link_is_parted_once_and_only_by_who_searched() {
    for world in worlds(NOW).await {
        let found = found(&world, 1).await;
        assert_eq!(sizes(&found), [2]);
        let second = found.sets[0].members[1].handle.clone();
        let part = async |caller: Caller, of: SubjectHandle| {
            world.habeas.part(&caller, &found.id, &of, WHY).await
        };
        let stranger = part(bob(), second.clone()).await;
        assert_eq!(stranger, Err(Error::not_found("search")));
        let unknown = SubjectHandle::parse("ab").expect("an id");
        let nobody = part(ada(), unknown).await;
        assert_eq!(nobody, Err(Error::not_found("subject")));
        let leads = part(ada(), handle(&found, 0)).await;
        assert_eq!(
            leads.map_err(|e| e.status()),
            Err(400),
            "nothing declares it"
        );
        part(ada(), second.clone()).await.expect("parts");
        let now = view(&world, &ada(), &found.id).await;
        // Nobody searched for whoever was parted, so she is not shown for this search's sake.
        assert_eq!(sizes(&now), [1]);
        let link = &now.sets[0].links[0];
        assert_eq!((link.kind, link.by.as_str()), (LinkKind::Part, "Ada"));
        assert_eq!((link.reason.as_str(), link.made_at), (WHY, NOW));
        assert_eq!(part(ada(), second.clone()).await, Ok(()), "a second click");
        let his = searched(&world, &bob()).await;
        let parted = world.habeas.part(&bob(), &his.id, &second, WHY).await;
        assert_eq!(parted, Err(done_already()));
        world
            .habeas
            .undo(&ada(), &link.id, WHY)
            .await
            .expect("undoes");
        let mut again = view(&world, &ada(), &found.id).await;
        again.version = found.version;
        assert_eq!(again, found, "as before");
    }
}

#[tokio::test]
async fn who_and_why_is_sealed() {
    for world in worlds(NOW).await {
        let found = found(&world, 2).await;
        let (one, other) = (handle(&found, 0), handle(&found, 1));
        let joined = join(&world, &found, [&one, &other], WHY);
        joined.await.expect("joins");
        let row = world.db().one("SELECT * FROM person_link", &[]).await;
        let row = row.expect("reads").expect("a link");
        for column in ["keys_sealed", "reason_sealed"] {
            let sealed = row.blob(column).expect("bytes");
            let plain = String::from_utf8_lossy(&sealed);
            assert!(!plain.contains("c1") && !plain.contains("passport"));
        }
        for reason in ["", "no", &"x".repeat(501)] {
            let refused = join(&world, &found, [&one, &other], reason);
            assert_eq!(refused.await.map_err(|e| e.status()), Err(400));
        }
        let itself = join(&world, &found, [&one, &one], WHY);
        assert_eq!(itself.await.map_err(|e| e.status()), Err(400));
    }
}

#[tokio::test]
async fn more_records_than_can_be_acted_on_are_an_error_and_not_a_smaller_set() {
    for world in worlds(NOW).await {
        let found = found(&world, 52).await;
        let lead = handle(&found, 0);
        let ask = PlanAsk {
            right: Right::Export,
            search: found.id.clone(),
            subject: lead.clone(),
            replacements: Vec::new(),
        };
        for set in 1..50 {
            let one = handle(&found, set);
            let joined = join(&world, &found, [&one, &lead], WHY);
            joined.await.expect("joins");
        }
        let plan = world.habeas.make_plan(&ada(), ask.clone()).await;
        let plan = world.habeas.plan(&ada(), &plan.expect("plans")).await;
        assert_eq!(plan.expect("shows").members.len(), 100);
        let one = handle(&found, 51);
        let joined = join(&world, &found, [&one, &lead], WHY);
        joined.await.expect("joins");
        let why = Conflict::SetTooLarge { most: 100 };
        let plan = world.habeas.make_plan(&ada(), ask).await;
        assert_eq!(plan, Err(Error::Conflict { why }));
    }
}

#[tokio::test]
async fn a_link_to_one_who_was_erased_since_the_search_is_not_made() {
    for world in worlds(NOW).await {
        let found = found(&world, 2).await;
        let (one, other) = (handle(&found, 0), handle(&found, 1));
        world.habeas.clock.advance(1_000);
        world.ask("c0").await.expect("asks");
        world.work().await;
        let joined = join(&world, &found, [&one, &other], WHY);
        assert_eq!(joined.await, Err(Error::not_found("subject")));
        assert_eq!(rows(&world).await, 0);
        let log = "SELECT seq FROM evidence WHERE action = $1";
        let log = world.db().all(log, params!["person.joined"]).await;
        assert!(log.expect("reads").is_empty(), "{}", world.name);
    }
}
