//! One system: how it is and was, what it did last, what waits for it, and what is found there by what.

use leptos::prelude::*;

use super::cards::kinds_of;
use super::health::HealthHistory;
use super::requests::Deadline;
use super::systems::{Concurrency, InventoryTable, MisbehaveForm, On, PauseForm, health_note};
use crate::components::{At, HealthBadge, Icon, Named, Table, TaskBadge, look_of_right};
use crate::i18n::{Texts, use_texts};
use crate::model::{
    Budget, HealthHour, IdentifierKind, Inventory, LastTask, Millis, Searchable, SystemDetail,
    SystemView, WaitingSet,
};
use crate::{format, paths};

/// The page's head: its name, whether it answers, and pausing.
#[component]
pub fn SystemHead(system: SystemView) -> impl IntoView {
    let t = use_texts();
    let (note, at) = health_note(&system.health, t);
    view! {
        <nav class="pages" aria-label=t.common.systems>
            <a href=paths::SYSTEMS>{t.system.all}</a>
            <a href=paths::systems_map()>{t.map.map}</a>
        </nav>
        <h1>{system.name}</h1>
        <HealthBadge health=system.health paused=system.paused/>
        <span class="quiet">{note} " · " {t.systems.checked} " " <At at/></span>
        <div class="end"><PauseForm id=system.id paused=system.paused on=On::Detail/></div>
    }
}

/// Everything else, the most pressing first.
#[component]
pub fn SystemBody(detail: SystemDetail) -> impl IntoView {
    let t = use_texts();
    let SystemDetail {
        now,
        system,
        hours,
        budget,
        last_done,
        last_failed,
        waiting,
        waiting_sets,
    } = detail;
    let paused = system.paused;
    view! {
        <dl class="card facts">
            <div><dt>{t.systems.kind}</dt><dd>{system.kind}</dd></div>
            <div><dt>{t.common.owner}</dt><dd>{system.owner}</dd></div>
            <div><dt>{t.systems.region}</dt><dd>{system.region}</dd></div>
            <Concurrency most=system.concurrency/>
            <div><dt>{t.systems.tasks}</dt><dd class="num">{format::count(system.tasks_open.into())}</dd></div>
        </dl>
        <section aria-labelledby="waiting">
            <h2 id="waiting">{t.system.waiting}</h2>
            <Waiting waiting all=waiting_sets now paused/>
        </section>
        <section aria-labelledby="history">
            <h2 id="history">{t.system.history}</h2>
            <HealthHistory hours=hours.clone() now/>
        </section>
        <section aria-labelledby="last">
            <h2 id="last">{t.system.last}</h2>
            <Last hours last_done last_failed/>
        </section>
        <section aria-labelledby="budget">
            <h2 id="budget">{t.system.budget}</h2>
            <BudgetFacts budget/>
        </section>
        <section aria-labelledby="kinds">
            <h2 id="kinds">{t.system.kinds}</h2>
            <Kinds inventory=system.inventory.clone()/>
        </section>
        <section aria-labelledby="inventory">
            <h2 id="inventory">{t.systems.inventory}</h2>
            {if system.inventory.collections.is_empty() {
                view! { <p class="quiet">{t.system.inventory_none}</p> }.into_any()
            } else {
                view! { <InventoryTable inventory=system.inventory/> }.into_any()
            }}
        </section>
        {system.misbehaviour.map(|now| view! { <MisbehaveForm id=system.id now on=On::Detail/> })}
    }
    .into_any()
}

#[component]
fn Waiting(waiting: Vec<WaitingSet>, all: u32, now: Millis, paused: bool) -> impl IntoView {
    let t = use_texts();
    if waiting.is_empty() {
        return view! { <p class="quiet">{t.system.waiting_none}</p> }.into_any();
    }
    let listed = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
    let more = all.saturating_sub(listed);
    let heads = [
        t.list.request,
        t.list.right,
        t.list.state,
        t.system.tasks,
        t.system.since,
        t.system.next_try,
        t.list.due,
    ];
    view! {
        {paused.then(|| view! { <p class="quiet">{t.system.waiting_paused}</p> })}
        <Table named=Named::Heard(t.system.waiting) heads list=true>
            {waiting.into_iter().map(|set| view! { <WaitingRow set now/> }).collect_view()}
        </Table>
        {(more > 0).then(|| view! { <p class="quiet">{(t.say.more_sets)(more.into())}</p> })}
    }
    .into_any()
}

#[component]
fn WaitingRow(set: WaitingSet, now: Millis) -> impl IntoView {
    let t = use_texts();
    let href = paths::request(&set.request);
    let short = format::short(set.request.as_str()).to_owned();
    let why = set.code.map(|code| (t.words.code_short)(&code));
    view! {
        <tr>
            <th scope="row" data-label=t.list.request><a href=href><code>{short}</code></a></th>
            <td data-label=t.list.right>
                <Icon glyph=look_of_right(set.right)/> " " {(t.words.right)(set.right)}
            </td>
            <td data-label=t.list.state><TaskBadge state=set.state/></td>
            <td data-label=t.system.tasks class="num">{format::count(set.tasks.into())}</td>
            <td data-label=t.system.since><At at=set.since/></td>
            <td data-label=t.system.next_try>
                {set.next_try.map(|at| view! { <At at/> })}
                {why.map(|why| view! { <span class="quiet note">{why}</span> })}
            </td>
            <td data-label=t.list.due><Deadline due_at=set.due_at now/></td>
        </tr>
    }
    .into_any()
}

