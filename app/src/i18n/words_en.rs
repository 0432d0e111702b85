//! Words for states and kinds, in English.

use crate::format::count;
use crate::model::{
    Action, CoverageState, Disposition, Due, Employment, Ended, IdentifierKind, LaneState, LogKind,
    Operation, Power, RequestState, Right, SkipGround, Sort, TaskState, WaitsFor,
};

pub(super) fn kind(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Name => "Name",
        IdentifierKind::Address => "Address",
        IdentifierKind::Phone => "Phone",
        IdentifierKind::Email => "E-mail",
        IdentifierKind::Twitter => "X (Twitter)",
        IdentifierKind::Instagram => "Instagram account",
        IdentifierKind::Facebook => "Facebook account",
        IdentifierKind::AppleMessages => "Apple Messages id",
        IdentifierKind::Whatsapp => "WhatsApp number",
        IdentifierKind::UserId => "User id",
        IdentifierKind::ExternalContactId => "External contact id",
        IdentifierKind::DialerContactId => "Dialer contact id",
        IdentifierKind::VisitorId => "Visitor id",
        IdentifierKind::ExternalId => "External id",
    }
}

pub(super) fn right(right: Right) -> &'static str {
    match right {
        Right::Export => "Export",
        Right::Update => "Correction",
        Right::Delete => "Erasure",
    }
}

pub(super) fn article(right: Right) -> &'static str {
    right.article()
}

pub(super) fn request(state: RequestState) -> &'static str {
    match state {
        RequestState::Received => "Received",
        RequestState::Running => "Running",
        RequestState::Verifying => "Verifying",
        RequestState::Packaging => "Packaging",
        RequestState::Completed => "Completed",
        RequestState::CompletedWithExceptions => "Completed with exceptions",
        RequestState::PartiallyFailed => "Partially failed",
        RequestState::Refused => "Refused",
        RequestState::Withdrawn => "Withdrawn",
    }
}

pub(super) fn task(state: TaskState) -> &'static str {
    match state {
        TaskState::Ready => "Ready",
        TaskState::Running => "Running",
        TaskState::Waiting => "Waiting",
        TaskState::Done => "Done",
        TaskState::Failed => "Failed",
        TaskState::Dead => "Gave up",
        TaskState::Uncertain => "Uncertain",
        TaskState::Cancelled => "Not begun",
        TaskState::Skipped => "Skipped",
    }
}

pub(super) fn lane(state: &LaneState) -> String {
    match state {
        LaneState::Asking => "Asking".into(),
        LaneState::Waiting { .. } => "Waiting for its rate limit".into(),
        LaneState::Found { found } => format!("{} found", count(u64::from(*found))),
        LaneState::Nothing => "Nothing".into(),
        LaneState::NotSearchable => "Not searchable by this".into(),
        LaneState::Paused => "Paused, not searched".into(),
        LaneState::Unreachable { .. } => "Not searched".into(),
    }
}

pub(super) fn coverage(state: CoverageState) -> &'static str {
    match state {
        CoverageState::Searched => "Searched",
        CoverageState::NotSearchable => "Not searchable",
        CoverageState::Waived => "Waived",
        CoverageState::Failed => "Failed",
        CoverageState::Open => "Not yet searched",
    }
}

pub(super) fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Export => "Export",
        Operation::Update => "Correct",
        Operation::Delete => "Erase",
        Operation::Verify => "Verify",
        Operation::Package => "Package",
    }
}

pub(super) fn power(power: Power) -> &'static str {
    match power {
        Power::Everything => "do everything: it is a superuser",
        Power::Accounts => "make accounts, or give others what it may",
        Power::Databases => "make databases",
        Power::Tables => "change or drop tables",
        Power::Files => "use the server’s files, or run programs there",
        Power::Replication => "read everything that is written, as a replica does",
    }
}

pub(super) fn action(action: &Action) -> &'static str {
    match action {
        Action::Export => "Export",
        Action::Change => "Correct",
        Action::Delete => "Delete",
        Action::Anonymise => "Anonymise",
        Action::Keep { .. } => "Keep",
        Action::NotSearchable => "Not searchable",
    }
}

pub(super) fn disposition(disposition: &Disposition) -> &'static str {
    match disposition {
        Disposition::Delete => "Delete",
        Disposition::Anonymise => "Anonymise",
        Disposition::Keep { .. } => "Keep",
    }
}

pub(super) fn employment(employment: Employment) -> &'static str {
    match employment {
        Employment::Active => "Current employee",
        Employment::Former => "Former employee",
    }
}

pub(super) fn due(due: Due) -> &'static str {
    match due {
        Due::Overdue => "Overdue",
        Due::Days3 => "Within 3 days",
        Due::Days7 => "Within 7 days",
    }
}

pub(super) fn log(kind: LogKind) -> &'static str {
    match kind {
        LogKind::State => "Requests",
        LogKind::Started => "Started",
        LogKind::Done => "Done",
        LogKind::Waits => "Waits for another try",
        LogKind::Failed => "Failed",
        LogKind::Skipped => "Skipped",
    }
}

pub(super) fn ground(ground: SkipGround) -> &'static str {
    match ground {
        SkipGround::Decommissioned => "System decommissioned",
        SkipGround::NothingHeld => "No data held there, checked by hand",
        SkipGround::LegalRetention => "Legal retention",
        SkipGround::DoneByHand => "Handled by hand outside Habeas",
        SkipGround::Other => "Other",
    }
}

pub(super) fn waits(waits: WaitsFor) -> &'static str {
    match waits {
        WaitsFor::Person => "A person",
        WaitsFor::System => "A system",
    }
}

pub(super) fn ended(ended: Ended) -> &'static str {
    match ended {
        Ended::Week => "Within 7 days",
    }
}

pub(super) fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "Newest first",
        Sort::Oldest => "Oldest first",
        Sort::Due => "Due soonest (open only)",
    }
}
