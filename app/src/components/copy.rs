//! A value to be copied whole.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::i18n::use_texts;

/// A long id or hash with a button that copies it. Without JavaScript the button does nothing harmful: the whole value is selectable.
#[component]
pub fn Copyable(#[prop(into)] value: String, #[prop(into)] label: String) -> impl IntoView {
    let name = format!("{}: {label}", use_texts().common.copy);
    view! {
        <span class="copyable">
            <code>{value}</code>
            <button type="button" class="icon-button" aria-label=name data-copy="">
                <Icon glyph=Glyph::Copy/>
            </button>
        </span>
    }
}
