//! Shows what kind of identifier the typed value looks like, in the words of the page.

use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlFormElement, HtmlInputElement, HtmlOptionElement, HtmlSelectElement,
};

use super::dom;
use crate::guess;

/// After something was typed or chosen in the search form.
pub(super) fn show(event: &Event) {
    if let Some(form) = dom::closest(event, "form.search") {
        let said = say(&form).unwrap_or_default();
        if let Ok(Some(place)) = form.query_selector("[data-guess]") {
            place.set_text_content(Some(&said));
        }
    }
}

/// The guess in words, as long as the kind is to be guessed and there is a value.
fn say(form: &Element) -> Option<String> {
    let controls = form.dyn_ref::<HtmlFormElement>()?.elements();
    let kind: HtmlSelectElement = controls.named_item("kind")?.dyn_into().ok()?;
    let value: HtmlInputElement = controls.named_item("value")?.dyn_into().ok()?;
    let value = value.value();
    if kind.selected_index() != 0 || value.trim().is_empty() {
        return None;
    }
    let option = format!("option[value={}]", guess::kind(&value).as_str());
    let word: HtmlOptionElement = kind.query_selector(&option).ok()??.dyn_into().ok()?;
    let place = form.query_selector("[data-guess]").ok()??;
    Some(
        place
            .get_attribute("data-guess")?
            .replace("{}", &word.text()),
    )
}
