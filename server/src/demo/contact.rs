//! Contacts of the directory: what the sample hands over, for the directory itself to store.

/// A name for one of a contact's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneSlot {
    Work,
    Cell,
    Home,
    Other,
}

impl PhoneSlot {
    /// The word in SQL: snake_case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Cell => "cell",
            Self::Home => "home",
            Self::Other => "other",
        }
    }
}

/// A name for one of a contact's e-mail addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailSlot {
    Work,
    Personal,
    Other,
}

impl EmailSlot {
    /// The word in SQL: snake_case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Personal => "personal",
            Self::Other => "other",
        }
    }
}

/// How sure the organisation is of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactKind {
    /// Known from one conversation only.
    Ephemeral,
    /// Recognised by a number, an address or a handle.
    Identified,
    /// Kept by hand.
    Curated,
}

impl ContactKind {
    /// The word of the external contacts API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ephemeral => "Ephemeral",
            Self::Identified => "Identified",
            Self::Curated => "Curated",
        }
    }
}

/// A postal address in parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostalAddress {
    pub address1: String,
    pub address2: Option<String>,
    pub city: String,
    pub state: Option<String>,
    pub postal_code: String,
    /// ISO 3166, two letters.
    pub country_code: String,
}

impl PostalAddress {
    /// In one line, as the country writes it.
    pub fn line(&self) -> String {
        let street = match &self.address2 {
            Some(more) => format!("{}, {more}", self.address1),
            None => self.address1.clone(),
        };
        let (city, code) = (&self.city, &self.postal_code);
        let state = self.state.as_deref().unwrap_or_default();
        match self.country_code.as_str() {
            "JP" => format!("〒{code} {state}{city}{street}"),
            "DE" => format!("{street}, {code} {city}"),
            "US" => format!("{street}, {city}, {state} {code}"),
            _ => format!("{street}, {city} {code}"),
        }
    }
}

/// One contact of the directory. Personal data, invented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryContact {
    /// A UUID, the same for the same seed.
    pub id: String,
    pub first_name: Option<String>,
    pub middle_name: Option<String>,
    pub last_name: Option<String>,
    /// Slot, and the number as it was typed.
    pub phones: Vec<(PhoneSlot, String)>,
    pub emails: Vec<(EmailSlot, String)>,
    pub address: Option<PostalAddress>,
    /// Screen name, without `@`.
    pub twitter: Option<String>,
    /// Ids that Facebook gave, one per page she wrote to.
    pub facebook: Vec<String>,
    pub instagram: Option<String>,
    /// A telephone number.
    pub whatsapp: Option<String>,
    /// Source, and the id it gave, e.g. (`CRM`, `C-1001`).
    pub external_ids: Vec<(String, String)>,
    pub kind: ContactKind,
    /// The contact that this one was merged into. Links may chain; they never form a cycle.
    pub canonical: Option<String>,
    /// Milliseconds UTC.
    pub created: i64,
    /// Milliseconds UTC, not before `created`.
    pub modified: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_its_country_does() {
        let mut address = PostalAddress {
            address1: "Musterstraße 1".to_owned(),
            city: "Berlin".to_owned(),
            postal_code: "10969".to_owned(),
            country_code: "DE".to_owned(),
            ..PostalAddress::default()
        };
        assert_eq!(address.line(), "Musterstraße 1, 10969 Berlin");
        address.country_code = "US".to_owned();
        address.state = Some("OR".to_owned());
        assert_eq!(address.line(), "Musterstraße 1, Berlin, OR 10969");
    }
}
