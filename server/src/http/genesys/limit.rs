//! Rate limits: so many calls a minute per client and per token, fewer for `/gdpr/`. In memory, so per process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use app::model::Millis;

use super::error::ApiError;

/// Calls a minute. Calls may come in one burst of that many, then evenly.
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
    /// The instant (µs) at which nothing counts any more; each call moves it by a minute's share.
    free_at: Mutex<HashMap<(Scope, String), i64>>,
}

const MINUTE: i64 = 60_000_000;
/// Above this many entries, those that count nothing are forgotten.
const MANY: usize = 10_000;

impl Limits {
    pub fn new(rates: Rates) -> Self {
        Self {
            rates,
            free_at: Mutex::default(),
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
        let now = now.saturating_mul(1000);
        let mut all = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > MANY {
            all.retain(|_, free_at| *free_at > now);
        }
        let mut wait = 0;
        let mut after = Vec::with_capacity(scopes.len());
        for (scope, who, rate) in scopes {
            let rate = rate.max(1);
            let share = MINUTE / i64::from(rate);
            let key = (scope, who.to_owned());
            let before = all.get(&key).copied().unwrap_or(now).max(now);
            wait = wait.max(before + share - now - MINUTE);
            after.push((key, before, share, rate));
        }
        let allowed = wait <= 0;
        let mut nearest = self.untouched();
        for (key, before, share, rate) in after {
            let free_at = if allowed { before + share } else { before };
            let standing = standing(free_at - now, share, rate);
            if standing.left() <= nearest.left() {
                nearest = standing;
            }
            all.insert(key, free_at);
        }
        let verdict = if allowed {
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

fn standing(busy: i64, share: i64, rate: u32) -> Standing {
    let count =
        u32::try_from(busy.max(0).div_euclid(share) + i64::from(busy.max(0).rem_euclid(share) > 0));
    Standing {
        count: count.unwrap_or(rate).min(rate),
        allowed: rate,
        reset: seconds(busy.max(0)),
    }
}

/// Microseconds in whole seconds, rounded up.
fn seconds(micros: i64) -> u32 {
    u32::try_from((micros + 999_999) / 1_000_000).unwrap_or(u32::MAX)
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
        assert_eq!(verdict.expect_err("too many").retry_after, Some(1));
        assert!(limits.take("c", "t", false, 999).1.is_err());
        assert!(limits.take("c", "t", false, 1000).1.is_ok());
        assert!(limits.take("c", "t", false, 1000).1.is_err());
        assert!(limits.take("other", "u", false, 1000).1.is_ok());
    }

    #[test]
    fn the_gdpr_limit_is_stricter_and_leaves_the_rest_alone() {
        let limits = limits();
        for _ in 0..6 {
            assert!(limits.take("c", "t", true, 0).1.is_ok());
        }
        let (standing, verdict) = limits.take("c", "t", true, 0);
        assert_eq!(standing.allowed, 6);
        assert_eq!(verdict.expect_err("too many").retry_after, Some(10));
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
