//! Newtypes for ids. All are safe in URLs, logs, events and evidence: none holds personal data.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: want 1 to {max} characters of a-z, 0-9, '-', '_' or '.', the first not '.'")]
pub struct InvalidId {
    /// Which kind of id was wanted, e.g. `request id`.
    pub what: &'static str,
    /// The longest text allowed, in bytes.
    pub max: usize,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text; [`InvalidId`] says what was wrong.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                let fits = (1..=$max).contains(&text.len());
                let plain = text
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b));
                // No path component ever gets from an id to a parent folder.
                if fits && plain && !text.starts_with('.') { Ok(Self(text)) } else { Err(InvalidId { what: $what, max: $max }) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id!(
    /// A system of the organisation, e.g. `help-desk`. Chosen by the operator.
    SystemId, "system id", 40
);
id!(
    /// A collection inside a system, e.g. `tickets`. Unique in its system.
    CollectionName, "collection name", 64
);
id!(
    /// One search: an identifier asked of every system. UUID v7.
    SearchId, "search id", 36
);
id!(
    /// One plan. UUID v7.
    PlanId, "plan id", 36
);
id!(
    /// One request. UUID v7.
    RequestId, "request id", 36
);
id!(
    /// One saved view of the list of requests. UUID v7.
    ViewId, "view id", 36
);
id!(
    /// One link that a staff member confirmed. UUID v7.
    LinkId, "link id", 36
);
id!(
    /// One database that is being connected. UUID v7.
    DraftId, "draft id", 36
);
id!(
    /// Names a subject without saying anything about her: a keyed hash of her [`super::SubjectKey`], 32 hex digits.
    SubjectHandle, "subject handle", 32
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_plain() {
        assert!(SystemId::parse("help-desk").is_ok());
        for bad in ["", "..", "Help", "a b", "a/b", "a:b", "ä", &"x".repeat(41)] {
            assert!(SystemId::parse(bad).is_err(), "{bad:?} passed");
        }
    }
}
