//! One system and the map of all, in English.

use super::texts::{SystemPage, SystemsMap};
use crate::format::count;

pub(super) const PAGE: SystemPage = SystemPage {
    all: "All systems",
    history: "The last 30 days",
    history_help: "One bar for every 8 hours. The taller a bar, the less was answered.",
    history_none: "It was not asked in the last 30 days. Habeas asks every system every 10 seconds while it runs.",
    history_table: "The last 30 days as a table",
    ago: "30 days ago",
    now: "now",
    answered: "All checks answered",
    partly: "Some not answered",
    down: "None answered",
    unasked: "Not asked: Habeas was not running",
    between: "Between",
    outcome: "Outcome",
    checks: "Checks",
    failed: "Not answered",
    why: "Why",
    slowest: "Slowest answer",
    last: "Last time",
    last_up: "Answered a check",
    last_down: "Did not answer a check",
    last_done: "Finished a task",
    last_failed: "Failed a task for good",
    never: "not in the last 30 days",
    no_task: "no task yet",
    waiting: "What waits for this system",
    waiting_none: "No request waits for this system.",
    waiting_paused: "The system is paused: these wait until it is resumed.",
    tasks: "Tasks here",
    since: "Since",
    next_try: "Next try",
    budget: "Rate budget",
    budget_none: "No limit is set: calls are made as they come. To spare the system, give its description a per_second.",
    limit: "Limit",
    free: "Free now",
    queue: "Calls that wait",
    one_more: "One more call",
    at_once: "begins at once",
    kinds: "What finds a person here",
    kind: "Identifier",
    searched: "Searched in",
    through: "Only once found",
    kinds_none: "No identifier finds anybody here: what the system holds is reached only through a person who was found elsewhere.",
    inventory_none: "No collection is described. Until one is, nothing here is searched, exported or erased.",
};

pub(super) const MAP: SystemsMap = SystemsMap {
    views: "Show systems as",
    cards: "Cards",
    map: "Map",
    title: "How systems refer to one another",
    help: "From left to right: every system with its collections, the ids that stand in them, and the systems where the records with such ids live.",
    region: "Map of systems, collections and references",
    table: "The map as a table",
    part_of: "Part of",
    refers: "Refers to",
};

pub(super) fn answered(share: &str, checks: u64) -> String {
    format!("{share} % of {} checks were answered", count(checks))
}

pub(super) fn bar(time: &str, outcome: &str, checks: u64, failed: u64) -> String {
    match failed {
        0 => format!("{time}: {outcome} ({})", count(checks)),
        _ => format!("{time}: {outcome} ({} of {})", count(failed), count(checks)),
    }
}

pub(super) fn more_sets(n: u64) -> String {
    match n {
        1 => "And one more request.".into(),
        n => format!("And {} more requests.", count(n)),
    }
}

pub(super) fn refers(kind: &str, systems: &str) -> String {
    format!("{kind} → {systems}")
}

pub(super) fn begins_in(time: &str) -> String {
    format!("begins in {time}")
}
