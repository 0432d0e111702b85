//! Time and randomness, injected: nothing else asks the machine for either.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use app::model::Millis;
use uuid::ContextV7;

/// Counts the ids of a millisecond.
static SEQUENCE: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// Where time and randomness come from.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    Machine,
    /// Stands still until a test moves it.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's own.
    pub fn machine() -> Self {
        Self(Source::Machine)
    }

    /// One that stands at `now` until moved by [`Self::advance`]; for tests.
    pub fn set_to(now: Millis) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(now))))
    }

    /// The instant.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    pub fn now(&self) -> Millis {
        match &self.0 {
            Source::Set(now) => now.load(Ordering::SeqCst),
            Source::Machine => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| {
                    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
                }),
        }
    }

    /// Moves a clock that was set; the machine's can't be moved.
    pub fn advance(&self, millis: Millis) {
        if let Source::Set(now) = &self.0 {
            now.fetch_add(millis, Ordering::SeqCst);
        }
    }

    /// A new id, in order of time and, within a millisecond, in the order in which they were made here: UUID v7.
    pub fn id(&self) -> String {
        let now = u64::try_from(self.now()).unwrap_or(0);
        let seconds = now / 1000;
        let nanos = u32::try_from(now % 1000).unwrap_or(0) * 1_000_000;
        let stamp = uuid::Timestamp::from_unix(&SEQUENCE, seconds, nanos);
        uuid::Uuid::new_v7(stamp).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_time() {
        let clock = Clock::set_to(1_700_000_000_000);
        let first = clock.id();
        clock.advance(1);
        assert!(first < clock.id());
    }

    #[test]
    fn ids_of_one_millisecond_follow_one_another() {
        let clock = Clock::set_to(1_700_000_000_000);
        let ids: Vec<_> = (0..1_000).map(|_| clock.id()).collect();
        assert!(ids.is_sorted_by(|one, other| one < other));
    }
}
