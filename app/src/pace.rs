//! What browser and server agree on about following changes, and how patiently the browser tries again.

/// The header in which a page that is fetched again names the stream that told of a change.
pub(crate) const FOLLOWED: &str = "x-followed";

/// How long to wait, in milliseconds, before try `n` (from 0) to open a stream again: 1, 2, 4 … 30 seconds.
#[cfg(any(feature = "hydrate", test))]
pub(crate) fn back_off(n: u32) -> i32 {
    2_i32.saturating_pow(n).min(30) * 1_000
}

/// How long to wait, in milliseconds, for other changes to come along with the first: a fifth of a second, or ten times what the last
/// change kept the page busy for. So a large page on a slow phone stays at the service of who holds it.
#[cfg(any(feature = "hydrate", test))]
pub(crate) fn coalesce(busy: f64) -> i32 {
    let tenfold = (busy * 10.0).clamp(200.0, 2_000.0);
    #[expect(clippy::cast_possible_truncation, reason = "between the two")]
    let wait = tenfold as i32;
    wait
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_take_a_tenth_of_the_time_at_most_and_wait_two_seconds_at_most() {
        assert_eq!(
            [0.0, 19.9, 50.0, 900.0].map(coalesce),
            [200, 200, 500, 2_000]
        );
    }

    #[test]
    fn waiting_grows_to_half_a_minute() {
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 40].map(back_off),
            [1, 2, 4, 8, 16, 30, 30].map(|s| s * 1_000)
        );
    }
}
