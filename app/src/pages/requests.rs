//! Requests: filtered, sorted and paged by the URL; views of them that were saved.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::api::requests::list_requests;
use crate::components::{LiveState, Page, PageHead, Post, ShowParts, words};
use crate::i18n::use_texts;
use crate::paths::to;

#[component]
pub fn Requests() -> impl IntoView {
    let t = &use_texts().list;
    let query = use_location().search;
    let page = Page::new(
        move || vec![query.get()],
        |asked| {
            let [query, followed] = words(asked);
            Box::pin(list_requests(query, followed))
        },
        Post::to(&[to::SAVE_VIEW, to::DELETE_VIEW, to::PUT_VIEW_BACK]),
    );
    view! {
        <Title text=t.title/>
        <PageHead title=t.title>
            <LiveState/>
        </PageHead>
        <ShowParts page/>
    }
}
