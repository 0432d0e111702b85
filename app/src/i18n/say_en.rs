//! Sentences with something to be filled in, in English.

use super::connect_en as connect;
use super::errors_en as errors;
use super::go_en as go;
use super::system_en as system;
use super::texts::*;
use super::words_en::*;
use crate::format::count;
use crate::model::RequestState;

pub(super) const SAY: Sentences = Sentences {
    error: errors::error,
    reason: errors::reason,
    blocked: errors::blocked,
    plan_block: errors::plan_block,
    guess: |kind| format!("Looks like: {kind}"),
    found,
    unsure: |names| format!("Not searched: {names}. What they hold is unknown."),
    take_away: |identifier| format!("Take away: {identifier}"),
    records: |n| plural(n.into(), "record", "records"),
    other_fields: |n| plural(n.into(), "other field", "other fields"),
    compare_with: |name| format!("Compare with {name}"),
    only_in: |n, of| {
        if n == 1 {
            "only in one record".into()
        } else {
            format!("only in {n} of {of} records")
        }
    },
    several_sets: |n| {
        format!("These records are in {n} different sets: they do not count as one person's.")
    },
    same_person: |one, other| format!("{one} is the same person as {other}"),
    not_same_person: |one, other| format!("{one} is not the same person as {other}"),
    matched_by: |kinds| format!("matched by {kinds}"),
    link_to: |record| format!("Canonical link to {record}"),
    seen_in: |n| format!("seen in {}", plural(n.into(), "record", "records")),
    more_in_list: |n| format!("And {} more, in the list.", count(n.into())),
    took: |time| format!("in {time}"),
    waits: |until| format!("until {until}"),
    rows: |n| plural(n, "row", "rows"),
    shared_rows: |n| {
        let rows = plural(n, "row is", "rows are");
        format!(
            "{rows} shared with others and {}",
            if n == 1 { "stays" } else { "stay" }
        )
    },
    samples: |n| format!("{}, masked", plural(n.into(), "example", "examples")),
    kept: |n| format!("{} kept", count(n)),
    members: |n| {
        if n == 1 {
            "1 record".into()
        } else {
            format!("Merge set of {n} records")
        }
    },
    standing,
    try_of: |attempt, max| format!("try {attempt} of {max}"),
    try_no: |attempt| format!("try {attempt}"),
    more_rows: |n| format!("And {} more, in the table", count(n)),
    as_of: |time, seq, last| {
        format!("You see the run as it was at {time} UTC, event {seq} of {last}.")
    },
    tasks: |ended, all| format!("{ended} of {all}"),
    newer: |n, more| {
        format!(
            "Show {}{} new",
            count(n.into()),
            if more { "+" } else { "" }
        )
    },
    without: |field, n, more| {
        format!(
            "without “{field}”: {}{}",
            count(n),
            if more { "+" } else { "" }
        )
    },
    delete_view: |name| format!("Delete view: {name}"),
    view_deleted: |name| format!("View deleted: {name}."),
    days_left: |days| match days {
        0 => "due today".into(),
        days if days < 0 => format!("{} overdue", plural(days.unsigned_abs(), "day", "days")),
        days => format!("{} left", plural(days.unsigned_abs(), "day", "days")),
    },
    failed: |n| format!("{n} failed"),
    tasks_failed: |n| format!("{} failed", plural(n.into(), "task", "tasks")),
    coverage: coverage_sentence,
    event,
    log_matched: |matched, all| format!("{} of {} events match", number(matched), number(all)),
    log_range: |from, to, all| {
        format!(
            "Events {} to {} of {}",
            number(from),
            number(to),
            number(all)
        )
    },
    title_run: |of| format!("{} request", right(of)),
    fitting: |n| format!("{n} places"),
    relative: go::relative,
    person: str::to_owned,
    answered: system::answered,
    health_bar: system::bar,
    more_sets: system::more_sets,
    refers: system::refers,
    begins_in: system::begins_in,
    not_connected: connect::not_connected,
    tables_left: connect::tables_left,
};

fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

fn number(n: i64) -> String {
    count(n.unsigned_abs())
}

fn found(people: u32, searched: u32, lanes: u32) -> String {
    let people = match people {
        0 => "Nobody found".to_owned(),
        1 => "1 person found".to_owned(),
        n => format!("{n} people found"),
    };
    format!("{people}. {searched} of {lanes} systems searched.")
}

fn standing(state: RequestState, needs: u32, done: u32, skipped: u32, systems: u32) -> String {
    match state {
        RequestState::PartiallyFailed if needs == 0 => {
            "What failed was tried again, in a request of its own".into()
        }
        RequestState::PartiallyFailed if needs == 1 => format!("1 of {systems} systems needs you"),
        RequestState::PartiallyFailed => format!("{needs} of {systems} systems need you"),
        RequestState::Completed => "Done in every system that was searched".into(),
        RequestState::CompletedWithExceptions if skipped > 0 => {
            format!(
                "Not done everywhere: skipped in {skipped} of {systems} systems, on the grounds below"
            )
        }
        RequestState::CompletedWithExceptions => "Done, with exceptions named below".into(),
        RequestState::Refused => "Refused; nothing was done".into(),
        RequestState::Withdrawn => "Withdrawn".into(),
        RequestState::Received => "Received; about to begin".into(),
        RequestState::Verifying => "Searching again, to see that nothing is left".into(),
        RequestState::Packaging => "Putting the package together".into(),
        RequestState::Running if needs > 0 => {
            format!("{done} of {systems} systems done, {needs} with problems so far")
        }
        RequestState::Running => format!("{done} of {systems} systems done"),
    }
}

fn coverage_sentence(n: &CoverageCount) -> String {
    let parts = [
        (n.searched, "searched"),
        (n.not_searchable, "not searchable"),
        (n.waived, "waived"),
        (n.failed, "failed"),
        (n.open, "not yet searched"),
    ];
    let named: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    format!("{}, of {} in the inventory", named.join(", "), n.all())
}

fn event(event: &EventText) -> String {
    match event {
        EventText::Created { by } => format!("Request made by {by}"),
        EventText::State(state) => format!("State: {}", request(*state)),
        EventText::Started { task, attempt: 1 } => format!("{task}: started"),
        EventText::Started { task, attempt } => format!("{task}: started, try {attempt}"),
        EventText::Done { task, rows } => format!("{task}: done, {}", plural(*rows, "row", "rows")),
        EventText::Waits { task, code, until } => format!("{task}: {code}; next try {until}"),
        EventText::Failed { task, code } => format!("{task}: {code}"),
        EventText::Skipped { task, ground, by } if by.is_empty() => {
            format!("{task}: skipped ({ground})")
        }
        EventText::Skipped { task, ground, by } => format!("{task}: skipped ({ground}) by {by}"),
        EventText::Retried => "Tried again by a new request".into(),
    }
}
