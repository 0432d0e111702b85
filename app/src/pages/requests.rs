//! Requests: newest first, filtered and paged by the URL.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::requests::list_requests;
use crate::components::{Page, PageHead, Post, ShowParts, words};
use crate::i18n::use_texts;

#[component]
pub fn Requests() -> impl IntoView {
    let t = &use_texts().list;
    let query = use_query_map();
    let filter = Memo::new(move |_| {
        query.with(|query| {
            let word = |field| query.get(field).unwrap_or_default();
            ["right", "state", "due", "waits", "after"]
                .map(word)
                .to_vec()
        })
    });
    let page = Page::new(
        move || filter.get(),
        |asked| {
            let [right, state, due, waits, after] = words(asked);
            Box::pin(list_requests(right, state, due, waits, after))
        },
        Post::to(&[]),
    );
    view! {
        <Title text=t.title/>
        <PageHead title=t.title/>
        <ShowParts page/>
    }
}
