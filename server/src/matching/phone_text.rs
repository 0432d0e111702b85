//! What people type around the digits of a telephone number: labels, notes, extensions.

/// What a phone field holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// An optional '+' and ASCII digits. Empty if there is no digit.
    Number(String),
    /// Letters among the digits: lossy as a number (1-800-FLOWERS, 090-1234-xxxx), so it is compared as text. [`MARK`], then
    /// letters and digits in lower case.
    Text(String),
}

/// Tells the form of a text from everything that is typed, so that it is its own form.
const MARK: char = '\u{1f}';

/// Fewer digits are no whole number, so that words after them may be a part of it.
const WHOLE: usize = 7;

/// Cuts a label before the number, an extension and a note after it.
pub(super) fn read(raw: &str) -> Typed {
    if raw.starts_with(MARK) {
        return Typed::Text(raw.to_owned());
    }
    let text: String = raw
        .chars()
        .map(narrow)
        .flat_map(char::to_lowercase)
        .collect();
    let number = without_extension(without_note(without_label(&text)));
    if number.chars().any(|c| c.is_alphabetic() && c != 'ー')
        && number.contains(|c: char| c.is_ascii_digit())
    {
        let bare = text.chars().filter(|c| c.is_alphanumeric());
        return Typed::Text([MARK].into_iter().chain(bare).collect());
    }
    let digits = digits(number);
    let plus = number
        .split(|c: char| c.is_ascii_digit())
        .next()
        .is_some_and(|lead| lead.contains('+'));
    Typed::Number(if plus && !digits.is_empty() {
        format!("+{digits}")
    } else {
        digits
    })
}

/// The digits of a text, full-width ones as ASCII; nothing else.
pub fn digits(raw: &str) -> String {
    raw.chars()
        .map(narrow)
        .filter(char::is_ascii_digit)
        .collect()
}

/// Full-width ASCII as ASCII. Not NFKC, which would make a digit of ① and ².
fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// `Tel.: 030…`, `電話03…`. A letter that touches the number may be a part of it: A1234567 keeps it.
fn without_label(text: &str) -> &str {
    let start = text
        .find(|c: char| c == '+' || c.is_ascii_digit())
        .unwrap_or(0);
    let (label, number) = text.split_at(start);
    let touches = !number.starts_with('+') && label.ends_with(|c: char| c.is_ascii_alphabetic());
    if touches { text } else { number }
}

/// `03-1234-5678 (home)`, `090-1234-5678自宅`: words without a digit, set off from the number.
fn without_note(text: &str) -> &str {
    let Some(last) = text.rfind(|c: char| c.is_ascii_digit()) else {
        return text;
    };
    let (number, note) = text.split_at(last + 1);
    let set_off =
        note.starts_with(|c: char| c.is_whitespace() || "(,;[".contains(c) || !c.is_ascii());
    if set_off && digits(number).len() >= WHOLE {
        number
    } else {
        text
    }
}

/// `内線 12`, `ext. 12`, `x12` at the end.
fn without_extension(text: &str) -> &str {
    const MARKS: [&str; 5] = ["内線", "extension", "extn", "ext", "x"];
    let open = text.trim_end_matches([')', ']', ' ']);
    let number = open.trim_end_matches(|c: char| c.is_ascii_digit());
    if number.len() == open.len() {
        return text;
    }
    let marked = number.trim_end_matches(|c: char| c.is_whitespace() || ".:=-番号".contains(c));
    let before = MARKS.iter().find_map(|mark| marked.strip_suffix(mark));
    before
        .filter(|before| digits(before).len() >= 4)
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(raw: &str) -> Option<String> {
        match read(raw) {
            Typed::Number(number) => Some(number),
            Typed::Text(_) => None,
        }
    }

    #[test]
    fn digits_fold_full_width_ones_and_no_others() {
        assert_eq!(digits("０９０-1234 ①² 五 ٣"), "0901234");
    }

    #[test]
    fn labels_notes_and_extensions_are_cut() {
        let cases = [
            ("Tel.: 030 1234567", "0301234567"),
            ("電話03-1234-5678", "0312345678"),
            ("(+49) 30 1234567", "+49301234567"),
            ("＋８１ ９０", "+8190"),
            ("03-1234-5678（自宅）", "0312345678"),
            ("03-1234-5678 home", "0312345678"),
            ("03-1234-5678 内線12", "0312345678"),
            ("03-1234-5678(内線番号:12)", "0312345678"),
            ("212 555 1234 ext. 12", "2125551234"),
            ("212 555 1234 X12", "2125551234"),
            ("tel:+1-212-555-1234;ext=12", "+12125551234"),
        ];
        for (raw, want) in cases {
            assert_eq!(number(raw).as_deref(), Some(want), "{raw}");
        }
    }

    #[test]
    fn letters_among_the_digits_make_it_a_text() {
        for raw in [
            "1-800-FLOWERS",
            "1 800 FLOWERS",
            "090-1234-xxxx",
            "A1234567",
            "12ab34",
        ] {
            assert_eq!(number(raw), None, "{raw}");
        }
    }

    #[test]
    fn no_digit_is_no_number() {
        for raw in ["", "n/a", "-", "+", "電話", "内線"] {
            assert_eq!(number(raw).as_deref(), Some(""), "{raw}");
        }
    }
}
