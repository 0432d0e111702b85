//! Short words for the browser's long ones.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, Window};

pub(super) fn window() -> Option<Window> {
    web_sys::window()
}

pub(super) fn document() -> Option<Document> {
    window()?.document()
}

/// The first element of the page that matches.
pub(super) fn find(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok()?
}

/// All elements of the page that match, in their order.
pub(super) fn all(selector: &str) -> Vec<Element> {
    let list = document().and_then(|document| document.query_selector_all(selector).ok());
    let elements = list
        .iter()
        .flat_map(|list| (0..list.length()).filter_map(|at| list.item(at)));
    elements.filter_map(|node| node.dyn_into().ok()).collect()
}

/// Acts on every such event there, as long as the page is open.
pub(super) fn listen(there: &EventTarget, event: &str, act: impl FnMut(Event) + 'static) {
    let act = Closure::<dyn FnMut(Event)>::new(act);
    drop(there.add_event_listener_with_callback(event, act.as_ref().unchecked_ref()));
    act.forget();
}

/// Acts once, after so many milliseconds.
pub(super) fn later(after: i32, act: impl FnOnce() + 'static) {
    let act = Closure::once_into_js(act);
    if let Some(window) = window() {
        drop(
            window
                .set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), after),
        );
    }
}

/// Acts once what was changed is shown; in a page that nobody sees, once somebody does.
pub(super) fn after_frame(act: impl FnOnce() + 'static) {
    let shown = Closure::once_into_js(|| later(0, act));
    if let Some(window) = window() {
        drop(window.request_animation_frame(shown.unchecked_ref()));
    }
}

/// What the event happened to, or the nearest element around it that matches.
pub(super) fn closest(event: &Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok()?
}

/// Gives the focus, if the element takes it.
pub(super) fn focus(element: Element) {
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        drop(element.focus());
    }
}

/// What has the focus, and all that is around it, from within.
pub(super) fn around_focus() -> Vec<Element> {
    let focused = document().and_then(|document| document.active_element());
    std::iter::successors(focused, |element| element.parent_element()).collect()
}

/// Where what had the focus is gone, gives it to what is nearest: else the keyboard would begin at the top of the page.
pub(super) fn focus_near(stood: &[Element]) {
    if stood.first().is_none_or(|had| had.is_connected()) {
        return;
    }
    for around in stood.iter().filter(|around| around.is_connected()) {
        let Ok(near) = around.query_selector_all(FOCUSABLE) else {
            return;
        };
        for near in (0..near.length()).filter_map(|at| near.item(at)?.dyn_into::<Element>().ok()) {
            focus(near.clone());
            if document().and_then(|document| document.active_element()) == Some(near) {
                return;
            }
        }
    }
}

const FOCUSABLE: &str = "a[href], button, input, select, textarea, summary";

/// Sets an attribute of the document itself, which no newer page changes; none takes it away.
pub(super) fn mark(attribute: &str, value: Option<&str>) {
    let Some(root) = document().and_then(|document| document.document_element()) else {
        return;
    };
    drop(match value {
        Some(value) => root.set_attribute(attribute, value),
        None => root.remove_attribute(attribute),
    });
}

/// Says something for a moment, in the region that [`crate::components::Toast`] keeps for it; it never takes the focus. `word` names
/// one of that region's texts.
pub(super) fn say(word: &str) {
    let Some(toast) = find("#toast") else { return };
    let text = toast.get_attribute(&format!("data-{word}"));
    toast.set_text_content(text.as_deref());
    later(4_000, move || toast.set_text_content(None));
}
