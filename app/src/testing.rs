//! (tests) Components as text.

use leptos::prelude::*;

use crate::i18n::Lang;

/// What a component looks like on the server, in a language.
pub(crate) fn html<V: IntoView + 'static>(lang: Lang, view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| {
        leptos_meta::provide_meta_context();
        provide_context(lang);
        view().into_view().to_html()
    })
}

/// A text that would do harm if it were not escaped.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";

/// Fails if the hostile text is in the page unescaped, or not at all.
pub(crate) fn assert_escaped(page: &str) {
    assert!(!page.contains("<script"), "a script got through: {page}");
    assert!(!page.contains("<img"), "an element got through: {page}");
    assert!(
        page.contains("&lt;script&gt;"),
        "the text is not there: {page}"
    );
}
