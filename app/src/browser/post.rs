//! Forms that change something, sent without leaving the page: to where a plain form goes, and on to where that is led.
//!
//! What is wrong comes back as it does without this program: a page whose form says so. Only that form is taken from it, and what was
//! typed stays.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, FormData, HtmlFormElement, SubmitEvent, UrlSearchParams};

use super::fetch::{self, Answer};
use super::visit::{self, How};
use super::{dom, page, patch};

/// Signing in and out load a page: nothing of the one before is to stay.
const LOADED: &str = "/sign-";

thread_local! {
    /// Whether a form is on its way: one at a time.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Sends the form, if it is one that posts.
pub(super) fn submit(event: &Event) {
    let form = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlFormElement>().ok())
        .filter(|form| form.method() == "post" && !event.default_prevented());
    let Some(form) = form else { return };
    let action = form.get_attribute("action").unwrap_or_default();
    if action.starts_with(LOADED) {
        return;
    }
    event.prevent_default();
    let Some(fields) = fields(&form, event).filter(|_| !BUSY.replace(true)) else {
        return;
    };
    let visit = page::begin();
    spawn_local(async move {
        let answer = fetch::post(&action, &fields).await;
        BUSY.set(false);
        if !page::is_current(visit) {
            return;
        }
        page::end();
        match answer {
            Some(answer) => took(&form, &action, &answer),
            None => dom::say("offline"),
        }
    });
}

fn fields(form: &HtmlFormElement, event: &Event) -> Option<UrlSearchParams> {
    let fields = FormData::new_with_form(form).ok()?;
    // The button that was pressed may say something too.
    let button = event
        .dyn_ref::<SubmitEvent>()
        .and_then(SubmitEvent::submitter);
    if let Some((name, value)) = button.and_then(|button| {
        Some((
            button.get_attribute("name")?,
            button.get_attribute("value")?,
        ))
    }) {
        fields.append_with_str(&name, &value).ok()?;
    }
    UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()
}

/// Shows what became of the form.
fn took(form: &HtmlFormElement, action: &str, answer: &Answer) {
    let is_here = page::path(&page::address()) == answer.url.pathname();
    if answer.url.search_params().has("__err") {
        if is_here {
            page::change(answer);
        } else if form.has_attribute("data-go") {
            // A form of every page has no place of its own for what is wrong.
            visit::arrive(answer, "", How::Push);
        } else {
            say_in_form(form, action, answer);
        }
        point_at_wrong(form);
    } else if answer.url.pathname().starts_with(LOADED) {
        // The session has ended. What was typed is kept: she can sign in in another tab, and send it again.
        say_above(
            answer
                .page
                .query_selector("#main [data-error]")
                .ok()
                .flatten(),
        );
    } else if is_here && page::address() == answer.address() {
        // What was typed is done with.
        form.reset();
        page::change(answer);
        dom::say("saved");
    } else {
        visit::arrive(answer, "", How::Push);
    }
}

/// Takes the one form from a page that is another.
fn say_in_form(form: &HtmlFormElement, action: &str, answer: &Answer) {
    let same = format!("form[action=\"{action}\"]");
    match answer.page.query_selector(&same) {
        Ok(Some(wanted)) => patch::children(form, &wanted),
        _ => say_above(answer.main()),
    }
}

fn say_above(said: Option<Element>) {
    if let (Some(place), Some(said)) = (dom::find("#main [role=alert]"), said) {
        patch::children(&place, &said);
        place.scroll_into_view();
    }
}

/// Takes the person to the field that is wrong; the message stands beside it, or above the form.
fn point_at_wrong(form: &HtmlFormElement) {
    let field = dom::find("#main [data-wrong]")
        .and_then(|said| said.get_attribute("data-wrong"))
        .and_then(|name| form.elements().named_item(&name));
    if let Some(field) = field {
        drop(field.set_attribute("aria-invalid", "true"));
        dom::focus(field);
    }
}
