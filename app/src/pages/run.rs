//! A run as it goes: live until it has ended.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::api::requests::get_run;
use crate::components::{Page, Post, ShowParts, words};
use crate::i18n::use_texts;
use crate::paths::to;

#[component]
pub fn Run() -> impl IntoView {
    let params = use_params_map();
    let request =
        Memo::new(move |_| params.with(|params| params.get("request").unwrap_or_default()));
    let page = Page::new(
        move || vec![request.get()],
        |asked| {
            let [request] = words(asked);
            Box::pin(get_run(request))
        },
        Post::to(&[to::RETRY_REQUEST]),
    );
    view! {
        <Title text=use_texts().common.requests/>
        <ShowParts page headed=true/>
    }
}
