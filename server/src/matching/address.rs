//! Postal addresses. Parts keep their order; how their borders and numbers are written does not count.

use unicode_normalization::char::is_combining_mark;

use super::fold;

/// Words of streets, and the short form that each becomes.
const STREETS: &[(&str, &str)] = &[
    ("street", "st"),
    ("road", "rd"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("boulevard", "blvd"),
    ("lane", "ln"),
    ("drive", "dr"),
    ("platz", "pl"),
];

const PASSES: usize = 16;

/// Folded parts: runs of digits, of Japanese, of other letters. Numbers are joined by '-', Japanese to all without a space.
/// Empty if there is nothing but punctuation.
pub(super) fn key(raw: &str) -> String {
    // Joined first, so that a counter touches its number; then until nothing is left to fold. Two passes are usual, and only
    // a hostile text needs many: it ends unfolded.
    let mut key = join(&fold::letters(raw));
    for _ in 0..PASSES {
        let next = join(&block_numbers(&key));
        if next == key {
            break;
        }
        key = next;
    }
    key
}

fn join(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut before = None;
    for (script, part) in parts(text) {
        match (before, script) {
            (None | Some(Script::Japanese), _) | (_, Script::Japanese) => {}
            (Some(Script::Digits), Script::Digits) => key.push('-'),
            _ => key.push(' '),
        }
        push(&mut key, script, part);
        before = Some(script);
    }
    key
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Digits,
    Japanese,
    Letters,
}

impl Script {
    fn of(c: char) -> Option<Self> {
        match c {
            _ if c.is_ascii_digit() => Some(Self::Digits),
            _ if fold::is_japanese(c) => Some(Self::Japanese),
            _ if fold::is_word(c) => Some(Self::Letters),
            _ => None,
        }
    }
}

/// Runs of one script, in order; what is no word is a border.
fn parts(text: &str) -> Vec<(Script, &str)> {
    let mut parts: Vec<(Script, &str)> = Vec::new();
    let mut start = 0;
    let mut current = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        // No word begins with a long vowel: there it is typed for a hyphen.
        let hyphen = c == 'ー' && current != Some(Script::Japanese);
        // A mark belongs to what it is on, and to nothing if that is a border.
        let script = if is_combining_mark(c) {
            current
        } else {
            Script::of(c).filter(|_| !hyphen)
        };
        if script != current {
            if let Some(ended) = current {
                parts.push((ended, &text[start..at]));
            }
            (start, current) = (at, script);
        }
    }
    parts
}

/// Hauptstraße, Hauptstr. and Haupt-Straße are one, and so are the usual short forms of English.
fn push(key: &mut String, script: Script, part: &str) {
    if script != Script::Letters {
        key.push_str(part);
        return;
    }
    let mut stem = part;
    while let Some(shorter) = stem
        .strip_suffix("strasse")
        .or_else(|| stem.strip_suffix("str"))
    {
        stem = shorter;
    }
    if stem.len() < part.len() {
        key.push_str(stem);
        key.push_str(if stem.is_empty() { "str" } else { " str" });
        return;
    }
    let short = STREETS.iter().find(|(long, _)| *long == part);
    key.push_str(short.map_or(part, |(_, short)| short));
}

