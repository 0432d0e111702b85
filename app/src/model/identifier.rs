//! Identifiers: the typed values by which a person is searched.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an identifier is. Content kinds are searched in fields; id kinds are resolved to one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    Name,
    Address,
    Phone,
    Email,
    Twitter,
    Instagram,
    Facebook,
    AppleMessages,
    Whatsapp,
    /// An employee's account in the contact centre.
    UserId,
    /// A contact of the directory.
    ExternalContactId,
    /// A contact on a dialer list; carries the list.
    DialerContactId,
    /// A website visitor.
    VisitorId,
    /// An id that another system gave, e.g. a messenger's scoped id, or `help-desk:42`.
    ExternalId,
}

impl IdentifierKind {
    /// Every kind, in the order the UI offers them.
    pub const ALL: [Self; 14] = [
        Self::Email,
        Self::Phone,
        Self::Name,
        Self::Address,
        Self::Twitter,
        Self::Instagram,
        Self::Facebook,
        Self::AppleMessages,
        Self::Whatsapp,
        Self::ExternalContactId,
        Self::UserId,
        Self::DialerContactId,
        Self::VisitorId,
        Self::ExternalId,
    ];

    /// The word in SQL, JSON, forms and evidence: snake_case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Twitter => "twitter",
            Self::Instagram => "instagram",
            Self::Facebook => "facebook",
            Self::AppleMessages => "apple_messages",
            Self::Whatsapp => "whatsapp",
            Self::UserId => "user_id",
            Self::ExternalContactId => "external_contact_id",
            Self::DialerContactId => "dialer_contact_id",
            Self::VisitorId => "visitor_id",
            Self::ExternalId => "external_id",
        }
    }

    /// The kind that a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it is a telephone number, which says another thing in each country.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Phone | Self::Whatsapp)
    }

    /// Whether it names one subject (resolved), rather than content that many may share (searched).
    pub fn is_id(self) -> bool {
        matches!(
            self,
            Self::UserId
                | Self::ExternalContactId
                | Self::DialerContactId
                | Self::VisitorId
                | Self::ExternalId
        )
    }
}

/// Why a value is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvalidIdentifier {
    #[error("is empty")]
    Empty,
    #[error("is longer than {} characters", Identifier::MAX_CHARS)]
    TooLong,
    #[error("contains a control character")]
    ControlCharacter,
    #[error("is not an e-mail address")]
    NotAnEmail,
    #[error("is not a telephone number: want 4 to 20 digits")]
    NotAPhone,
    #[error("needs the id of its contact list")]
    ListMissing,
}

/// A typed value by which a person is searched. Personal data: never in a URL, log, event or evidence.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawIdentifier")]
pub struct Identifier {
    kind: IdentifierKind,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<String>,
}

#[derive(Deserialize)]
struct RawIdentifier {
    kind: IdentifierKind,
    value: String,
    list: Option<String>,
}

impl TryFrom<RawIdentifier> for Identifier {
    type Error = String;
    fn try_from(raw: RawIdentifier) -> Result<Self, String> {
        let made = match (raw.kind, raw.list) {
            (IdentifierKind::DialerContactId, Some(list)) => {
                Self::dialer_contact(&raw.value, &list)
            }
            (_, Some(_)) => return Err("only a dialer contact has a list".to_owned()),
            (kind, None) => Self::new(kind, &raw.value),
        };
        made.map_err(|why| why.to_string())
    }
}

impl Identifier {
    /// The longest value, in characters.
    pub const MAX_CHARS: usize = 512;

    /// Trims and checks the value. As typed otherwise: normal forms are the server's business.
    pub fn new(kind: IdentifierKind, value: &str) -> Result<Self, InvalidIdentifier> {
        if kind == IdentifierKind::DialerContactId {
            let (list, id) = value
                .split_once('/')
                .ok_or(InvalidIdentifier::ListMissing)?;
            return Self::dialer_contact(id, list);
        }
        let value = checked(value)?;
        match kind {
            IdentifierKind::Email => check_email(&value)?,
            IdentifierKind::Phone | IdentifierKind::Whatsapp => check_phone(&value)?,
            _ => {}
        }
        Ok(Self {
            kind,
            value,
            list: None,
        })
    }

    /// A contact on a dialer list. `new` takes the same as `list/id`.
    pub fn dialer_contact(id: &str, list: &str) -> Result<Self, InvalidIdentifier> {
        let list = checked(list).map_err(|why| match why {
            InvalidIdentifier::Empty => InvalidIdentifier::ListMissing,
            other => other,
        })?;
        Ok(Self {
            kind: IdentifierKind::DialerContactId,
            value: checked(id)?,
            list: Some(list),
        })
    }

