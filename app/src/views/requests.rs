//! Requests: newest first, filtered and paged by the URL.

use leptos::prelude::*;

use super::cards::name_in_request;
use crate::components::{At, Empty, Glyph, Icon, RequestBadge, Tone, look_of_right};
use crate::i18n::use_texts;
use crate::model::{
    Due, Millis, RequestFilter, RequestPage, RequestState, RequestSummary, Right, WaitsFor,
};
use crate::{format, paths};

/// The choice of what to list.
#[component]
pub fn Filter(filter: RequestFilter) -> impl IntoView {
    let t = use_texts();
    let RequestFilter {
        right,
        state,
        due,
        waits,
        ..
    } = filter;
    view! {
        // Off: going back, browsers would show the choice made last, not the one that the address says.
        <form method="get" action=paths::REQUESTS class="filter" autocomplete="off">
            <Choice name="right" label=t.list.right words=Right::ALL.map(|one| (one.as_str(), (t.words.right)(one))) chosen=right.map(Right::as_str)/>
            <Choice name="state" label=t.list.state words=RequestState::ALL.map(|one| (one.as_str(), (t.words.request)(one))) chosen=state.map(RequestState::as_str)/>
            <Choice name="due" label=t.list.due words=Due::ALL.map(|one| (one.as_str(), (t.words.due)(one))) chosen=due.map(Due::as_str)/>
            <Choice name="waits" label=t.list.waits words=WaitsFor::ALL.map(|one| (one.as_str(), (t.words.waits)(one))) chosen=waits.map(WaitsFor::as_str)/>
            <button type="submit">{t.list.filter}</button>
            <a class="quiet-link" href=paths::REQUESTS>{t.list.clear}</a>
        </form>
    }
}

/// One of several words, or any.
#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    /// For the address, and for people.
    #[prop(into)]
    words: Vec<(&'static str, &'static str)>,
    chosen: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="">{use_texts().list.any}</option>
                {words
                    .into_iter()
                    .map(|(word, said)| view! {
                        <option value=word selected=chosen == Some(word)>{said}</option>
                    })
                    .collect_view()}
            </select>
        </div>
    }
    .into_any()
}

/// One page of the list.
#[component]
pub fn List(page: RequestPage, filter: RequestFilter) -> impl IntoView {
    let t = use_texts();
    if page.requests.is_empty() {
        let unfiltered = filter == RequestFilter::default();
        return if unfiltered {
            view! {
                <Empty title=t.list.empty_title text=t.list.empty_text>
                    <p><a class="button primary" href=paths::FIND>{t.common.find}</a></p>
                </Empty>
            }
            .into_any()
        } else {
            view! { <p class="quiet">{t.list.empty_filtered}</p> }.into_any()
        };
    }
    let next = page.next.map(|after| {
        paths::requests(&RequestFilter {
            after: Some(after),
            ..filter.clone()
        })
    });
    let first = filter.after.is_some().then(|| {
        paths::requests(&RequestFilter {
            after: None,
            ..filter.clone()
        })
    });
    view! {
        <Table requests=page.requests now=page.now label=t.list.title/>
        <nav class="pages" aria-label=t.list.title>
            {first.map(|href| view! { <a href=href>{t.list.first}</a> })}
            {next.map(|href| view! { <a href=href rel="next">{t.list.next}</a> })}
        </nav>
    }
    .into_any()
}

/// Sets, a line each.
#[component]
pub fn Table(
    requests: Vec<RequestSummary>,
    /// What days are counted from.
    now: Millis,
    label: &'static str,
) -> impl IntoView {
    let t = use_texts();
    let heads = [
        t.list.request,
        t.list.right,
        t.list.state,
        t.list.person,
        t.list.progress,
        t.list.due,
        t.list.created,
        t.list.by,
    ];
    view! {
        <div class="table" role="region" aria-label=label tabindex="0">
            <table class="stack list">
                <thead>
                    <tr>{heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr>
                </thead>
                <tbody>
                    {requests.into_iter().map(|one| view! { <Row one now/> }).collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// How long is left, as icon, word and colour.
#[component]
pub fn Deadline(due_at: Millis, now: Millis) -> impl IntoView {
    const DAY: Millis = 86_400_000;
    let t = use_texts();
    let days = (due_at - now).div_euclid(DAY);
    let (tone, glyph) = match days {
        ..0 => (Tone::Bad, Glyph::Warning),
        0..3 => (Tone::Warn, Glyph::Clock),
        _ => (Tone::Quiet, Glyph::Clock),
    };
    view! {
        <span class="deadline" data-tone=tone.as_str() title=format::minute(due_at)>
            <Icon glyph/>
            {(t.say.days_left)(days)}
        </span>
    }
}

#[component]
fn Row(one: RequestSummary, now: Millis) -> impl IntoView {
    let t = use_texts();
    let href = paths::request(&one.id);
    let short = format::short(one.id.as_str()).to_owned();
    let name = name_in_request(one.name.as_deref(), one.right, one.state, t);
    let members = (one.members > 1)
        .then(|| view! { <span class="quiet">{(t.say.records)(one.members)}</span> });
    let failed = (one.tasks_failed > 0)
        .then(|| view! { <span class="bad">{(t.say.failed)(one.tasks_failed)}</span> });
    view! {
        <tr>
            <th scope="row" data-label=t.list.request><a href=href><code>{short}</code></a></th>
            <td data-label=t.list.right>
                <Icon glyph=look_of_right(one.right)/> " " {(t.words.right)(one.right)}
            </td>
            <td data-label=t.list.state><RequestBadge state=one.state/></td>
            <td data-label=t.list.person>{name} " " {members}</td>
            <td data-label=t.list.progress>
                <progress max=one.tasks.max(1) value=one.tasks_ended aria-label=t.list.progress></progress>
                " "
                <span class="num">{(t.say.tasks)(one.tasks_ended, one.tasks)}</span>
                " "
                {failed}
            </td>
            <td data-label=t.list.due>{one.due_at.map(|due_at| view! { <Deadline due_at now/> })}</td>
            <td data-label=t.list.created><At at=one.created_at/></td>
            <td data-label=t.list.by>{one.created_by}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::RequestId;
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn summary(name: Option<&str>) -> RequestSummary {
        RequestSummary {
            id: RequestId::parse("r1").expect("valid"),
            right: Right::Delete,
            state: RequestState::PartiallyFailed,
            name: name.map(str::to_owned),
            members: 3,
            tasks_ended: 4,
            tasks: 7,
            tasks_failed: 1,
            created_at: 0,
            created_by: HOSTILE.into(),
            due_at: Some(0),
            ended_at: None,
        }
    }

    #[test]
    fn hostile_names_are_text() {
        let one = summary(Some(HOSTILE));
        assert_escaped(&html(Lang::En, move || view! { <Row one now=0/> }));
    }

    #[test]
    fn an_erased_person_has_no_name_and_says_so() {
        let one = RequestSummary {
            state: RequestState::CompletedWithExceptions,
            ..summary(None)
        };
        let page = html(Lang::Ja, move || view! { <Row one now=0/> });
        assert!(
            page.contains("消去済み") && page.contains("失敗 1 件"),
            "{page}"
        );
    }
}
