//! A plan, and the form that carries it out.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::api::requests::get_plan;
use crate::components::{Page, Post, ShowParts, words};
use crate::i18n::use_texts;
use crate::paths::to;

#[component]
pub fn PlanPage() -> impl IntoView {
    let params = use_params_map();
    let plan = Memo::new(move |_| params.with(|params| params.get("plan").unwrap_or_default()));
    let page = Page::new(
        move || vec![plan.get()],
        |asked| {
            let [plan] = words(asked);
            Box::pin(get_plan(plan))
        },
        Post::to(&[to::CREATE_REQUEST]),
    );
    view! {
        <Title text=use_texts().plan.title/>
        <ShowParts page headed=true/>
    }
}
