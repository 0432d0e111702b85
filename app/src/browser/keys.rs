//! Single keys that go somewhere, wherever nothing is being typed; a person can switch them off.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent, Storage};

use super::over::{self, Over};
use super::visit::{self, How};
use super::{dom, palette};
use crate::keymap::{Wish, wish};
use crate::paths;

/// The browser remembers under this name that the keys are off.
const OFF: &str = "habeas-keys-off";
/// How long the second of two keys may take, in milliseconds.
const PATIENCE: f64 = 1_500.0;

thread_local! {
    /// When the first of two keys was pressed.
    static BEGUN: Cell<f64> = const { Cell::new(f64::NEG_INFINITY) };
}

/// Does what a key asks for.
pub(super) fn press(event: &Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    // Keys that choose a word while Japanese is being typed are not for us.
    if key.is_composing() || event.default_prevented() {
        return;
    }
    let typed = key.key();
    if (key.ctrl_key() || key.meta_key()) && typed.eq_ignore_ascii_case("k") {
        event.prevent_default();
        over::open(Over::Palette);
    } else if palette::press(key) || (is_free(key) && fulfil(&typed, key.time_stamp())) {
        event.prevent_default();
    }
}

/// Whether a single key is nobody else's.
fn is_free(key: &KeyboardEvent) -> bool {
    let modified = key.ctrl_key() || key.meta_key() || key.alt_key();
    let typing = dom::closest(key, "input, textarea, select, [contenteditable]").is_some();
    !(modified || typing || over::is_open() || is_off())
}

fn fulfil(typed: &str, now: f64) -> bool {
    let begun = now - BEGUN.replace(f64::NEG_INFINITY) < PATIENCE;
    match wish(typed, begun) {
        Some(Wish::Begin) => BEGUN.set(now),
        Some(Wish::Go(address)) => visit::go(address, How::Push),
        Some(Wish::Help) => over::open(Over::Keys),
        Some(Wish::Search) => match dom::find("#value").filter(is_visible) {
            Some(field) => dom::focus(field),
            None => visit::go_and(paths::FIND, How::Push, || {
                if let Some(field) = dom::find("#value") {
                    dom::focus(field);
                }
            }),
        },
        Some(Wish::Next) => step(1),
        Some(Wish::Previous) => step(-1),
        None => return false,
    }
    true
}

/// Moves the focus to the link of the next row, or of the one before.
fn step(by: isize) {
    let rows = rows();
    let focused = dom::document().and_then(|document| document.active_element());
    let standing = rows
        .iter()
        .position(|(row, _)| row.contains(focused.as_deref()));
    let to = match standing {
        Some(at) => at.saturating_add_signed(by).min(rows.len() - 1),
        None => 0,
    };
    if let Some((_, link)) = rows.into_iter().nth(to) {
        dom::focus(link);
    }
}

/// The rows of the page's lists: each with the link that it leads to, its first. Where there is a table, its rows alone.
fn rows() -> Vec<(Element, Element)> {
    let mut rows: Vec<(Element, Element)> = Vec::new();
    let mut links = dom::all("main tbody tr a[href]");
    if links.is_empty() {
        links = dom::all("main :is(article, li) a[href]");
    }
    for link in links {
        let row = link.closest("main :is(tr, article, li)").ok().flatten();
        if let Some(row) = row
            && is_visible(&link)
            && rows
                .last()
                .is_none_or(|(last, _)| !last.contains(Some(&link)))
        {
            rows.push((row, link));
        }
    }
    rows
}

fn is_visible(element: &Element) -> bool {
    element.get_client_rects().length() > 0
}

/// The switch shows how it stands.
pub(super) fn dress() {
    for switch in dom::all("[data-keys]") {
        if let Some(switch) = switch.dyn_ref::<HtmlInputElement>() {
            switch.set_checked(!is_off());
        }
    }
}

/// The switch was moved, if that was it.
pub(super) fn change(event: &Event) {
    let switch =
        dom::closest(event, "[data-keys]").and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    if let Some((switch, storage)) = switch.zip(storage()) {
        drop(if switch.checked() {
            storage.remove_item(OFF)
        } else {
            storage.set_item(OFF, "")
        });
    }
}

fn is_off() -> bool {
    storage().is_some_and(|storage| storage.get_item(OFF).is_ok_and(|off| off.is_some()))
}

fn storage() -> Option<Storage> {
    dom::window()?.local_storage().ok()?
}
