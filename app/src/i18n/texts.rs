//! Which texts there are, grouped by where they are shown.

use crate::error::Error;
use crate::model::{
    Action, Blocked, CoverageState, Disposition, Due, Employment, Ended, IdentifierKind, LaneState,
    LogKind, Operation, PlanBlock, Power, RequestState, Right, SkipGround, Sort, TaskState,
    WaitsFor,
};

macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($field:ident),* $(,)? }) => {
        $(#[$doc])*
        pub struct $name {
            $(pub $field: &'static str),*
        }

        impl $name {
            #[cfg(test)]
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($field), self.$field)),*]
            }
        }
    };
}

texts!(
    /// Frame, navigation and what several pages share.
    Common {
        app, about, skip, nav, today, find, requests, systems, sign_out, copy, copied, saved, offline, live,
        reconnecting, system, collection, collections, rows, no_name, canonical, duplicate, not_found_title, not_found_text,
        error_title, member, owner, to_request, comma,
    }
);

texts!(
    /// Signing in and out.
    SignIn {
        title, lead, button, no_token, need_title, need_text, need_how, need_command, out_title,
        out_text, link_bad, ended,
    }
);

texts!(
    /// Where to go, and the keys.
    Go {
        title, label, find, find_typed, list, pages, recent, recent_none, more, pause, language, keys, keys_title,
        keys_on, keys_on_hint, key, does, key_palette, key_search, key_next, key_previous, key_open, key_close, then, close,
    }
);

texts!(
    /// Today.
    Today {
        clock, overdue, days_3, days_7, for_person, for_system, needs, needs_none, failing, failing_none, recent,
        recent_none,
    }
);

texts!(
    /// Find a person.
    Find {
        title, lead, kind, auto, value, value_hint, list, list_hint, submit, empty_title,
        empty_text, lanes, results, matched_by, seen_in, matched, not_matched, new_request, searching,
        nothing_title, nothing_text, nothing_yet, unsure_title, unsearched, unsearched_help,
        search_this, again, needs_subject, merged_help, link_profile, new_search, add, add_submit, save, unsave,
        save_help, saved_searches, recent_searches, recent_help,
    }
);

texts!(
    /// Found records side by side.
    Compare {
        title, help, start, both, add, cancel, close, pick, chosen, leave_out, left_out, field, differs, same,
        nothing, only_differs, show_all, nothing_differs, one_set,
    }
);

texts!(
    /// What staff confirm of records.
    LinkTexts {
        title_join, title_part, title_undo, offer_join, offer_part, lead, differs, nothing_differs, employed, join_what,
        part_what, undo_what, reason, reason_hint, submit_undo, cancel, list, undo, tag, gone,
    }
);

texts!(
    /// How records and identifiers hang together.
    Graph {
        title, help, region, list, searched, not_searched, link, same_set, link_elsewhere, elsewhere,
    }
);

texts!(
    /// New request.
    New {
        title, lead, right, replacements, replacements_help, current, replacement, no_fields,
        submit, for_whom, export_help, update_help, delete_help, active_warning, back,
    }
);

texts!(
    /// A plan.
    PlanPage {
        title, lead, nothing_done, action, expires, made, hash, blocked_title, used, reason, reason_hint, confirm_export,
        confirm_update, confirm_delete, code, code_hint, delete_warning, submit_export, submit_update,
        submit_delete, change_from, change_to, unknown_rows, ground, changes, totals, what,
    }
);

texts!(
    /// A run.
    Run {
        by, at, ended, reason, plan, id, retry_of, matrix, matrix_help, people, download, packages, sha256,
        package_expires, due, events, events_none, retry, retry_help, coverage, coverage_help, none_here,
        waits_until, goes_on, retried_by, planned, of_planned, ours, timeline, timeline_none, timeline_table, at_work, to_repeat,
        between, began, took, tries, outcome, replay, replay_first, replay_previous, replay_next, replay_last,
        replay_event, replay_show, replay_back, replay_long, notify,
    }
);

texts!(
    /// The log of a run.
    LogTexts {
        kind, text, text_hint, older, newer, newest, pages, permalink,
    }
);

