//! A search as it comes in: live until every system has settled.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::find::SearchForm;
use crate::api::subjects::get_search;
use crate::components::{LiveState, Page, PageHead, Post, ShowParts, words};
use crate::i18n::use_texts;
use crate::paths::to;

#[component]
pub fn Found() -> impl IntoView {
    let t = &use_texts().find;
    let params = use_params_map();
    let search = Memo::new(move |_| params.with(|params| params.get("search").unwrap_or_default()));
    let page = Page::new(
        move || vec![search.get()],
        |asked| {
            let [search] = words(asked);
            Box::pin(get_search(search))
        },
        Post::to(&[to::START_SEARCH, to::SEARCH_AGAIN]),
    );
    view! {
        <Title text=t.title/>
        <PageHead title=t.title lead=t.lead>
            <LiveState live=page.live/>
            <details class="again">
                <summary>{t.new_search}</summary>
                <SearchForm/>
            </details>
        </PageHead>
        <ShowParts page/>
    }
}
