//! The list of requests: one page of it, and what leads on from there.

use leptos::prelude::*;

use super::cards::name_in_request;
use super::list_form::{Way, column_name};
use crate::components::{At, Empty, Glyph, Icon, Named, RequestBadge, Table, Tone, look_of_right};
use crate::i18n::use_texts;
use crate::model::{Column, Columns, ListView, Millis, RequestId, RequestPage, RequestSummary};
use crate::{format, paths};

/// As many new requests are counted.
const NEWER: u32 = 50;

/// One page of the list.
#[component]
pub fn List(page: RequestPage, view: ListView, ways: Vec<Way>) -> impl IntoView {
    let t = use_texts();
    let rest = if page.requests.is_empty() {
        nothing(&view, ways)
    } else {
        let leads = leads(&view, page.next);
        let ListView { columns, .. } = view.clone();
        view! {
            <RequestTable requests=page.requests now=page.now label=t.list.title columns/>
            {leads}
        }
        .into_any()
    };
    view! {
        <News newer=page.newer href=paths::list(&view)/>
        {rest}
    }
}

/// Says quietly that there are requests which the page doesn't show yet; they come when they are asked for.
#[component]
fn News(newer: u32, href: String) -> impl IntoView {
    let t = use_texts();
    view! {
        <div class="news" role="status">
            {(newer > 0)
                .then(|| view! {
                    // Loaded anew as a whole: the focus begins where the news stands.
                    <a class="button small" href=href rel="external">
                        <Icon glyph=Glyph::Retry/>
                        {(t.say.newer)(newer, newer >= NEWER)}
                    </a>
                })}
        </div>
    }
}

/// Nothing is listed: why, and what to do about it.
fn nothing(view: &ListView, ways: Vec<Way>) -> AnyView {
    let t = use_texts();
    if view.filter.without_each().is_empty() && view.filter.after.is_none() {
        return view! {
            <Empty title=t.list.empty_title text=t.list.empty_text>
                <p><a class="button primary" href=paths::FIND>{t.common.find}</a></p>
            </Empty>
        }
        .into_any();
    }
    let hint = if ways.is_empty() {
        ""
    } else {
        t.list.try_without
    };
    let ways = ways
        .into_iter()
        .map(|way| {
            let less = ListView {
                filter: way.filter,
                columns: view.columns.clone(),
            };
            let field = super::list_form::field_name(way.field, t);
            view! {
                <li><a href=paths::list(&less)>{(t.say.without)(field, way.count, way.more)}</a></li>
            }
        })
        .collect_view();
    view! {
        <Empty title=t.list.empty_filtered text=hint>
            <ul class="ways">{ways}</ul>
            <p><a class="button" href=paths::REQUESTS>{t.list.clear}</a></p>
        </Empty>
    }
    .into_any()
}

/// Other pages of the list, and all of it as a file.
fn leads(view: &ListView, next: Option<RequestId>) -> AnyView {
    let t = use_texts();
    let at = |after| {
        let mut view = view.clone();
        view.filter.after = after;
        paths::list(&view)
    };
    let first = view.filter.after.is_some().then(|| at(None));
    let next = next.map(|next| at(Some(next)));
    view! {
        <nav class="pages" aria-label=t.list.title>
            {first.map(|href| view! { <a href=href>{t.list.first}</a> })}
            {next.map(|href| view! { <a href=href rel="next">{t.list.next}</a> })}
            <a class="end" href=paths::requests_csv(&view.filter) download="">
                <Icon glyph=Glyph::Download/> " " {t.list.csv}
            </a>
        </nav>
    }
    .into_any()
}

