//! Several servers on one PostgreSQL keep a system's rate budget together: over restarts, other descriptions, and a store that is away.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use app::model::SystemId;
use futures::future::join_all;
use server::budget::Shared;
use server::connectors::pace::{Outlook, Pace};
use server::connectors::{Fault, FaultCode};
use server::params;
use server::store::{Db, StoreError};
use tokio::time::{Instant, sleep, timeout};

use crate::databases::{Fresh, fresh};

const SECOND: Duration = Duration::from_secs(1);

/// The PostgreSQL that servers share, where there is one.
async fn shared() -> Option<Fresh> {
    let mut all = fresh().await.into_iter();
    all.find(|fresh| fresh.name == "postgres")
}

/// A server of its own, with its own connections.
async fn server(fresh: &Fresh, per_second: u32) -> Pace {
    let db = Db::postgres(&fresh.url).await.expect("opens");
    pace(db, per_second)
}

fn pace(db: Db, per_second: u32) -> Pace {
    let system = SystemId::parse("desk").expect("an id");
    let per_second = NonZeroU32::new(per_second).expect("not zero");
    Pace::new(system, per_second, Arc::new(Shared::new(db)))
}

/// So many calls by each, all asked for at once.
async fn calls(servers: &[Pace], each: usize) -> Vec<Instant> {
    let all = servers.iter().flat_map(|pace| (0..each).map(move |_| pace));
    let calls = all.map(|pace| async {
        pace.ready().await.expect("counted");
        Instant::now()
    });
    join_all(calls).await
}

fn kept(mut made: Vec<Instant>, per_second: usize) {
    made.sort();
    for window in made.windows(per_second + 1) {
        let took = window[per_second] - window[0];
        assert!(took >= SECOND, "{} calls in {took:?}", per_second + 1);
    }
}

async fn outlook(pace: &Pace) -> Outlook {
    pace.outlook().await.expect("known")
}

#[tokio::test]
async fn servers_share_a_budget_and_so_do_those_that_come_after_them() {
    let Some(fresh) = shared().await else { return };
    let begun = Instant::now();
    let servers = [server(&fresh, 5).await, server(&fresh, 5).await];
    let mut made = calls(&servers, 15).await;
    // Both are started anew, and others with them.
    drop(servers);
    let servers = [
        server(&fresh, 5).await,
        server(&fresh, 5).await,
        server(&fresh, 5).await,
    ];
    made.extend(calls(&servers, 10).await);
    let took = begun.elapsed();
    assert!(took < SECOND * 24, "60 calls at 5 a second took {took:?}");
    kept(made, 5);
}

#[tokio::test]
async fn servers_that_know_different_budgets_of_a_system_keep_the_larger() {
    let Some(fresh) = shared().await else { return };
    let servers = [server(&fresh, 4).await, server(&fresh, 2).await];
    let old = async {
        // As if it heard of the new description a little later.
        let all = timeout(SECOND * 4, async {
            let mut made = Vec::new();
            for _ in 0..6 {
                made.extend(calls(&servers[..1], 1).await);
            }
            made
        });
        all.await.unwrap_or_default()
    };
    let (mut made, new) = tokio::join!(old, calls(&servers[1..], 6));
    made.extend(new);
    kept(made, 4);
}

#[tokio::test]
async fn a_server_sees_what_others_left_of_a_budget_and_who_waits_there() {
    let Some(fresh) = shared().await else { return };
    let servers = [server(&fresh, 2).await, server(&fresh, 2).await];
    calls(&servers[..1], 1).await;
    sleep(SECOND + SECOND / 10).await;
    let seen = outlook(&servers[1]).await.budget();
    assert_eq!((seen.free, seen.waiting, seen.wait), (2, 0, 0));
    calls(&servers[..1], 2).await;
    let seen = outlook(&servers[1]).await.budget();
    assert_eq!(seen.free, 0, "of the other server's calls");
    assert!(seen.wait > 0);

    let mut waits = Box::pin(calls(&servers[..1], 4));
    // Who waits there is known from its last call on: half of them have gone by then.
    let begun = Instant::now();
    while outlook(&servers[1]).await.budget().waiting != 2 {
        assert!(begun.elapsed() < SECOND * 4, "never seen");
        let _ = timeout(SECOND / 20, &mut waits).await;
    }
    let seen = outlook(&servers[1]).await.budget();
    assert_eq!(seen.free, 0);
    waits.await;
    sleep(SECOND + SECOND / 10).await;
    let seen = outlook(&servers[1]).await.budget();
    assert_eq!((seen.free, seen.waiting, seen.wait), (2, 0, 0));
}

#[tokio::test]
async fn a_call_that_cannot_be_counted_is_not_made() {
    let Some(fresh) = shared().await else { return };
    let uncounted = Err(Fault::retry(FaultCode::Uncounted));
    let server = server(&fresh, 5).await;
    calls(std::slice::from_ref(&server), 1).await;
    // Somebody holds the table, and the store does not answer.
    let (db, wait) = (fresh.db.clone(), SECOND * 7);
    let held = tokio::spawn(async move {
        let hold = db.write(move |tx| {
            Box::pin(async move {
                tx.run("LOCK TABLE call_slot", params![]).await?;
                sleep(wait).await;
                Ok::<_, StoreError>(())
            })
        });
        hold.await
    });
    sleep(SECOND / 5).await;
    assert_eq!(server.ready().await, uncounted);
    held.await.expect("ends").expect("writes");
    server.ready().await.expect("counted again");

    let db = Db::postgres(&fresh.url).await.expect("opens");
    let closed = pace(db.clone(), 5);
    db.close().await;
    assert_eq!(closed.ready().await, uncounted, "the store is away");
}
