//! The known word that was meant, by its letters.

/// Words longer than this are not compared: the cost is the product of the lengths.
const LONGEST: usize = 64;

/// The word with the fewest changes, if they are few for its length; the first of several.
pub(super) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<String> {
    let letters: Vec<char> = fold(word);
    if letters.len() > LONGEST {
        return None;
    }
    known
        .into_iter()
        .filter(|k| k.len() <= LONGEST)
        .map(|k| (changes(&letters, &fold(k)), k))
        .filter(|(changes, k)| {
            let short = k.chars().count().min(letters.len());
            *changes < short && *changes <= 1 + short / 4
        })
        .min_by_key(|(changes, _)| *changes)
        .map(|(_, k)| k.to_owned())
}

/// `data-Category` and `data_category` are the same slip.
fn fold(word: &str) -> Vec<char> {
    let plain = word
        .chars()
        .map(|c| if c == '-' || c == ' ' { '_' } else { c });
    plain.flat_map(char::to_lowercase).collect()
}

/// The Levenshtein distance.
fn changes(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let kept = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = kept.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_nothing_else_does() {
        let known = ["references", "read_only", "identity", "data_type"];
        let found = |word| nearest(word, known);
        assert_eq!(found("refrences"), Some("references".to_owned()));
        assert_eq!(found("readonly"), Some("read_only".to_owned()));
        assert_eq!(found("data-Type"), Some("data_type".to_owned()));
        assert_eq!(found("colour"), None);
        assert_eq!(found(&"identity".repeat(1000)), None);
    }
}
