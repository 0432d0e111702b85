//! Plans: what a request would do, before anything is done.

use serde::{Deserialize, Serialize};

use super::{
    CollectionName, IdentifierKind, LinkedBy, Millis, PlanId, RequestId, Right, SearchId,
    SubjectHandle, SystemId,
};

/// What to plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanAsk {
    pub right: Right,
    /// The search that found the subject; acting needs one.
    pub search: SearchId,
    /// Any member of the merge set to act on; the plan is for the whole set.
    pub subject: SubjectHandle,
    /// What an update changes. Empty for other rights.
    pub replacements: Vec<Replacement>,
}

/// One correction: where the person's data says `old`, it shall say `new`. Personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    pub kind: IdentifierKind,
    pub old: String,
    pub new: String,
}

impl std::fmt::Debug for Replacement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Replacement({}, …)", self.kind.as_str())
    }
}

/// What would be done, bound to its hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub id: PlanId,
    pub right: Right,
    pub made_at: Millis,
    /// After this instant it can't be used any more: make a new one.
    pub expires_at: Millis,
    /// SHA-256 of members, systems, collections, actions and counts; lower hex.
    pub hash: String,
    pub replacements: Vec<Replacement>,
    /// Canonical first; one request each.
    pub members: Vec<MemberPlan>,
    /// Why it must not be carried out, e.g. an active employee. Empty: it may.
    pub blocked: Vec<PlanBlock>,
    /// The root of the set that was made of it: a plan is carried out once. Known where it is shown; not a part of what is stored.
    #[serde(skip)]
    pub request: Option<RequestId>,
}

/// Why a plan may not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanBlock {
    /// Erasing a current employee: her data is needed while she works here (Art. 6(1)(f)). Deactivate first.
    ActiveEmployee { member: SubjectHandle },
    /// A system could not say what it holds.
    Unreachable { system: SystemId },
    /// The right does nothing for this person: nothing to export, change or erase anywhere.
    NothingToDo,
}

/// One member's share of a plan: what will be one request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberPlan {
    pub handle: SubjectHandle,
    pub kind: IdentifierKind,
    /// The name to show. Personal data.
    pub name: Option<String>,
    /// Who confirmed that it is this person's record, where no system says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<LinkedBy>,
    /// Every system of the inventory, also those that can't be reached by this member's key.
    pub systems: Vec<SystemPlan>,
}

/// What one system would do for one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemPlan {
    pub system: SystemId,
    pub system_name: String,
    /// In inventory order.
    pub collections: Vec<CollectionPlan>,
}

/// What would happen in one collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionPlan {
    pub collection: CollectionName,
    pub title: String,
    pub action: Action,
    /// Rows or files concerned. Unknown for what can't be searched, and for plans made by the API.
    pub rows: Option<u64>,
    /// Rows of hers that stay as they are, because others share them. Unknown where none can be shared.
    #[serde(default)]
    pub shared: Option<u64>,
    /// How large the files are, where the system can say it.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// A few of the rows, masked; none where the system did not say in time.
    #[serde(default)]
    pub samples: Vec<Sample>,
}

/// One row or file of a collection as an example: fields and their masked values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub fields: Vec<(String, String)>,
}

/// What a request does to a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Export,
    Change,
    Delete,
    Anonymise,
    Keep {
        /// The legal ground.
        ground: String,
    },
    /// This member's key finds nothing there by nature.
    NotSearchable,
}

impl Action {
    /// Whether it makes a task.
    pub fn is_work(&self) -> bool {
        matches!(
            self,
            Self::Export | Self::Change | Self::Delete | Self::Anonymise
        )
    }
}
