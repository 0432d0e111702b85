//! Connecting a database: the form of a new one, or a draft as its address says.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::api::connect::{get_connect, get_draft};
use crate::components::{Page, Post, ShowParts, words};
use crate::i18n::use_texts;
use crate::paths::to;

#[component]
pub fn Connect() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let draft = Memo::new(move |_| params.with(|params| params.get("draft").unwrap_or_default()));
    let collection =
        Memo::new(move |_| query.with(|query| query.get("collection").unwrap_or_default()));
    let page = Page::new(
        move || vec![draft.get(), collection.get()],
        |asked| {
            let [draft, collection] = words(asked);
            if draft.is_empty() {
                Box::pin(get_connect())
            } else {
                Box::pin(get_draft(draft, collection))
            }
        },
        Post::to(&[
            to::START_DRAFT,
            to::START_AGAIN,
            to::DECIDE,
            to::TRY_SEARCH,
            to::ENABLE_DRAFT,
            to::DISCARD_DRAFT,
        ]),
    );
    view! {
        <Title text=use_texts().connect.title/>
        <ShowParts page headed=true/>
    }
}
