//! Skips: a person's decision that work which failed is not to be done, on a ground. Skipped work never counts as done.

use serde::{Deserialize, Serialize};

use super::{Millis, RequestId, SystemId};

/// On what ground work is skipped. A closed list: it goes into events and evidence, her own words do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipGround {
    /// The system is switched off for good.
    Decommissioned,
    /// A person looked there by hand, and nothing of hers is held.
    NothingHeld,
    /// A law wants it kept.
    LegalRetention,
    /// Somebody does it outside of Habeas.
    DoneByHand,
    Other,
}

impl SkipGround {
    pub const ALL: [Self; 5] = [
        Self::Decommissioned,
        Self::NothingHeld,
        Self::LegalRetention,
        Self::DoneByHand,
        Self::Other,
    ];

    /// The word in SQL, JSON, forms and evidence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decommissioned => "decommissioned",
            Self::NothingHeld => "nothing_held",
            Self::LegalRetention => "legal_retention",
            Self::DoneByHand => "done_by_hand",
            Self::Other => "other",
        }
    }

    /// The ground that a word of [`Self::as_str`] names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.as_str() == word)
    }
}

/// What a person decides: all that failed of one request in one system is skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSkip {
    /// The member's request.
    pub request: RequestId,
    pub system: SystemId,
    pub ground: SkipGround,
    /// Why, in her words: 3 to 500 characters. Stored sealed.
    pub reason: String,
    /// Ticked by her. Nothing is skipped without.
    pub confirmed: bool,
}

/// A decision that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    /// The number of the first event that tells of it.
    pub seq: i64,
    pub request: RequestId,
    pub system: SystemId,
    pub ground: SkipGround,
    pub reason: String,
    /// Who decided: her name.
    pub by: String,
    pub at: Millis,
}
