//! HTML that the server rendered, for what is only read: the browser takes it as it is, and changes in place what changed.
//!
//! The code that makes it stays on the server: a page downloads what can be touched, not what can be looked at. What a person typed,
//! opened or stands on is kept when a newer version comes.

use leptos::prelude::IntoAttributeValue;
use leptos::tachys::html::element::InnerHtmlValue;
use leptos::tachys::renderer::types::Element;
use serde::{Deserialize, Serialize};

/// HTML that [`Html::of`] rendered, every text in it escaped by Leptos. There is no other way to make one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// Renders a view in a language, now and whole: it must not wait for anything.
    #[cfg(feature = "ssr")]
    pub fn of<V: leptos::prelude::IntoView>(
        lang: crate::i18n::Lang,
        view: impl FnOnce() -> V,
    ) -> Self {
        use leptos::prelude::{Owner, RenderHtml, provide_context};
        Owner::new().with(|| {
            provide_context(lang);
            Self(view().into_view().to_html())
        })
    }
}

/// The element that holds it, and what it shows.
#[derive(Debug)]
pub struct Shown {
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "a server changes nothing")
    )]
    element: Element,
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "a server changes nothing")
    )]
    html: Html,
}

impl InnerHtmlValue for Html {
    type AsyncOutput = Self;
    type State = Shown;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        self.0.len()
    }

    fn to_html(self, buffer: &mut String) {
        buffer.push_str(&self.0);
    }

    fn to_template(_buffer: &mut String) {}

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element) -> Shown {
        if FROM_SERVER {
            // It stands in the page already.
            let element = element.clone();
            Shown {
                element,
                html: self,
            }
        } else {
            self.build(element)
        }
    }

    fn build(self, element: &Element) -> Shown {
        #[cfg(feature = "hydrate")]
        element.set_inner_html(&self.0);
        let element = element.clone();
        Shown {
            element,
            html: self,
        }
    }

    #[cfg(feature = "hydrate")]
    fn rebuild(self, shown: &mut Shown) {
        if self != shown.html {
            browser::change(&shown.element, &self.0);
            shown.html = self;
        }
    }

    #[cfg(not(feature = "hydrate"))]
    fn rebuild(self, _shown: &mut Shown) {}

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }
}

impl IntoAttributeValue for Html {
    type Output = Self;

    fn into_attribute_value(self) -> Self {
        self
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::document;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::{Element, HtmlOptionElement, HtmlTemplateElement, Node};

    /// Changes what an element holds into what that HTML says.
    pub(super) fn change(element: &Element, html: &str) {
        let template = document()
            .create_element("template")
            .ok()
            .and_then(|made| made.dyn_into::<HtmlTemplateElement>().ok());
        if let Some(template) = template {
            template.set_inner_html(html);
            children(element, &template.content());
        }
    }

    /// Pairs old and new children in their order; those with an id wherever they stand.
    fn children(old: &Node, new: &Node) {
        let mut here = old.first_child();
        let mut next = new.first_child();
        while let Some(wanted) = next {
            next = wanted.next_sibling();
            match partner(here.clone(), &wanted) {
                Some(found) => {
                    if here.as_ref() == Some(&found) {
                        here = found.next_sibling();
                    } else {
                        drop(old.insert_before(&found, here.as_ref()));
                    }
                    node(&found, &wanted);
                }
                None => drop(old.insert_before(&wanted, here.as_ref())),
            }
        }
        while let Some(gone) = here {
            here = gone.next_sibling();
            drop(old.remove_child(&gone));
        }
    }

    /// The old node that becomes the wanted one: that of its id, else the one that stands in its place.
    fn partner(here: Option<Node>, wanted: &Node) -> Option<Node> {
        let id = id_of(wanted);
        let mut candidate = here?;
        loop {
            if candidate.node_name() == wanted.node_name() && id_of(&candidate) == id {
                return Some(candidate);
            }
            // Without an id only the place counts; an element is never taken past one that has an id.
            if id.is_none() && id_of(&candidate).is_some() {
                return None;
            }
            candidate = candidate.next_sibling()?;
        }
    }

    fn id_of(node: &Node) -> Option<String> {
        Some(node.dyn_ref::<Element>()?.id()).filter(|id| !id.is_empty())
    }

    fn node(old: &Node, new: &Node) {
        match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
            (Some(old_element), Some(new_element)) if !old.is_equal_node(Some(new)) => {
                attributes(old_element, new_element);
                children(old, new);
            }
            _ if old.node_value() != new.node_value() => {
                old.set_node_value(new.node_value().as_deref());
            }
            _ => {}
        }
    }

    fn attributes(old: &Element, new: &Element) {
        for name in old.get_attribute_names().iter() {
            let name = name.as_string().unwrap_or_default();
            // What a person opened stays open.
            if !new.has_attribute(&name) && name != "open" {
                drop(old.remove_attribute(&name));
            }
        }
        for name in new.get_attribute_names().iter() {
            let name = name.as_string().unwrap_or_default();
            let value = new.get_attribute(&name);
            if old.get_attribute(&name) != value && name != "open" {
                drop(old.set_attribute(&name, &value.unwrap_or_default()));
            }
        }
        // Once a person has chosen, a browser no longer looks at the attribute.
        if let Some(option) = old.dyn_ref::<HtmlOptionElement>() {
            option.set_selected(new.has_attribute("selected"));
        }
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use leptos::prelude::*;

    use super::*;
    use crate::components::At;
    use crate::i18n::{Lang, use_texts};
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
        let page = crate::testing::html(Lang::En, || view! { <div inner_html=html></div> });
        assert_eq!(page, "<div><p>a &amp; b<!></p></div>");
    }
}