/// Sets, a line each.
#[component]
pub fn RequestTable(
    requests: Vec<RequestSummary>,
    /// What days are counted from.
    now: Millis,
    label: &'static str,
    #[prop(optional)] columns: Columns,
) -> impl IntoView {
    let t = use_texts();
    let heads = columns.iter().map(|column| column_name(column, t));
    let heads: Vec<_> = std::iter::once(t.list.request).chain(heads).collect();
    view! {
        <Table named=Named::Heard(label) heads list=true>
            {requests.iter().map(|one| row(one, now, &columns)).collect_view()}
        </Table>
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

fn row(one: &RequestSummary, now: Millis, columns: &Columns) -> AnyView {
    let t = use_texts();
    let href = paths::request(&one.id);
    let short = format::short(one.id.as_str()).to_owned();
    let cells = columns
        .iter()
        .map(|column| {
            view! {
                <td data-label=column_name(column, t)>{cell(column, one, now)}</td>
            }
        })
        .collect_view();
    view! {
        <tr>
            <th scope="row" data-label=t.list.request><a href=href><code>{short}</code></a></th>
            {cells}
        </tr>
    }
    .into_any()
}

/// What a column says of a set.
fn cell(column: Column, one: &RequestSummary, now: Millis) -> AnyView {
    let t = use_texts();
    match column {
        Column::Right => {
            let (glyph, word) = (look_of_right(one.right), (t.words.right)(one.right));
            view! { <Icon glyph/> " " {word} }.into_any()
        }
        Column::State => view! { <RequestBadge state=one.state/> }.into_any(),
        Column::Person => {
            let name = name_in_request(one.name.as_deref(), one.right, one.state, t);
            let records = (t.say.records)(one.members);
            let members = (one.members > 1).then(|| view! { <span class="quiet">{records}</span> });
            view! { {name} " " {members} }.into_any()
        }
        Column::Progress => progress(one),
        Column::Due => one
            .due_at
            .map(|due_at| view! { <Deadline due_at now/> })
            .into_any(),
        Column::Created => view! { <At at=one.created_at/> }.into_any(),
        Column::Ended => one.ended_at.map(|at| view! { <At at/> }).into_any(),
        Column::By => one.created_by.clone().into_any(),
    }
}

fn progress(one: &RequestSummary) -> AnyView {
    let t = use_texts();
    let said = (t.say.tasks)(one.tasks_ended, one.tasks);
    let failed = (t.say.failed)(one.tasks_failed);
    let failed = (one.tasks_failed > 0).then(|| view! { <span class="bad">{failed}</span> });
    view! {
        <progress max=one.tasks.max(1) value=one.tasks_ended aria-label=t.list.progress></progress>
        " "
        <span class="num">{said}</span>
        " "
        {failed}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{ListWords, RequestState, Right};
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

    fn page(requests: Vec<RequestSummary>) -> RequestPage {
        RequestPage {
            next: requests.last().map(|one| one.id.clone()),
            requests,
            newer: 0,
            now: 0,
        }
    }

    /// The list at an address.
    fn list(lang: Lang, query: &'static str, page: RequestPage) -> String {
        let (view, _) = ListWords::of_query(query).read();
        html(lang, move || view! { <List page view ways=vec![]/> })
    }

    #[test]
    fn hostile_names_are_text() {
        let page = page(vec![summary(Some(HOSTILE))]);
        assert_escaped(&list(Lang::En, "", page));
    }

    #[test]
    fn an_erased_person_has_no_name_and_says_so() {
        let one = RequestSummary {
            state: RequestState::CompletedWithExceptions,
            ..summary(None)
        };
        let page = list(Lang::Ja, "", page(vec![one]));
        assert!(
            page.contains("消去済み") && page.contains("失敗 1 件"),
            "{page}"
        );
    }

    #[test]
    fn only_the_chosen_columns_are_shown_and_stay_chosen_on_the_next_page() {
        let page = list(Lang::En, "cols=state", page(vec![summary(None)]));
        let heads: Vec<_> = page.split("<th scope=\"col\">").skip(1).collect();
        assert_eq!(heads.len(), 2, "{page}");
        assert!(page.contains("Partly failed") || page.contains("data-label=\"State\""));
        assert!(!page.contains("data-label=\"Person\""), "{page}");
        assert!(page.contains("/requests?after=r1&amp;cols=state"), "{page}");
    }

    #[test]
    fn news_are_told_above_the_list_and_change_nothing_in_it() {
        let calm = list(Lang::En, "right=delete", page(vec![summary(None)]));
        let newer = RequestPage {
            newer: 3,
            ..page(vec![summary(None)])
        };
        let news = list(Lang::En, "right=delete", newer);
        assert!(!calm.contains("Show"), "{calm}");
        let (bar, rest) = news.split_once("</div>").expect("a bar");
        assert!(
            bar.contains("Show 3 new") && bar.contains("href=\"/requests?right=delete\""),
            "{bar}"
        );
        assert_eq!(Some(rest), calm.split_once("</div>").map(|two| two.1));
    }

    #[test]
    fn an_empty_list_says_which_condition_to_drop() {
        let query = "state=refused&right=delete&cols=due";
        let (view, _) = ListWords::of_query(query).read();
        let (field, filter) = view.filter.without_each().swap_remove(1);
        let way = Way {
            field,
            filter,
            count: 50,
            more: true,
        };
        let page = page(vec![]);
        let page = html(Lang::En, || view! { <List page view ways=vec![way]/> });
        assert!(page.contains("without “State”: 50+"), "{page}");
        assert!(
            page.contains("/requests?right=delete&amp;cols=due"),
            "{page}"
        );
        assert!(page.contains("href=\"/requests\""), "{page}");
    }

    #[test]
    fn without_any_condition_a_list_is_empty_because_nothing_was_asked_for() {
        let page = list(Lang::En, "sort=oldest&cols=due", page(vec![]));
        assert!(page.contains("No requests yet"), "{page}");
    }
}
