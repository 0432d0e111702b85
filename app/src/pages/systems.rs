//! Systems: health, who is in charge, what can be found there, what erasure does, and pausing.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::systems::list_systems;
use crate::components::{Page, PageHead, Post, ShowParts};
use crate::i18n::use_texts;
use crate::paths::to;

#[component]
pub fn Systems() -> impl IntoView {
    let t = &use_texts().systems;
    let page = Page::new(
        Default::default,
        |_| Box::pin(list_systems()),
        Post::to(&[to::PAUSE_SYSTEM, to::MISBEHAVE]),
    );
    view! {
        <Title text=t.title/>
        <PageHead title=t.title lead=t.lead/>
        <ShowParts page/>
    }
}
