//! A rate budget: a system that allows n calls per second never gets more in any one second, from all servers together.
//!
//! Calls of this process stand in a line, first come, first served. The first in line takes a slot where all servers count
//! ([`Tally`]), and waits until then; those behind it hold nothing, so one that gives up wastes nothing.

mod paced;
mod tally;
mod watch;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use app::model::{Budget, SystemId};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::{Fault, FaultCode};

pub use paced::Paced;
pub use tally::{Alone, GRACE, Rate, SECOND, Seen, Tally};
pub use watch::{At, Watch};

/// A call that would leave later than that is not made: the store is as good as away.
const TOO_LATE: Duration = Duration::from_secs(5);

/// When calls may be made. The second slides: there is no burst at its edge.
pub struct Pace {
    system: SystemId,
    rate: Rate,
    tally: Arc<dyn Tally>,
    /// The line. First come, first served.
    line: Mutex<Head>,
    waiting: AtomicU32,
}

/// What the first in line has, and leaves to the next should it give up.
struct Head {
    slot: Option<Slot>,
    /// How late calls may leave: more where the store or this process was slow.
    grace: Duration,
}

/// A slot that was taken: its calls may leave between these, and no later.
#[derive(Debug, Clone, Copy)]
struct Slot {
    from: Instant,
    until: Instant,
    calls: u32,
}

impl Pace {
    /// So many calls of a system in any one second, counted there.
    pub fn new(system: SystemId, per_second: NonZeroU32, tally: Arc<dyn Tally>) -> Self {
        let head = Head {
            slot: None,
            grace: GRACE,
        };
        Self {
            system,
            rate: Rate::new(per_second),
            tally,
            line: Mutex::new(head),
            waiting: AtomicU32::new(0),
        }
    }

    /// Waits until a call may be made, which then has to be made at once.
    ///
    /// # Errors
    /// It could not be counted: it must not be made now.
    pub async fn ready(&self) -> Result<(), Fault> {
        let _counted = Waiting::new(&self.waiting);
        let _told = watch::Waits::begin();
        let mut head = self.line.lock().await;
        while head.grace < TOO_LATE {
            let left = head.slot.take().filter(|slot| !slot.is_over());
            let slot = match left {
                Some(slot) => slot,
                None => self.take(head.grace).await?,
            };
            head.slot = Some(slot);
            sleep_until(slot.from).await;
            head.slot = None;
            if slot.is_over() {
                // Slept too long, or was told too late: it would come too close to the one after.
                head.grace *= 2;
                continue;
            }
            head.slot = slot.rest();
            if slot.until - Instant::now() > head.grace * 3 / 4 {
                head.grace = GRACE.max(head.grace / 2);
            }
            return Ok(());
        }
        head.grace = GRACE;
        Err(Fault::retry(FaultCode::Uncounted))
    }

    async fn take(&self, grace: Duration) -> Result<Slot, Fault> {
        let behind = self.behind();
        let asked = Instant::now();
        let taken = self.tally.take(&self.system, self.rate, grace, behind);
        let wait = taken.await?;
        // It looked at its clock between being asked and answering. By the later of these the slot has begun for sure, by the
        // earlier one it is not over yet.
        Ok(Slot {
            from: Instant::now() + wait,
            until: asked + wait + grace,
            calls: self.rate.calls,
        })
    }

    /// How many wait without a slot: all but the first.
    fn behind(&self) -> u32 {
        self.waiting.load(Ordering::Acquire).saturating_sub(1)
    }

    /// What is left of the budget at this moment, and when those who wait may go.
    ///
    /// # Errors
    /// Not known now.
    pub async fn outlook(&self) -> Result<Outlook, Fault> {
        let seen = self.tally.seen(&self.system, self.rate).await?;
        // Held by the first in line, if there is one.
        let left = self.line.try_lock().ok().and_then(|head| head.slot);
        Ok(Outlook {
            rate: self.rate,
            seen,
            left: left.filter(|slot| !slot.is_over()),
            waiting: self.waiting.load(Ordering::Acquire),
        })
    }
}

impl Slot {
    fn is_over(&self) -> bool {
        Instant::now() > self.until
    }

    fn rest(self) -> Option<Self> {
        let calls = self.calls.checked_sub(1).filter(|calls| *calls > 0)?;
        Some(Self { calls, ..self })
    }
}

/// A budget at a moment.
#[derive(Debug, Clone)]
pub struct Outlook {
    rate: Rate,
    seen: Seen,
    /// A slot that somebody gave up, or that is good for more calls.
    left: Option<Slot>,
    waiting: u32,
}

impl Outlook {
    /// How long a call made now would wait, behind so many and all those that wait already. Other servers take turns with this one,
    /// and how many wait there is as old as their last call.
    pub fn wait(&self, before: u32) -> Duration {
        let mine = self.waiting.saturating_sub(1).saturating_add(before);
        let of_another = |theirs: &u32| (*theirs).min(mine.saturating_add(1));
        let theirs = self.seen.behind.iter().map(of_another);
        let mut before = theirs.fold(mine, u32::saturating_add);
        if let Some(left) = self.left {
            if before < left.calls {
                return left.from.saturating_duration_since(Instant::now());
            }
            before -= left.calls;
        }
        let at = before / self.rate.calls;
        let (rounds, place) = (at / self.rate.slots, at % self.rate.slots);
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let free = self.seen.free_in.get(place).copied().unwrap_or(SECOND);
        free + (SECOND + GRACE).saturating_mul(rounds)
    }

    /// As staff see it.
    pub fn budget(&self) -> Budget {
        let unused = self.seen.free_in.iter().filter(|wait| wait.is_zero());
        let unused = u32::try_from(unused.count()).unwrap_or(u32::MAX);
        let left = self.left.filter(|slot| slot.from <= Instant::now());
        let free = unused.saturating_mul(self.rate.calls);
        let theirs = self.seen.behind.iter().copied();
        let theirs = theirs.fold(self.seen.ahead, u32::saturating_add);
        let waiting = self.waiting.saturating_add(theirs);
        Budget {
            per_second: self.rate.per_second.get(),
            free: free
                .saturating_add(left.map_or(0, |slot| slot.calls))
                .saturating_sub(waiting),
            waiting,
            wait: u32::try_from(self.wait(0).as_millis()).unwrap_or(u32::MAX),
        }
    }
}

/// Counts who waits, also if the waiting is given up.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicU32) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests;
