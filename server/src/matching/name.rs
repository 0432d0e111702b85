//! Names of people, in any script and order.

use super::fold;

/// The folded words in sorted order, so that "Müller, Anna" is "Anna Müller". Japanese words are joined in their own order,
/// for 山田 太郎 is also written 山田太郎. Empty if there is no word.
pub(super) fn key(raw: &str) -> String {
    let text = fold::letters(raw);
    let mut words: Vec<&str> = fold::words(&text).collect();
    if words.iter().all(|word| word.chars().all(fold::is_japanese)) {
        return words.concat();
    }
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_equal(names: &[&str]) {
        for name in names {
            assert_eq!(key(name), key(names[0]), "{name} is not {}", names[0]);
        }
    }

    #[test]
    fn order_case_accents_and_punctuation_do_not_count() {
        all_equal(&[
            "Anna Müller",
            "Müller Anna",
            "MÜLLER, Anna",
            " anna\u{3000}muller ",
            "Ａｎｎａ　Müller",
        ]);
        all_equal(&["Anna-Lena Groß", "Gross, Anna Lena", "GROẞ Anna‐Lena"]);
        all_equal(&["Seán O’Brien", "O'Brien Sean", "OBRIEN, SEÁN"]);
        all_equal(&["J. R. Smith", "Smith, J.R."]);
    }

    #[test]
    fn japanese_names_are_equal_with_and_without_space() {
        all_equal(&["山田 太郎", "山田太郎", "山田　太郎", "山田・太郎"]);
        all_equal(&["渡邊 花子", "渡辺花子", "渡邉　花子"]);
        all_equal(&["ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ", "やまだたろう"]);
    }

    #[test]
    fn japanese_names_keep_their_order() {
        assert_ne!(key("山田 太郎"), key("太郎 山田"));
    }

    #[test]
    fn other_people_stay_others() {
        for (one, other) in [
            ("Anna Müller", "Anna Möller"),
            ("Anna Müller", "Anna Anna Müller"),
            ("Anna Lena", "Annalena"),
            ("山田 太郎", "山田 次郎"),
            ("かとう", "がとう"),
            ("はやし", "ぱやし"),
            ("おおの", "おの"),
        ] {
            assert_ne!(key(one), key(other), "{one} became {other}");
        }
    }

    #[test]
    fn a_name_in_two_scripts_is_compared_by_words() {
        assert_eq!(key("山田 Taro"), key("TARO 山田"));
    }

    #[test]
    fn a_name_without_a_word_has_no_key() {
        for raw in ["", " ", "-", "・", "☆", "🙂"] {
            assert_eq!(key(raw), "", "{raw}");
        }
    }
}
