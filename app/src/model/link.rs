//! Links that a staff member confirmed: that two records are one person's, or that a link which a system declares does not hold.

use serde::{Deserialize, Serialize};

use super::{LinkId, Millis, SubjectHandle, SubjectKey};

/// What was confirmed of two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Their sets are one person's; the set of the second leads.
    Join,
    /// The link that a system declares between them does not hold.
    Part,
}

impl LinkKind {
    pub const ALL: [Self; 2] = [Self::Join, Self::Part];

    /// The word in rows and evidence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Part => "part",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One of a link's two records. Personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkEnd {
    pub handle: SubjectHandle,
    pub key: SubjectKey,
}

/// A confirmed link, as it stands with the sets that it is about. Personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    pub id: LinkId,
    pub kind: LinkKind,
    pub one: LinkEnd,
    /// Of a join: in the set that leads.
    pub other: LinkEnd,
    /// The staff member's name.
    pub by: String,
    pub made_at: Millis,
    pub reason: String,
    /// The members of the set that are there by this link.
    pub brings: Vec<SubjectHandle>,
}

/// Shows neither the reason nor whom it is about, so that a stray `{:?}` leaks nobody.
impl std::fmt::Debug for LinkView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LinkView({}, {})", self.id, self.kind.as_str())
    }
}

/// By whom and when it was confirmed that a record belongs to a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedBy {
    /// The staff member's name.
    pub by: String,
    pub at: Millis,
}
