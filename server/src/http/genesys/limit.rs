//! Rate limits: so many calls a minute per client and per token, fewer for `/gdpr/`. In memory, so per process.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use app::model::Millis;

use super::error::ApiError;

/// Calls in any one minute, however they are spread over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    pub client: u32,
    pub token: u32,
    /// Of a client, under `/api/v2/gdpr/`.
    pub gdpr: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            client: 180,
            token: 300,
            gdpr: 60,
        }
    }
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Scope {
    Client,
    Token,
    Gdpr,
}

/// How a caller stands with the limit that is nearest; the `inin-ratelimit-*` headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Calls that count now.
    pub count: u32,
    pub allowed: u32,
    /// Seconds until none counts any more.
    pub reset: u32,
}

/// All callers' counts.
#[derive(Debug)]
pub struct Limits {
    rates: Rates,
    /// The instants of the calls of the last minute, oldest first.
    calls: Mutex<HashMap<(Scope, String), VecDeque<Millis>>>,
}

const MINUTE: Millis = 60_000;
/// Above this many entries, those that count nothing are forgotten.
const MANY: usize = 10_000;

impl Limits {
    pub fn new(rates: Rates) -> Self {
        Self {
            rates,
            calls: Mutex::default(),
        }
    }

    /// How somebody stands who has called nothing.
    pub fn untouched(&self) -> Standing {
        Standing {
            count: 0,
            allowed: self.rates.client.max(1),
            reset: 0,
        }
    }

    /// Counts one call if every limit allows it; else none, and says when the last of them will.
    pub fn take(
        &self,
        client: &str,
        token: &str,
        gdpr: bool,
        now: Millis,
    ) -> (Standing, Result<(), ApiError>) {
        let mut scopes = vec![
            (Scope::Client, client, self.rates.client),
            (Scope::Token, token, self.rates.token),
        ];
        if gdpr {
            scopes.push((Scope::Gdpr, client, self.rates.gdpr));
        }
        let mut all = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > MANY {
            all.retain(|_, calls| calls.back().is_some_and(|last| now - last < MINUTE));
        }
        let mut wait = 0;
        for (scope, who, rate) in &scopes {
            let calls = all.entry((*scope, (*who).to_owned())).or_default();
            forget(calls, now);
            wait = wait.max(wait_of(calls, *rate, now));
        }
        let mut nearest = self.untouched();
        for (scope, who, rate) in scopes {
            let calls = all.entry((scope, who.to_owned())).or_default();
            if wait == 0 {
                calls.push_back(now);
            }
            let standing = standing(calls, rate, now);
            if standing.left() <= nearest.left() {
                nearest = standing;
            }
        }
        let verdict = if wait == 0 {
            Ok(())
        } else {
            Err(ApiError::too_many(seconds(wait)))
        };
        (nearest, verdict)
    }
}

impl Standing {
    fn left(&self) -> u32 {
        self.allowed.saturating_sub(self.count)
    }
}

/// Drops what is older than a minute. A call of the future (the clock was set back) counts as one of now: else it would count
/// until that future has passed.
fn forget(calls: &mut VecDeque<Millis>, now: Millis) {
    for call in calls.iter_mut().rev().take_while(|call| **call > now) {
        *call = now;
    }
    while calls.front().is_some_and(|first| now - first >= MINUTE) {
        calls.pop_front();
    }
}

/// How long it takes until one more call is allowed; at most a minute.
fn wait_of(calls: &VecDeque<Millis>, rate: u32, now: Millis) -> Millis {
    let rate = usize::try_from(rate.max(1)).unwrap_or(usize::MAX);
    let in_the_way = calls.len().checked_sub(rate).and_then(|at| calls.get(at));
    in_the_way.map_or(0, |call| call + MINUTE - now)
}

fn standing(calls: &VecDeque<Millis>, rate: u32, now: Millis) -> Standing {
    Standing {
        count: u32::try_from(calls.len()).unwrap_or(u32::MAX),
        allowed: rate.max(1),
        reset: calls.back().map_or(0, |last| seconds(last + MINUTE - now)),
    }
}

/// Milliseconds in whole seconds, rounded up.
fn seconds(millis: Millis) -> u32 {
    u32::try_from((millis + 999) / 1000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits::new(Rates {
            client: 60,
            token: 100,
            gdpr: 6,
        })
    }

    #[test]
    fn a_burst_of_a_minutes_calls_passes_and_the_next_waits_as_long_as_it_is_told() {
        let limits = limits();
        for n in 1..=60 {
            let (standing, verdict) = limits.take("c", "t", false, 0);
            assert_eq!((standing.count, verdict), (n, Ok(())));
        }
        let (standing, verdict) = limits.take("c", "t", false, 0);
        assert_eq!(
            standing,
            Standing {
                count: 60,
                allowed: 60,
                reset: 60
            }
        );
        assert_eq!(verdict.expect_err("too many").retry_after, Some(60));
        let (_, verdict) = limits.take("c", "t", false, 59_999);
        assert_eq!(verdict.expect_err("too many").retry_after, Some(1));
        assert!(limits.take("other", "u", false, 59_999).1.is_ok());
        assert!(limits.take("c", "t", false, 60_000).1.is_ok());
    }

    #[test]
    fn no_minute_has_more_calls_than_are_allowed() {
        let limits = limits();
        let mut passed = Vec::new();
        // A burst, then three calls a second, for three minutes.
        let times = std::iter::repeat_n(0, 100).chain((0..540).map(|n| n * 333));
        for now in times {
            if limits.take("c", "t", false, now).1.is_ok() {
                passed.push(now);
            }
        }
        for from in &passed {
            let minute = *from..*from + MINUTE;
            let calls = passed.iter().filter(|at| minute.contains(at)).count();
            assert!(calls <= 60, "{calls} calls from {from}");
        }
        assert_eq!(passed.len(), 180, "and as many as are allowed");
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait_for_more_than_a_minute() {
        let limits = limits();
        for _ in 0..60 {
            limits.take("c", "t", false, 3_600_000).1.expect("allowed");
        }
        let (standing, verdict) = limits.take("c", "t", false, 0);
        assert_eq!(verdict.expect_err("too many").retry_after, Some(60));
        assert_eq!(standing.reset, 60);
        assert!(limits.take("c", "t", false, 60_000).1.is_ok());
    }

    #[test]
    fn the_gdpr_limit_is_stricter_and_leaves_the_rest_alone() {
        let limits = limits();
        for _ in 0..6 {
            assert!(limits.take("c", "t", true, 0).1.is_ok());
        }
        let (standing, verdict) = limits.take("c", "t", true, 0);
        assert_eq!(standing.allowed, 6);
        assert_eq!(verdict.expect_err("too many").retry_after, Some(60));
        let (standing, verdict) = limits.take("c", "t", false, 0);
        assert!(verdict.is_ok());
        assert_eq!(standing.count, 7, "a refused call counts for nothing");
    }

    #[test]
    fn an_idle_minute_frees_everything() {
        let limits = limits();
        for _ in 0..60 {
            limits.take("c", "t", false, 0).1.expect("allowed");
        }
        let (standing, _) = limits.take("c", "t", false, 60_000);
        assert_eq!(standing.count, 1);
    }
}
