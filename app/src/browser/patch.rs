//! Changes what an element holds into a newer version, in place: what a person typed, opened or stands on is kept.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlOptionElement, Node};

thread_local! {
    /// Whether what forms said of themselves stays.
    static KEEPS_SAID: Cell<bool> = const { Cell::new(false) };
}

/// As [`children`], for a newer version that nobody asked for: it knows nothing of what was wrong with a form, which is to be read
/// until the form is sent again.
pub(super) fn news(old: &Node, new: &Node) {
    KEEPS_SAID.set(true);
    children(old, new);
    KEEPS_SAID.set(false);
}

/// Pairs old and new children: those with an identity wherever they stand, others in their order. What is kept is not moved
/// unless the order changed, for what is moved loses the focus.
pub(super) fn children(old: &Node, new: &Node) {
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
        (Some(old_element), _) if KEEPS_SAID.get() && says_wrong(old_element) => {}
        (Some(old_element), Some(new_element)) => {
            attributes(old_element, new_element);
            children(old, new);
        }
        _ => old.set_node_value(new.node_value().as_deref()),
    }
}

fn says_wrong(element: &Element) -> bool {
    let is_place = element.matches("[role=alert], .field-error");
    is_place.is_ok_and(|is| is)
        && element
            .text_content()
            .is_some_and(|text| !text.trim().is_empty())
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