texts!(
    /// Skipping what failed in a run.
    SkipTexts {
        open, title, help, place, choose, ground, reason, reason_hint, confirm, submit, by, at, tried_too,
    }
);

texts!(
    /// The looks after an erasure.
    LooksTexts {
        title, help, look, came, at, at_once, hour, day, month, due, clear, partly, unsearched, found, dropped,
    }
);

texts!(
    /// The list of requests.
    List {
        title, right, state, any, filter, clear, empty_title, empty_text, empty_filtered, request, person, progress,
        created, next, first, erased_name, by, due, waits, ended, sort, columns, page, ignored, csv, try_without,
        views, view_all, view_needs_me, view_overdue, view_ended, view_save, view_name, view_name_hint, save, put_back,
    }
);

texts!(
    /// The systems.
    SystemsPage {
        title, lead, healthy, down, paused, kind, region, tasks, rate, inventory, fields, found_by, on_erasure,
        pause, resume, pause_help, misbehave, misbehave_help, delay, delay_hint, failing, cut_off, apply,
        capabilities, not_searchable, needs_subject, of_another, per_second, unlimited, concurrency, checked, empty_title, empty_text,
    }
);

texts!(
    /// One system.
    SystemPage {
        all, history, history_help, history_none, history_table, ago, now, answered, partly, down, unasked, between,
        outcome, checks, failed, why, slowest, last, last_up, last_down, last_done, last_failed, never, no_task,
        waiting, waiting_none, waiting_paused, tasks, since, next_try, budget, budget_none, limit, free, queue, one_more,
        at_once, kinds, kind, searched, through, kinds_none, inventory_none,
    }
);

texts!(
    /// The map of the systems.
    SystemsMap {
        views, cards, map, title, help, region, table, part_of, refers,
    }
);

texts!(
    /// Connecting a database.
    ConnectPage {
        title, lead, unfinished, all_decided, name, name_hint, owner, owner_hint, region, region_hint, kind, host, port,
        port_hint, database, database_hint, user, user_hint, password, password_hint, password_kept, encryption, verify_full,
        require, prefer, authority, authority_hint, samples, samples_hint, look, look_again, again_help, reached, too_strong, too_strong_help, looked,
        not_reached, nobody, nobody_help, place, inventory, inventory_help, tables, left_out, decided, wants, drafted,
        left_out_title, table, why, personal, belongs_to, take, title_field, ground, ground_hint, column, category,
        anonymised, needed, of_another, sure_said, sure_high, sure_medium, sure_low, erase_usual, erase_null, erase_keep, erase_fixed,
        erase_random, erase_hmac, erase_hash, erase_text, note_fact, note_guess, note_decide, save, try_title, try_help, try_submit, try_nothing, try_found,
        try_more, enable_title, enable_help, enable_submit, problems, text, forgotten, discard,
    }
);

/// Words for states, kinds and codes. Matches without a wildcard: a new state fails the build here.
pub struct Words {
    pub kind: fn(IdentifierKind) -> &'static str,
    pub right: fn(Right) -> &'static str,
    pub article: fn(Right) -> &'static str,
    pub request: fn(RequestState) -> &'static str,
    pub task: fn(TaskState) -> &'static str,
    pub lane: fn(&LaneState) -> String,
    pub coverage: fn(CoverageState) -> &'static str,
    pub operation: fn(Operation) -> &'static str,
    pub action: fn(&Action) -> &'static str,
    /// What a database's account may too much.
    pub power: fn(Power) -> &'static str,
    pub disposition: fn(&Disposition) -> &'static str,
    pub employment: fn(Employment) -> &'static str,
    pub due: fn(Due) -> &'static str,
    pub waits: fn(WaitsFor) -> &'static str,
    pub ground: fn(SkipGround) -> &'static str,
    pub log: fn(LogKind) -> &'static str,
    pub ended: fn(Ended) -> &'static str,
    pub sort: fn(Sort) -> &'static str,
    /// A fault's code: what happened and what to do. Unknown codes are shown as they are.
    pub code: fn(&str) -> String,
    /// A fault's code in a word or two.
    pub code_short: fn(&str) -> String,
}

