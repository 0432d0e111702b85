//! New request: leads to the plan; does nothing itself.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::requests::get_new;
use crate::components::{Page, PageHead, Post, ShowParts};
use crate::i18n::use_texts;
use crate::paths::to;

#[component]
pub fn New() -> impl IntoView {
    let t = &use_texts().new;
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            ["search", "subject", "right"].map(|field| query.get(field).unwrap_or_default())
        })
    });
    let page = Page::new(
        move || asked.get(),
        |[search, subject, right]| Box::pin(get_new(search, subject, right)),
        Post::to(&[to::MAKE_PLAN]),
    );
    view! {
        <Title text=t.title/>
        <PageHead title=t.title lead=t.lead/>
        <ShowParts page/>
    }
}
