//! Whether a card can be what it says: mail addresses, numbers and ids that can be searched later.

use app::model::{Identifier, IdentifierKind as Kind};

use super::{Card, Phone};
use crate::matching::{Country, normal_value};

/// What is wrong with a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {why}")]
pub struct InvalidCard {
    /// The field as the API calls it, e.g. `workPhone`.
    pub field: String,
    /// Without the value, e.g. `is not an e-mail address`.
    pub why: String,
}

impl Card {
    /// How many external ids a contact can have.
    pub const MAX_EXTERNAL_IDS: usize = 200;
    /// How many ids of Facebook, or of Instagram.
    pub const MAX_SCOPED_IDS: usize = 200;
    /// How many fields of the client's own.
    pub const MAX_CUSTOM_FIELDS: usize = 200;
    /// How long it can be as JSON of ASCII only: what was read must fit into a body that is sent back.
    const MAX_BYTES: usize = 100_000;

    /// What there is too much of, if a merge joined more than a contact can have.
    pub fn too_much(&self) -> Option<&'static str> {
        let facebook = self.facebook_id.as_ref().map_or(0, |id| id.ids.len());
        let counts = [
            (
                "externalIds",
                self.external_ids.len(),
                Self::MAX_EXTERNAL_IDS,
            ),
            ("facebookId.ids", facebook, Self::MAX_SCOPED_IDS),
            (
                "customFields",
                self.custom_fields.len(),
                Self::MAX_CUSTOM_FIELDS,
            ),
        ];
        let over = counts.iter().find(|(_, count, max)| count > max);
        let json = serde_json::to_string(self).unwrap_or_default();
        let escaped = |c: char| if c.is_ascii() { 1 } else { 6 * c.len_utf16() };
        let bytes: usize = json.chars().map(escaped).sum();
        over.map(|(what, ..)| *what)
            .or((bytes > Self::MAX_BYTES).then_some("text"))
    }

    /// Checks what identifies her, and adds the E.164 form of numbers that have one.
    pub fn checked(mut self, country: Country) -> Result<Self, InvalidCard> {
        for (field, phone) in [
            ("workPhone", &mut self.work_phone),
            ("cellPhone", &mut self.cell_phone),
            ("homePhone", &mut self.home_phone),
            ("otherPhone", &mut self.other_phone),
        ] {
            check_phone(field, phone.as_mut(), country)?;
        }
        if let Some(whats_app) = &mut self.whats_app_id {
            check_phone(
                "whatsAppId.phoneNumber",
                whats_app.phone_number.as_mut(),
                country,
            )?;
        }
        for (field, email) in [
            ("workEmail", &self.work_email),
            ("personalEmail", &self.personal_email),
            ("otherEmail", &self.other_email),
        ] {
            email
                .as_deref()
                .map_or(Ok(()), |email| check(field, Kind::Email, email))?;
        }
        let handles = [
            (
                "twitterId.screenName",
                Kind::Twitter,
                self.twitter_id
                    .as_ref()
                    .and_then(|id| id.screen_name.as_deref()),
            ),
            (
                "instagramId.handle",
                Kind::Instagram,
                self.instagram_id
                    .as_ref()
                    .and_then(|id| id.handle.as_deref()),
            ),
        ];
        for (field, kind, handle) in handles {
            handle.map_or(Ok(()), |handle| check(field, kind, handle))?;
        }
        for id in &self.external_ids {
            check("externalIds", Kind::ExternalId, &id.text())?;
            // The source ends at the first colon: with one in it, two ids could read the same.
            let source = id.external_source.key();
            if source.is_empty() || source.contains(':') {
                return Err(InvalidCard {
                    field: "externalIds.externalSource".to_owned(),
                    why: "must have a name or an id, without a colon".to_owned(),
                });
            }
        }
        Ok(self)
    }
}

fn check(field: &str, kind: Kind, value: &str) -> Result<(), InvalidCard> {
    let wrong = |why: app::model::InvalidIdentifier| InvalidCard {
        field: field.to_owned(),
        why: why.to_string(),
    };
    Identifier::new(kind, value).map(|_| ()).map_err(wrong)
}

fn check_phone(
    field: &str,
    phone: Option<&mut Phone>,
    country: Country,
) -> Result<(), InvalidCard> {
    let Some(phone) = phone else { return Ok(()) };
    check(field, Kind::Phone, phone.number().unwrap_or_default())?;
    let own = phone
        .country_code
        .as_deref()
        .and_then(|code| Country::parse(code).ok());
    let key = phone
        .number()
        .and_then(|number| normal_value(Kind::Phone, number, own.unwrap_or(country)));
    if phone.e164.is_none() {
        phone.e164 =
            key.filter(|key| key.starts_with('+') && key[1..].bytes().all(|b| b.is_ascii_digit()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(card: Card) -> Result<Card, InvalidCard> {
        card.checked(Country::parse("DE").expect("a country"))
    }

    #[test]
    fn a_number_gets_its_international_form() {
        let mut phone = Phone::typed("030 12345678");
        let card = |phone: &Phone| Card {
            work_phone: Some(phone.clone()),
            ..Card::default()
        };
        let e164 = |card: Card| card.work_phone.and_then(|phone| phone.e164);
        assert_eq!(
            checked(card(&phone)).map(e164),
            Ok(Some("+493012345678".to_owned()))
        );
        phone = Phone {
            country_code: Some("JP".into()),
            ..Phone::typed("090-1234-5678")
        };
        assert_eq!(
            checked(card(&phone)).map(e164),
            Ok(Some("+819012345678".to_owned()))
        );
    }

    #[test]
    fn what_could_not_be_searched_is_refused_by_its_field() {
        let field = |card: Card| checked(card).err().map(|why| why.field);
        let email = Card {
            other_email: Some("nobody".into()),
            ..Card::default()
        };
        assert_eq!(field(email).as_deref(), Some("otherEmail"));
        let phone = Card {
            home_phone: Some(Phone::default()),
            ..Card::default()
        };
        assert_eq!(field(phone).as_deref(), Some("homePhone"));
        let handle = Card {
            twitter_id: Some(super::super::Twitter {
                screen_name: Some("  ".into()),
            }),
            ..Card::default()
        };
        assert_eq!(field(handle).as_deref(), Some("twitterId.screenName"));
    }
}
