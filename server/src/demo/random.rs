//! Reproducible randomness for the sample: splitmix64, keyed by seed, place and number. Not for secrets.

/// A stream of numbers that depends on nothing but what it was made of.
pub(super) struct Random(u64);

impl Random {
    /// The stream of one thing: `place` says what is drawn, `number` for whom.
    pub(super) fn of(seed: u64, place: &str, number: u64) -> Self {
        let mut random = Self(seed);
        for byte in place.bytes() {
            random.0 = random.next() ^ u64::from(byte);
        }
        random.0 = random.next() ^ number;
        Self(random.next())
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `limit`; 0 if `limit` is.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// A number between both, including both.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True so many times in a hundred.
    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of the list, which is not empty.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// A UUID in its usual form, marked as random (version 4).
    pub(super) fn uuid(&mut self) -> String {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        uuid::Builder::from_random_bytes(bits.to_be_bytes())
            .into_uuid()
            .to_string()
    }

    /// So many decimal digits, the first not 0.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|place| char::from(b'0' + self.between(u64::from(place == 0), 9) as u8))
            .collect()
    }

    /// An instant of the three years before 2026-10-01, in milliseconds UTC.
    pub(super) fn instant(&mut self) -> i64 {
        const END: i64 = 1_790_812_800_000;
        const THREE_YEARS: u64 = 3 * 365 * 86_400;
        END - 1_000 * self.below(THREE_YEARS) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_seed_place_and_number_only() {
        let draw = |seed, place, number| Random::of(seed, place, number).next();
        assert_eq!(draw(1, "a", 1), draw(1, "a", 1));
        assert_ne!(draw(1, "a", 1), draw(2, "a", 1));
        assert_ne!(draw(1, "a", 1), draw(1, "b", 1));
        assert_ne!(draw(1, "a", 1), draw(1, "a", 2));
    }

    #[test]
    fn draws_stay_in_their_bounds_and_reach_them() {
        let mut random = Random::of(7, "bounds", 0);
        let drawn: Vec<u64> = (0..1_000).map(|_| random.between(3, 6)).collect();
        assert_eq!(
            (drawn.iter().min(), drawn.iter().max()),
            (Some(&3), Some(&6))
        );
        assert!((0..100).all(|_| !random.percent(0) && random.percent(100)));
        assert!(random.digits(16).starts_with(|c| c != '0'));
    }

    #[test]
    fn a_uuid_is_of_version_4() {
        let text = Random::of(7, "uuid", 0).uuid();
        let parsed = uuid::Uuid::parse_str(&text).unwrap();
        assert_eq!(parsed.get_version_num(), 4);
    }
}
