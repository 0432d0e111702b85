//! Which kind of identifier a typed value looks like. A guess for the form's sake: it is shown, and can be overruled.

use crate::model::IdentifierKind;

/// The likeliest kind of a value; a name when nothing says otherwise.
pub fn kind(value: &str) -> IdentifierKind {
    let value = value.trim();
    if is_email(value) {
        IdentifierKind::Email
    } else if value.starts_with(['@', '＠']) {
        IdentifierKind::Twitter
    } else if is_uuid(value) {
        IdentifierKind::ExternalContactId
    } else if is_phone(value) {
        // Before `list/id`: 030/12345678 is how numbers are written.
        IdentifierKind::Phone
    } else if value
        .split_once('/')
        .is_some_and(|(list, id)| is_token(list) && is_token(id))
    {
        IdentifierKind::DialerContactId
    } else if value
        .split_once(':')
        .is_some_and(|(system, id)| is_token(system) && is_token(id))
    {
        IdentifierKind::ExternalId
    } else if is_address(value) {
        IdentifierKind::Address
    } else {
        IdentifierKind::Name
    }
}

fn is_email(value: &str) -> bool {
    value.rsplit_once(['@', '＠']).is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && !value.chars().any(char::is_whitespace)
    })
}

fn is_uuid(value: &str) -> bool {
    let groups: Vec<usize> = value.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && value.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// Digits, and the signs that people put between them; 5 to 15 digits.
fn is_phone(value: &str) -> bool {
    let sign = |c: char| " -‐－ー()（）+＋./".contains(c) || c == '\u{3000}';
    let digits = value.chars().filter(|c| is_digit(*c)).count();
    (5..=15).contains(&digits) && value.chars().all(|c| is_digit(c) || sign(c))
}

/// A house number beside words, or a Japanese postal mark or place ending.
fn is_address(value: &str) -> bool {
    let numbered = value.chars().any(is_digit);
    let spaced = value.contains([' ', ',', '\u{3000}']);
    let japanese = value.contains([
        '〒', '都', '道', '府', '県', '市', '区', '町', '村', '丁', '番',
    ]);
    value.starts_with('〒') || (numbered && (spaced || japanese))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// An id's text: no spaces, and at least one digit or letter.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_recognised_by_its_shape() {
        use IdentifierKind::*;
        for (value, want) in [
            ("maria@example.org", Email),
            (" maria＠example.org ", Email),
            ("@maria", Twitter),
            ("+49 (30) 1234-5678", Phone),
            ("０３－１２３４－５６７８", Phone),
            ("03-1234-5678", Phone),
            ("030/12345678", Phone),
            ("018f0c6e-7d5a-7c3b-9c1a-0123456789ab", ExternalContactId),
            ("help-desk:42", ExternalId),
            ("winback/4711", DialerContactId),
            ("Hauptstraße 12, Berlin", Address),
            ("〒100-0001 東京都千代田区千代田1-1", Address),
            ("渋谷区神南1-2-3", Address),
            ("Maria Keller", Name),
            ("田中 花子", Name),
            ("O'Brien", Name),
            ("", Name),
            ("@", Twitter),
            ("a@", Name),
            ("1234", Name),
        ] {
            assert_eq!(kind(value), want, "{value}");
        }
    }
}
