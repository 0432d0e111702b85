//! A rate budget: a system that allows n calls per second never gets more in any one second.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use app::model::{
    Budget, CollectionName, Identifier, IdentifierKind, Inventory, Replacement, Subject, SubjectKey,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{
    Call, Connector, Erased, Erasure, Fault, Operation, Outcome, Repeat, Salt, Sink, Trace, Whose,
};

/// A second, and what clocks and networks may take from it: the system counts when calls arrive, not when they leave.
const WINDOW: Duration = Duration::from_millis(1_050);

/// When calls may be made. The window slides: there is no burst at its edge. Nor at its beginning: a process that was started
/// anew does not know what the one before it made, so it takes the whole budget as spent just now.
#[derive(Debug)]
pub struct Pace {
    per_second: usize,
    /// When calls were last made that are not in `made`.
    begun: Instant,
    /// When the last calls were made, the oldest first; no more than `per_second`.
    made: StdMutex<VecDeque<Instant>>,
    /// Whose turn it is to wait. First come, first served.
    turn: Mutex<()>,
    waiting: AtomicUsize,
}

impl Pace {
    /// So many calls in any one second.
    pub fn new(per_second: NonZeroU32) -> Self {
        let per_second = usize::try_from(per_second.get()).unwrap_or(usize::MAX);
        let (made, turn, waiting) = (StdMutex::default(), Mutex::new(()), AtomicUsize::new(0));
        Self {
            per_second,
            begun: Instant::now(),
            made,
            turn,
            waiting,
        }
    }

    /// Waits until a call may be made, and counts it as made.
    pub async fn ready(&self) {
        let _counted = Waiting::new(&self.waiting);
        let _turn = self.turn.lock().await;
        tokio::time::sleep_until(self.after(0)).await;
        let mut made = self.made();
        if made.len() == self.per_second {
            made.pop_front();
        }
        made.push_back(Instant::now());
    }

    /// How long a call made now would wait, behind all those that wait already; `None` if not at all.
    pub fn next_free(&self) -> Option<Duration> {
        let free = self.after(self.waiting.load(Ordering::Acquire));
        Some(free.saturating_duration_since(Instant::now())).filter(|wait| !wait.is_zero())
    }

    /// What is left of the budget at this moment.
    pub fn budget(&self) -> Budget {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (waiting, now) = (self.waiting.load(Ordering::Acquire), Instant::now());
        let is_over = |made: &Instant| *made + WINDOW <= now;
        let free = {
            let made = self.made();
            let unused = self.per_second - made.len();
            let over = made.iter().filter(|made| is_over(made)).count();
            over + if is_over(&self.begun) { unused } else { 0 }
        };
        let wait = self.next_free().unwrap_or_default().as_millis();
        Budget {
            per_second: count(self.per_second),
            free: count(free.saturating_sub(waiting)),
            waiting: count(waiting),
            wait: u32::try_from(wait).unwrap_or(u32::MAX),
        }
    }

    /// When a call is free that has so many before it.
    fn after(&self, before: usize) -> Instant {
        let made = self.made();
        // The call that must be a window old: `per_second` places before this one, counting those that wait.
        let (rounds, place) = (before / self.per_second, before % self.per_second);
        let missing = self.per_second - made.len();
        let at = place.checked_sub(missing).and_then(|at| made.get(at));
        let rounds = WINDOW * u32::try_from(rounds).unwrap_or(u32::MAX);
        (*at.unwrap_or(&self.begun) + WINDOW).max(Instant::now()) + rounds
    }

    fn made(&self) -> std::sync::MutexGuard<'_, VecDeque<Instant>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts who waits, also if the waiting is given up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A connector that keeps its pace: every call waits for its turn.
pub struct Paced {
    inner: Arc<dyn Connector>,
    pace: Arc<Pace>,
}

impl Paced {
    /// Gives a connector a pace.
    pub fn new(inner: Arc<dyn Connector>, pace: Arc<Pace>) -> Self {
        Self { inner, pace }
    }
}

#[async_trait]
impl Connector for Paced {
    fn inventory(&self) -> &Inventory {
        self.inner.inventory()
    }

    fn resolves(&self) -> &[IdentifierKind] {
        self.inner.resolves()
    }

    fn is_home_of(&self, key: &SubjectKey) -> bool {
        self.inner.is_home_of(key)
    }

    fn repeat(&self, operation: Operation) -> Repeat {
        self.inner.repeat(operation)
    }

    async fn health(&self) -> Result<(), Fault> {
        self.pace.ready().await;
        self.inner.health().await
    }

    fn search<'a>(&'a self, identifier: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>> {
        let begun = async {
            self.pace.ready().await;
            self.inner.search(identifier)
        };
        stream::once(begun).flatten().boxed()
    }

