//! Where to go, and the keys: pages of their own, and what the dialog over every page shows.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::go::get_places;
use crate::components::{Page, Post, ShowParts};
use crate::i18n::use_texts;
use crate::paths::to;
use crate::views::go::Keys;

#[component]
pub fn Go() -> impl IntoView {
    let page = Page::new(
        Vec::new,
        |_| Box::pin(get_places()),
        Post::to(&[to::START_SEARCH]),
    );
    view! {
        <Title text=use_texts().go.title/>
        <ShowParts page/>
    }
}

#[component]
pub fn KeysPage() -> impl IntoView {
    view! {
        <Title text=use_texts().go.keys_title/>
        <Keys/>
    }
}
