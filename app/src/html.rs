//! HTML that the server rendered, for what is only read: the browser takes it as it is, and changes in place what changed.
//!
//! The code that makes it stays on the server: a page downloads what can be touched, not what can be looked at. What a person typed,
//! opened or stands on is kept when a newer version comes.

use leptos::attr::Attribute;
use leptos::attr::any_attribute::AnyAttribute;
use leptos::prelude::{AddAnyAttr, Mountable, Render, RenderHtml};
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types::{Element, Node};
use leptos::tachys::renderer::{CastFrom, Rndr};
use leptos::tachys::view::{Position, PositionState};
use serde::{Deserialize, Serialize};

/// HTML that [`Html::of`] rendered on our server, every text in it escaped by Leptos. The browser reads it out of our server's answer,
/// and believes it as it does the page itself; nothing else makes one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    /// In an element that lays out nothing: `.part` of the style sheet.
    fn in_element(&self) -> String {
        format!("<div class=\"part\">{}</div>", self.0)
    }

    /// Renders a view in a language, now and whole: it must not wait for anything.
    #[cfg(feature = "ssr")]
    pub fn of<V: leptos::prelude::IntoView>(
        lang: crate::i18n::Lang,
        view: impl FnOnce() -> V,
    ) -> Self {
        use leptos::prelude::{Owner, provide_context};
        Owner::new().with(|| {
            provide_context(lang);
            Self(view().into_view().to_html())
        })
    }
}

/// The element that holds it, and what it shows.
pub struct Shown {
    element: Element,
    html: Html,
}

impl Mountable for Shown {
    fn unmount(&mut self) {
        self.element.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.element.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.element.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.element.clone()]
    }
}

/// A view of its own, not an attribute of one: an element whose attributes are erased is emptied before it is changed.
impl Render for Html {
    type State = Shown;

    fn build(self) -> Shown {
        let element = Rndr::create_element_from_html(self.in_element().into());
        Shown {
            element,
            html: self,
        }
    }

    fn rebuild(self, shown: &mut Shown) {
        if self != shown.html {
            #[cfg(feature = "hydrate")]
            browser::change(&shown.element, &self.0);
            shown.html = self;
        }
    }
}

impl AddAnyAttr for Html {
    type Output<NewAttr: Attribute> = Self;

    /// It takes none.
    fn add_any_attr<NewAttr: Attribute>(self, _attribute: NewAttr) -> Self
    where
        Self: RenderHtml,
    {
        self
    }
}

impl RenderHtml for Html {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn html_len(&self) -> usize {
        self.0.len()
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buffer: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _attributes: Vec<AnyAttribute>,
    ) {
        buffer.push_str(&self.in_element());
        *position = Position::NextChild;
    }

    /// It stands in the page already.
    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Shown {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        position.set(Position::NextChild);
        match Element::cast_from(cursor.current()) {
            Some(element) => Shown {
                element,
                html: self,
            },
            None => self.build(),
        }
    }

    fn into_owned(self) -> Self {
        self
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::document;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::{
        Element, HtmlInputElement, HtmlOptionElement, HtmlTemplateElement, Node,
    };

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

    /// Pairs old and new children: those with an identity wherever they stand, others in their order. What is kept is not moved
    /// unless the order changed, for what is moved loses the focus.
    fn children(old: &Node, new: &Node) {
        remove_unwanted(old, new);
        let mut here = old.first_child();
        let mut next = new.first_child();
        while let Some(wanted) = next {
            next = wanted.next_sibling();
            let Some(found) = partner(here.clone(), &wanted) else {
                drop(old.insert_before(&wanted, here.as_ref()));
                continue;
            };
            // What is passed on the way is gone, but for what is wanted later.
            while let Some(passed) = here.take() {
                here = passed.next_sibling();
                if passed == found {
                    break;
                }
                if identity(&passed).is_some() {
                    drop(old.insert_before(&found, Some(&passed)));
                    here = Some(passed);
                    break;
                }
                drop(old.remove_child(&passed));
            }
            node(&found, &wanted);
        }
        while let Some(gone) = here {
            here = gone.next_sibling();
            drop(old.remove_child(&gone));
        }
    }

    /// Removes what has an identity that is no longer there.
    fn remove_unwanted(old: &Node, new: &Node) {
        let mut staying = Vec::new();
        let mut next = new.first_child();
        while let Some(child) = next {
            staying.extend(identity(&child));
            next = child.next_sibling();
        }
        let mut next = old.first_child();
        while let Some(child) = next {
            next = child.next_sibling();
            if identity(&child).is_some_and(|identity| !staying.contains(&identity)) {
                drop(old.remove_child(&child));
            }
        }
    }

    /// The old node, here or later, that becomes the wanted one.
    fn partner(here: Option<Node>, wanted: &Node) -> Option<Node> {
        let identity_wanted = identity(wanted);
        let mut later = std::iter::successors(here, Node::next_sibling);
        if identity_wanted.is_some() {
            return later.find(|node| identity(node) == identity_wanted && is_alike(node, wanted));
        }
        // Between elements there are texts and marks, which nobody misses.
        let next = if wanted.node_type() == Node::ELEMENT_NODE {
            later.find(|node| node.node_type() == Node::ELEMENT_NODE)
        } else {
            later.next()
        };
        next.filter(|node| identity(node).is_none() && is_alike(node, wanted))
    }

    /// Whether one can become the other: of the same name, and of the same class.
    fn is_alike(one: &Node, other: &Node) -> bool {
        let class = |node: &Node| {
            node.dyn_ref::<Element>()
                .and_then(|e| e.get_attribute("class"))
        };
        one.node_name() == other.node_name() && class(one) == class(other)
    }

    /// An element's id, or what names it.
    fn identity(node: &Node) -> Option<String> {
        let element = node.dyn_ref::<Element>()?;
        let id = element.get_attribute("id");
        id.or_else(|| element.get_attribute("aria-labelledby"))
    }

    fn node(old: &Node, new: &Node) {
        match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
            _ if old.is_equal_node(Some(new)) => {}
            (Some(old_element), Some(new_element)) => {
                attributes(old_element, new_element);
                children(old, new);
            }
            _ => old.set_node_value(new.node_value().as_deref()),
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
                let value = value.unwrap_or_default();
                drop(old.set_attribute(&name, &value));
                // A slider shows where the page stands; once a person has moved it, it does not look at the attribute any more.
                if let Some(slider) = old.dyn_ref::<HtmlInputElement>()
                    && name == "value"
                    && slider.type_() == "range"
                {
                    slider.set_value(&value);
                }
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
        let page = crate::testing::html(Lang::En, || view! { <div>{html}</div> });
        assert_eq!(
            page,
            "<div><div class=\"part\"><p>a &amp; b<!></p></div><!></div>"
        );
    }
}
