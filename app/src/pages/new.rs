//! New request: leads to the plan; does nothing itself.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::requests::get_new;
use crate::components::{Page, PageHead, Post, ShowParts, words};
use crate::i18n::use_texts;
use crate::paths::to;

#[component]
pub fn New() -> impl IntoView {
    let t = &use_texts().new;
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let word = |field| query.get(field).unwrap_or_default();
            vec![word("search"), word("subject"), word("right")]
        })
    });
    let page = Page::new(
        move || asked.get(),
        |asked| {
            let [search, subject, right] = words(asked);
            Box::pin(get_new(search, subject, right))
        },
        Post::to(&[to::MAKE_PLAN]),
    );
    view! {
        <Title text=t.title/>
        <PageHead title=t.title lead=t.lead/>
        <ShowParts page/>
    }
}
