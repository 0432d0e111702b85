//! Systems: all of them as cards or as a map, as the address says; or one of them.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::api::systems::{get_system, list_systems};
use crate::components::{Page, Post, ShowParts, words};
use crate::i18n::use_texts;
use crate::paths::to;

#[component]
pub fn Systems() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let system = Memo::new(move |_| params.with(|params| params.get("system").unwrap_or_default()));
    let show = Memo::new(move |_| query.with(|query| query.get("show").unwrap_or_default()));
    let page = Page::new(
        move || vec![system.get(), show.get()],
        |asked| {
            let [system, show] = words(asked);
            if system.is_empty() {
                Box::pin(list_systems(show))
            } else {
                Box::pin(get_system(system))
            }
        },
        Post::to(&[to::PAUSE_SYSTEM, to::MISBEHAVE]),
    );
    view! {
        <Title text=use_texts().systems.title/>
        <ShowParts page headed=true/>
    }
}