/// Sentences with something in them.
pub struct Sentences {
    /// What went wrong and what to do next.
    pub error: fn(&Error) -> String,
    /// What is wrong with the field that this error is about.
    pub reason: fn(&crate::error::Reason) -> String,
    pub blocked: fn(&Blocked) -> String,
    pub plan_block: fn(&PlanBlock, system: &str) -> String,
    /// The guess from what is typed.
    pub guess: fn(&str) -> String,
    /// Summary of a search: people, answered lanes, lanes.
    pub found: fn(people: u32, searched: u32, lanes: u32) -> String,
    /// Lanes that could not be searched, when nothing was found.
    pub unsure: fn(names: &str) -> String,
    pub records: fn(u32) -> String,
    /// A button: takes one of several searched identifiers away.
    pub take_away: fn(identifier: &str) -> String,
    /// Fields of a record that identify nobody.
    pub other_fields: fn(u32) -> String,
    /// A link: puts the chosen record beside this one.
    pub compare_with: fn(name: &str) -> String,
    /// How many of the compared records have a field at all.
    pub only_in: fn(records: u32, of: u32) -> String,
    /// Compared records that no system declares to be one person.
    pub several_sets: fn(u32) -> String,
    /// What staff confirmed of two records.
    pub same_person: fn(one: &str, other: &str) -> String,
    pub not_same_person: fn(one: &str, other: &str) -> String,
    /// Why the search found a record: the kinds that matched.
    pub matched_by: fn(kinds: &str) -> String,
    /// A canonical link, and which record it names.
    pub link_to: fn(record: &str) -> String,
    /// In how many records an identifier was seen.
    pub seen_in: fn(u32) -> String,
    /// Nodes that were left out of a graphic.
    pub more_in_list: fn(u32) -> String,
    pub took: fn(&str) -> String,
    pub waits: fn(&str) -> String,
    pub rows: fn(u64) -> String,
    /// How many examples of a collection there are to see.
    pub samples: fn(u32) -> String,
    pub shared_rows: fn(u64) -> String,
    pub kept: fn(u64) -> String,
    pub members: fn(u32) -> String,
    /// How a run stands: state, systems that need a person, systems done, systems with something skipped, systems in all.
    pub standing: fn(RequestState, needs: u32, done: u32, skipped: u32, systems: u32) -> String,
    pub try_of: fn(u32, u32) -> String,
    /// Which try it is, where how many are allowed does not matter.
    pub try_no: fn(u32) -> String,
    /// How many rows of the timeline are not drawn.
    pub more_rows: fn(u64) -> String,
    /// Says that a run is shown as it was: at which time, after which event, of how many.
    pub as_of: fn(time: &str, seq: i64, last: i64) -> String,
    pub tasks: fn(ended: u32, all: u32) -> String,
    /// A link: shows requests that came while the page stood there. That many, or more.
    pub newer: fn(count: u32, more: bool) -> String,
    /// A link: the list without one condition, and how many that finds, or more.
    pub without: fn(field: &str, count: u64, more: bool) -> String,
    /// A button: deletes that saved view.
    pub delete_view: fn(name: &str) -> String,
    pub view_deleted: fn(name: &str) -> String,
    /// Whole days until the deadline; less than none: since.
    pub days_left: fn(i64) -> String,
    pub failed: fn(u32) -> String,
    /// How many tasks of a system failed.
    pub tasks_failed: fn(u32) -> String,
    /// Coverage: searched, not searchable, waived, failed, open, all.
    pub coverage: fn(&CoverageCount) -> String,
    pub event: fn(&EventText) -> String,
    /// How many events of a run's log meet its filter.
    pub log_matched: fn(matched: i64, all: i64) -> String,
    /// Which events of a run its log lists: from, to, of how many.
    pub log_range: fn(from: i64, to: i64, all: i64) -> String,
    pub title_run: fn(right: Right) -> String,
    /// How many entries of a list fit; `{}` is put in by the browser.
    pub fitting: fn(&str) -> String,
    /// How long ago an instant is, or how soon it will be: in the largest unit that is full.
    pub relative: fn(Ago) -> String,
    /// How a person is named where she is spoken of with respect.
    pub person: fn(&str) -> String,
    /// How many of a system's checks were answered, in percent.
    pub answered: fn(share: &str, checks: u64) -> String,
    /// A bar of a system's history: when, how it was, checks, those not answered.
    pub health_bar: fn(time: &str, outcome: &str, checks: u64, failed: u64) -> String,
    /// Waiting requests that are not listed.
    pub more_sets: fn(u64) -> String,
    /// By which kind of id a collection refers to which systems.
    pub refers: fn(kind: &str, systems: &str) -> String,
    /// When a call would begin.
    pub begins_in: fn(&str) -> String,
    /// Why a database was not reached, and what to do; by the code of a fault.
    pub not_connected: fn(code: &str) -> String,
    /// Tables of a draft that somebody has to look at.
    pub tables_left: fn(u32) -> String,
}

