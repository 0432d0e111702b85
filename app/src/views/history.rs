//! The log of a run: its events in words, filtered and paged by the address, each with an address of its own.

use std::collections::VecDeque;

use leptos::prelude::*;

use crate::components::Clock;
use crate::format;
use crate::i18n::{EventText, Texts, use_texts};
use crate::model::{
    Event, EventKind, LogFilter, LogKind, OURS, RequestId, RequestState, RunView, SystemId,
    TaskName,
};
use crate::paths;

/// The most events that a page lists.
pub const LISTED: usize = 500;

/// What a log lists: told by a run's events, one after the other, of which it keeps no more than it shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Log {
    pub filter: LogFilter,
    /// Oldest first.
    pub events: VecDeque<Event>,
    /// How many events meet the filter, and how many there are.
    pub matched: i64,
    pub all: i64,
    /// Those after the last one listed.
    newer: i64,
    /// Where the next page ends; nothing if it is the newest.
    next: Option<i64>,
}

impl Log {
    /// Of a run's events up to that one.
    pub fn begin(filter: LogFilter, last: i64) -> Self {
        Self {
            filter,
            all: last,
            ..Self::default()
        }
    }

    /// The number after which events have to be told: where nothing is filtered, that is all that is listed.
    pub fn after(&self) -> i64 {
        let to = self.filter.to.unwrap_or(self.all).min(self.all);
        let listed = i64::try_from(LISTED).unwrap_or(i64::MAX);
        if self.filter.filters() {
            0
        } else {
            (to - listed).max(0)
        }
    }

    /// Takes the next event in, if it is to be listed.
    pub fn tell(&mut self, event: Event, run: &RunView, t: &'static Texts) {
        if event.seq > self.all || !self.filter.matches(&event, || haystack(&event, run, t)) {
            return;
        }
        self.matched += 1;
        if self.filter.to.is_none_or(|to| event.seq <= to) {
            self.events.push_back(event);
            if self.events.len() > LISTED {
                self.events.pop_front();
            }
        } else {
            self.newer += 1;
            if usize::try_from(self.newer).is_ok_and(|newer| newer == LISTED) {
                self.next = Some(event.seq);
            }
        }
    }

    /// Where the page before ends, if there is one.
    fn older(&self) -> Option<i64> {
        let first = self.events.front()?.seq;
        let listed = i64::try_from(self.events.len()).unwrap_or(i64::MAX);
        let is_more = if self.filter.filters() {
            self.matched > listed + self.newer
        } else {
            first > 1
        };
        is_more.then_some(first - 1)
    }

    /// Whether there is a page after it.
    fn has_newer(&self) -> bool {
        if self.filter.filters() {
            self.newer > 0
        } else {
            self.events.back().is_some_and(|last| last.seq < self.all)
        }
    }
}

/// What a search looks through: what is shown, and the words behind it. No name of hers: addresses are no place for that.
fn haystack(event: &Event, run: &RunView, t: &'static Texts) -> String {
    let code = match &event.kind {
        EventKind::TaskWaits { code, .. } | EventKind::TaskFailed { code, .. } => code,
        EventKind::TaskSkipped { ground, .. } => ground.as_str(),
        _ => "",
    };
    let system = LogKind::of(&event.kind).1.map_or("", SystemId::as_str);
    let said = (t.say.event)(&words(event, run, t));
    format!("{said} {code} {system} {}", event.request)
}

