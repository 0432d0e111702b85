//! Corrections: where a contact says the old value, it says the new one.

use app::model::{IdentifierKind as Kind, Replacement};

use super::phone::is_same_number;
use super::{Address, Card, ExternalId, Phone, is_cjk};
use crate::matching::{Country, normal_value};

impl Card {
    /// Replaces old values by new ones in the fields that hold their kinds. Every field is compared as it was before, so that
    /// of two chained replacements (a → b, b → c) only one reaches a field. Gives whether anything changed.
    pub fn replace(&mut self, replacements: &[Replacement], country: Country) -> bool {
        let before = self.clone();
        let new = |kind: Kind, value: &str| new_value(replacements, kind, value, country);
        self.replace_names(&before, &new);
        for phone in [
            &mut self.work_phone,
            &mut self.cell_phone,
            &mut self.home_phone,
            &mut self.other_phone,
        ] {
            replace_phone(phone, Kind::Phone, &new);
        }
        if let Some(whats_app) = &mut self.whats_app_id {
            replace_phone(&mut whats_app.phone_number, Kind::Whatsapp, &new);
        }
        for email in [
            &mut self.work_email,
            &mut self.personal_email,
            &mut self.other_email,
        ] {
            replace_text(email, Kind::Email, &new);
        }
        if let Some(twitter) = &mut self.twitter_id {
            replace_text(&mut twitter.screen_name, Kind::Twitter, &new);
        }
        if let Some(instagram) = &mut self.instagram_id {
            replace_text(&mut instagram.handle, Kind::Instagram, &new);
            for id in &mut instagram.ids {
                if let Some(new) = new(Kind::Instagram, &id.scoped_id) {
                    id.scoped_id = new.to_owned();
                }
            }
        }
        for id in self
            .facebook_id
            .iter_mut()
            .flat_map(|facebook| &mut facebook.ids)
        {
            if let Some(new) = new(Kind::Facebook, &id.scoped_id) {
                id.scoped_id = new.to_owned();
            }
        }
        for id in &mut self.external_ids {
            let text = id.text();
            if let Some(new) = new(Kind::ExternalId, &text) {
                *id = id.reworded(new);
            } else if let Some(new) = new(Kind::ExternalId, ExternalId::bare(&text)) {
                *id = id.revalued(new);
            }
        }
        self.replace_address(&new);
        *self != before
    }

    /// A replacement of the whole name, or of one part of it.
    fn replace_names<'a>(&mut self, before: &Self, new: &impl Fn(Kind, &str) -> Option<&'a str>) {
        if let Some(whole) = before.name().and_then(|name| new(Kind::Name, &name)) {
            return self.rename(whole);
        }
        for part in [
            &mut self.first_name,
            &mut self.middle_name,
            &mut self.last_name,
        ] {
            replace_text(part, Kind::Name, new);
        }
    }

    /// Splits a whole name: the last word is the family name, in Japanese writing the first.
    fn rename(&mut self, name: &str) {
        let mut words: Vec<&str> = name.split_whitespace().collect();
        if is_cjk(name.replace(' ', "").as_str()) && words.len() > 1 {
            words.rotate_left(1);
        }
        let part = |words: &[&str]| (!words.is_empty()).then(|| words.join(" "));
        (self.first_name, self.middle_name, self.last_name) = match words.as_slice() {
            [] => return,
            // One word: it stays where the only part was.
            [only] if self.last_name.is_none() => (part(&[only]), None, None),
            [only] => (None, None, part(&[only])),
            [first, middle @ .., last] => (part(&[first]), part(middle), part(&[last])),
        };
    }

    /// A new address can't be taken apart: it becomes the first line of its country's.
    fn replace_address<'a>(&mut self, new: &impl Fn(Kind, &str) -> Option<&'a str>) {
        let Some(address) = &mut self.address else {
            return;
        };
        let Some(line) = address.line().and_then(|line| new(Kind::Address, &line)) else {
            return;
        };
        *address = Address {
            address1: Some(line.to_owned()),
            country_code: address.country_code.take(),
            ..Address::default()
        };
    }
}

fn new_value<'a>(
    replacements: &'a [Replacement],
    kind: Kind,
    value: &str,
    country: Country,
) -> Option<&'a str> {
    let key = normal_value(kind, value, country)?;
    replacements
        .iter()
        .filter(|replacement| replacement.kind == kind)
        .find(|replacement| normal_value(kind, &replacement.old, country).as_ref() == Some(&key))
        .map(|replacement| replacement.new.trim())
}

fn replace_text<'a>(
    text: &mut Option<String>,
    kind: Kind,
    new: &impl Fn(Kind, &str) -> Option<&'a str>,
) {
    if let Some(new) = text.as_deref().and_then(|old| new(kind, old)) {
        *text = Some(new.to_owned());
    }
}

