//! The budget holds in any second, whoever gives up, oversleeps, starts anew or shares it.

use async_trait::async_trait;
use futures::future::join_all;

use super::*;

/// How long a slot is out of use.
const WINDOW: Duration = SECOND.saturating_add(GRACE);

fn rate(per_second: u32) -> NonZeroU32 {
    NonZeroU32::new(per_second).expect("not zero")
}

fn pace(per_second: u32) -> Pace {
    beside(&(Arc::new(Alone::default()) as Arc<dyn Tally>), per_second)
}

/// Another that counts where these do.
fn beside(tally: &Arc<dyn Tally>, per_second: u32) -> Pace {
    let system = SystemId::parse("desk").expect("an id");
    Pace::new(system, rate(per_second), Arc::clone(tally))
}

async fn wait(pace: &Pace) -> Duration {
    pace.outlook().await.expect("known").wait(0)
}

async fn budget(pace: &Pace) -> Budget {
    pace.outlook().await.expect("known").budget()
}

/// Whether no second has more calls than that.
fn kept(mut made: Vec<Instant>, per_second: usize) {
    made.sort();
    for window in made.windows(per_second + 1) {
        let took = window[per_second] - window[0];
        assert!(took >= SECOND, "{} calls in {took:?}", per_second + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_calls_never_exceed_the_budget_in_any_second() {
    let pace = pace(5);
    let calls = (0..1000u64).map(|n| {
        let pace = &pace;
        async move {
            tokio::time::sleep(Duration::from_millis(n * 7 % 3000)).await;
            pace.ready().await.expect("counted");
            Instant::now()
        }
    });
    let mut made = join_all(calls).await;
    made.sort();
    let took = made[999] - made[0];
    assert!(took < 203 * WINDOW, "no slower than the budget: {took:?}");
    kept(made, 5);
}

#[tokio::test(start_paused = true)]
async fn the_wait_is_known_before_the_call() {
    let pace = pace(2);
    tokio::time::advance(WINDOW).await;
    assert_eq!(wait(&pace).await, Duration::ZERO);
    pace.ready().await.expect("counted");
    tokio::time::advance(Duration::from_millis(300)).await;
    assert_eq!(wait(&pace).await, Duration::ZERO);
    pace.ready().await.expect("counted");
    assert_eq!(wait(&pace).await, Duration::from_millis(750));
    let (mut one, mut two) = (Box::pin(pace.ready()), Box::pin(pace.ready()));
    assert!(futures::poll!(&mut one).is_pending() && futures::poll!(&mut two).is_pending());
    assert_eq!(
        wait(&pace).await,
        Duration::from_millis(1800),
        "behind two that wait"
    );
    drop(two);
    assert_eq!(wait(&pace).await, WINDOW, "one gave up");
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_the_budget_is_told_and_what_was_given_up_is_left() {
    let pace = pace(2);
    let is = |free, waiting, wait| Budget {
        per_second: 2,
        free,
        waiting,
        wait,
    };
    assert_eq!(budget(&pace).await, is(0, 0, 1_010), "just started");
    tokio::time::advance(WINDOW).await;
    assert_eq!(budget(&pace).await, is(2, 0, 0));
    pace.ready().await.expect("counted");
    assert_eq!(budget(&pace).await, is(1, 0, 0));
    tokio::time::advance(Duration::from_millis(300)).await;
    pace.ready().await.expect("counted");
    let mut waits = Box::pin(pace.ready());
    assert!(futures::poll!(&mut waits).is_pending());
    assert_eq!(budget(&pace).await, is(0, 1, 1_050));
    drop(waits);
    tokio::time::advance(Duration::from_millis(750)).await;
    assert_eq!(
        budget(&pace).await,
        is(1, 0, 0),
        "the first is a window old"
    );
    let begun = Instant::now();
    pace.ready().await.expect("counted");
    assert_eq!(
        begun.elapsed(),
        Duration::ZERO,
        "the slot that was given up"
    );
}

#[tokio::test(start_paused = true)]
async fn a_restart_does_not_double_the_budget() {
    let mut made = Vec::new();
    for _ in 0..3 {
        let pace = pace(5);
        for _ in 0..7 {
            pace.ready().await.expect("counted");
            made.push(Instant::now());
        }
    }
    kept(made, 5);
}

#[tokio::test(start_paused = true)]
async fn a_system_that_is_described_anew_goes_on_with_what_was_made() {
    let tally: Arc<dyn Tally> = Arc::new(Alone::default());
    let old = beside(&tally, 5);
    let old_too = async {
        let mut made = Vec::new();
        for _ in 0..12 {
            old.ready().await.expect("counted");
            made.push(Instant::now());
        }
        made
    };
    let anew = |per_second| {
        let pace = beside(&tally, per_second);
        async move {
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            let mut made = Vec::new();
            for _ in 0..12 {
                pace.ready().await.expect("counted");
                made.push(Instant::now());
            }
            made
        }
    };
    let (mut made, new, less) = tokio::join!(old_too, anew(5), anew(3));
    made.extend(new);
    made.extend(less);
    kept(made, 5);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_overslept_its_turn_does_not_come_too_close_to_the_next() {
    let pace = pace(1);
    tokio::time::advance(WINDOW).await;
    pace.ready().await.expect("counted");
    let mut late = Box::pin(pace.ready());
    assert!(futures::poll!(&mut late).is_pending());
    // As if the process had been frozen.
    tokio::time::advance(Duration::from_secs(5)).await;
    late.await.expect("counted");
    let made = Instant::now();
    pace.ready().await.expect("counted");
    kept(vec![made, Instant::now()], 1);
}

/// A count that is asked over a slow line.
struct Slow(Alone, Duration);

#[async_trait]
impl Tally for Slow {
    async fn take(
        &self,
        system: &SystemId,
        rate: Rate,
        grace: Duration,
        behind: u32,
    ) -> Result<Duration, Fault> {
        // The answer is on its way for this long.
        let taken = self.0.take(system, rate, grace, behind).await;
        tokio::time::sleep(self.1).await;
        taken
    }

    async fn seen(&self, system: &SystemId, rate: Rate) -> Result<Seen, Fault> {
        self.0.seen(system, rate).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_store_makes_calls_slow_but_never_too_many() {
    let tally: Arc<dyn Tally> = Arc::new(Slow(Alone::default(), Duration::from_millis(150)));
    let (one, two) = (beside(&tally, 5), beside(&tally, 5));
    let calls = (0..40).map(|n| {
        let pace = if n % 2 == 0 { &one } else { &two };
        async {
            pace.ready().await.expect("counted");
            Instant::now()
        }
    });
    let begun = Instant::now();
    kept(join_all(calls).await, 5);
    assert!(begun.elapsed() < Duration::from_secs(15));

    let tally: Arc<dyn Tally> = Arc::new(Slow(Alone::default(), Duration::from_secs(4)));
    let why = beside(&tally, 5).ready().await;
    assert_eq!(why, Err(Fault::retry(FaultCode::Uncounted)));
}

#[tokio::test(start_paused = true)]
async fn a_large_budget_takes_no_room_and_is_used() {
    for per_second in [64, 65, 100, 1_000, 4_321] {
        let pace = pace(per_second);
        assert!(pace.rate.slots <= 64);
        let calls = (0..3 * per_second).map(|_| async {
            pace.ready().await.expect("counted");
            Instant::now()
        });
        let begun = Instant::now();
        let made = join_all(calls).await;
        assert!(
            begun.elapsed() < 5 * WINDOW,
            "{per_second}: {:?}",
            begun.elapsed()
        );
        kept(made, per_second as usize);
    }
    let pace = pace(u32::MAX);
    tokio::time::timeout(WINDOW * 2, pace.ready())
        .await
        .expect("free")
        .expect("counted");
}