/// The form that filters, what is listed, and the ways to older and newer events.
#[component]
pub fn History(
    run: RunView,
    log: Log,
    /// The event after which the run is shown, in a replay.
    at: Option<i64>,
) -> impl IntoView {
    let t = use_texts();
    if log.all == 0 {
        return view! { <p class="quiet">{t.run.events_none}</p> }.into_any();
    }
    let page = |to| {
        let filter = LogFilter {
            to,
            ..log.filter.clone()
        };
        format!("{}#events", paths::run(&run.id, at, &filter))
    };
    let older = log
        .older()
        .map(|to| view! { <a href=page(Some(to)) rel="external">{t.log.older}</a> });
    let listed = i64::try_from(LISTED).unwrap_or(i64::MAX);
    let next = match log.filter.to {
        _ if log.filter.filters() => log.next,
        to => to.map(|to| to + listed).filter(|to| *to < log.all),
    };
    let newer = log.has_newer().then(|| {
        let newest = next.map(|_| view! { <a href=page(None) rel="external">{t.log.newest}</a> });
        view! { <a href=page(next) rel="external">{t.log.newer}</a> {newest} }
    });
    let pages = (older.is_some() || newer.is_some())
        .then(|| view! { <nav class="pages" aria-label=t.log.pages>{older} {newer}</nav> });
    let count = if log.filter.filters() {
        (t.say.log_matched)(log.matched, log.all)
    } else {
        let seq = |event: Option<&Event>| event.map_or(0, |event| event.seq);
        (t.say.log_range)(seq(log.events.front()), seq(log.events.back()), log.all)
    };
    let rows = log
        .events
        .iter()
        .map(|event| line(&run, event, t))
        .collect_view();
    view! {
        <Filter run=run.clone() filter=log.filter.clone() at/>
        <p class="quiet">{count}</p>
        {(!log.events.is_empty())
            .then(|| view! {
                <div class="history" role="region" aria-labelledby="history" tabindex="0">
                    <ol>{rows}</ol>
                </div>
            })}
        {pages}
    }
    .into_any()
}

/// One event. A function, not a component: a run is not copied for each of its lines.
fn line(run: &RunView, event: &Event, t: &'static Texts) -> AnyView {
    let member = (run.members.len() > 1).then(|| member_name(run, &event.request, t));
    let text = (t.say.event)(&words(event, run, t));
    let (tone, seq) = (tone(&event.kind), event.seq);
    // External: only the browser itself marks what an address points at.
    view! {
        <li id=format!("event-{seq}") data-tone=tone>
            <a class="quiet num" href=event_link(&run.id, seq) rel="external" title=t.log.permalink>{seq}</a>
            <Clock at=event.at/>
            <span>{text}</span>
            {member.map(|member| view! { <span class="quiet">{member}</span> })}
        </li>
    }
    .into_any()
}

/// The address of one event. Its page ends at a round number, so that what came after it is seen too; it stays the same for ever.
pub fn event_link(id: &RequestId, seq: i64) -> String {
    let filter = LogFilter {
        to: Some((seq + 99) / 100 * 100),
        ..LogFilter::default()
    };
    format!("{}#event-{seq}", paths::run(id, None, &filter))
}

/// The choice of what to list.
#[component]
fn Filter(run: RunView, filter: LogFilter, at: Option<i64>) -> impl IntoView {
    let t = use_texts();
    let mut systems = run.systems.clone();
    let ours = run.cells.iter().find(|cell| cell.system.as_str() == OURS);
    systems.extend(ours.map(|cell| (cell.system.clone(), t.run.ours.to_owned())));
    let systems = systems
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect();
    let members: Vec<_> = run
        .members
        .iter()
        .map(|member| {
            let id = member.request.to_string();
            (id, member_name(&run, &member.request, t))
        })
        .collect();
    let kinds = LogKind::ALL.map(|kind| (kind.as_str().to_owned(), (t.words.log)(kind).to_owned()));
    let several = members.len() > 1;
    let clear = format!("{}#events", paths::run(&run.id, at, &LogFilter::default()));
    let text = filter.text.clone();
    let clears = filter.filters();
    view! {
        <form method="get" action=format!("{}#events", paths::request(&run.id)) class="filter log" autocomplete="off">
            {at.map(|at| view! { <input type="hidden" name="at" value=at.to_string()/> })}
            <Choice name="system" label=t.common.system words=systems chosen=filter.system.map(String::from)/>
            {several.then(|| view! {
                <Choice name="member" label=t.common.member words=members chosen=filter.member.map(String::from)/>
            })}
            <Choice name="kind" label=t.log.kind words=kinds.to_vec() chosen=filter.kind.map(|kind| kind.as_str().to_owned())/>
            <div class="field">
                <label for="log-q">{t.log.text}</label>
                <input type="search" id="log-q" name="q" maxlength="100" value=text aria-describedby="log-hint"/>
            </div>
            <button type="submit">{t.list.filter}</button>
            {clears.then(|| view! { <a class="quiet-link" href=clear rel="external">{t.list.clear}</a> })}
            <span class="hint" id="log-hint">{t.log.text_hint}</span>
        </form>
    }
    .into_any()
}

