//! A run as it goes, live until it has ended; then also as it was, at the moment that the address says, with what its log is to list.

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
    let shown = Memo::new(move |_| {
        query.with(|query| {
            let word = |field| query.get(field).unwrap_or_default();
            ["at", "system", "member", "kind", "q", "to"].map(word)
        })
    });
    let page = Page::new(
        move || [vec![request.get()], shown.get().to_vec()].concat(),
        |asked| {
            let [request, at, system, member, kind, q, to] = words(asked);
            Box::pin(get_run(request, at, system, member, kind, q, to))
        },
        Post::to(&[to::RETRY_REQUEST, to::SKIP_TASKS]),
    );
    view! {
        <Title text=use_texts().common.requests/>
        <ShowParts page headed=true/>
    }
}
