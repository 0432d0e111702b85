//! What values look like. A value is looked at and forgotten: nothing but counts is kept of it.

/// What one value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Email,
    Phone,
    IpAddress,
    Iban,
    PaymentCard,
    PasswordHash,
    UserAgent,
    /// Several words, longer than a name.
    FreeText,
}

impl Look {
    pub const ALL: [Self; 8] = [
        Self::Email,
        Self::Phone,
        Self::IpAddress,
        Self::Iban,
        Self::PaymentCard,
        Self::PasswordHash,
        Self::UserAgent,
        Self::FreeText,
    ];

    /// As in "12 of 20 look like …".
    pub fn says(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Phone => "a telephone number",
            Self::IpAddress => "an IP address",
            Self::Iban => "an IBAN",
            Self::PaymentCard => "a card number",
            Self::PasswordHash => "a hash of a password",
            Self::UserAgent => "what a browser says of itself",
            Self::FreeText => "free text",
        }
    }

    /// What a text looks like, if it looks like anything.
    fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = |look: &Self| match look {
            Self::Email => is_email(text),
            Self::Phone => is_phone(text),
            Self::IpAddress => is_ip_address(text),
            Self::Iban => is_iban(text),
            Self::PaymentCard => is_card(text),
            Self::PasswordHash => is_password_hash(text),
            Self::UserAgent => text.starts_with("Mozilla/") || text.starts_with("Opera/"),
            Self::FreeText => text.chars().count() > 60 && text.split_whitespace().count() > 5,
        };
        // What many things look like is asked last.
        let order = [
            Self::Email,
            Self::IpAddress,
            Self::Iban,
            Self::PaymentCard,
            Self::PasswordHash,
            Self::UserAgent,
            Self::Phone,
            Self::FreeText,
        ];
        order.into_iter().find(fits)
    }
}

/// How many values of a column look like what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shares {
    /// Values that are there and not blank.
    pub filled: u32,
    counts: [u32; Look::ALL.len()],
}

impl Shares {
    /// Looks at one more value.
    pub fn add(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.filled += 1;
        let look = Look::of(text);
        let at = look.and_then(|look| Look::ALL.iter().position(|one| *one == look));
        if let Some(count) = at.and_then(|at| self.counts.get_mut(at)) {
            *count += 1;
        }
    }

    /// How many look like this.
    pub fn of(&self, look: Look) -> u32 {
        let at = Look::ALL.iter().position(|one| *one == look);
        at.and_then(|at| self.counts.get(at)).copied().unwrap_or(0)
    }

    /// What nine of ten look like, if there are enough to say so.
    pub fn mostly(&self) -> Option<Look> {
        let enough = |look: &Look| self.filled >= 5 && self.of(*look) * 10 >= self.filled * 9;
        Look::ALL.into_iter().find(enough)
    }
}

fn is_email(text: &str) -> bool {
    let Some((who, host)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control() || ",;<>".contains(c));
    let labels = host.split('.').all(|label| !label.is_empty());
    plain && !who.is_empty() && !who.contains(['/', ':']) && host.contains('.') && labels
}

/// Enough digits, and something that a mere number has not: a plus, a nought in front, or signs between.
fn is_phone(text: &str) -> bool {
    let narrow = crate::matching::digits(text);
    let between = |c: char| " \u{3000}+-()/.＋－（）／．ー‐−–".contains(c);
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    (8..=15).contains(&narrow.len())
        && text.chars().all(|c| digit(c) || between(c))
        && (narrow.starts_with('0') || text.chars().any(between))
        && !is_number(text)
        && !is_date(text)
}

/// A negative or broken number.
fn is_number(text: &str) -> bool {
    !text.starts_with(['+', '0']) && text.parse::<f64>().is_ok()
}

