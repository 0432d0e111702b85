//! Where the calls of a system are counted: in slots, each used again only when a second has passed.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use app::model::SystemId;
use async_trait::async_trait;
use tokio::time::Instant;

use crate::connectors::Fault;

/// A second, and what networks may take from it: the system counts when calls arrive, not when they leave.
pub const SECOND: Duration = Duration::from_millis(1_010);

/// How late a call may leave at first.
pub const GRACE: Duration = Duration::from_millis(40);

/// More slots than that are not kept: each of them is good for several calls instead.
const MOST_SLOTS: u32 = 64;

/// A budget, and how it is counted: `slots × calls` is at most `per_second`, and less by no more than a sixty-fourth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub per_second: NonZeroU32,
    pub slots: u32,
    /// The calls that a slot is good for each time it is taken.
    pub calls: u32,
}

impl Rate {
    /// So many calls in any one second.
    pub fn new(per_second: NonZeroU32) -> Self {
        let calls = per_second.get().div_ceil(MOST_SLOTS);
        Self {
            per_second,
            slots: per_second.get() / calls,
            calls,
        }
    }
}

/// What is known of a budget at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// In how long each slot may be taken, the first one first.
    pub free_in: Vec<Duration>,
    /// How many calls wait at each of the other servers without a slot of their own.
    pub behind: Vec<u32>,
    /// How many wait there with one.
    pub ahead: u32,
}

/// Counts the calls of systems for all who make them. A slot holds the last moment at which its calls may have left, and who takes it
/// again begins a second after that. So those of any slot are a second apart, over however many servers and restarts.
#[async_trait]
pub trait Tally: Send + Sync {
    /// Takes the slot that is free first, of which the calls leave within the grace after they may. Gives in how long they may;
    /// `behind`: how many wait for the next.
    ///
    /// # Errors
    /// It can't be counted now: the call must not be made.
    async fn take(
        &self,
        system: &SystemId,
        rate: Rate,
        grace: Duration,
        behind: u32,
    ) -> Result<Duration, Fault>;

    /// How the slots are, without taking one.
    ///
    /// # Errors
    /// Not known now.
    async fn seen(&self, system: &SystemId, rate: Rate) -> Result<Seen, Fault>;
}

/// The count of a process that is alone. It does not know what the one before it made, so it begins with a budget that is spent.
#[derive(Debug)]
pub struct Alone {
    begun: Instant,
    rings: Mutex<BTreeMap<SystemId, Ring>>,
}

impl Default for Alone {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            rings: Mutex::default(),
        }
    }
}

#[derive(Debug)]
struct Ring {
    rate: Rate,
    used_until: Vec<Instant>,
}

impl Alone {
    /// Does something with the slots of a system. Those of another rate are not forgotten: the new ones begin after them.
    fn with<T>(
        &self,
        system: &SystemId,
        rate: Rate,
        work: impl FnOnce(&mut Vec<Instant>) -> T,
    ) -> T {
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |after: Instant| Ring {
            rate,
            used_until: (0..rate.slots).map(|_| after).collect(),
        };
        let ring = rings.entry(system.clone());
        let ring = ring.or_insert_with(|| fresh(self.begun));
        if ring.rate != rate {
            let (now, last) = (Instant::now(), ring.used_until.iter().copied().max());
            *ring = fresh(last.map_or(now, |last| last.max(now)));
        }
        work(&mut ring.used_until)
    }
}

#[async_trait]
impl Tally for Alone {
    async fn take(
        &self,
        system: &SystemId,
        rate: Rate,
        grace: Duration,
        _: u32,
    ) -> Result<Duration, Fault> {
        let now = Instant::now();
        let wait = self.with(system, rate, |slots| {
            let first = slots.iter_mut().min()?;
            let from = (*first + SECOND).max(now);
            *first = from + grace;
            Some(from - now)
        });
        Ok(wait.unwrap_or_default())
    }

    async fn seen(&self, system: &SystemId, rate: Rate) -> Result<Seen, Fault> {
        let now = Instant::now();
        let mut slots = self.with(system, rate, |slots| slots.clone());
        slots.sort();
        let free = |used: &Instant| (*used + SECOND).saturating_duration_since(now);
        Ok(Seen {
            free_in: slots.iter().map(free).collect(),
            ..Seen::default()
        })
    }
}
