//! Digits that take the place of a person's values: by chance, under a key, or by a plain hash.

use zeroize::Zeroizing;

use super::{Keys, hex, mac, random, sha256};

/// How many hex digits there are of each.
pub const DIGITS: usize = 20;

/// Makes them. Whoever is handed this sees no other key.
#[derive(Clone)]
pub struct Masks {
    key: Zeroizing<[u8; 64]>,
}

impl std::fmt::Debug for Masks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Masks(…)")
    }
}

impl Keys {
    /// What masks values, under a key that is used for nothing else.
    pub fn masks(&self) -> Masks {
        Masks {
            key: self.masking.clone(),
        }
    }
}

impl Masks {
    /// Under a key that nobody keeps.
    pub fn unkept() -> Self {
        Self {
            key: Zeroizing::new(random()),
        }
    }

    /// Others each time.
    pub fn by_chance(&self) -> String {
        hex(&random::<{ DIGITS / 2 }>())
    }

    /// The same for the same value, as long as the key lives.
    pub fn keyed(&self, value: &[u8]) -> String {
        beginning(hex(&mac(&self.key, value)))
    }

    /// The same for the same value, for everybody.
    pub fn hashed(&self, value: &[u8]) -> String {
        beginning(sha256(value))
    }
}

fn beginning(mut digits: String) -> String {
    digits.truncate(DIGITS);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(by: u8) -> Keys {
        let secret = std::array::from_fn(|i| (i as u8).wrapping_mul(by));
        Keys::new(&secret).expect("strong enough")
    }

    #[test]
    fn a_key_makes_the_same_of_the_same_and_another_key_makes_another() {
        let masks = keys(7).masks();
        let anna = masks.keyed(b"anna@example.org");
        assert_eq!(anna, keys(7).masks().keyed(b"anna@example.org"));
        assert_eq!(anna.len(), DIGITS);
        assert_ne!(anna, masks.keyed(b"Anna@example.org"));
        assert_ne!(anna, keys(9).masks().keyed(b"anna@example.org"));
        assert_ne!(anna, Masks::unkept().keyed(b"anna@example.org"));
        assert_ne!(anna, masks.hashed(b"anna@example.org"));
        // Looked up under another key: who sees one can't tell the other.
        assert!(!keys(7).index("", "anna@example.org").starts_with(&anna));
    }

    #[test]
    fn a_hash_is_the_beginning_of_sha_256() {
        // FIPS 180-2, B.1.
        assert_eq!(keys(7).masks().hashed(b"abc"), "ba7816bf8f01cfea4141");
        assert_eq!("ba7816bf8f01cfea4141".len(), DIGITS);
    }

    #[test]
    fn chance_makes_another_each_time() {
        let masks = keys(7).masks();
        let (one, other) = (masks.by_chance(), masks.by_chance());
        assert_ne!(one, other);
        assert!(one.len() == DIGITS && one.bytes().all(|b| b.is_ascii_hexdigit()));
    }
}
