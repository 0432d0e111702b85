//! What browser and server agree on about following changes, and how patiently the browser tries again.

/// The header in which a page that is fetched again names the stream that told of a change.
pub(crate) const FOLLOWED: &str = "x-followed";

/// How long to wait, in milliseconds, before try `n` (from 0) to open a stream again: 1, 2, 4 … 30 seconds.
#[cfg(any(feature = "hydrate", test))]
pub(crate) fn back_off(n: u32) -> i32 {
    2_i32.saturating_pow(n).min(30) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_to_half_a_minute() {
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 40].map(back_off),
            [1, 2, 4, 8, 16, 30, 30].map(|s| s * 1_000)
        );
    }
}
