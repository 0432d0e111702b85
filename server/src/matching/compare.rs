//! Whether a value found in a record is the identifier that was searched.

use app::model::{Identifier, IdentifierKind};

use super::normalise::{Normal, normal, normal_value};
use super::phone::Country;

/// Whether the value is `a`, a normal form of the same kind. A value with nothing to compare equals nothing.
pub fn equal(kind: IdentifierKind, a: &Normal, raw_b: &str, country: Country) -> bool {
    normal_value(kind, raw_b, country).is_some_and(|key| key == a.key)
}

/// Whether a search for one asks what a search for the other asks.
pub fn is_same(one: &Identifier, other: &Identifier, country: Country) -> bool {
    let alike = |a: Normal, b: Normal| a.key == b.key;
    one.kind() == other.kind()
        && one.list() == other.list()
        && alike(normal(one, country), normal(other, country))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equals(kind: IdentifierKind, a: &str, b: &str) -> bool {
        let jp = Country::parse("JP").expect("a country");
        equal(
            kind,
            &normal(&Identifier::new(kind, a).expect("valid"), jp),
            b,
            jp,
        )
    }

    #[test]
    fn a_value_in_another_form_is_equal() {
        assert!(equals(
            IdentifierKind::Email,
            "Maria@example.org",
            "maria＠EXAMPLE.org"
        ));
        assert!(equals(
            IdentifierKind::Phone,
            "090-1234-5678",
            "+81 90 1234 5678"
        ));
        assert!(equals(IdentifierKind::Name, "髙橋 花子", "高橋花子"));
    }

    #[test]
    fn another_or_no_value_is_not() {
        assert!(!equals(
            IdentifierKind::Email,
            "maria@example.org",
            "mario@example.org"
        ));
        assert!(!equals(IdentifierKind::Name, "☆", "-"));
        for kind in [
            IdentifierKind::Name,
            IdentifierKind::Phone,
            IdentifierKind::Email,
        ] {
            assert!(!equals(kind, "4711@4711", ""));
        }
    }

    #[test]
    fn a_candidate_of_the_digits_can_be_another_number() {
        let us = Country::parse("US").expect("a country");
        let searched = Identifier::new(IdentifierKind::Phone, "656 234 5678").expect("valid");
        let normal = normal(&searched, us);
        assert!(normal.forms.contains(&"6562345678".to_owned()));
        assert!(!equal(IdentifierKind::Phone, &normal, "+65 6234 5678", us));
    }

    #[test]
    fn two_identifiers_are_the_same_by_kind_list_and_form() {
        let jp = Country::parse("JP").expect("a country");
        let of = |kind, value| Identifier::new(kind, value).expect("valid");
        let same = |one: &Identifier, other: &Identifier| is_same(one, other, jp);
        let phone = of(IdentifierKind::Phone, "090-1234-5678");
        assert!(same(&phone, &of(IdentifierKind::Phone, "+81 90 1234 5678")));
        assert!(!same(
            &phone,
            &of(IdentifierKind::Whatsapp, "090-1234-5678")
        ));
        let dialer = |list| Identifier::dialer_contact("42", list).expect("valid");
        assert!(same(&dialer("winback"), &dialer("winback")));
        assert!(!same(&dialer("winback"), &dialer("spring")));
    }
}
