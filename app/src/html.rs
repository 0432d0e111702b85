//! HTML that was rendered already: a page's parts, made where their data is read.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::i18n::Lang;

/// HTML that [`Html::of`] rendered, every text in it escaped by Leptos. Nothing else makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Renders a view in a language, now and whole: it must not wait for anything.
    pub fn of<V: IntoView>(lang: Lang, view: impl FnOnce() -> V) -> Self {
        Owner::new().with(|| {
            provide_context(lang);
            Self(view().into_view().to_html())
        })
    }

    /// In an element that lays out nothing: `.part` of the style sheet.
    pub fn show(self) -> impl IntoView {
        view! { <div class="part" inner_html=self.0></div> }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::At;
    use crate::i18n::use_texts;
    use crate::testing::{HOSTILE, assert_escaped};

    #[test]
    fn texts_are_escaped_and_in_the_language_asked_for() {
        let html = Html::of(Lang::Ja, || {
            view! { <p title=HOSTILE>{HOSTILE} {use_texts().common.app} <At at=0/></p> }
        });
        assert_escaped(&html.0);
        assert!(html.0.contains(Lang::Ja.texts().common.app), "{}", html.0);
    }

    #[test]
    fn the_page_holds_it_as_it_is() {
        let html = Html::of(Lang::En, || view! { <p>"a & b"</p> });
        let page = crate::testing::html(Lang::En, || view! { <div>{html.show()}</div> });
        assert_eq!(
            page,
            "<div><div class=\"part\"><p>a &amp; b<!></p></div><!></div>"
        );
    }
}
