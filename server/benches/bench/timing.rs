//! How long things take, and how these times are spread.

use std::future::Future;
use std::time::{Duration, Instant};

/// Times of one thing done many times.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// Does it once more, and notes how long it took.
    pub(crate) async fn of<T>(&mut self, work: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let done = work.await;
        self.0.push(began.elapsed());
        done
    }

    /// The time that so many per cent stay within: the nearest rank, never interpolated.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// E.g. `p50 0.21 ms, p99 0.80 ms`.
    pub(crate) fn spread(&self, high: usize) -> String {
        format!(
            "p50 {}, p{high} {}",
            ms(self.median()),
            ms(self.percentile(high))
        )
    }
}

/// E.g. `0.21 ms`.
pub(crate) fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 {
        format!("{ms:.2} ms")
    } else {
        format!("{ms:.0} ms")
    }
}

/// How many times one time is another.
pub(crate) fn ratio(time: Duration, floor: Duration) -> f64 {
    time.as_secs_f64() / floor.as_secs_f64().max(f64::MIN_POSITIVE)
}
