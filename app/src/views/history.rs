//! The history of a run: its events in words, oldest first.

use leptos::prelude::*;

use crate::components::Clock;
use crate::format;
use crate::i18n::{EventText, Texts, use_texts};
use crate::model::{Event, EventKind, OURS, RequestId, RequestState, RunView, SystemId, TaskName};

/// The most events that a page lists: the last ones.
pub const LISTED: i64 = 500;

/// What happened, oldest first.
#[component]
pub fn History(run: RunView, events: Vec<Event>) -> impl IntoView {
    let t = use_texts();
    if events.is_empty() {
        return view! { <p class="quiet">{t.run.events_none}</p> }.into_any();
    }
    let several = run.members.len() > 1;
    let older = events.last().map_or(0, |event| event.seq) - LISTED;
    let rows = events
        .into_iter()
        .filter(|event| event.seq > older)
        .map(|event| {
            let member = several.then(|| member_name(&run, &event.request, t));
            let text = (t.say.event)(&words(&event.kind, &run, t));
            let tone = tone(&event.kind);
            view! {
                <li data-tone=tone>
                    <span class="quiet num">{event.seq}</span>
                    <Clock at=event.at/>
                    <span>{text}</span>
                    {member.map(|member| view! { <span class="quiet">{member}</span> })}
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="history" role="region" aria-labelledby="history" tabindex="0">
            <ol>{rows}</ol>
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
        EventKind::TaskWaits { .. } => "wait",
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

/// What happened, its names looked up.
pub fn words(kind: &EventKind, run: &RunView, t: &Texts) -> EventText {
    let name = |task: &TaskName| {
        format!(
            "{} · {} · {}",
            system_name(run, &task.system, t),
            task.collection,
            (t.words.operation)(task.operation)
        )
    };
    match kind {
        EventKind::Created => EventText::Created,
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
        EventKind::Retried { .. } => EventText::Retried,
    }
}
