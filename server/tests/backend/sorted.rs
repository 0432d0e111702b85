//! Orders of the list, page by page, and what becomes of a page that stands before somebody's eyes.

use app::backend::Requests;
use app::model::{ListWords, RequestFilter, RequestId, RequestPage};
use server::params;

use crate::world::{NOW, World, ada, change, worlds};

const DAY: i64 = 86_400_000;

fn filter(query: &str) -> RequestFilter {
    ListWords::of_query(query).read().0.filter
}

async fn again(world: &World, query: &str, shown: &[RequestId]) -> RequestPage {
    let listed = world.habeas.list_again(&ada(), filter(query), shown).await;
    listed.expect(query)
}

async fn page(world: &World, query: &str) -> RequestPage {
    let listed = world.habeas.list(&ada(), filter(query)).await;
    listed.expect(query)
}

fn ids(page: &RequestPage) -> Vec<RequestId> {
    page.requests.iter().map(|one| one.id.clone()).collect()
}

/// All pages of a filter, and how many there are.
async fn all(world: &World, query: &str) -> (Vec<RequestId>, usize) {
    let (mut all, mut pages) = (Vec::new(), 0);
    let mut filter = filter(query);
    loop {
        let page = world
            .habeas
            .list(&ada(), filter.clone())
            .await
            .expect(query);
        all.extend(ids(&page));
        pages += 1;
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return (all, pages),
        }
    }
}

/// So many sets, each a millisecond after the one before; the deadline of every two is the same, and of later ones nearer.
async fn asked(world: &World, count: usize) -> Vec<RequestId> {
    let mut made = Vec::new();
    for at in 0..count {
        world.habeas.clock.advance(1);
        made.push(world.ask(&format!("p{at}")).await.expect("makes"));
        let due = NOW + 90 * DAY - at as i64 / 2;
        let sql = "UPDATE request SET due_at = $2 WHERE id = $1";
        let id = made[at].as_str();
        change(world.db(), sql, params![id, due]).await;
    }
    made
}

#[tokio::test]
async fn every_order_goes_through_all_pages_without_gap_or_repeat() {
    for world in worlds(NOW).await {
        let made = asked(&world, 120).await;
        let newest: Vec<_> = made.iter().rev().cloned().collect();
        let mut due = made.clone();
        due.sort_by_key(|id| {
            let at = made.iter().position(|one| one == id).unwrap_or(0);
            (std::cmp::Reverse(at / 2), id.clone())
        });
        for (query, want) in [
            ("", &newest),
            ("sort=oldest", &made),
            ("sort=due", &due),
            ("right=delete", &newest),
            ("right=delete&sort=oldest", &made),
            ("state=received", &newest),
            ("state=received&right=delete&sort=oldest", &made),
            ("waits=system", &newest),
            ("waits=system&sort=oldest", &made),
            ("state=received&right=delete&sort=due", &due),
        ] {
            let (listed, pages) = all(&world, query).await;
            assert_eq!(pages, 3, "{} {query}", world.name);
            assert_eq!(&listed, want, "{} {query}", world.name);
        }
        for none in [
            "right=export",
            "state=running&sort=due",
            "waits=system&ended=days_7",
        ] {
            assert_eq!(all(&world, none).await, (vec![], 1), "{none}");
        }
    }
}

#[tokio::test]
async fn what_ended_this_week_is_listed_in_the_order_of_its_end() {
    for world in worlds(NOW).await {
        let made = asked(&world, 54).await;
        let ended = "UPDATE request SET set_state = 'completed', answered = 1, answered_at = $2
            WHERE id = $1";
        for (at, id) in made.iter().enumerate() {
            let before = if at < 2 { 8 * DAY } else { at as i64 / 2 };
            let at = world.habeas.clock.now() - before;
            change(world.db(), ended, params![id.as_str(), at]).await;
        }
        let mut want: Vec<_> = made[2..].to_vec();
        want.sort_by_key(|id| {
            let at = made.iter().position(|one| one == id).unwrap_or(0);
            (at / 2, std::cmp::Reverse(id.clone()))
        });
        for query in ["ended=days_7", "ended=days_7&right=delete&state=completed"] {
            assert_eq!(all(&world, query).await, (want.clone(), 2), "{query}");
        }
        want.reverse();
        assert_eq!(all(&world, "ended=days_7&sort=oldest").await, (want, 2));
        assert_eq!(all(&world, "ended=days_7&right=export").await.0, []);
        assert_eq!(
            page(&world, "sort=due").await.requests,
            [],
            "nothing is open"
        );
    }
}

#[tokio::test]
async fn an_answer_has_its_time_as_long_as_it_is_one() {
    for world in worlds(NOW).await {
        let root = world.ask("ended").await.expect("makes");
        assert_eq!(page(&world, "ended=days_7").await.requests, []);
        world.habeas.clock.advance(DAY);
        world.work().await;
        let listed = page(&world, "ended=days_7").await;
        assert_eq!(ids(&listed), [root], "{}", world.name);
        assert_eq!(listed.requests[0].ended_at, Some(world.habeas.clock.now()));
    }
}

#[tokio::test]
async fn a_shown_page_keeps_its_requests_and_counts_what_came() {
    for world in worlds(NOW).await {
        let made = asked(&world, 3).await;
        let shown = page(&world, "state=received").await;
        let calm = again(&world, "state=received", &ids(&shown)).await;
        assert_eq!((&calm, calm.version()), (&shown, shown.version()));
        // One leaves the filter, two come, and something is no root at all.
        let left = "UPDATE request SET set_state = 'running' WHERE id = $1";
        change(world.db(), left, params![made[1].as_str()]).await;
        for name in ["x", "y"] {
            world.habeas.clock.advance(1);
            world.ask(name).await.expect("makes");
        }
        let mut named = ids(&shown);
        named.push(RequestId::parse("no-such").expect("valid"));
        let later = again(&world, "state=received", &named).await;
        assert_eq!(ids(&later), ids(&shown), "{}", world.name);
        assert_eq!((later.newer, later.next.as_ref()), (2, None));
        assert_eq!(later.requests[1].state, app::model::RequestState::Running);
        assert_ne!(later.version(), shown.version());
        let nothing = again(&world, "state=received", &[]).await;
        assert_eq!((nothing.newer, nothing.requests), (4, vec![]));
    }
}

#[tokio::test]
async fn a_full_page_knows_whether_there_is_another() {
    for world in worlds(NOW).await {
        asked(&world, 51).await;
        let shown = page(&world, "").await;
        assert!(shown.next.is_some());
        let listed = again(&world, "", &ids(&shown)).await;
        assert_eq!(listed, shown, "{}", world.name);
        let last = page(&world, "sort=oldest").await.next;
        let query = format!("sort=oldest&after={}", last.expect("another"));
        let shown = page(&world, &query).await;
        assert_eq!((shown.requests.len(), shown.next.clone()), (1, None));
        let listed = again(&world, &query, &ids(&shown)).await;
        assert_eq!(listed, shown, "{}", world.name);
    }
}