/// 一丁目2番地3号室, 1丁目2-3 and 1ー2ー3 all as 1-2-3: the counters of block numbers become borders where they follow a digit.
fn block_numbers(text: &str) -> String {
    const COUNTERS: [&str; 7] = ["丁目", "番地の", "番地", "番", "号室", "号", "の"];
    let text = kanji_blocks(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let after_digit = out
            .trim_end_matches('-')
            .ends_with(|c: char| c.is_ascii_digit());
        let counter = COUNTERS.iter().find_map(|word| {
            let after = rest.strip_prefix(word)?;
            is_counter(word, after).then_some(after)
        });
        match counter.filter(|_| after_digit) {
            Some(after) => {
                out.push('-');
                rest = after;
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// 番町 and 号線 are parts of names, not counters; の is one only between numbers.
fn is_counter(word: &str, after: &str) -> bool {
    match word {
        "番" => !after.starts_with(['町', '街', '館']),
        "号" => !after.starts_with(['線', '館', '棟']),
        "の" => after.starts_with(|c: char| c.is_ascii_digit()),
        _ => true,
    }
}

/// Kanji numerals up to 99 before 丁目 as digits: 三丁目 is 3丁目.
fn kanji_blocks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pieces = text.split("丁目").peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            out.push_str(piece);
            break;
        }
        let numeral = |c: char| "一二三四五六七八九十".contains(c);
        let stem = piece.trim_end_matches(numeral);
        out.push_str(stem);
        match numeral_value(&piece[stem.len()..]) {
            Some(value) => out.push_str(&value.to_string()),
            None => out.push_str(&piece[stem.len()..]),
        }
        out.push_str("丁目");
    }
    out
}

/// 三 → 3, 十 → 10, 二十一 → 21; nothing for what is no number of this form.
fn numeral_value(numeral: &str) -> Option<usize> {
    let one = |c: char| {
        "一二三四五六七八九"
            .chars()
            .position(|d| d == c)
            .map(|at| at + 1)
    };
    let unit = |text: &str| {
        let mut chars = text.chars();
        let value = chars.next().and_then(one);
        if chars.next().is_some() { None } else { value }
    };
    let Some((tens, units)) = numeral.split_once('十') else {
        return unit(numeral);
    };
    let tens = if tens.is_empty() { 1 } else { unit(tens)? };
    let units = if units.is_empty() { 0 } else { unit(units)? };
    Some(tens * 10 + units)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_equal(addresses: &[&str]) {
        for address in addresses {
            assert_eq!(
                key(address),
                key(addresses[0]),
                "{address} is not {}",
                addresses[0]
            );
        }
    }

    #[test]
    fn german_streets_are_one_in_all_their_forms() {
        all_equal(&[
            "Hauptstraße 5a, 10115 Berlin",
            "Hauptstrasse 5 a\n10115 BERLIN",
            "Hauptstr. 5a 10115 Berlin",
            "Haupt-Str.5a;10115 Berlin",
            "HAUPTSTRASSE 5A, 10115 Berlin",
        ]);
        all_equal(&["Berliner Straße 7", "Berliner Str. 7", "berliner strasse 7"]);
        all_equal(&["Straße des 17. Juni 3", "Str. des 17 Juni 3"]);
    }

    #[test]
    fn english_streets_are_one_in_all_their_forms() {
        all_equal(&[
            "221B Baker Street, London",
            "221b Baker St. London",
            "221 B BAKER ST, London",
        ]);
        all_equal(&["1 King’s Road", "1 Kings Rd."]);
        all_equal(&["350 Fifth Avenue", "350 Fifth Ave.", "350 fifth av"]);
    }

    #[test]
    fn japanese_block_numbers_are_one_in_all_their_forms() {
        all_equal(&[
            "東京都渋谷区神南1丁目2番3号",
            "〒 東京都 渋谷区 神南一丁目2番地3号",
            "東京都渋谷区神南１－２－３",
            "東京都澁谷区神南1−2−3",
            "東京都渋谷区神南１ー２ー３",
            "東京都渋谷区神南1丁目2-3",
            "東京都渋谷区神南1-2の3",
            "東京都 渋谷区 神南 1 丁目 2 番 3 号",
        ]);
        all_equal(&[
            "神南二十一丁目5番地の2 山田ビル101号室",
            "神南21-5-2 山田ビル101",
        ]);
        all_equal(&["〒150-0041 茅ヶ崎市1-1", "150-0041　茅ケ崎市１－１"]);
    }

    #[test]
    fn counters_in_names_of_places_stay() {
        assert_ne!(key("千代田区6番町2"), key("千代田区6町2"));
        assert_ne!(key("国道1号線"), key("国道1線"));
        assert_eq!(key("霞の里3"), "霞の里3");
        assert_eq!(key("丁目"), "丁目");
    }

    #[test]
    fn other_addresses_stay_others() {
        for (one, other) in [
            ("Hauptstr. 1 2", "Hauptstr. 12"),
            ("Hauptstr. 5, 10115 Berlin", "Hauptstr. 6, 10115 Berlin"),
            ("神南1-23", "神南12-3"),
            ("神南1-2-3", "神南3-2-1"),
            ("12 King Street", "12 King Road"),
        ] {
            assert_ne!(key(one), key(other), "{one} became {other}");
        }
    }

    #[test]
    fn numerals_are_read_up_to_ninety_nine() {
        for (numeral, want) in [
            ("三", Some(3)),
            ("十", Some(10)),
            ("二十一", Some(21)),
            ("九十", Some(90)),
        ] {
            assert_eq!(numeral_value(numeral), want);
        }
        for bad in ["", "一二", "十十", "十二三"] {
            assert_eq!(numeral_value(bad), None, "{bad}");
        }
    }
}
