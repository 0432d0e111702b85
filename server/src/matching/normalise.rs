//! The form in which identifiers of one kind are compared.

use std::fmt;

use app::model::{Identifier, IdentifierKind};

use super::phone::{self, Country};
use super::{address, fold, handle, name};

/// An identifier in its comparable form. Personal data.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Normal {
    /// The canonical text: two identifiers of one kind are equal exactly if their keys are. Never empty.
    pub key: String,
    /// Texts by which a database may hold it, for `IN (…)`; never empty. For telephone numbers, the digits (E.164 without '+'
    /// first); else the key alone. They choose candidates: [`super::equal`] decides over what was found.
    pub forms: Vec<String>,
    /// For telephone numbers, more digits by which a database may hold it, though alone they may read as another number.
    pub candidates: Vec<String>,
}

/// Shows nothing of the value, so that a stray `{:?}` leaks nobody.
impl fmt::Debug for Normal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Normal({} forms, …)", self.forms.len())
    }
}

/// The normal form of an identifier. `country` reads telephone numbers without a country code.
pub fn normal(identifier: &Identifier, country: Country) -> Normal {
    let kind = identifier.kind();
    let key = match identifier.list() {
        Some(list) => dialer_key(list, identifier.value()),
        // A valid identifier that consists of invisible characters only has no other form than itself.
        None => normal_value(kind, identifier.value(), country)
            .unwrap_or_else(|| identifier.value().to_owned()),
    };
    let (forms, candidates) = if kind.is_number() {
        (phone::forms(&key, country), phone::with_trunk(&key))
    } else {
        (vec![key.clone()], Vec::new())
    };
    Normal {
        key,
        forms,
        candidates,
    }
}

/// The key of a value found in a record, which need not be a valid identifier; `None` if there is nothing to compare.
pub fn normal_value(kind: IdentifierKind, raw: &str, country: Country) -> Option<String> {
    use IdentifierKind as Kind;
    let key = match kind {
        Kind::Name => name::key(raw),
        Kind::Address => address::key(raw),
        Kind::Email => fold::plain(raw),
        Kind::Phone => phone::key(raw, country),
        Kind::Whatsapp => phone::key(&whatsapp_number(raw), country),
        Kind::Twitter | Kind::Instagram | Kind::Facebook => handle::key(kind, raw),
        Kind::DialerContactId => match raw.trim().split_once('/') {
            Some((list, id)) if !raw.contains(LIST_END) => dialer_key(list.trim(), id.trim()),
            _ => raw.trim().to_owned(),
        },
        // Apple gives opaque ids too: another case is another person.
        Kind::UserId
        | Kind::ExternalContactId
        | Kind::VisitorId
        | Kind::ExternalId
        | Kind::AppleMessages => raw.trim().to_owned(),
    };
    // A name like ☆ has no word, and is compared as it is.
    let key = if key.is_empty() && !kind.is_number() {
        fold::plain(raw)
    } else {
        key
    };
    (!key.is_empty()).then_some(key)
}

/// A number with its country code, as this country reads it; nothing of what is no number, or none that can be told.
pub fn in_full(kind: IdentifierKind, raw: &str, country: Country) -> Option<String> {
    let key = kind.is_number().then(|| normal_value(kind, raw, country))?;
    key.filter(|key| key.starts_with('+'))
}

/// Ends the list in a dialer contact's key; no identifier contains it.
const LIST_END: char = '\u{1f}';

fn dialer_key(list: &str, id: &str) -> String {
    format!("{list}{LIST_END}{id}")
}

