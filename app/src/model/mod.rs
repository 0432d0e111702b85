//! The words of Habeas as types: what browser and server both know. No leptos, no I/O, no cfg.

pub mod event;
pub mod identifier;
pub mod ids;
pub mod inventory;
pub mod plan;
pub mod replay;
pub mod request;
pub mod search;
pub mod system;

pub use event::{Event, EventKind, TaskName};
pub use identifier::{Identifier, IdentifierKind, InvalidIdentifier, SubjectKey};
pub use ids::{CollectionName, InvalidId, PlanId, RequestId, SearchId, SubjectHandle, SystemId};
pub use inventory::{Collection, Disposition, Field, Inventory, Searchable};
pub use plan::{
    Action, CollectionPlan, MemberPlan, Plan, PlanAsk, PlanBlock, Replacement, SystemPlan,
};
pub use request::{
    Blocked, Cell, Coverage, CoverageState, Due, Member, NewRequest, Operation, PackageView,
    Pressing, RequestFilter, RequestPage, RequestState, RequestSummary, Right, RunView, TaskState,
    WaitsFor,
};
pub use search::{
    Employment, Found, Lane, LaneState, MergeSet, SearchView, Seen, SetMember, Subject, Unsearched,
};
pub use system::{Health, Misbehaviour, OURS, SystemView};

/// An instant: milliseconds since the Unix epoch, UTC. Never local time.
pub type Millis = i64;