fn replace_phone<'a>(
    phone: &mut Option<Phone>,
    kind: Kind,
    new: &impl Fn(Kind, &str) -> Option<&'a str>,
) {
    let Some(known) = phone else { return };
    let spellings = known.spellings().into_iter();
    let mut numbers = spellings.filter(|(_, is_own)| *is_own);
    let Some((old, new)) = numbers.find_map(|(old, _)| Some((old, new(kind, old)?))) else {
        return;
    };
    // What spells the old number goes with it; another number beside it stays.
    let kept = |text: &Option<String>| text.clone().filter(|text| !is_same_number(text, old));
    let typed = Phone::typed(new);
    *phone = Some(Phone {
        e164: kept(&known.e164),
        user_input: kept(&known.user_input).or(typed.user_input),
        display: kept(&known.display).or(typed.display),
        country_code: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: Kind, old: &str, new: &str) -> Replacement {
        Replacement {
            kind,
            old: old.into(),
            new: new.into(),
        }
    }

    fn anna() -> Card {
        Card {
            first_name: Some("Anna".into()),
            last_name: Some("Müller".into()),
            work_email: Some("a@example.org".into()),
            other_email: Some("b@example.org".into()),
            cell_phone: Some(Phone {
                e164: Some("+493012345678".into()),
                display: Some("030 12345678".into()),
                ..Phone::default()
            }),
            ..Card::default()
        }
    }

    fn changed(card: &mut Card, replacements: &[Replacement]) -> bool {
        card.replace(replacements, Country::parse("DE").expect("a country"))
    }

    #[test]
    fn only_the_field_that_says_the_old_value_changes() {
        let mut card = anna();
        assert!(changed(
            &mut card,
            &[of(Kind::Email, "A@Example.org", "c@example.org")]
        ));
        assert_eq!(card.work_email.as_deref(), Some("c@example.org"));
        assert_eq!(card.other_email, anna().other_email);
        assert!(!changed(
            &mut card,
            &[of(Kind::Email, "nobody@example.org", "x@example.org")]
        ));
        assert!(!changed(
            &mut card,
            &[of(Kind::Phone, "c@example.org", "030 1")]
        ));
    }

    #[test]
    fn chained_replacements_do_not_meet_in_one_field() {
        let mut card = anna();
        let chain = [
            of(Kind::Email, "a@example.org", "b@example.org"),
            of(Kind::Email, "b@example.org", "c@example.org"),
        ];
        assert!(changed(&mut card, &chain));
        assert_eq!(card.work_email.as_deref(), Some("b@example.org"));
        assert_eq!(card.other_email.as_deref(), Some("c@example.org"));
    }

    #[test]
    fn a_new_number_leaves_no_old_spelling() {
        let mut card = anna();
        assert!(changed(
            &mut card,
            &[of(Kind::Phone, "+49 30 12345678", "+49 30 999999")]
        ));
        let phone = card.cell_phone.expect("still a phone");
        assert_eq!(phone.number(), Some("+49 30 999999"));
        assert_eq!(phone.e164, None);
    }

    #[test]
    fn another_number_in_the_same_field_is_replaced_by_itself() {
        let phone = Phone {
            e164: Some("+493012345678".into()),
            user_input: Some("030 12345678".into()),
            display: Some("+1 202 555 0100".into()),
            country_code: None,
        };
        for (old, want) in [
            (
                "+1 202 555 0100",
                ["+493012345678", "030 12345678", "+49 89 1234567"].as_slice(),
            ),
            ("030 12345678", &["+49 89 1234567", "+1 202 555 0100"]),
        ] {
            let mut card = anna();
            card.cell_phone = Some(phone.clone());
            assert!(changed(
                &mut card,
                &[of(Kind::Phone, old, "+49 89 1234567")]
            ));
            let now = card.cell_phone.expect("still a phone");
            let spellings: Vec<&str> = now.spellings().into_iter().map(|(text, _)| text).collect();
            assert_eq!(spellings, want);
        }
    }

    #[test]
    fn an_external_id_is_replaced_by_its_text_or_its_value_alone() {
        let id = |source: &str, value: &str| ExternalId {
            external_source: super::super::Source {
                id: Some("s-1".into()),
                name: source.into(),
            },
            value: value.into(),
        };
        for (old, new, want) in [
            ("crm:42", "crm:43", "crm:43"),
            ("crm:42", "43", "crm:43"),
            ("crm:42", "shop:43", "shop:43"),
            ("42", "43", "crm:43"),
            ("42", "shop:43", "crm:shop:43"),
            ("shop:42", "43", "crm:42"),
        ] {
            let mut card = anna();
            card.external_ids = vec![id("crm", "42")];
            changed(&mut card, &[of(Kind::ExternalId, old, new)]);
            let now = &card.external_ids[0];
            assert_eq!(now.text(), want);
            assert_eq!(
                now.external_source.id.is_some(),
                now.external_source.name == "crm",
                "the source's own id stays with the source"
            );
        }
    }

    #[test]
    fn a_name_is_replaced_whole_or_in_part() {
        let mut card = anna();
        assert!(changed(&mut card, &[of(Kind::Name, "Müller", "Schmidt")]));
        assert_eq!(card.name().as_deref(), Some("Anna Schmidt"));
        assert!(changed(
            &mut card,
            &[of(Kind::Name, "schmidt, anna", "Anna Lena Groß")]
        ));
        assert_eq!(card.middle_name.as_deref(), Some("Lena"));
        assert_eq!(card.last_name.as_deref(), Some("Groß"));
        let mut taro = Card {
            first_name: Some("太郎".into()),
            last_name: Some("山田".into()),
            ..Card::default()
        };
        assert!(changed(
            &mut taro,
            &[of(Kind::Name, "山田太郎", "佐藤 太郎")]
        ));
        assert_eq!(taro.last_name.as_deref(), Some("佐藤"));
    }
}