/// WhatsApp's own ways to write a number are international without '+': `whatsapp:…`, `wa.me/…`, `…@s.whatsapp.net`.
fn whatsapp_number(raw: &str) -> String {
    let text = fold::plain(raw);
    let bare = text.strip_prefix("https://").unwrap_or(&text);
    let marked = bare
        .strip_prefix("wa.me/")
        .or_else(|| bare.strip_prefix("whatsapp:"));
    let number = marked.or_else(|| bare.split_once('@').map(|(number, _)| number));
    match number {
        Some(number) => format!("+{}", number.trim_start_matches('+')),
        None => raw.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IdentifierKind::*;

    fn jp() -> Country {
        Country::parse("JP").expect("a country")
    }

    fn key(kind: IdentifierKind, raw: &str) -> Option<String> {
        normal_value(kind, raw, jp())
    }

    #[test]
    fn mail_addresses_lose_case_and_width_only() {
        for raw in [
            "Maria@Example.ORG",
            " maria@example.org ",
            "ｍａｒｉａ＠ｅｘａｍｐｌｅ．ｏｒｇ",
            "maria\u{200b}@example.org",
        ] {
            assert_eq!(
                key(Email, raw).as_deref(),
                Some("maria@example.org"),
                "{raw}"
            );
        }
        for other in [
            "m.aria@example.org",
            "maria+x@example.org",
            "mária@example.org",
            "maria@example.com",
        ] {
            assert_ne!(
                key(Email, other).as_deref(),
                Some("maria@example.org"),
                "{other}"
            );
        }
    }

    #[test]
    fn whatsapp_is_compared_as_a_phone() {
        for raw in [
            "+49 30 12345678",
            "whatsapp:+493012345678",
            "https://wa.me/493012345678",
            "493012345678@s.whatsapp.net",
        ] {
            assert_eq!(
                key(Whatsapp, raw).as_deref(),
                Some("+493012345678"),
                "{raw}"
            );
        }
    }

    #[test]
    fn ids_are_exact_but_for_blanks_around() {
        for kind in [
            UserId,
            ExternalContactId,
            VisitorId,
            ExternalId,
            AppleMessages,
        ] {
            assert_eq!(key(kind, " Ab-1 ").as_deref(), Some("Ab-1"));
            assert_ne!(key(kind, "ab-1"), key(kind, "Ab-1"));
            assert_ne!(key(kind, "Ａb-1"), key(kind, "Ab-1"));
        }
    }

    #[test]
    fn a_dialer_contact_is_its_list_and_id() {
        let of = |id, list| normal(&Identifier::dialer_contact(id, list).expect("valid"), jp()).key;
        assert_eq!(
            Some(of("42", "spring")),
            key(DialerContactId, " spring/42 ")
        );
        assert_ne!(of("42", "spring"), of("42", "autumn"));
        assert_ne!(of("b/c", "a"), of("c", "a/b"));
        assert_eq!(
            key(DialerContactId, &of("c/d", "a/b")),
            Some(of("c/d", "a/b"))
        );
    }

    #[test]
    fn what_holds_nothing_has_no_key() {
        for kind in IdentifierKind::ALL {
            for raw in ["", "  ", "\u{3000}"] {
                assert_eq!(key(kind, raw), None, "{kind:?}");
            }
        }
        for raw in ["n/a", "-", "unbekannt"] {
            assert_eq!(key(Phone, raw), None, "{raw}");
        }
    }

    #[test]
    fn a_name_without_a_letter_is_found_as_it_is() {
        assert_eq!(key(Name, " ☆ ").as_deref(), Some("☆"));
        let unseen = Identifier::new(Name, "\u{200b}").expect("valid to the model");
        assert!(!normal(&unseen, jp()).key.is_empty());
    }

    #[test]
    fn only_phones_have_several_forms() {
        let of = |kind, raw| normal(&Identifier::new(kind, raw).expect("valid"), jp());
        assert_eq!(of(Phone, "090-1234-5678").forms.len(), 5);
        assert_eq!(of(Name, "Anna Müller").forms, ["anna muller"]);
    }

    #[test]
    fn debug_shows_no_value() {
        let normal = normal(
            &Identifier::new(Email, "maria@example.org").expect("valid"),
            jp(),
        );
        assert!(!format!("{normal:?}").contains("maria"));
    }
}
