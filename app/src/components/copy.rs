//! A value to be copied whole.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::i18n::use_texts;

/// A long id or hash with a button that copies it, where [`copy`] listens. Without JavaScript the button does nothing harmful: the
/// whole value is selectable.
#[component]
pub fn Copyable(#[prop(into)] value: String, #[prop(into)] label: String) -> impl IntoView {
    let t = &use_texts().common;
    let name = format!("{}: {label}", t.copy);
    view! {
        <span class="copyable">
            <code>{value}</code>
            <button type="button" class="icon-button" aria-label=name data-copied=t.copied>
                <Icon glyph=Glyph::Copy/>
            </button>
            <span class="quiet" role="status"></span>
        </span>
    }
}

/// Copies the value beside the button that was clicked, and says so.
#[cfg_attr(
    not(feature = "hydrate"),
    expect(
        clippy::needless_pass_by_value,
        unused_variables,
        reason = "a server copies nothing"
    )
)]
pub fn copy(event: MouseEvent) {
    #[cfg(feature = "hydrate")]
    browser::copy(&event);
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::ev::MouseEvent;
    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::Element;

    pub(super) fn copy(event: &MouseEvent) {
        let button = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|target| target.closest("[data-copied]").ok().flatten());
        let Some(button) = button else { return };
        if let Some(value) = button
            .previous_element_sibling()
            .and_then(|code| code.text_content())
        {
            // The promise is not waited for: a browser that refuses leaves the text selectable.
            drop(window().navigator().clipboard().write_text(&value));
        }
        if let Some(status) = button.next_element_sibling() {
            status.set_text_content(button.get_attribute("data-copied").as_deref());
        }
    }
}
