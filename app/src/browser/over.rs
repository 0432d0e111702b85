//! The dialog over the page: it shows what stands on a page of its own, fetched when it is first wanted.

use std::cell::Cell;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, HtmlDialogElement};

use super::visit::{self, How};
use super::{dom, fetch, keys, palette, patch};

/// What the dialog can show.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Over {
    Palette,
    Keys,
}

impl Over {
    fn address(self) -> &'static str {
        match self {
            Self::Palette => crate::paths::GO,
            Self::Keys => crate::paths::KEYS,
        }
    }
}

thread_local! {
    /// What it holds; with the palette, what is recent may be older than the page.
    static HOLDS: Cell<Option<Over>> = const { Cell::new(None) };
}

/// Opens it. The focus goes to what asks for it, and back when the dialog is closed: the browser sees to both.
pub(super) fn open(what: Over) {
    let Some(dialog) = dialog().filter(|dialog| !dialog.open()) else {
        return;
    };
    let is_there = HOLDS.get() == Some(what);
    if is_there {
        show(&dialog);
    }
    spawn_local(async move {
        let answer = fetch::get(what.address()).await;
        let new = answer.and_then(|answer| answer.page.query_selector("#main .over").ok()?);
        let (Some(place), Some(new)) = (dom::find("#over .over"), new) else {
            // The page says why.
            return visit::go(what.address(), How::Push);
        };
        patch::children(&place, &new);
        HOLDS.set(Some(what));
        if is_there {
            dress();
        } else if !dialog.open() {
            show(&dialog);
        }
    });
}

fn show(dialog: &HtmlDialogElement) {
    palette::empty();
    drop(dialog.show_modal());
    dress();
}

/// Makes what the server rendered into what it is in the browser.
fn dress() {
    palette::dress();
    keys::dress();
}

/// Closes it, if it is open.
pub(super) fn close() {
    if let Some(dialog) = dialog().filter(HtmlDialogElement::open) {
        dialog.close();
    }
}

pub(super) fn is_open() -> bool {
    dialog().is_some_and(|dialog| dialog.open())
}

fn dialog() -> Option<HtmlDialogElement> {
    dom::find("#over")?.dyn_into().ok()
}

/// A click on a link to what the dialog shows opens it; one beside it, or on a link in it, closes it.
pub(super) fn click(event: &Event) {
    let link = dom::closest(event, "header a[data-over]");
    if let Some(link) = link {
        event.prevent_default();
        let keys = link.get_attribute("data-over").as_deref() == Some("keys");
        open(if keys { Over::Keys } else { Over::Palette });
    }
    let beside = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlDialogElement>().ok());
    if beside.is_some() {
        close();
    }
}
