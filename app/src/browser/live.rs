//! Live pages: a stream of server-sent events says *that* something changed, and the page is fetched again. It carries no data.
//!
//! Which stream, a page says in `data-events`; whether it is open, the document says in `data-link`.

use std::cell::{Cell, RefCell};

use web_sys::{EventSource, EventTarget};

use super::{dom, page};
use crate::pace::{back_off, coalesce};

/// For how long, in milliseconds, a stream may take to open before it is said to be missing.
const PATIENCE: i32 = 2_000;

thread_local! {
    /// What is followed: its address without where it goes on from, and the stream.
    static STREAM: RefCell<Option<(String, EventSource)>> = const { RefCell::new(None) };
    /// How often in a row it could not be opened.
    static TRIES: Cell<u32> = const { Cell::new(0) };
    /// Whether a change is waiting for others.
    static CHANGED: Cell<bool> = const { Cell::new(false) };
}

/// Follows what the page that is shown says, if anything. What is followed already is not followed anew: that would be another
/// stream for every change.
pub(super) fn follow() {
    let events = told();
    let wanted = events.as_deref().map(stream_of);
    let is_same = STREAM.with_borrow(|stream| stream.as_ref().map(|(of, _)| of.as_str()) == wanted);
    if is_same {
        return;
    }
    if let Some((_, stream)) = STREAM.take() {
        stream.close();
    }
    TRIES.set(0);
    match &events {
        Some(events) => open(events),
        None => dom::mark("data-link", None),
    }
}

/// Which stream an address means; its last word says from where on.
fn stream_of(events: &str) -> &str {
    events.rsplit_once('=').map_or(events, |(stream, _)| stream)
}

/// Where the page's changes are told from now on.
pub(super) fn told() -> Option<String> {
    dom::find("#main [data-events]")?.get_attribute("data-events")
}

fn open(events: &str) {
    let Ok(stream) = EventSource::new(events) else {
        return;
    };
    STREAM.set(Some((stream_of(events).to_owned(), stream.clone())));
    let there: &EventTarget = &stream;
    let this = stream.clone();
    dom::listen(there, "open", move |_| {
        if is_current(&this) {
            TRIES.set(0);
            // Something may have happened while nobody listened.
            if is_lost() {
                changed();
            }
            dom::mark("data-link", Some("live"));
        }
    });
    let this = stream.clone();
    dom::listen(there, "message", move |_| {
        if is_current(&this) {
            changed();
        }
    });
    let this = stream.clone();
    dom::listen(there, "error", move |_| {
        if is_current(&this) {
            lost(&this);
        }
    });
    dom::later(PATIENCE, move || {
        if is_current(&stream) && stream.ready_state() != EventSource::OPEN {
            dom::mark("data-link", Some("lost"));
        }
    });
}

fn is_current(stream: &EventSource) -> bool {
    STREAM.with_borrow(|current| {
        current
            .as_ref()
            .is_some_and(|(_, current)| current == stream)
    })
}

fn is_lost() -> bool {
    dom::find("html[data-link=lost]").is_some()
}

/// A browser that has given up is made to try again, later and later; one that tries by itself is left to it.
fn lost(stream: &EventSource) {
    dom::mark("data-link", Some("lost"));
    if stream.ready_state() != EventSource::CLOSED {
        return;
    }
    let again = stream.clone();
    let tries = TRIES.replace(TRIES.get().saturating_add(1));
    dom::later(back_off(tries), move || {
        if is_current(&again) {
            page::renew();
            if let Some(events) = told() {
                open(&events);
            }
        }
    });
}

fn changed() {
    if !CHANGED.replace(true) {
        dom::later(coalesce(page::busy()), || {
            CHANGED.set(false);
            page::renew();
        });
    }
}
