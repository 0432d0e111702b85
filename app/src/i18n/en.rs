//! English.

use super::errors_en as errors;
use super::go_en as go;
use super::system_en as system;
use super::texts::*;
use super::words_en::*;
use crate::format::count;
use crate::model::RequestState;

pub(super) static TEXTS: Texts = Texts {
    common: Common {
        app: "Habeas",
        skip: "Skip to content",
        nav: "Main",
        today: "Today",
        find: "Find a person",
        requests: "Requests",
        systems: "Systems",
        sign_out: "Sign out",
        copy: "Copy",
        copied: "Copied",
        saved: "Saved",
        offline: "The server can't be reached. Nothing was changed; what you typed is still here.",
        live: "Live",
        reconnecting: "Reconnecting",
        system: "System",
        collection: "Collection",
        collections: "Collections",
        rows: "Rows",
        no_name: "No name on record",
        canonical: "canonical",
        duplicate: "duplicate",
        not_found_title: "Page not found",
        not_found_text: "Nothing is at this address, or it is not yours to see.",
        error_title: "That did not work",
        member: "Record",
        owner: "Owner",
        comma: ", ",
        to_request: "Go to that request",
    },
    go: go::TEXTS,
    today: Today {
        clock: "Not answered yet",
        overdue: "Overdue",
        days_3: "Due within 3 days",
        days_7: "Due within 7 days",
        for_person: "Need a person",
        for_system: "In the systems",
        needs: "Needs you",
        needs_none: "Nothing waits for you.",
        failing: "Systems that need a look",
        failing_none: "All systems answer.",
        recent: "Ended lately",
        recent_none: "Nothing has ended yet.",
    },
    sign_in: SignIn {
        title: "Sign in",
        lead: "Your link is good for one sign-in. Press the button to use it.",
        button: "Sign in to Habeas",
        no_token: "This address holds no sign-in code. Open the whole link that you were given.",
        need_title: "You need a sign-in link",
        need_text: "Habeas has no passwords. Whoever runs it makes you a link that signs you in once.",
        need_how: "On the server, run this with its data folder (it says the whole command when it starts):",
        need_command: "habeas sign-in-link --data FOLDER",
        out_title: "You are signed out",
        out_text: "To come back, ask for a new sign-in link.",
        link_bad: "That link was used already, or is too old. Ask for a new one.",
    },
    find: Find {
        title: "Find a person",
        lead: "One identifier, asked of every system. Nothing else is searched.",
        kind: "Identifier",
        auto: "Recognise it",
        value: "Value",
        value_hint: "E-mail, phone, name, address, handle or id",
        list: "Contact list",
        list_hint: "The id of the dialer list that holds the contact",
        submit: "Search",
        empty_title: "Nobody searched yet",
        empty_text: "Start with what the person gave you, usually her e-mail address. What the found records show besides is listed, and searched only when you say so.",
        lanes: "Systems asked",
        results: "People found",
        matched_by: "Matched by",
        seen_in: "Seen in",
        matched: "matched",
        not_matched: "Not matched by the search; in the same merge set",
        new_request: "New request",
        searching: "Systems are still answering.",
        nothing_title: "Nobody found",
        nothing_text: "Every system that can be searched by this identifier was searched, and holds nothing. Try another identifier that the person gave you.",
        nothing_yet: "Nobody found so far",
        unsure_title: "Nobody found, but not everything was searched",
        unsearched: "Seen, not searched yet",
        unsearched_help: "These identifiers stand in the records above. Each is searched only when you say so.",
        search_this: "Search",
        again: "Ask again",
        needs_subject: "Not searched by this kind of identifier",
        merged_help: "Records that their systems declare to be one person. A request acts on all of them.",
        link_profile: "Only what is linked to a found person is reached there",
        new_search: "New search",
        add: "Another identifier of hers",
        add_submit: "Search beside",
        save: "Save search",
        unsave: "Saved: save no longer",
        save_help: "A saved search is kept for 30 days, others for 7.",
        saved_searches: "Saved searches",
        recent_searches: "Recent searches",
        recent_help: "Only you see them.",
    },
    compare: Compare {
        title: "Records compared",
        help: "Field by field, one column per record. What differs comes first.",
        start: "Compare",
        both: "Compare the two records",
        add: "Add to the comparison",
        cancel: "Cancel",
        close: "Close",
        pick: "Choose another record to compare with:",
        chosen: "being compared",
        leave_out: "Leave out",
        left_out: "Some of the chosen records are not in this search, or more than four were chosen. They are left out.",
        field: "Field",
        differs: "differs",
        same: "same",
        nothing: "nothing on record",
        only_differs: "Show only what differs",
        show_all: "Show all fields",
        nothing_differs: "Nothing differs.",
        one_set: "These records are in one merge set: their systems declare them to be one person.",
    },
    graph: Graph {
        title: "How they hang together",
        help: "From left to right: what was searched, the records that it found, and with dashed outlines the identifiers that stand in them and were not searched.",
        region: "Graphic of records and identifiers",
        list: "The same as a list",
        searched: "Searched",
        not_searched: "Not searched",
        link: "canonical link",
        same_set: "same merge set",
        link_elsewhere: "Canonical link to a record that was not found",
        elsewhere: "In none of these records",
    },
    new: New {
        title: "New request",
        lead: "Nothing happens yet: next you see the plan, with counts.",
        right: "Which right?",
        replacements: "What is to be corrected?",
        replacements_help: "Fill in only what changes. The old value is replaced wherever it stands in this person's data.",
        current: "on record",
        replacement: "corrected",
        no_fields: "The found records hold nothing that can be corrected.",
        submit: "Make the plan",
        for_whom: "For",
        export_help: "A package of everything that the systems hold.",
        update_help: "Replace wrong values by right ones.",
        delete_help: "Delete or anonymise, as each system's inventory says.",
        active_warning: "This is a current employee. Erasing her data is not possible while the account is active: deactivate it first.",
        back: "Back to the search",
    },
    plan: PlanPage {
        title: "Plan",
        lead: "This is what will be done, and nothing else.",
        nothing_done: "Nothing has been done yet.",
        action: "Action",
        expires: "Usable until",
        made: "Made",
        hash: "Plan hash",
        blocked_title: "This plan can't be carried out",
        reason: "Reason",
        reason_hint: "Why this is done, e.g. the person's letter and its date. 3 to 2,000 characters; stored sealed.",
        confirm_export: "I have checked that these records are the person's, and want them exported.",
        confirm_update: "I have checked that these records are the person's, and want them corrected.",
        confirm_delete: "I have checked that these records are the person's, and want them erased for good.",
        code: "Code of the person's first record",
        code_hint: "The eight characters beside her name above. Typing them makes sure that it is she.",
        delete_warning: "Erasure can't be undone. Check the records and counts above once more.",
        submit_export: "Export",
        submit_update: "Correct",
        submit_delete: "Erase for good",
        change_from: "Old",
        change_to: "New",
        unknown_rows: "unknown",
        ground: "Ground",
        changes: "Corrections",
        totals: "In all",
        what: "What happens where",
    },
    run: Run {
        by: "Made by",
        at: "Made",
        ended: "Ended",
        reason: "Reason",
        plan: "Plan",
        id: "Request",
        retry_of: "Tries again",
        matrix: "Systems and records",
        matrix_help: "One column per record of the person. Every system is listed, also those that could not be searched.",
        people: "Results by record",
        download: "Download",
        sha256: "SHA-256",
        package_expires: "Link valid until",
        due: "Answer due",
        events: "History",
        events_none: "Nothing has happened yet.",
        retry: "Retry what failed",
        retry_help: "Makes new requests for the failed records only. What succeeded stays.",
        coverage: "Coverage",
        coverage_help: "Every system of the inventory is in exactly one of these.",
        none_here: "No work",
        ours: "Package",
        waits_until: "next try",
        retried_by: "Tried again by",
        planned: "planned",
        of_planned: "of",
        timeline: "Timeline",
        timeline_none: "Nothing has begun yet. Each system's work will be drawn here.",
        timeline_table: "The timeline as a table",
        at_work: "At work",
        to_repeat: "A try to be repeated",
        between: "Waiting for the next try",
        began: "Began",
        took: "Took",
        tries: "Tries",
        outcome: "Outcome",
        replay: "Replay",
        replay_first: "First",
        replay_previous: "Previous",
        replay_next: "Next",
        replay_last: "Last",
        replay_event: "Event",
        replay_show: "Show",
        replay_back: "Back to now",
        replay_long: "This run has more events than a replay can show.",
        notify: "Tell me when it ends",
    },
    log: LogTexts {
        kind: "What happened",
        text: "Search",
        text_hint: "Systems, codes, staff. It becomes part of the address: no personal data.",
        older: "Older",
        newer: "Newer",
        newest: "Newest",
        pages: "Pages of the history",
        permalink: "Link to this event",
    },
    skip: SkipTexts {
        open: "Skip with a ground …",
        title: "Skipped",
        help: "What failed there will not be done. It is never counted as done: the run, its package and the evidence say that it was skipped, on which ground and by whom.",
        place: "Where it failed",
        choose: "Choose …",
        ground: "Ground",
        reason: "Reason",
        reason_hint: "In your words, 3 to 500 characters. Stored sealed; not in the log or the evidence.",
        confirm: "I have decided that this is not to be done here.",
        submit: "Skip what failed there",
        by: "Decided by",
        at: "When",
        tried_too: "What was skipped of them is tried again too.",
    },
    list: List {
        title: "Requests",
        right: "Right",
        state: "State",
        any: "Any",
        filter: "Filter",
        clear: "Clear",
        empty_title: "No requests yet",
        empty_text: "A request starts with a person: find her first.",
        empty_filtered: "No request matches this filter.",
        request: "Request",
        person: "Person",
        progress: "Progress",
        created: "Made",
        next: "Older requests",
        first: "Newest",
        erased_name: "Erased",
        by: "By",
        due: "Due",
        waits: "Waits for",
        ended: "Ended",
        sort: "Sort",
        columns: "Columns",
        page: "Page",
        ignored: "Left out, because it is not one of the choices:",
        csv: "CSV of the whole list",
        try_without: "There is something with one condition less:",
        views: "Views",
        view_all: "All",
        view_needs_me: "Needs me",
        view_overdue: "Overdue",
        view_ended: "Ended this week",
        view_save: "Save this view",
        view_name: "Name of the view",
        view_name_hint: "Only you see it.",
        save: "Save",
        put_back: "Put back",
    },
    systems: SystemsPage {
        title: "Systems",
        lead: "Every place that stores personal data, and what Habeas can do there.",
        healthy: "Answers",
        down: "Does not answer",
        paused: "Paused",
        kind: "Connector",
        region: "Region",
        tasks: "Open tasks",
        rate: "Rate limit",
        inventory: "Inventory",
        fields: "Fields",
        found_by: "Found by",
        on_erasure: "On erasure",
        pause: "Pause",
        resume: "Resume",
        pause_help: "A paused system is not searched, and its tasks wait.",
        misbehave: "Misbehave on demand",
        misbehave_help: "Only systems of the sample organisation do this, to show what Habeas makes of it.",
        delay: "Delay in ms",
        delay_hint: "0 to 120,000, before every answer",
        failing: "Refuse everything",
        cut_off: "Break off in the middle of an answer",
        apply: "Apply",
        capabilities: "Searchable by",
        not_searchable: "Not searchable by",
        needs_subject: "needs a found person",
        per_second: "per second",
        unlimited: "None",
        checked: "Checked",
        empty_title: "No systems",
        empty_text: "Name the systems of your organisation in habeas.toml, then start Habeas again.",
    },
    system: system::PAGE,
    map: system::MAP,
    words: Words {
        kind,
        right,
        article,
        request,
        task,
        lane,
        coverage,
        operation,
        action,
        disposition,
        employment,
        due,
        waits,
        ground,
        log,
        ended,
        sort,
        code: errors::code,
        code_short: errors::code_short,
    },
    say: Sentences {
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
            format!(
                "These records are in {n} different sets: no system declares them to be one person."
            )
        },
        matched_by: |kinds| format!("matched by {kinds}"),
        link_to: |record| format!("Canonical link to {record}"),
        seen_in: |n| format!("seen in {}", plural(n.into(), "record", "records")),
        more_in_list: |n| format!("And {} more, in the list.", count(n.into())),
        took: |time| format!("in {time}"),
        waits: |until| format!("until {until}"),
        rows: |n| plural(n, "row", "rows"),
        samples: |n| format!("{}, masked", plural(n.into(), "example", "examples")),
        kept: |n| format!("{} kept by law", count(n)),
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
    },
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
