//! Inventories: what a system holds, by what it is found, and what erasure does to it.

use serde::{Deserialize, Serialize};

use super::{CollectionName, IdentifierKind};

/// Everything one system stores of people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inventory {
    /// Parents before children.
    pub collections: Vec<Collection>,
}

impl Inventory {
    /// Whether any collection can be looked up by this kind of identifier.
    pub fn searchable_by(&self, kind: IdentifierKind) -> bool {
        self.collections.iter().any(|c| c.searchable(kind).is_yes())
    }

    /// The collection of that name.
    pub fn collection(&self, name: &CollectionName) -> Option<&Collection> {
        self.collections.iter().find(|c| c.name == *name)
    }
}

/// A table, a folder or an endpoint of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    pub name: CollectionName,
    /// What staff call it, e.g. `Tickets`.
    pub title: String,
    pub fields: Vec<Field>,
    /// Kinds by which its rows are found, directly or through the collection it belongs to.
    pub found_by: Vec<IdentifierKind>,
    /// The collections whose rows own these, each once, e.g. tickets own comments. Erased after its children.
    #[serde(default)]
    pub parents: Vec<CollectionName>,
    /// Its rows are reached only through a linked subject (chat, web messages): said as such, never as 0 found.
    #[serde(default)]
    pub needs_subject: bool,
    /// What erasure does to its rows.
    pub disposition: Disposition,
}

impl Collection {
    /// Whether a search by this kind looks here, and why not otherwise.
    pub fn searchable(&self, kind: IdentifierKind) -> Searchable {
        if self.found_by.contains(&kind) {
            Searchable::Yes
        } else if self.needs_subject {
            Searchable::NeedsSubject
        } else {
            Searchable::No
        }
    }
}

/// Whether one kind of identifier finds rows of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Searchable {
    Yes,
    /// Only through the subject that the rows are linked to.
    NeedsSubject,
    /// Nothing here is known by that kind.
    No,
}

impl Searchable {
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }
}

/// One field of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    /// A fideslang data category, e.g. `user.contact.email`.
    pub category: String,
    /// The identifier that it holds, if it holds one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<IdentifierKind>,
    #[serde(default, skip_serializing_if = "OfWhom::is_her")]
    pub of: OfWhom,
}

/// Whom a field of her row says something of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfWhom {
    #[default]
    Her,
    /// Somebody else: who handled her ticket, to whom she sent money. No copy for her says it.
    Another,
}

impl OfWhom {
    /// Whether it says something of her.
    pub fn is_her(&self) -> bool {
        *self == Self::Her
    }

    /// Whether it says something of somebody else.
    pub fn is_another(&self) -> bool {
        *self == Self::Another
    }
}

/// What erasure does to the rows of a collection. The requester can't choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Disposition {
    Delete,
    Anonymise,
    Keep {
        /// The legal ground, e.g. `Art. 17(3)(b): tax records, 10 years`.
        ground: String,
    },
}
