//! How systems are is known before somebody looks; nobody waits for what is known, and a full budget is no illness.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use app::model::Health;
use server::clock::Clock;
use server::connectors::Connector;
use server::connectors::pace::{Alone, Pace, Paced};
use server::pulse::{self, Pulse};
use server::registry::{Registry, System};
use tokio::time::{Instant, advance, sleep};
use tokio_util::sync::CancellationToken;

use crate::stub::{Manners, Stub};
use crate::world::system;

fn of(connector: Arc<dyn Connector>, pace: Option<Arc<Pace>>) -> System {
    System {
        id: system("desk"),
        name: "desk".to_owned(),
        kind: "stub".to_owned(),
        owner: String::new(),
        region: String::new(),
        per_second: None,
        concurrency: None,
        connector,
        pace,
        pulse: Pulse::default(),
        lever: None,
        described_at: 0,
    }
}

fn is_up(health: &Health) -> bool {
    matches!(health, Health::Up { .. })
}

#[tokio::test(start_paused = true)]
async fn many_who_look_at_once_ask_once_and_none_waits_for_what_is_known() {
    let stub = Arc::new(Stub::new("desk", false));
    let takes = Duration::from_millis(500);
    stub.is(Manners {
        health_takes: takes,
        ..Manners::default()
    });
    let (system, clock) = (of(stub.clone(), None), Clock::machine());
    let all = futures::future::join_all((0..20).map(|_| pulse::health(&system, &clock))).await;
    assert!(all.iter().all(is_up), "{all:?}");
    assert_eq!(stub.asked(), ["health"]);

    let begun = Instant::now();
    pulse::health(&system, &clock).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    system.pulse.forget();
    pulse::health(&system, &clock).await;
    assert_eq!(begun.elapsed(), takes, "asked anew");
    advance(Duration::from_secs(31)).await;
    pulse::health(&system, &clock).await;
    assert_eq!(stub.asked().len(), 2, "too old to be shown");
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_what_was_asked_before_is_not_remembered() {
    let stub = Arc::new(Stub::new("desk", false));
    stub.is(Manners {
        health_takes: Duration::from_secs(4),
        ..Manners::default()
    });
    let (system, clock) = (Arc::new(of(stub.clone(), None)), Clock::machine());
    let asking = {
        let (system, clock) = (system.clone(), clock.clone());
        tokio::spawn(async move { pulse::health(&system, &clock).await })
    };
    sleep(Duration::from_secs(1)).await;
    stub.is(Manners::default());
    system.pulse.forget();
    assert!(is_up(&pulse::health(&system, &clock).await), "asked anew");
    assert!(!is_up(&asking.await.expect("answers")));
    assert!(is_up(&pulse::health(&system, &clock).await), "still");
}

#[tokio::test(start_paused = true)]
async fn a_slow_system_is_down_but_one_whose_budget_is_used_up_is_not() {
    let stub = Arc::new(Stub::new("desk", false));
    let clock = Clock::machine();
    let pace = Pace::new(system("desk"), NonZeroU32::MIN, Arc::new(Alone::default()));
    let pace = Arc::new(pace);
    let busy: Vec<_> = (0..6)
        .map(|_| {
            let pace = pace.clone();
            tokio::spawn(async move { pace.ready().await })
        })
        .collect();
    tokio::task::yield_now().await;
    let paced = Arc::new(Paced::new(stub.clone(), pace.clone()));
    let health = pulse::health(&of(paced, Some(pace)), &clock).await;
    assert!(is_up(&health), "{health:?}");
    drop(busy);

    stub.is(Manners {
        health_takes: Duration::from_secs(3),
        ..Manners::default()
    });
    let health = pulse::health(&of(stub, None), &clock).await;
    assert!(matches!(&health, Health::Down { code, .. } if code == "timeout"));
}

#[tokio::test(start_paused = true)]
async fn systems_are_watched_until_the_server_stops() {
    let stub = Arc::new(Stub::new("desk", false));
    let systems = Registry::default();
    systems.put(of(stub.clone(), None));
    let stop = CancellationToken::new();
    let watched = tokio::spawn(pulse::watch(systems, Clock::machine(), stop.clone()));
    sleep(Duration::from_secs(25)).await;
    assert_eq!(stub.asked().len(), 3, "at once, after 10 s and after 20 s");
    stop.cancel();
    watched.await.expect("ends");
}
