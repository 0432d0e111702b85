//! A contact's fields in a row: for inventories, searches, exports and keys.

use std::collections::BTreeSet;

use app::model::IdentifierKind;

use super::{Contact, ExternalId, Phone, ScopedId};
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
            true,
        ),
        (
            "cellPhone",
            "user.contact.phone_number",
            Some(Is::Phone),
            true,
        ),
        (
            "homePhone",
            "user.contact.phone_number",
            Some(Is::Phone),
            true,
        ),
        (
            "otherPhone",
            "user.contact.phone_number",
            Some(Is::Phone),
            true,
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
        ("instagramIds", "user.social", Some(Is::Instagram), true),
        ("whatsApp", "user.social", Some(Is::Whatsapp), true),
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
        let all = |values: Vec<String>| values.into_iter().map(|value| (value, true)).collect();
        let one = |value: Option<String>| value.into_iter().map(|value| (value, true)).collect();
        let address = card.address.as_ref();
        let instagram = card.instagram_id.as_ref();
        let scoped = |ids: &[ScopedId]| ids.iter().map(|id| id.scoped_id.clone()).collect();
        let custom_fields = card.custom_fields.iter();
        let values: [Values; 25] = [
            one(Some(self.id.clone())),
            one(card.name()),
            one(card.first_name.clone()),
            one(card.middle_name.clone()),
            one(card.last_name.clone()),
            one(card.salutation.clone()),
            one(card.title.clone()),
            spelled(card.work_phone.as_ref()),
            spelled(card.cell_phone.as_ref()),
            spelled(card.home_phone.as_ref()),
            spelled(card.other_phone.as_ref()),
            one(card.work_email.clone()),
            one(card.personal_email.clone()),
            one(card.other_email.clone()),
            one(address.and_then(super::Address::line)),
            one(address.and_then(|address| address.country_code.clone())),
            one(card
                .twitter_id
                .as_ref()
                .and_then(|id| id.screen_name.clone())),
            all(card
                .facebook_id
                .as_ref()
                .map_or_else(Vec::new, |id| scoped(&id.ids))),
            one(instagram.and_then(|id| id.handle.clone())),
            all(instagram.map_or_else(Vec::new, |id| scoped(&id.ids))),
            spelled(
                card.whats_app_id
                    .as_ref()
                    .and_then(|id| id.phone_number.as_ref()),
            ),
            all(card.external_ids.iter().map(ExternalId::text).collect()),
            all(custom_fields
                .map(|(key, value)| custom(key, value))
                .collect()),
            one(card.kind.map(|kind| kind.as_str().to_owned())),
            one(self.canonical.clone()),
        ];
        categories()
            .iter()
            .zip(values)
            .flat_map(|(&(name, _, holds, _), values)| {
                values.into_iter().map(move |(value, is_key)| Field {
                    name,
                    value,
                    holds: holds.filter(|_| is_key),
                })
            })
            .collect()
    }

    /// What it is found by besides its id: kind and normal form, each once.
    pub fn keys(&self, country: Country) -> BTreeSet<(IdentifierKind, String)> {
        let fields = self.fields().into_iter();
        fields
            .filter(|field| field.holds != Some(IdentifierKind::ExternalContactId))
            .flat_map(|field| field.keys(country))
            .collect()
    }
}

impl Field {
    /// What the value is found by: kind and normal form. An external id by its value alone, too: whoever searches it need not
    /// know how we call its source.
    pub fn keys(&self, country: Country) -> Vec<(IdentifierKind, String)> {
        let Some(kind) = self.holds else {
            return Vec::new();
        };
        let bare = match kind {
            IdentifierKind::ExternalId => Some(ExternalId::bare(&self.value)),
            _ => None,
        };
        let values = [Some(self.value.as_str()), bare].into_iter().flatten();
        values
            .filter_map(|value| Some((kind, normal_value(kind, value, country)?)))
            .collect()
    }
}

/// Values of a field, each with whether it identifies her if the field does.
type Values = Vec<(String, bool)>;

fn spelled(phone: Option<&Phone>) -> Values {
    let spellings = phone.map(Phone::spellings).unwrap_or_default();
    let owned = |(text, is_own): (&str, bool)| (text.to_owned(), is_own);
    spellings.into_iter().map(owned).collect()
}

fn custom(key: &str, value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("{key}: {text}"),
        other => format!("{key}: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Card, Source};
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
            (IdentifierKind::ExternalId, "42"),
            (IdentifierKind::ExternalId, "crm:42"),
        ];
        assert_eq!(keys, want.map(|(kind, key)| (kind, key.to_owned())));
    }

    #[test]
    fn all_that_is_stored_is_shown_and_another_number_is_found() {
        let phone = Phone {
            e164: Some("+493012345678".into()),
            user_input: Some("030 12345678".into()),
            display: Some("+1 202 555 0100".into()),
            country_code: None,
        };
        let instagram = crate::contact::Instagram {
            ids: vec![ScopedId {
                scoped_id: "1784".into(),
            }],
            handle: Some("anna".into()),
        };
        let card = Card {
            work_phone: Some(phone),
            instagram_id: Some(instagram),
            ..Card::default()
        };
        let contact = Contact::new("c".into(), card, 0);
        let shown = |name: &str| {
            let fields = contact.fields().into_iter();
            let values: Vec<_> = fields.filter(|f| f.name == name).map(|f| f.value).collect();
            values
        };
        let spellings = ["+493012345678", "030 12345678", "+1 202 555 0100"];
        assert_eq!(shown("workPhone"), spellings);
        assert_eq!(shown("instagram"), ["anna"]);
        assert_eq!(shown("instagramIds"), ["1784"]);
        let keys: Vec<_> = contact.keys(jp()).into_iter().map(|(_, key)| key).collect();
        // The national spelling would be another number in Japan.
        assert_eq!(keys, ["+12025550100", "+493012345678", "1784", "anna"]);
    }

    #[test]
    fn every_value_has_a_category() {
        let fields = Contact::new("c".into(), Card::default(), 0).fields();
        assert_eq!(fields.len(), 1, "an empty card shows its id only");
        assert_eq!(fields[0].name, categories()[0].0);
    }
}
