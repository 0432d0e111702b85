//! Form fields: label, hint and error, tied together for screen readers.

use leptos::prelude::*;

use super::banner::ErrorBanner;
use crate::error::Error;
use crate::i18n::use_texts;

/// What is wrong with one field, in words.
pub fn field_error(error: Signal<Option<Error>>, field: &'static str) -> Signal<Option<String>> {
    let t = use_texts();
    Signal::derive(move || match error.get() {
        Some(Error::Invalid {
            field: named,
            reason,
        }) if named == field => Some((t.say.reason)(&reason)),
        _ => None,
    })
}

/// A labelled field. The control inside has the id `id` and `aria-describedby="{id}-hint {id}-error"`.
#[component]
pub fn Field(
    id: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div class=format!("field {class}")>
            <label for=id>{label}</label>
            {children()}
            <span class="hint" id=format!("{id}-hint")>{hint}</span>
            <span class="field-error" id=format!("{id}-error")>{move || error.get()}</span>
        </div>
    }
}

/// The error of a form, unless one of its fields shows it.
#[component]
pub fn FormError(
    error: Signal<Option<Error>>,
    #[prop(optional)] fields: &'static [&'static str],
) -> impl IntoView {
    let shown = move || {
        let error = error.get()?;
        match &error {
            Error::Invalid { field, .. } if fields.contains(&field.as_str()) => None,
            _ => Some(view! { <ErrorBanner error/> }),
        }
    };
    view! { <div role="alert">{shown}</div> }
}