/// Years and days as they are written in most places.
fn is_date(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let numbers = parts
        .iter()
        .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let [first, _, last] = parts.as_slice() else {
        return false;
    };
    let short = parts.iter().filter(|part| part.len() <= 2).count();
    numbers && short == 2 && (first.len() == 4 || last.len() == 4)
}

fn is_ip_address(text: &str) -> bool {
    let address = text.split('/').next().unwrap_or_default();
    // `::` is one too, but a sign of nothing.
    address.len() > 3 && address.parse::<std::net::IpAddr>().is_ok()
}

/// By its check digits.
fn is_iban(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| *c != ' ').collect();
    let bytes = bare.as_bytes();
    let shape = (15..=34).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes.iter().take(2).all(u8::is_ascii_uppercase)
        && bytes.iter().skip(2).take(2).all(u8::is_ascii_digit);
    if !shape {
        return false;
    }
    let turned = bytes.iter().cycle().skip(4).take(bytes.len());
    let rest = turned.fold(0, |rest: u32, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        other => (rest * 100 + u32::from(other.to_ascii_uppercase()) - 55) % 97,
    });
    rest == 1
}

/// By its check digit.
fn is_card(text: &str) -> bool {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b' ' || b == b'-');
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match at % 2 {
            1 if *digit > 4 => digit * 2 - 9,
            1 => digit * 2,
            _ => *digit,
        })
        .sum();
    let first = digits.first().is_some_and(|digit| (2..=6).contains(digit));
    plain && first && (13..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

fn is_password_hash(text: &str) -> bool {
    const BEGINNINGS: [&str; 9] = [
        "$2a$", "$2b$", "$2y$", "$argon2", "$scrypt$", "$5$", "$6$", "$pbkdf2", "pbkdf2_",
    ];
    text.len() > 20 && BEGINNINGS.iter().any(|begin| text.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_looks_like_what_it_is() {
        let cases = [
            ("maria@example.org", Some(Look::Email)),
            ("  Ma.Ria+x@mail.example.org ", Some(Look::Email)),
            ("postgres://u@db.example.org", None),
            ("@maria", None),
            ("+49 30 1234567", Some(Look::Phone)),
            ("(030) 1234-567", Some(Look::Phone)),
            ("０３－１２３４－５６７８", Some(Look::Phone)),
            ("0301234567", Some(Look::Phone)),
            ("12345678", None),
            ("-12345678.5", None),
            ("2020-01-31", None),
            ("31.01.2020", None),
            ("2020-01-31 10:11:12", None),
            ("192.0.2.17", Some(Look::IpAddress)),
            ("2001:db8::17/64", Some(Look::IpAddress)),
            ("DE89 3704 0044 0532 0130 00", Some(Look::Iban)),
            ("DE88 3704 0044 0532 0130 00", None),
            ("4111 1111 1111 1111", Some(Look::PaymentCard)),
            ("4111 1111 1111 1112", None),
            ("$2b$12$abcdefghijklmnopqrstuv", Some(Look::PasswordHash)),
            ("Mozilla/5.0 (X11)", Some(Look::UserAgent)),
            ("Berlin", None),
        ];
        for (text, want) in cases {
            assert_eq!(Look::of(text), want, "{text}");
        }
        let long = "She called twice because the parcel had not come, and wants her money back.";
        assert_eq!(Look::of(long), Some(Look::FreeText));
    }

    #[test]
    fn few_values_say_nothing_and_nine_of_ten_do() {
        let mut shares = Shares::default();
        for _ in 0..4 {
            shares.add("a@example.org");
        }
        shares.add("  ");
        assert_eq!((shares.filled, shares.mostly()), (4, None));
        for _ in 0..5 {
            shares.add("b@example.org");
        }
        shares.add("none");
        assert_eq!(shares.mostly(), Some(Look::Email));
        shares.add("none");
        assert_eq!((shares.of(Look::Email), shares.filled), (9, 11));
        assert_eq!(shares.mostly(), None);
    }
}
