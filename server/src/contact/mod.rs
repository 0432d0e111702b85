//! A contact of the directory: the document that the API calls ExternalContact, and what it is found by. Pure: no I/O, no store.

mod change;
mod check;
mod field;
mod phone;

use app::model::Millis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

pub use check::InvalidCard;
pub use field::{Field, categories};
pub use phone::Phone;

/// One contact. Personal data.
#[derive(Clone, PartialEq)]
pub struct Contact {
    /// A UUID, or what another directory gave; 1 to 64 characters.
    pub id: String,
    /// The contact that this one was merged into; links may chain.
    pub canonical: Option<String>,
    pub card: Card,
    /// Tokens of the corrections that were applied to it, newest last: none is applied twice.
    pub applied: Vec<String>,
    pub created_at: Millis,
    pub modified_at: Millis,
}

impl Contact {
    /// How many members a merge set can have.
    pub const MAX_SET: usize = 52;

    /// A contact in no set.
    pub fn new(id: String, card: Card, now: Millis) -> Self {
        Self {
            id,
            canonical: None,
            card,
            applied: Vec::new(),
            created_at: now,
            modified_at: now,
        }
    }
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Contact({}, …)", self.id)
    }
}

/// What a contact says of a person: the writable fields of the API's ExternalContact, under its names.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Card {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salutation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell_phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home_phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twitter_id: Option<Twitter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facebook_id: Option<Facebook>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instagram_id: Option<Instagram>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whats_app_id: Option<WhatsApp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external_ids: Vec<ExternalId>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub custom_fields: Map<String, Json>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
}

impl Card {
    /// The whole name as people write it: family name first where it is in Japanese writing.
    pub fn name(&self) -> Option<String> {
        let parts = [&self.first_name, &self.middle_name, &self.last_name];
        let mut parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        if parts.len() > 1 && parts.iter().all(|part| is_cjk(part)) {
            parts.rotate_right(1);
        }
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// Whether it says nothing of anyone.
    pub fn is_empty(&self) -> bool {
        let bare = Self {
            kind: None,
            ..self.clone()
        };
        !serde_json::to_value(bare).is_ok_and(|card| says(&card))
    }
}

/// Whether there is any value in it, at any depth.
fn says(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Object(map) => map.values().any(says),
        Json::Array(list) => list.iter().any(says),
        Json::String(text) => !text.is_empty(),
        Json::Bool(_) | Json::Number(_) => true,
    }
}

/// How sure the organisation is of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Ephemeral,
    Identified,
    Curated,
}

impl Kind {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ephemeral => "Ephemeral",
            Self::Identified => "Identified",
            Self::Curated => "Curated",
        }
    }
}

/// A postal address.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}

impl Address {
    /// In one line, as the country writes it; without the country. Nothing if there is nothing in it.
    pub fn line(&self) -> Option<String> {
        let [street, more, city, state, code] = [
            &self.address1,
            &self.address2,
            &self.city,
            &self.state,
            &self.postal_code,
        ]
        .map(|part| part.as_deref().unwrap_or_default());
        let words = |words: [&str; 2]| join(&words, " ");
        let line = match self.country_code.as_deref() {
            Some("JP") => {
                let mark = if code.is_empty() { "" } else { "〒" };
                let place = join(&[&format!("{state}{city}{street}"), more], ", ");
                words([&format!("{mark}{code}"), &place])
            }
            Some("US" | "CA" | "GB" | "AU" | "IE" | "NZ") | None => {
                join(&[street, more, city, &words([state, code])], ", ")
            }
            Some(_) => join(&[street, more, &words([code, city]), state], ", "),
        };
        (!line.is_empty()).then_some(line)
    }
}

fn join(parts: &[&str], between: &str) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(between)
}

/// Whether a name is in Chinese or Japanese writing, where the family name comes first.
fn is_cjk(text: &str) -> bool {
    text.chars()
        .all(|c| matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}'))
}

#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Twitter {
    /// Without `@`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen_name: Option<String>,
}

#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Facebook {
    /// Ids that Facebook gave, one per page she wrote to.
    pub ids: Vec<ScopedId>,
}

#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ScopedId {
    pub scoped_id: String,
}

#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Instagram {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<ScopedId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
}

#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WhatsApp {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<Phone>,
}

/// The id that another system gave.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ExternalId {
    pub external_source: Source,
    pub value: String,
}

/// The other system, by name.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Source {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

impl Source {
    /// The other system: by its name, or by its id where only that is given.
    pub fn key(&self) -> &str {
        match &self.id {
            Some(id) if self.name.is_empty() => id,
            _ => &self.name,
        }
    }
}

impl ExternalId {
    /// `source:value`: the identifier it is. The value alone could be another system's id of another person.
    pub fn text(&self) -> String {
        format!("{}:{}", self.external_source.key(), self.value)
    }

    /// The value within a text of [`Self::text`]: what scripts know her by that do not name the source.
    pub fn bare(text: &str) -> &str {
        text.split_once(':').map_or(text, |(_, value)| value)
    }

    /// The same source's id of another value.
    fn revalued(&self, value: &str) -> Self {
        Self {
            external_source: self.external_source.clone(),
            value: value.to_owned(),
        }
    }

    /// The id that a text of [`Self::text`] names; without a source, or with the same, it stays `self`'s.
    fn reworded(&self, text: &str) -> Self {
        match text.split_once(':') {
            Some((source, value)) if source != self.external_source.key() => Self {
                external_source: Source {
                    id: None,
                    name: source.to_owned(),
                },
                value: value.to_owned(),
            },
            _ => self.revalued(Self::bare(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn japanese_names_are_written_family_name_first() {
        let taro = Card {
            first_name: some("太郎"),
            last_name: some("山田"),
            ..Card::default()
        };
        assert_eq!(taro.name().as_deref(), Some("山田 太郎"));
        let anna = Card {
            first_name: some("Anna"),
            middle_name: some("Lena"),
            last_name: some("Müller"),
            ..Card::default()
        };
        assert_eq!(anna.name().as_deref(), Some("Anna Lena Müller"));
        assert_eq!(Card::default().name(), None);
    }

    #[test]
    fn an_address_is_written_as_its_country_does() {
        let mut address = Address {
            address1: some("Musterstraße 1"),
            city: some("Berlin"),
            postal_code: some("10115"),
            country_code: some("DE"),
            ..Address::default()
        };
        assert_eq!(
            address.line().as_deref(),
            Some("Musterstraße 1, 10115 Berlin")
        );
        address.country_code = some("US");
        address.state = some("NY");
        assert_eq!(
            address.line().as_deref(),
            Some("Musterstraße 1, Berlin, NY 10115")
        );
        assert_eq!(Address::default().line(), None);
        let tokyo = Address {
            address1: some("丸の内1-1"),
            city: some("千代田区"),
            state: some("東京都"),
            postal_code: some("100-0005"),
            country_code: some("JP"),
            ..Address::default()
        };
        assert_eq!(
            tokyo.line().as_deref(),
            Some("〒100-0005 東京都千代田区丸の内1-1")
        );
    }

    #[test]
    fn a_card_is_empty_until_it_says_something() {
        let mut card = Card {
            kind: Some(Kind::Curated),
            ..Card::default()
        };
        assert!(card.is_empty());
        card.address = Some(Address::default());
        card.facebook_id = Some(Facebook::default());
        card.custom_fields
            .insert("tags".into(), Json::Array(vec![]));
        assert!(card.is_empty(), "hulls say nothing");
        card.title = some("Dr.");
        assert!(!card.is_empty());
    }
}