/// How far away an instant is, and on which side of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ago {
    Now,
    Past(Span),
    Future(Span),
}

/// A number of full minutes, hours or days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    Minutes(u32),
    Hours(u32),
    Days(u32),
}

/// How many systems of an inventory were searched, and how many not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CoverageCount {
    pub searched: u32,
    pub not_searchable: u32,
    pub waived: u32,
    pub failed: u32,
    pub open: u32,
}

impl CoverageCount {
    /// Always the whole inventory.
    pub fn all(&self) -> u32 {
        self.searched + self.not_searchable + self.waived + self.failed + self.open
    }
}

/// An event in words: the names are looked up already.
pub enum EventText {
    Created {
        by: String,
    },
    State(RequestState),
    Started {
        task: String,
        attempt: u32,
    },
    Done {
        task: String,
        rows: u64,
    },
    Waits {
        task: String,
        code: String,
        until: String,
    },
    Failed {
        task: String,
        code: String,
    },
    Skipped {
        task: String,
        ground: &'static str,
        /// Who decided, where it is known.
        by: String,
    },
    Retried,
}

/// All texts in one language.
pub struct Texts {
    pub common: Common,
    pub go: Go,
    pub today: Today,
    pub sign_in: SignIn,
    pub find: Find,
    pub compare: Compare,
    pub links: LinkTexts,
    pub graph: Graph,
    pub new: New,
    pub plan: PlanPage,
    pub run: Run,
    pub log: LogTexts,
    pub skip: SkipTexts,
    pub looks: LooksTexts,
    pub list: List,
    pub systems: SystemsPage,
    pub system: SystemPage,
    pub map: SystemsMap,
    pub connect: ConnectPage,
    pub words: Words,
    pub say: Sentences,
}

impl Texts {
    /// Every plain text with its name.
    #[cfg(test)]
    pub(super) fn all(&self) -> Vec<(&'static str, &'static str)> {
        let mut all = self.common.all();
        all.extend(self.go.all());
        all.extend(self.today.all());
        all.extend(self.sign_in.all());
        all.extend(self.find.all());
        all.extend(self.compare.all());
        all.extend(self.links.all());
        all.extend(self.graph.all());
        all.extend(self.new.all());
        all.extend(self.plan.all());
        all.extend(self.run.all());
        all.extend(self.log.all());
        all.extend(self.skip.all());
        all.extend(self.looks.all());
        all.extend(self.list.all());
        all.extend(self.systems.all());
        all.extend(self.system.all());
        all.extend(self.map.all());
        all.extend(self.connect.all());
        all.extend(self.words.all());
        all
    }
}

impl Words {
    #[cfg(test)]
    fn all(&self) -> Vec<(&'static str, &'static str)> {
        let mut all = Vec::new();
        all.extend(IdentifierKind::ALL.map(|kind| ("kind", (self.kind)(kind))));
        all.extend(Right::ALL.map(|right| ("right", (self.right)(right))));
        all.extend(RequestState::ALL.map(|state| ("request", (self.request)(state))));
        all.extend(TaskState::ALL.map(|state| ("task", (self.task)(state))));
        all.extend(LogKind::ALL.map(|kind| ("log", (self.log)(kind))));
        all.extend(SkipGround::ALL.map(|ground| ("ground", (self.ground)(ground))));
        all.extend(Operation::ALL.map(|operation| ("operation", (self.operation)(operation))));
        all
    }
}