/// What it last did well, and what not: checks and tasks.
#[component]
fn Last(
    hours: Vec<HealthHour>,
    last_done: Option<LastTask>,
    last_failed: Option<LastTask>,
) -> impl IntoView {
    let t = use_texts();
    let up = hours.iter().filter_map(|hour| hour.last_up_at).max();
    let down = hours
        .iter()
        .filter_map(|hour| Some((hour.last_down_at?, hour.code.clone())))
        .max_by_key(|(at, _)| *at);
    let check = |at: Option<Millis>, code: Option<String>| match at {
        Some(at) => {
            let why = code.map(|code| (t.words.code)(&code));
            view! { <At at/> {why.map(|why| view! { <span class="quiet note">{why}</span> })} }
                .into_any()
        }
        None => view! { <span class="quiet">{t.system.never}</span> }.into_any(),
    };
    let (down_at, down_code) = down.unzip();
    view! {
        <dl class="card facts">
            <div><dt>{t.system.last_up}</dt><dd>{check(up, None)}</dd></div>
            <div><dt>{t.system.last_down}</dt><dd>{check(down_at, down_code.flatten())}</dd></div>
            <div><dt>{t.system.last_done}</dt><dd>{task(last_done, t)}</dd></div>
            <div><dt>{t.system.last_failed}</dt><dd>{task(last_failed, t)}</dd></div>
        </dl>
    }
    .into_any()
}

fn task(last: Option<LastTask>, t: &Texts) -> AnyView {
    let Some(LastTask { request, at, code }) = last else {
        return view! { <span class="quiet">{t.system.no_task}</span> }.into_any();
    };
    let href = paths::request(&request);
    let short = format::short(request.as_str()).to_owned();
    let why = code.map(|code| (t.words.code)(&code));
    view! {
        <At at/> " " <a href=href><code>{short}</code></a>
        {why.map(|why| view! { <span class="quiet note">{why}</span> })}
    }
    .into_any()
}

#[component]
fn BudgetFacts(budget: Option<Budget>) -> impl IntoView {
    let t = use_texts();
    let Some(budget) = budget else {
        return view! { <p class="quiet">{t.system.budget_none}</p> }.into_any();
    };
    let count = |n: u32| format::count(n.into());
    let next = match budget.wait {
        0 => t.system.at_once.to_owned(),
        wait => (t.say.begins_in)(&format::took(wait)),
    };
    view! {
        <dl class="card facts">
            <div>
                <dt>{t.system.limit}</dt>
                <dd>{format!("{} {}", count(budget.per_second), t.systems.per_second)}</dd>
            </div>
            <div><dt>{t.system.free}</dt><dd class="num">{count(budget.free)}</dd></div>
            <div><dt>{t.system.queue}</dt><dd class="num">{count(budget.waiting)}</dd></div>
            <div><dt>{t.system.one_more}</dt><dd>{next}</dd></div>
        </dl>
    }
    .into_any()
}

/// Each kind of identifier that finds somebody, and where; then those that do not.
#[component]
fn Kinds(inventory: Inventory) -> impl IntoView {
    let t = use_texts();
    let (able, unable): (Vec<_>, Vec<_>) = IdentifierKind::ALL
        .into_iter()
        .partition(|kind| inventory.searchable_by(*kind));
    let heads = [t.system.kind, t.system.searched, t.system.through];
    let titles = |kind: IdentifierKind, how: Searchable| {
        let all = inventory.collections.iter();
        let such = all.filter(|one| one.searchable(kind) == how);
        let titles: Vec<&str> = such.map(|one| one.title.as_str()).collect();
        // Nothing at all where there is none: a card has no line for it then.
        (!titles.is_empty()).then(|| titles.join(t.common.comma))
    };
    let rows = able
        .iter()
        .map(|kind| {
            view! {
                <tr>
                    <th scope="row" data-label=t.system.kind>{(t.words.kind)(*kind)}</th>
                    <td data-label=t.system.searched>{titles(*kind, Searchable::Yes)}</td>
                    <td data-label=t.system.through>{titles(*kind, Searchable::NeedsSubject)}</td>
                </tr>
            }
        })
        .collect_view();
    let table = view! {
        <Table named=Named::Heard(t.system.kinds) heads>
            {rows}
        </Table>
    };
    let unable = kinds_of(&unable, t);
    view! {
        {if able.is_empty() {
            view! { <p class="quiet">{t.system.kinds_none}</p> }.into_any()
        } else {
            table.into_any()
        }}
        {(!unable.is_empty())
            .then(|| view! { <p class="quiet">{t.systems.not_searchable} ": " {unable}</p> })}
    }
    .into_any()
}

#[cfg(test)]
#[path = "system_tests.rs"]
mod tests;
