//! Copies the value beside the button that was clicked, and says so.

use web_sys::Event;

use super::dom;

pub(super) fn click(event: &Event) {
    let value = dom::closest(event, "[data-copy]")
        .and_then(|button| button.previous_element_sibling())
        .and_then(|code| code.text_content());
    if let Some((value, window)) = value.zip(dom::window()) {
        // The promise is not waited for: a browser that refuses leaves the text selectable.
        drop(window.navigator().clipboard().write_text(&value));
        dom::say("copied");
    }
}
