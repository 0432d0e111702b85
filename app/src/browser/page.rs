//! The page that is shown: replaced by another, or changed into a newer version of itself.

use std::cell::{Cell, RefCell};

use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Node};

use super::fetch::{self, Answer};
use super::{dom, keys, live, news, patch};

thread_local! {
    /// Grows with every visit: what was asked for before the last one is not shown any more.
    static VISIT: Cell<u32> = const { Cell::new(0) };
    /// Path and query of what is shown.
    static SHOWN: RefCell<String> = const { RefCell::new(String::new()) };
    /// Whether a newer version is on its way, and whether another was asked for meanwhile.
    static RENEWING: Cell<bool> = const { Cell::new(false) };
    static ONCE_MORE: Cell<bool> = const { Cell::new(false) };
    /// For how long, in milliseconds, the last change kept the browser from all else.
    static BUSY: Cell<f64> = const { Cell::new(0.0) };
}

/// Path and query of the page that is shown, which the address bar may be ahead of.
pub(super) fn address() -> String {
    SHOWN.with_borrow(Clone::clone)
}

/// Path and query in the address bar.
pub(super) fn bar() -> String {
    let location = dom::window().map(|window| window.location());
    let part = |part: Option<String>| part.unwrap_or_default();
    part(location.as_ref().and_then(|at| at.pathname().ok()))
        + &part(location.and_then(|at| at.search().ok()))
}

pub(super) fn path(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// Begins to go elsewhere; gives the visit's number. The page says that it is busy.
pub(super) fn begin() -> u32 {
    dom::mark("data-busy", Some(""));
    VISIT.set(VISIT.get() + 1);
    VISIT.get()
}

/// Whether nobody has begun to go elsewhere since.
pub(super) fn is_current(visit: u32) -> bool {
    VISIT.get() == visit
}

/// The visit has come to an end, somewhere.
pub(super) fn end() {
    dom::mark("data-busy", None);
}

/// Fetches the page again and changes what changed. While the server can't be reached, what is shown stays.
pub(super) fn renew() {
    if RENEWING.replace(true) {
        ONCE_MORE.set(true);
        return;
    }
    let (visit, asked) = (VISIT.get(), address());
    spawn_local(async move {
        let answer = fetch::get_again(&asked, live::told().as_deref()).await;
        RENEWING.set(false);
        if let Some(answer) = answer
            && is_current(visit)
            && address() == asked
        {
            change_by(&answer, patch::news);
        }
        if ONCE_MORE.replace(false) {
            renew();
        }
    });
}

/// Changes the page into a version of itself, in place: what a person typed, opened or stands on is kept.
pub(super) fn change(answer: &Answer) {
    change_by(answer, patch::children);
}

/// For how long, in milliseconds, the last change kept the browser from all else: reading, changing, and showing it.
pub(super) fn busy() -> f64 {
    BUSY.get()
}

fn change_by(answer: &Answer, put: fn(&Node, &Node)) {
    let (news, stood) = (news::told(), dom::around_focus());
    show(answer, |old, new| put(old, new));
    dom::focus_near(&stood);
    let came = answer.came;
    dom::after_frame(move || BUSY.set(js_sys::Date::now() - came));
    news::tell(news.as_deref());
}

/// Puts another page in its place.
pub(super) fn replace(answer: &Answer) {
    show(answer, |old, new| {
        while let Some(gone) = old.first_child() {
            drop(old.remove_child(&gone));
        }
        while let Some(next) = new.first_child() {
            drop(old.append_child(&next));
        }
    });
}

fn show(answer: &Answer, put: impl Fn(&Element, &Element)) {
    let (Some(document), Some(old), Some(new)) =
        (dom::document(), dom::find("#main"), answer.main())
    else {
        return;
    };
    document.set_title(&answer.page.title());
    if let (Some(old), Ok(Some(new))) = (dom::find("header"), answer.page.query_selector("header"))
    {
        patch::children(&old, &new);
    }
    put(&old, &new);
    keys::dress();
    live::follow();
}

/// Remembers what is shown.
pub(super) fn stands_at(address: &str) {
    SHOWN.set(address.to_owned());
}
