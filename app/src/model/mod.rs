//! The words of Habeas as types: what browser and server both know. No leptos, no I/O, no cfg.

pub mod connect;
pub mod event;
pub mod health;
pub mod identifier;
pub mod ids;
pub mod inventory;
pub mod link;
pub mod list;
pub mod list_view;
pub mod log;
pub mod plan;
pub mod recheck;
pub mod replay;
pub mod request;
pub mod search;
pub mod skip;
pub mod system;

pub use connect::{
    CollectionChoice, DatabaseKind, DatabasePlace, DraftCollection, DraftField, DraftFound,
    DraftLeftOut, DraftLine, DraftTried, DraftView, Encryption, FieldChoice, Looked, NewDatabase,
    NoteKind, Power, Sureness,
};
pub use event::{Event, EventKind, TaskName};
pub use health::{Health, HealthHour};
pub use identifier::{Identifier, IdentifierKind, InvalidIdentifier, SubjectKey};
pub use ids::{
    CollectionName, DraftId, InvalidId, LinkId, PlanId, RequestId, SearchId, SubjectHandle,
    SystemId, ViewId,
};
pub use inventory::{Collection, Disposition, Field, Inventory, OfWhom, Searchable};
pub use link::{LinkEnd, LinkKind, LinkView, LinkedBy};
pub use list::{Due, Pressing, RequestFilter, RequestPage, RequestSummary, Today, WaitsFor};
pub use list_view::{
    Column, Columns, Ended, ListView, ListWords, SavedView, SavedViews, Sort, VIEW_NAME, VIEWS,
};
pub use log::{LogFilter, LogKind};
pub use plan::{
    Action, CollectionPlan, MemberPlan, Plan, PlanAsk, PlanBlock, Replacement, Sample, SystemPlan,
};
pub use recheck::{Look, LookStep, Recheck};
pub use request::{
    Blocked, Cell, Coverage, CoverageState, Member, NewRequest, Operation, PackageView,
    RequestState, Right, RunView, TaskState,
};
pub use search::{
    Asked, Employment, Found, Lane, LaneState, MergeSet, PastSearch, SearchView, Seen, SetMember,
    Subject, Unsearched,
};
pub use skip::{NewSkip, Skip, SkipGround};
pub use system::{Budget, LastTask, Misbehaviour, OURS, SystemDetail, SystemView, WaitingSet};

/// An instant: milliseconds since the Unix epoch, UTC. Never local time.
pub type Millis = i64;
