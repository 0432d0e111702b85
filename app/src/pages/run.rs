//! A run as it goes, live until it has ended; then also as it was, at the moment that the address says.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::api::requests::get_run;
use crate::components::{Page, Post, ShowParts, words};
use crate::i18n::use_texts;
use crate::paths::to;

#[component]
pub fn Run() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let request =
        Memo::new(move |_| params.with(|params| params.get("request").unwrap_or_default()));
    let at = Memo::new(move |_| query.with(|query| query.get("at").unwrap_or_default()));
    let page = Page::new(
        move || vec![request.get(), at.get()],
        |asked| {
            let [request, at] = words(asked);
            Box::pin(get_run(request, at))
        },
        Post::to(&[to::RETRY_REQUEST]),
    );
    view! {
        <Title text=use_texts().common.requests/>
        <ShowParts page headed=true/>
    }
}
