//! A contact's fields in a row: for inventories, searches, exports and keys.

use std::collections::BTreeSet;

use app::model::IdentifierKind;

use super::{Contact, Phone};
use crate::matching::{Country, normal_value};

/// One value of a contact. A field with several values (external ids) comes several times.
#[derive(Clone, PartialEq)]
pub struct Field {
    /// As in [`categories`].
    pub name: &'static str,
    pub value: String,
    /// What it identifies her by.
    pub holds: Option<IdentifierKind>,
}

/// Every field: name, fideslang data category, the kind of identifier it holds, whether it can have several values.
/// In the order of [`Contact::fields`].
pub fn categories() -> &'static [(&'static str, &'static str, Option<IdentifierKind>, bool)] {
    use IdentifierKind as Is;
    &[
        ("id", "user.unique_id", Some(Is::ExternalContactId), false),
        ("name", "user.name", Some(Is::Name), false),
        ("firstName", "user.name.first", None, false),
        ("middleName", "user.name", None, false),
        ("lastName", "user.name.last", None, false),
        ("salutation", "user.name", None, false),
        ("title", "user.job_title", None, false),
        (
            "workPhone",
            "user.contact.phone_number",
            Some(Is::Phone),
            false,
        ),
        (
            "cellPhone",
            "user.contact.phone_number",
            Some(Is::Phone),
            false,
        ),
        (
            "homePhone",
            "user.contact.phone_number",
            Some(Is::Phone),
            false,
        ),
        (
            "otherPhone",
            "user.contact.phone_number",
            Some(Is::Phone),
            false,
        ),
        ("workEmail", "user.contact.email", Some(Is::Email), false),
        (
            "personalEmail",
            "user.contact.email",
            Some(Is::Email),
            false,
        ),
        ("otherEmail", "user.contact.email", Some(Is::Email), false),
        ("address", "user.contact.address", Some(Is::Address), false),
        ("country", "user.contact.address.country", None, false),
        ("twitter", "user.social", Some(Is::Twitter), false),
        ("facebook", "user.social", Some(Is::Facebook), true),
        ("instagram", "user.social", Some(Is::Instagram), false),
        ("whatsApp", "user.social", Some(Is::Whatsapp), false),
        ("externalIds", "user.unique_id", Some(Is::ExternalId), true),
        ("customFields", "user", None, true),
        ("type", "system.operations", None, false),
        ("mergedTo", "user.unique_id", None, false),
    ]
}

impl Contact {
    /// All values that it has, in the order of [`categories`]. Custom fields read `key: value`.
    pub fn fields(&self) -> Vec<Field> {
        let card = &self.card;
        let phone =
            |phone: &Option<Phone>| phone.as_ref().and_then(Phone::number).map(str::to_owned);
        let address = card.address.as_ref();
        let one = |value: Option<String>| value.into_iter().collect::<Vec<_>>();
        let values: [Vec<String>; 24] = [
            vec![self.id.clone()],
            one(card.name()),
            one(card.first_name.clone()),
            one(card.middle_name.clone()),
            one(card.last_name.clone()),
            one(card.salutation.clone()),
            one(card.title.clone()),
            one(phone(&card.work_phone)),
            one(phone(&card.cell_phone)),
            one(phone(&card.home_phone)),
            one(phone(&card.other_phone)),
            one(card.work_email.clone()),
            one(card.personal_email.clone()),
            one(card.other_email.clone()),
            one(address.and_then(super::Address::line)),
            one(address.and_then(|address| address.country_code.clone())),
            one(card
                .twitter_id
                .as_ref()
                .and_then(|id| id.screen_name.clone())),
            card.facebook_id
                .iter()
                .flat_map(|id| &id.ids)
                .map(|id| id.scoped_id.clone())
                .collect(),
            one(card.instagram_id.as_ref().and_then(|id| id.handle.clone())),
            one(card
                .whats_app_id
                .as_ref()
                .and_then(|id| phone(&id.phone_number))),
            card.external_ids
                .iter()
                .map(super::ExternalId::text)
                .collect(),
            card.custom_fields
                .iter()
                .map(|(key, value)| custom(key, value))
                .collect(),
            one(card.kind.map(|kind| kind.as_str().to_owned())),
            one(self.canonical.clone()),
        ];
        categories()
            .iter()
            .zip(values)
            .flat_map(|(&(name, _, holds, _), values)| {
                values
                    .into_iter()
                    .map(move |value| Field { name, value, holds })
            })
            .collect()
    }

    /// What it is found by besides its id: kind and normal form, each once.
    pub fn keys(&self, country: Country) -> BTreeSet<(IdentifierKind, String)> {
        let fields = self.fields().into_iter();
        fields
            .filter_map(|field| Some((field.holds?, field.value)))
            .filter(|(kind, _)| *kind != IdentifierKind::ExternalContactId)
            .filter_map(|(kind, value)| Some((kind, normal_value(kind, &value, country)?)))
            .collect()
    }
}

fn custom(key: &str, value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("{key}: {text}"),
        other => format!("{key}: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Card, ExternalId, Source};
    use super::*;

    fn jp() -> Country {
        Country::parse("JP").expect("a country")
    }

    #[test]
    fn a_contact_is_found_by_the_normal_form_of_every_identifier_it_holds() {
        let card = Card {
            first_name: Some("Anna".into()),
            last_name: Some("Müller".into()),
            cell_phone: Some(Phone::typed("090-1234-5678")),
            work_phone: Some(Phone::typed("+81 90 1234 5678")),
            work_email: Some("Anna@Example.org".into()),
            external_ids: vec![ExternalId {
                external_source: Source {
                    id: None,
                    name: "crm".into(),
                },
                value: "42".into(),
            }],
            ..Card::default()
        };
        let keys: Vec<_> = Contact::new("c".into(), card, 0)
            .keys(jp())
            .into_iter()
            .collect();
        let want = [
            (IdentifierKind::Name, "anna muller"),
            (IdentifierKind::Phone, "+819012345678"),
            (IdentifierKind::Email, "anna@example.org"),
            (IdentifierKind::ExternalId, "crm:42"),
        ];
        assert_eq!(keys, want.map(|(kind, key)| (kind, key.to_owned())));
    }

    #[test]
    fn every_value_has_a_category() {
        let fields = Contact::new("c".into(), Card::default(), 0).fields();
        assert_eq!(fields.len(), 1, "an empty card shows its id only");
        assert_eq!(fields[0].name, categories()[0].0);
    }
}
