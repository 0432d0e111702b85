//! Searches: one identifier asked of every system, and several searches side by side.

use serde::{Deserialize, Serialize};

use super::{
    CollectionName, Identifier, IdentifierKind, LinkView, Millis, SearchId, SubjectHandle,
    SubjectKey, SystemId,
};

/// One person-record that a search found. Personal data.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    pub key: SubjectKey,
    /// The name to show; a record without one is shown by its kind and id.
    pub name: Option<String>,
    /// What is known of her, in the order the system lists it.
    pub fields: Vec<Found>,
    /// Where the record was seen. At least one.
    pub seen_in: Vec<Seen>,
    /// The canonical record that the system declares, if this one was merged into another.
    pub canonical: Option<SubjectKey>,
    pub employment: Option<Employment>,
}

/// Shows nothing of the person, so that a stray `{:?}` leaks nobody.
impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject")
            .field("key", &self.key)
            .field("fields", &self.fields)
            .field("seen_in", &self.seen_in)
            .field("canonical", &self.canonical)
            .finish_non_exhaustive()
    }
}

/// A system and collection that showed a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub system: SystemId,
    pub collection: CollectionName,
}

/// One value of a found record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The field's name in its system.
    pub field: String,
    pub value: String,
    /// The kind of identifier that it holds, if any.
    pub holds: Option<IdentifierKind>,
    /// Whether it is why the record was found.
    pub matched: bool,
    /// A telephone number with its country code, where the value leaves it out and only its system knows which is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_full: Option<String>,
}

impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Found({}, …)", self.field)
    }
}

/// Whether the subject works, or worked, for the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Employment {
    /// Erasure is blocked.
    Active,
    Former,
}

/// How far one system is with a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneState {
    Asking,
    /// Its rate limit makes us wait.
    Waiting {
        until: Millis,
    },
    /// Answered. `found` subjects, 1 or more.
    Found {
        found: u32,
    },
    /// Answered: it was searched and holds nothing. Never said of a system that was not searched.
    Nothing,
    /// It can't be searched by this kind of identifier.
    NotSearchable,
    /// A person paused it.
    Paused,
    /// It did not answer, or was cut off in the middle: what it holds is unknown.
    Unreachable {
        /// A code, e.g. `timeout`, `refused`, `cut_off`. No text of the system's.
        code: String,
    },
}

impl LaneState {
    /// Whether nothing more will come without being asked again.
    pub fn is_settled(&self) -> bool {
        !matches!(self, Self::Asking | Self::Waiting { .. })
    }

    /// Whether the system was really searched, to the end.
    pub fn is_searched(&self) -> bool {
        matches!(self, Self::Found { .. } | Self::Nothing)
    }
}

/// One system's answer to a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Which of the searches that stand side by side.
    pub search: SearchId,
    pub system: SystemId,
    pub system_name: String,
    pub state: LaneState,
    /// How long the system took, in milliseconds, once it has answered.
    pub took: Option<u32>,
    /// Collections that this kind of identifier can't reach though the system was searched (chat without a linked contact).
    pub needs_subject: Vec<CollectionName>,
}

/// Subjects that are one person, by links that systems declare or that staff confirmed. Canonical first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MergeSet {
    /// Canonical first. At least one. The set is whole: members that the search did not match are here too.
    pub members: Vec<SetMember>,
    /// The kinds that matched, over all members.
    pub matched_by: Vec<IdentifierKind>,
    /// What staff confirmed of its members, first to last; also that a record which a system links to them is another person's.
    pub links: Vec<LinkView>,
}

/// One subject of a merge set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetMember {
    pub handle: SubjectHandle,
    pub subject: Subject,
    /// Places in [`SearchView::asked`], in their order: the identifiers that found this record itself. None: it is here for its set's sake.
    pub found_by: Vec<u32>,
}

/// An identifier seen in a found record that has not been searched. Never searched by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsearched {
    pub identifier: Identifier,
    /// The records that show it.
    pub seen_in: Vec<SubjectHandle>,
}

/// One of the identifiers that were asked, with its search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub search: SearchId,
    pub identifier: Identifier,
    pub started_at: Millis,
}

/// A search as it stands, with all that stand beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchView {
    /// The first of them.
    pub id: SearchId,
    /// At least one, in the order in which they were asked.
    pub asked: Vec<Asked>,
    /// Whether it is saved: kept longer than others.
    pub kept: bool,
    /// One per system and search: in the order of the systems' names, then of the searches.
    pub lanes: Vec<Lane>,
    /// What all of them found, each record once.
    pub sets: Vec<MergeSet>,
    pub unsearched: Vec<Unsearched>,
    /// Grows with every answer; what `/events/searches/{id}` counts.
    pub version: i64,
}

/// Searches that a person made before, as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastSearch {
    pub id: SearchId,
    /// In the order in which they were asked. At least one.
    pub identifiers: Vec<Identifier>,
    pub started_at: Millis,
    pub kept: bool,
}

impl SearchView {
    /// Whether every lane has settled.
    pub fn is_settled(&self) -> bool {
        self.lanes.iter().all(|lane| lane.state.is_settled())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nobody() {
        let id = Identifier::new(IdentifierKind::UserId, "u-4711").expect("valid");
        let subject = Subject {
            key: id.try_into().expect("an id"),
            name: Some("Maria".to_owned()),
            fields: vec![Found {
                field: "email".to_owned(),
                value: "maria@example.org".to_owned(),
                holds: Some(IdentifierKind::Email),
                matched: true,
                in_full: None,
            }],
            seen_in: Vec::new(),
            canonical: None,
            employment: Some(Employment::Active),
        };
        let shown = format!("{subject:?}").to_lowercase();
        assert!(
            !shown.contains("maria") && !shown.contains("4711"),
            "{shown}"
        );
    }
}
