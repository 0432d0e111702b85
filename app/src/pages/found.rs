//! A search as it comes in: live until every system has settled.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::api::subjects::get_search;
use crate::components::{LiveState, Page, PageHead, Post, ShowParts, words};
use crate::i18n::use_texts;
use crate::paths::{self, to};

#[component]
pub fn Found() -> impl IntoView {
    let t = &use_texts().find;
    let params = use_params_map();
    let search = Memo::new(move |_| params.with(|params| params.get("search").unwrap_or_default()));
    let query = use_query_map();
    let compared = Memo::new(move |_| {
        query.with(|query| {
            ["compare", "only", "link"].map(|field| query.get(field).unwrap_or_default())
        })
    });
    let page = Page::new(
        move || {
            let [compare, only, link] = compared.get();
            vec![search.get(), compare, only, link]
        },
        |asked| {
            let [search, compare, only, link] = words(asked);
            Box::pin(get_search(search, compare, only, link))
        },
        Post::to(&[
            to::START_SEARCH,
            to::SEARCH_AGAIN,
            to::DROP_SEARCH,
            to::KEEP_SEARCH,
            to::JOIN_PEOPLE,
            to::PART_PEOPLE,
            to::UNDO_LINK,
        ]),
    );
    view! {
        <Title text=t.title/>
        <PageHead title=t.title lead=t.lead>
            <LiveState/>
            <a href=paths::FIND>{t.new_search}</a>
        </PageHead>
        <ShowParts page/>
    }
}
