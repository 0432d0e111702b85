//! What a package says about its request: filled by the workflow, from the plan, the tasks and the coverage.

use app::model::{
    CollectionName, Field, IdentifierKind, Millis, RequestId, Right, SkipGround, SystemId,
};

use crate::workflow::parts::StoredPart;

/// The language of the package's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    En,
    Ja,
}

/// One request and everything that was looked at for it. Personal data: has no `Debug`.
pub struct PackageFacts {
    pub request: RequestId,
    pub right: Right,
    /// The subject's name to show, if one is known.
    pub subject: Option<String>,
    /// The kind of the key by which she was found. Never its value.
    pub kind: IdentifierKind,
    pub requested_at: Millis,
    /// When the package was made; also the time of the files in it.
    pub made_at: Millis,
    pub lang: Lang,
    /// Every system of the inventory, in the order to show.
    pub systems: Vec<SystemFacts>,
}

/// One system, with all its collections.
pub struct SystemFacts {
    pub id: SystemId,
    pub name: String,
    pub collections: Vec<CollectionFacts>,
}

/// One collection, and what became of it.
pub struct CollectionFacts {
    pub name: CollectionName,
    pub title: String,
    pub fields: Vec<Field>,
    pub holding: Holding,
}

/// What became of a collection in this request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holding {
    /// Searched to the end. Without a part, nothing was found.
    Searched { part: Option<StoredPart> },
    /// The request's key finds nothing there by nature.
    NotSearchable,
    /// A person decided that it need not be searched, because it failed and on that ground.
    Waived { ground: SkipGround },
    /// Left out for a legal ground.
    Kept { ground: String },
    /// It could not be read.
    Failed,
}
