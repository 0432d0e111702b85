//! Percent-encoding, as it stands in addresses.

/// Undoes percent-encoding; `plus`: a plus is a space. `None` if it is not UTF-8 or a `%` is left open.
pub(crate) fn decoded(text: &str, plus: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' if plus => bytes.push(b' '),
            b'%' => {
                let (digits, after) = after.split_first_chunk::<2>()?;
                let digit = |byte: u8| {
                    char::from(byte)
                        .to_digit(16)
                        .and_then(|digit| u8::try_from(digit).ok())
                };
                bytes.push(digit(digits[0])? << 4 | digit(digits[1])?);
                rest = after;
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).ok()
}

/// A text with every byte encoded that means something in an address.
pub(crate) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_undone_or_refused() {
        assert_eq!(decoded("a%20b+c", true).as_deref(), Some("a b c"));
        assert_eq!(decoded("%E5%B1%B1", true).as_deref(), Some("山"));
        for text in ["a@b:c/d?e#f%", "山 +"] {
            assert_eq!(decoded(&encoded(text), false).as_deref(), Some(text));
        }
        for bad in ["%", "%2", "%zz", "%ff", "%+1"] {
            assert_eq!(decoded(bad, true), None, "{bad}");
        }
    }
}