    pub fn kind(&self) -> IdentifierKind {
        self.kind
    }

    /// The value as typed, trimmed.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The contact list of a dialer contact id, else nothing.
    pub fn list(&self) -> Option<&str> {
        self.list.as_deref()
    }
}

/// Shows the kind only, so that a stray `{:?}` leaks nobody.
impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({}, …)", self.kind.as_str())
    }
}

/// An identifier of an id kind: it names exactly one subject. Two systems that answer with the same key mean the same subject.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Identifier", into = "Identifier")]
pub struct SubjectKey(Identifier);

impl SubjectKey {
    /// The identifier it is.
    pub fn identifier(&self) -> &Identifier {
        &self.0
    }

    pub fn kind(&self) -> IdentifierKind {
        self.0.kind
    }

    /// The id, without its list.
    pub fn id(&self) -> &str {
        &self.0.value
    }
}

impl TryFrom<Identifier> for SubjectKey {
    type Error = &'static str;
    fn try_from(identifier: Identifier) -> Result<Self, &'static str> {
        if identifier.kind.is_id() {
            Ok(Self(identifier))
        } else {
            Err("is not an id")
        }
    }
}

impl From<SubjectKey> for Identifier {
    fn from(key: SubjectKey) -> Self {
        key.0
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectKey({}, …)", self.0.kind.as_str())
    }
}

fn checked(value: &str) -> Result<String, InvalidIdentifier> {
    let value = value.trim();
    if value.is_empty() {
        Err(InvalidIdentifier::Empty)
    } else if value.chars().count() > Identifier::MAX_CHARS {
        Err(InvalidIdentifier::TooLong)
    } else if value.chars().any(char::is_control) {
        Err(InvalidIdentifier::ControlCharacter)
    } else {
        Ok(value.to_owned())
    }
}

fn check_email(value: &str) -> Result<(), InvalidIdentifier> {
    let whole = |(user, host): (&str, &str)| !user.is_empty() && !host.is_empty();
    let spaced = value.chars().any(char::is_whitespace);
    // A full-width ＠ is typed on Japanese keyboards; the server folds it.
    let parts = value.rsplit_once(['@', '＠']);
    if parts.is_some_and(whole) && !spaced {
        Ok(())
    } else {
        Err(InvalidIdentifier::NotAnEmail)
    }
}

fn check_phone(value: &str) -> Result<(), InvalidIdentifier> {
    let digits = value
        .chars()
        .filter(|c| c.is_ascii_digit() || ('０'..='９').contains(c))
        .count();
    if (4..=20).contains(&digits) {
        Ok(())
    } else {
        Err(InvalidIdentifier::NotAPhone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_trimmed_and_checked() {
        let ok =
            Identifier::new(IdentifierKind::Email, "  a@b.example ").map(|i| i.value().to_owned());
        assert_eq!(ok.as_deref(), Ok("a@b.example"));
        let cases = [
            (IdentifierKind::Name, "  ", InvalidIdentifier::Empty),
            (
                IdentifierKind::Name,
                "a\u{0}b",
                InvalidIdentifier::ControlCharacter,
            ),
            (
                IdentifierKind::Name,
                &"x".repeat(513),
                InvalidIdentifier::TooLong,
            ),
            (
                IdentifierKind::Email,
                "nobody",
                InvalidIdentifier::NotAnEmail,
            ),
            (
                IdentifierKind::Phone,
                "call me",
                InvalidIdentifier::NotAPhone,
            ),
            (
                IdentifierKind::DialerContactId,
                "42",
                InvalidIdentifier::ListMissing,
            ),
        ];
        for (kind, value, why) in cases {
            assert_eq!(Identifier::new(kind, value), Err(why));
        }
    }

    #[test]
    fn only_a_dialer_contact_has_a_list() {
        let read = |json: &str| serde_json::from_str::<Identifier>(json);
        let dialer = read(r#"{"kind":"dialer_contact_id","value":"42","list":"spring"}"#);
        assert_eq!(
            dialer.expect("valid"),
            Identifier::dialer_contact("42", "spring").expect("valid")
        );
        assert!(read(r#"{"kind":"email","value":"x","list":"y"}"#).is_err());
        assert!(read(r#"{"kind":"email","value":"a@b.example","list":"y"}"#).is_err());
    }

    #[test]
    fn debug_shows_no_value() {
        let id = Identifier::new(IdentifierKind::Email, "maria@example.org").expect("valid");
        assert!(!format!("{id:?}").contains("maria"));
    }

    #[test]
    fn every_kind_has_one_word() {
        for kind in IdentifierKind::ALL {
            assert_eq!(IdentifierKind::parse(kind.as_str()), Some(kind));
        }
    }
}
