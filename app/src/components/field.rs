//! Form fields: label, hint and error, tied together for screen readers.

use leptos::prelude::*;

use super::banner::ErrorBanner;
use crate::error::Error;
use crate::i18n::use_texts;

/// What is wrong with one field, in words.
pub fn field_error(error: Option<&Error>, field: &str) -> Option<String> {
    match error {
        Some(Error::Invalid {
            field: named,
            reason,
        }) if named == field => Some((use_texts().say.reason)(reason)),
        _ => None,
    }
}

/// A labelled field. The control inside has the id `id` and `aria-describedby="{id}-hint {id}-error"`.
#[component]
pub fn Field(
    id: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    /// What is wrong with it, if anything.
    #[prop(optional_no_strip)]
    error: Option<String>,
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    let wrong = error.is_some().then_some(id);
    view! {
        <div class=format!("field {class}")>
            <label for=id>{label}</label>
            {children()}
            <span class="hint" id=format!("{id}-hint")>{hint}</span>
            <span class="field-error" id=format!("{id}-error") data-wrong=wrong>{error}</span>
        </div>
    }
}

/// The error of a form, unless one of its fields shows it. Names the field that is wrong for the browser, which takes her there.
#[component]
pub fn FormError(
    error: Option<Error>,
    #[prop(optional)] fields: &'static [&'static str],
) -> impl IntoView {
    let shown = error.filter(
        |error| !matches!(error, Error::Invalid { field, .. } if fields.contains(&field.as_str())),
    );
    let wrong = match &shown {
        Some(Error::Invalid { field, .. }) => Some(field.clone()),
        _ => None,
    };
    view! { <div role="alert" data-wrong=wrong>{shown.map(|error| view! { <ErrorBanner error/> })}</div> }
}
