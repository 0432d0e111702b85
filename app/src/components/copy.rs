//! A value to be copied whole: shown short, copied long.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::i18n::use_texts;

/// A long id or hash with a button that copies it. Without JavaScript the button does nothing harmful: the whole value is selectable.
#[component]
pub fn Copyable(#[prop(into)] value: String, #[prop(into)] label: String) -> impl IntoView {
    let t = &use_texts().common;
    let (copied, set_copied) = signal(false);
    let shown = value.clone();
    let name = format!("{}: {label}", t.copy);
    let copy = move |_| {
        write(&value);
        set_copied.set(true);
    };
    view! {
        <span class="copyable">
            <code>{shown}</code>
            <button type="button" class="icon-button" aria-label=name on:click=copy>
                <Icon glyph=Glyph::Copy/>
            </button>
            <span class="quiet" role="status">
                {move || copied.get().then_some(t.copied)}
            </span>
        </span>
    }
}

#[cfg(feature = "hydrate")]
fn write(text: &str) {
    // The promise is not waited for: a browser that refuses leaves the text selectable.
    drop(window().navigator().clipboard().write_text(text));
}

#[cfg(not(feature = "hydrate"))]
fn write(_: &str) {}