/// One of several words, or any.
#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    /// For the address, and for people.
    words: Vec<(String, String)>,
    chosen: Option<String>,
) -> impl IntoView {
    let id = format!("log-{name}");
    let options = words
        .into_iter()
        .map(|(word, said)| {
            let selected = chosen.as_ref() == Some(&word);
            view! { <option value=word selected=selected>{said}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name>
                <option value="">{use_texts().list.any}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn member_name(run: &RunView, request: &RequestId, t: &Texts) -> String {
    let id = format::short(request.as_str());
    let member = run.members.iter().find(|member| member.request == *request);
    // The records of one person often have one name.
    match member.and_then(|member| member.name.as_deref()) {
        Some(name) => format!("{name} · {id}"),
        None => format!("{} {id}", t.run.id),
    }
}

fn tone(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::TaskFailed { .. }
        | EventKind::StateChanged {
            state: RequestState::PartiallyFailed,
        } => "bad",
        EventKind::TaskWaits { .. } | EventKind::TaskSkipped { .. } => "wait",
        EventKind::TaskDone { .. }
        | EventKind::StateChanged {
            state: RequestState::Completed | RequestState::CompletedWithExceptions,
        } => "good",
        _ => "quiet",
    }
}

/// A system's name; its id where it has none, e.g. because it is no longer there.
pub fn system_name(run: &RunView, system: &SystemId, t: &Texts) -> String {
    if system.as_str() == OURS {
        return t.run.ours.to_owned();
    }
    let named = run.systems.iter().find(|(id, _)| id == system);
    named.map_or_else(|| system.to_string(), |(_, name)| name.clone())
}

/// Who decided what an event tells of.
fn skipped_by(event: &Event, system: &SystemId, run: &RunView) -> String {
    let mut skips = run.skips.iter().rev();
    let skip = skips.find(|skip| {
        skip.seq <= event.seq && skip.request == event.request && skip.system == *system
    });
    skip.map(|skip| skip.by.clone()).unwrap_or_default()
}

/// What happened, its names looked up.
pub fn words(event: &Event, run: &RunView, t: &Texts) -> EventText {
    let name = |task: &TaskName| {
        format!(
            "{} · {} · {}",
            system_name(run, &task.system, t),
            task.collection,
            (t.words.operation)(task.operation)
        )
    };
    match &event.kind {
        EventKind::Created => EventText::Created {
            by: run.created_by.clone(),
        },
        EventKind::StateChanged { state } => EventText::State(*state),
        EventKind::TaskStarted { task, attempt } => EventText::Started {
            task: name(task),
            attempt: *attempt,
        },
        EventKind::TaskDone { task, rows } => EventText::Done {
            task: name(task),
            rows: *rows,
        },
        EventKind::TaskWaits { task, code, until } => EventText::Waits {
            task: name(task),
            code: (t.words.code_short)(code),
            until: format::clock(*until),
        },
        EventKind::TaskFailed { task, code } => EventText::Failed {
            task: name(task),
            code: (t.words.code_short)(code),
        },
        EventKind::TaskSkipped { task, ground, .. } => EventText::Skipped {
            task: name(task),
            ground: (t.words.ground)(*ground),
            by: skipped_by(event, &task.system, run),
        },
        EventKind::Retried { .. } => EventText::Retried,
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
