//! Folding of text: width, case, accents, kana and kanji variants. What names and addresses have in common.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::kanji;

/// Width and compatibility forms (NFKC), lower case, without what can't be seen, trimmed.
pub(super) fn plain(raw: &str) -> String {
    if raw.is_ascii() {
        return raw.trim().to_ascii_lowercase();
    }
    let seen = raw.chars().filter(|c| !is_invisible(*c)).nfkc();
    // Lower case may leave a sequence that composes, so once more.
    let lower: String = seen.flat_map(char::to_lowercase).nfkc().collect();
    lower.trim().to_owned()
}

/// [`plain`], and also: accents removed, one kana script, one form of each kanji, no apostrophes.
pub(super) fn letters(raw: &str) -> String {
    if raw.is_ascii() {
        return raw
            .chars()
            .filter(|c| !is_apostrophe(*c))
            .map(|c| c.to_ascii_lowercase())
            .collect();
    }
    let seen = raw
        .chars()
        .filter(|c| !is_invisible(*c) && !is_apostrophe(*c))
        .map(voicing);
    let mut text = String::with_capacity(raw.len());
    let mut before = ' ';
    for c in seen
        .nfkc()
        .filter(|c| !is_apostrophe(*c))
        .flat_map(char::to_lowercase)
        .nfkd()
    {
        // The breve makes й a letter of its own; elsewhere it is an accent.
        if is_accent(c) && !(c == '\u{306}' && before == 'и') {
            continue;
        }
        before = c;
        match latin(c) {
            Some(plain) => text.push_str(plain),
            None => text.push(kanji::standard(hiragana(c))),
        }
    }
    text.nfc().collect()
}

/// Whether a character is part of a word: a letter, a digit, or a mark on one.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Whether a character is written in the Han or kana scripts, in which words are not spaced.
pub(super) fn is_japanese(c: char) -> bool {
    matches!(c,
        '々' | '〆' | '〇' | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | 'ー'..='ヿ'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// The words of a folded text; a mark on nothing is no part of one.
pub(super) fn words<'a>(text: &'a str) -> impl Iterator<Item = &'a str> {
    let bare = |word: &'a str| word.trim_start_matches(is_combining_mark);
    text.split(|c| !is_word(c))
        .map(bare)
        .filter(|word| !word.is_empty())
}

/// Format characters, soft hyphens and variation selectors: pasted along unseen, and no part of a value.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Dropped, so that O'Brien, O’Brien and OBrien are one. Dropped before NFKC, which makes a space of ´, and after, since it makes one of ŉ.
fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | 'ʻ' | 'ʼ' | '′' | '＇' | '｀'
    )
}

/// Accents of the European scripts. Marks of other scripts are vowels or tones there, and が is not か: they stay.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The spacing voicing marks as combining ones, so that か゛ composes to が.
fn voicing(c: char) -> char {
    match c {
        '\u{309b}' => '\u{3099}',
        '\u{309c}' => '\u{309a}',
        other => other,
    }
}

/// Katakana as hiragana; the small ヵ and ヶ of place names as か and け.
fn hiragana(c: char) -> char {
    match c {
        'ヵ' | 'ゕ' => 'か',
        'ヶ' | 'ゖ' => 'け',
        'ァ'..='ヴ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        other => other,
    }
}

/// Latin letters whose stroke or ligature is no accent to Unicode.
fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ŧ' => "t",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_lose_case_width_and_accents() {
        let cases = [
            ("Müller", "muller"),
            ("MU\u{308}LLER", "muller"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            (
                "Søren Łukasz Æsa Œuvre Þór Đorđe",
                "soren lukasz aesa oeuvre thor dorde",
            ),
            ("İpek Işık ıhlamur", "ipek isik ihlamur"),
            ("Ａｎｎａ", "anna"),
            ("O’Brien O'Brien O´Brien", "obrien obrien obrien"),
            ("ﬁnn", "finn"),
            ("Nguyễn", "nguyen"),
            ("Σίσυφος", "σισυφοσ"),
        ];
        for (raw, want) in cases {
            assert_eq!(letters(raw), want, "{raw}");
        }
    }

    #[test]
    fn kana_become_hiragana_of_full_width() {
        let cases = [
            ("ヤマダ", "やまだ"),
            ("ﾔﾏﾀﾞ", "やまだ"),
            ("ハﾟン", "ぱん"),
            ("か゛", "が"),
            ("ヴァレリー", "ゔぁれりー"),
            ("茅ヶ崎", "茅け崎"),
        ];
        for (raw, want) in cases {
            assert_eq!(letters(raw), want, "{raw}");
        }
    }

    #[test]
    fn a_mark_that_makes_another_letter_stays() {
        for (one, other) in [
            ("が", "か"),
            ("ぱ", "は"),
            ("राम", "रम"),
            ("Андрей", "Андреи"),
            ("กา", "ก่า"),
        ] {
            assert_ne!(letters(one), letters(other), "{one} {other}");
        }
        assert_eq!(letters("Артём"), letters("Артем"));
        assert_eq!(letters("한국"), "한국");
    }

    #[test]
    fn what_is_not_seen_does_not_count() {
        assert_eq!(letters("葛\u{e0100}飾"), letters("葛飾"));
        assert_eq!(plain("\u{202a}a\u{200b}@b.example\u{202c}"), "a@b.example");
    }

    #[test]
    fn plain_text_keeps_its_accents() {
        assert_eq!(plain("  JÜRGEN＠Exämple.DE "), "jürgen@exämple.de");
    }

    #[test]
    fn japanese_is_told_from_other_scripts() {
        assert!("山田々〆ヶーあア﨑𠮷".chars().all(is_japanese));
        assert!(!"aé한я1・ ".chars().any(is_japanese));
    }
}
