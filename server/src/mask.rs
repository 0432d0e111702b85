//! Masking: enough of a value to recognise it for who knows it, too little to learn it.
//!
//! Of a word its first letter stays, of an address of a host or a file its ending; digits never do. How long a value is isn't said
//! either.

use serde_json::Value;

/// What stands for all that is not shown.
const DOTS: &str = "•••";
/// Words of a value that are shown, each masked.
const WORDS: usize = 4;

/// A value of a record, masked; nothing for one that says nothing.
pub fn masked(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(masked_text(text)),
        // Numbers, yes and no, and what is made of several values.
        _ => Some(DOTS.to_owned()),
    }
}

/// A text, masked word by word.
pub fn masked_text(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut shown: Vec<String> = words.by_ref().take(WORDS).map(word).collect();
    if words.next().is_some() {
        shown.push("…".to_owned());
    }
    shown.join(" ")
}

fn word(word: &str) -> String {
    match word.rsplit_once('@') {
        // Also a handle: nothing stands before its sign.
        Some(("", handle)) => format!("@{}", part(handle)),
        Some((local, host)) => format!("{}@{}", part(local), named(host)),
        None => named(word),
    }
}

/// A name with an ending: of a host, or of a file.
fn named(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, end)) if is_ending(end) && !stem.is_empty() => format!("{}.{end}", part(stem)),
        _ => part(name),
    }
}

fn is_ending(end: &str) -> bool {
    (2..=3).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The first letter, if there are others.
fn part(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(_)) if first.is_alphabetic() && !first.is_numeric() => {
            format!("{first}{DOTS}")
        }
        _ => DOTS.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_recognised_by_who_knows_it() {
        for (value, want) in [
            ("maria@example.org", "m•••@e•••.org"),
            ("Maria Sandomir-Vogt", "M••• S•••"),
            ("+49 30 901820", "••• ••• •••"),
            ("1984-05-12", "•••"),
            ("山田 太郎", "山••• 太•••"),
            ("passport.pdf", "p•••.pdf"),
            ("@maria", "@m•••"),
            ("a b c d e", "••• ••• ••• ••• …"),
            ("x", "•••"),
            ("a@b", "•••@•••"),
        ] {
            assert_eq!(masked_text(value), want);
        }
        assert_eq!(masked(&json!(true)), Some("•••".into()));
        assert_eq!(masked(&json!(1234)), Some("•••".into()));
        assert_eq!(masked(&json!({"name": "Maria"})), Some("•••".into()));
        assert_eq!(masked(&json!(null)), None);
        assert_eq!(masked(&json!(" ")), None);
    }

    /// A small seeded generator (SplitMix64), so that a failure can be run again.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ (z >> 31)) % sides
        }

        /// Letters, digits and the signs that masking looks at, and now and then anything.
        fn text(&mut self) -> String {
            const LIKELY: [char; 16] = [
                'a', 'b', 'o', 'M', 'é', '山', 'だ', '٣', '4', '7', '@', '.', ' ', '-', '+',
                '\u{301}',
            ];
            let length = 1 + self.roll(24);
            (0..length)
                .map(|_| match self.roll(20) {
                    0 => u32::try_from(self.roll(0x11_0000))
                        .ok()
                        .and_then(char::from_u32)
                        .unwrap_or('x'),
                    n => LIKELY[usize::try_from(n).unwrap_or(0) % LIKELY.len()],
                })
                .collect()
        }
    }

    #[test]
    fn no_value_is_shown_whole_nor_a_run_of_more_than_three_letters_nor_any_digit() {
        let mut dice = Dice(17);
        for _ in 0..200_000 {
            let value = dice.text();
            let shown = masked_text(&value);
            let says = |c: char| c.is_alphanumeric();
            if value.contains(says) {
                assert!(!shown.contains(value.trim()), "{value:?} {shown:?}");
            }
            assert!(!shown.chars().any(char::is_numeric), "{value:?} {shown:?}");
            let runs = shown.split(|c| !says(c)).map(|run| run.chars().count());
            assert!(runs.max() <= Some(3), "{value:?} {shown:?}");
            let letters = |text: &str| text.chars().filter(|c| says(*c)).count();
            if value.chars().count() > 3 {
                assert!(
                    letters(&shown) < value.chars().count(),
                    "{value:?} {shown:?}"
                );
            }
        }
    }
}