    async fn resolve(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault> {
        self.pace.ready().await;
        self.inner.resolve(key).await
    }

    async fn merge_set(&self, key: &SubjectKey) -> Result<Vec<Subject>, Fault> {
        self.pace.ready().await;
        self.inner.merge_set(key).await
    }

    async fn preview(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
    ) -> Result<u64, Fault> {
        self.pace.ready().await;
        self.inner
            .preview(key, collection, operation, replacements)
            .await
    }

    async fn trace(
        &self,
        whose: Whose<'_>,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
        salt: &Salt,
    ) -> Result<Trace, Fault> {
        self.pace.ready().await;
        self.inner
            .trace(whose, collection, operation, replacements, salt)
            .await
    }

    fn holds_files(&self) -> bool {
        self.inner.holds_files()
    }

    async fn bytes(&self, key: &SubjectKey, collection: &CollectionName) -> Result<u64, Fault> {
        self.pace.ready().await;
        self.inner.bytes(key, collection).await
    }

    async fn export(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        self.pace.ready().await;
        self.inner.export(call, key, collection, sink).await
    }

    async fn update(
        &self,
        call: &Call,
        whose: Whose<'_>,
        collection: &CollectionName,
        replacements: &[Replacement],
    ) -> Result<Outcome, Fault> {
        self.pace.ready().await;
        self.inner
            .update(call, whose, collection, replacements)
            .await
    }

    async fn delete(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<Outcome, Fault> {
        self.pace.ready().await;
        self.inner.delete(call, key, collection).await
    }

    fn at_once(&self) -> bool {
        self.inner.at_once()
    }

    async fn erase(
        &self,
        call: &Call,
        whose: Whose<'_>,
        of: &[Erasure<'_>],
        salt: &Salt,
    ) -> Erased {
        self.pace.ready().await;
        self.inner.erase(call, whose, of, salt).await
    }

    async fn verify(&self, whose: Whose<'_>, collection: &CollectionName) -> Result<u64, Fault> {
        self.pace.ready().await;
        self.inner.verify(whose, collection).await
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    fn pace(per_second: u32) -> Pace {
        Pace::new(NonZeroU32::new(per_second).expect("not zero"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_calls_never_exceed_the_budget_in_any_second() {
        let pace = pace(5);
        let calls = (0..1000u64).map(|n| {
            let pace = &pace;
            async move {
                tokio::time::sleep(Duration::from_millis(n * 7 % 3000)).await;
                pace.ready().await;
                Instant::now()
            }
        });
        let mut made = join_all(calls).await;
        made.sort();
        for window in made.windows(6) {
            assert!(
                window[5] - window[0] >= WINDOW,
                "six calls in {:?}",
                window[5] - window[0]
            );
        }
        let took = made[999] - made[0];
        assert!(
            took < 203 * WINDOW,
            "and no slower than the budget: {took:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_is_known_before_the_call() {
        let pace = pace(2);
        tokio::time::advance(WINDOW).await;
        assert_eq!(pace.next_free(), None);
        pace.ready().await;
        tokio::time::advance(Duration::from_millis(300)).await;
        assert_eq!(pace.next_free(), None);
        pace.ready().await;
        assert_eq!(pace.next_free(), Some(Duration::from_millis(750)));
        let (mut one, mut two) = (Box::pin(pace.ready()), Box::pin(pace.ready()));
        assert!(futures::poll!(&mut one).is_pending() && futures::poll!(&mut two).is_pending());
        assert_eq!(
            pace.next_free(),
            Some(Duration::from_millis(1800)),
            "behind two that wait"
        );
        drop(two);
        assert_eq!(pace.next_free(), Some(WINDOW), "one gave up");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_of_the_budget_is_told() {
        let pace = pace(2);
        let is = |free, waiting, wait| Budget {
            per_second: 2,
            free,
            waiting,
            wait,
        };
        assert_eq!(pace.budget(), is(0, 0, 1_050), "just started");
        tokio::time::advance(WINDOW).await;
        assert_eq!(pace.budget(), is(2, 0, 0));
        pace.ready().await;
        assert_eq!(pace.budget(), is(1, 0, 0));
        tokio::time::advance(Duration::from_millis(300)).await;
        pace.ready().await;
        let mut waits = Box::pin(pace.ready());
        assert!(futures::poll!(&mut waits).is_pending());
        assert_eq!(pace.budget(), is(0, 1, 1_050));
        drop(waits);
        tokio::time::advance(Duration::from_millis(750)).await;
        assert_eq!(pace.budget(), is(1, 0, 0), "the first is a window old");
    }

    #[tokio::test(start_paused = true)]
    async fn a_restart_does_not_double_the_budget() {
        let mut made = Vec::new();
        for _ in 0..3 {
            let pace = pace(5);
            for _ in 0..7 {
                pace.ready().await;
                made.push(Instant::now());
            }
        }
        for window in made.windows(6) {
            let second = Duration::from_secs(1);
            assert!(
                window[5] - window[0] > second,
                "{:?}",
                window[5] - window[0]
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_largest_budget_takes_no_room() {
        let pace = pace(u32::MAX);
        tokio::time::timeout(WINDOW * 2, pace.ready())
            .await
            .expect("free");
    }
}
