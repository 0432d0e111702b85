//! What the list of requests can show: its views, the form that chooses filter, order and columns, and what of an address was left out.

use leptos::prelude::*;

use crate::components::{Banner, Glyph, Icon, Tone};
use crate::i18n::{Texts, use_texts};
use crate::model::{
    Column, Due, Ended, ListView, RequestFilter, RequestState, Right, SavedView, SavedViews, Sort,
    VIEW_NAME, WaitsFor,
};
use crate::paths::{self, to};

/// A list with one condition less than one that is empty.
pub struct Way {
    /// The field of the condition.
    pub field: &'static str,
    pub filter: RequestFilter,
    /// How many it finds, or more.
    pub count: u64,
    pub more: bool,
}

/// What a column is called.
pub fn column_name(column: Column, t: &'static Texts) -> &'static str {
    match column {
        Column::Right => t.list.right,
        Column::State => t.list.state,
        Column::Person => t.list.person,
        Column::Progress => t.list.progress,
        Column::Due => t.list.due,
        Column::Created => t.list.created,
        Column::Ended => t.list.ended,
        Column::By => t.list.by,
    }
}

/// What a field of the list's address is called.
pub fn field_name(field: &str, t: &'static Texts) -> &'static str {
    match field {
        "right" => t.list.right,
        "state" => t.list.state,
        "due" => t.list.due,
        "waits" => t.list.waits,
        "ended" => t.list.ended,
        "sort" => t.list.sort,
        "cols" => t.list.columns,
        _ => t.list.page,
    }
}

/// Everything above the list.
#[component]
pub fn Choices(view: ListView, saved: SavedViews, ignored: Vec<&'static str>) -> impl IntoView {
    let t = use_texts();
    let query = paths::list_query(&view);
    let SavedViews { views, deleted } = saved;
    let ignored = (!ignored.is_empty()).then(|| {
        let names: Vec<_> = ignored.iter().map(|field| field_name(field, t)).collect();
        let said = format!("{} {}", t.list.ignored, names.join(t.common.comma));
        view! { <Banner tone=Tone::Warn><p>{said}</p></Banner> }
    });
    view! {
        <ViewLinks views query=query.clone()/>
        <div role="status">
            {deleted.map(|view| view! { <Deleted view query=query.clone()/> })}
        </div>
        {ignored}
        <Form view/>
        <SaveForm query/>
    }
    .into_any()
}

/// Views to choose from: ours, then hers.
#[component]
fn ViewLinks(views: Vec<SavedView>, query: String) -> impl IntoView {
    let t = use_texts();
    let of = |filter| {
        paths::list_query(&ListView {
            filter,
            ..ListView::default()
        })
    };
    let all = RequestFilter::default;
    let ours = [
        (t.list.view_all, all()),
        (
            t.list.view_needs_me,
            RequestFilter {
                waits: Some(WaitsFor::Person),
                ..all()
            },
        ),
        (
            t.list.view_overdue,
            RequestFilter {
                due: Some(Due::Overdue),
                ..all()
            },
        ),
        (
            t.list.view_ended,
            RequestFilter {
                ended: Some(Ended::Week),
                ..all()
            },
        ),
    ];
    let now = query.clone();
    let ours = ours
        .map(|(name, filter)| view! { <li>{link(name.to_owned(), &of(filter), &now)}</li> })
        .collect_view();
    let hers = views
        .into_iter()
        .map(|one| {
            let there = paths::list_query(&one.view);
            let delete = (t.say.delete_view)(&one.name);
            // Known by its id: when one goes, a second click must not meet the next.
            view! {
                <li id=format!("view-{}", one.id)>
                    {link(one.name, &there, &query)}
                    <form method="post" action=to::DELETE_VIEW class="inline">
                        <input type="hidden" name="id" value=one.id.to_string()/>
                        <input type="hidden" name="query" value=query.clone()/>
                        <button type="submit" class="icon-button" aria-label=delete>
                            <Icon glyph=Glyph::Cross/>
                        </button>
                    </form>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="views" aria-label=t.list.views>
            <ul>{ours} {hers}</ul>
        </nav>
    }
    .into_any()
}

fn link(name: String, there: &str, now: &str) -> AnyView {
    let current = (there == now).then_some("page");
    let href = match there {
        "" => paths::REQUESTS.to_owned(),
        query => format!("{}?{query}", paths::REQUESTS),
    };
    view! { <a href=href aria-current=current>{name}</a> }.into_any()
}

/// What was deleted last, and the way back.
#[component]
fn Deleted(view: SavedView, query: String) -> impl IntoView {
    let t = use_texts();
    view! {
        <form method="post" action=to::PUT_VIEW_BACK class="inline">
            <span class="quiet">{(t.say.view_deleted)(&view.name)}</span>
            <input type="hidden" name="id" value=view.id.to_string()/>
            <input type="hidden" name="query" value=query/>
            <button type="submit" class="small">{t.list.put_back}</button>
        </form>
    }
}

/// The choice of what to list, in which order, and what to show of it.
#[component]
fn Form(view: ListView) -> impl IntoView {
    let t = use_texts();
    let ListView { filter, columns } = view;
    let RequestFilter {
        right,
        state,
        due,
        waits,
        ended,
        sort,
        ..
    } = filter;
    let boxes = Column::ALL
        .map(|column| {
            let id = format!("col-{}", column.as_str());
            view! {
                <div class="check">
                    <input type="checkbox" name="cols" id=id.clone() value=column.as_str() checked=columns.has(column)/>
                    <label for=id>{column_name(column, t)}</label>
                </div>
            }
        })
        .collect_view();
    view! {
        // Off: going back, browsers would show the choice made last, not the one that the address says.
        <form method="get" action=paths::REQUESTS class="filter" autocomplete="off">
            <Choice name="right" label=t.list.right any=true words=Right::ALL.map(|one| (one.as_str(), (t.words.right)(one))) chosen=right.map(Right::as_str)/>
            <Choice name="state" label=t.list.state any=true words=RequestState::ALL.map(|one| (one.as_str(), (t.words.request)(one))) chosen=state.map(RequestState::as_str)/>
            <Choice name="due" label=t.list.due any=true words=Due::ALL.map(|one| (one.as_str(), (t.words.due)(one))) chosen=due.map(Due::as_str)/>
            <Choice name="waits" label=t.list.waits any=true words=WaitsFor::ALL.map(|one| (one.as_str(), (t.words.waits)(one))) chosen=waits.map(WaitsFor::as_str)/>
            <Choice name="ended" label=t.list.ended any=true words=Ended::ALL.map(|one| (one.as_str(), (t.words.ended)(one))) chosen=ended.map(Ended::as_str)/>
            <Choice name="sort" label=t.list.sort any=false words=Sort::ALL.map(|one| (one.as_str(), (t.words.sort)(one))) chosen=Some(sort.as_str())/>
            <details class="columns">
                <summary>{t.list.columns}</summary>
                <div class="boxes">{boxes}</div>
            </details>
            <button type="submit">{t.list.filter}</button>
            <a class="quiet-link" href=paths::REQUESTS>{t.list.clear}</a>
        </form>
    }
    .into_any()
}

/// One of several words, or any.
#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    /// Whether none of them can be chosen.
    any: bool,
    /// For the address, and for people.
    #[prop(into)]
    words: Vec<(&'static str, &'static str)>,
    chosen: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                {any.then(|| view! { <option value="">{use_texts().list.any}</option> })}
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

/// Gives what is shown a name.
#[component]
fn SaveForm(query: String) -> impl IntoView {
    let t = use_texts();
    view! {
        <details class="save-view">
            <summary>{t.list.view_save}</summary>
            <form method="post" action=to::SAVE_VIEW class="filter" autocomplete="off">
                <div class="field">
                    <label for="view-name">{t.list.view_name}</label>
                    <input id="view-name" name="name" required=true maxlength=VIEW_NAME aria-describedby="view-name-hint"/>
                    <span class="hint" id="view-name-hint">{t.list.view_name_hint}</span>
                </div>
                <input type="hidden" name="query" value=query/>
                <button type="submit">{t.list.save}</button>
            </form>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::model::{ListWords, ViewId};
    use crate::testing::{HOSTILE, assert_escaped, html};

    fn saved(query: &str) -> SavedView {
        SavedView {
            id: ViewId::parse("v1").expect("valid"),
            name: HOSTILE.into(),
            view: ListWords::of_query(query).read().0,
        }
    }

    fn choices(query: &'static str, views: Vec<SavedView>, deleted: Option<SavedView>) -> String {
        let (view, ignored) = ListWords::of_query(query).read();
        let saved = SavedViews { views, deleted };
        html(Lang::En, move || view! { <Choices view saved ignored/> })
    }

    #[test]
    fn the_view_that_is_shown_is_the_current_one() {
        for (query, href) in [
            ("", "/requests"),
            ("waits=person", "/requests?waits=person"),
            ("ended=days_7", "/requests?ended=days_7"),
            (
                "right=delete&cols=due",
                "/requests?right=delete&amp;cols=due",
            ),
        ] {
            let page = choices(query, vec![saved("right=delete&cols=due")], None);
            let links = page
                .split("<a ")
                .filter(|link| link.contains("aria-current"));
            let current: Vec<_> = links.collect();
            assert_eq!(current.len(), 1, "{query}: {page}");
            assert!(current[0].contains(&format!("\"{href}\"")), "{current:?}");
            assert_escaped(&page);
        }
    }

    #[test]
    fn a_deleted_view_can_be_put_back() {
        let page = choices("right=delete", vec![], Some(saved("due=overdue")));
        assert_escaped(&page);
        assert!(page.contains(to::PUT_VIEW_BACK) && page.contains("value=\"right=delete\""));
        assert!(!choices("", vec![], None).contains(to::PUT_VIEW_BACK));
    }

    #[test]
    fn what_means_nothing_is_named() {
        let page = choices("state=sleeping&cols=mood", vec![], None);
        assert!(
            page.contains("not one of the choices: State, Columns"),
            "{page}"
        );
        assert!(!choices("cols=due", vec![], None).contains("not one of the choices"));
    }

    #[test]
    fn the_form_says_what_is_chosen() {
        let page = choices("sort=due&cols=ended", vec![], None);
        let chosen = |mark: &str| page.split('<').filter(|one| one.contains(mark)).count();
        assert_eq!(chosen(" checked"), 1, "{page}");
        assert_eq!(chosen("value=\"due\" selected"), 1, "{page}");
    }
}
