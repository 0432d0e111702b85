//! Says in the form of a database whether it answers, as soon as enough of it is filled in.
//!
//! Asked when a field is left, not at every key: half a password, tried again and again, locks an account out.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, FormData, HtmlFormElement, UrlSearchParams};

use super::{dom, fetch, patch};

thread_local! {
    /// What was asked last: nothing is asked twice, and no late answer stands beside what was typed since.
    static ASKED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// After a field was changed and left.
pub(super) fn change(event: &Event) {
    let form = dom::closest(event, "form.database");
    let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else {
        return;
    };
    let place = form.query_selector("[data-test]").ok().flatten();
    let Some((place, fields)) = place.zip(fields(&form)) else {
        return;
    };
    let asked = String::from(fields.to_string());
    if ASKED.with(|last| last.replace(asked.clone()) == asked) {
        return;
    }
    place.set_text_content(None);
    if is_enough(&fields) {
        spawn_local(ask(place, fields, asked));
    }
}

async fn ask(place: Element, fields: UrlSearchParams, asked: String) {
    let address = place.get_attribute("data-test").unwrap_or_default();
    let Some(said) = fetch::part(&address, &fields).await else {
        return;
    };
    if ASKED.with(|last| *last.borrow() == asked) {
        patch::children(&place, &said);
    }
}

fn fields(form: &HtmlFormElement) -> Option<UrlSearchParams> {
    let fields = FormData::new_with_form(form).ok()?;
    UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()
}

fn is_enough(fields: &UrlSearchParams) -> bool {
    let has = |name: &str| {
        let value = fields.get(&format!("database[{name}]"));
        value.is_some_and(|value| !value.trim().is_empty())
    };
    let is_file = fields.get("database[kind]").as_deref() == Some("sqlite");
    has("database") && (is_file || has("host") && has("user"))
}
