//! Going to another page without loading it: links, and back and forward.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, HtmlAnchorElement, MouseEvent, PopStateEvent, ScrollRestoration, Url};

use super::fetch::{self, Answer};
use super::{dom, over, page};

/// What becomes of the page before.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum How {
    /// One can go back to it.
    Push,
    /// Nobody will want to go back to it, nor be scrolled.
    Replace,
    /// It was gone back or forward from, to where the page was scrolled so far.
    Travel(f64),
}

/// Goes where a link leads to, if a browser would go there by itself, in this tab, and it is a page of ours.
pub(super) fn click(event: &Event) {
    let plain = event.dyn_ref::<MouseEvent>().is_some_and(|click| {
        click.button() == 0
            && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
    });
    let link = dom::closest(event, "a[href]")
        .filter(|_| plain && !event.default_prevented())
        .and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    let Some((link, window)) = link.zip(dom::window()) else {
        return;
    };
    let elsewhere = window.location().origin().ok() != Some(link.origin())
        || link.has_attribute("target")
        || link.has_attribute("download")
        || link.rel().contains("external");
    let address = link.pathname() + &link.search();
    // A mark on this page is the browser's: it knows the way.
    let here = address == page::address() && !link.hash().is_empty();
    if !(elsewhere || here) {
        event.prevent_default();
        go(&(address + &link.hash()), How::Push);
    }
}

/// Follows back and forward.
pub(super) fn follow_history() {
    page::stands_at(&page::bar());
    let Some(window) = dom::window() else { return };
    if let Ok(history) = window.history() {
        drop(history.set_scroll_restoration(ScrollRestoration::Manual));
    }
    dom::listen(&window, "popstate", |event| {
        let scrolled = event
            .dyn_ref::<PopStateEvent>()
            .and_then(|event| event.state().as_f64());
        let address = page::bar();
        if address != page::address() {
            go(&address, How::Travel(scrolled.unwrap_or_default()));
        }
    });
}

/// Goes to an address of ours. Where that fails, the browser tries, and says what is wrong.
pub(super) fn go(address: &str, how: How) {
    go_and(address, how, || ());
}

/// The same, and does something there.
pub(super) fn go_and(address: &str, how: How, then: impl FnOnce() + 'static) {
    let address = address.to_owned();
    let visit = page::begin();
    spawn_local(async move {
        let answer = fetch::get(&address).await.filter(is_of_this_version);
        if !page::is_current(visit) {
            return;
        }
        match answer {
            Some(answer) => {
                let hash = address.split_once('#').map_or("", |(_, hash)| hash);
                arrive(&answer, hash, how);
                then();
            }
            None => load(&address),
        }
    });
}

/// Lets the browser load an address.
fn load(address: &str) {
    if let Some(window) = dom::window() {
        drop(window.location().assign(address));
    }
}

/// Whether the server that answered still has this program; after an upgrade the page is loaded anew.
fn is_of_this_version(answer: &Answer) -> bool {
    let program = |link: Option<web_sys::Element>| link.and_then(|link| link.get_attribute("href"));
    let theirs = answer.page.query_selector("link[rel=modulepreload]").ok();
    program(dom::find("link[rel=modulepreload]")) == program(theirs.flatten())
}

/// Shows the page that was fetched, as if the browser had loaded it.
pub(super) fn arrive(answer: &Answer, hash: &str, how: How) {
    let address = answer.address();
    over::close();
    let is_same = page::path(&page::address()) == page::path(&address);
    remember(answer, hash, how);
    page::stands_at(&address);
    if is_same {
        page::change(answer);
    } else {
        page::replace(answer);
        if let Some(main) = dom::find("#main") {
            dom::focus(main);
        }
    }
    page::end();
    scroll(hash, how);
}

/// Writes the address into the bar, and where the page before was scrolled to into the history.
fn remember(answer: &Answer, hash: &str, how: How) {
    let Some(window) = dom::window() else { return };
    let Ok(history) = window.history() else {
        return;
    };
    let url: &Url = &answer.url;
    url.set_hash(hash);
    let href = url.href();
    drop(match how {
        How::Push => {
            let scrolled = window.scroll_y().map_or(JsValue::NULL, JsValue::from_f64);
            drop(history.replace_state(&scrolled, ""));
            history.push_state_with_url(&JsValue::NULL, "", Some(&href))
        }
        How::Replace => history.replace_state_with_url(&JsValue::NULL, "", Some(&href)),
        How::Travel(_) => Ok(()),
    });
}

fn scroll(hash: &str, how: How) {
    let Some((window, document)) = dom::window().zip(dom::document()) else {
        return;
    };
    match (how, document.get_element_by_id(hash)) {
        (How::Travel(scrolled), _) => window.scroll_to_with_x_and_y(0.0, scrolled),
        (How::Push, Some(mark)) => {
            mark.scroll_into_view();
            dom::focus(mark);
        }
        (How::Push, None) => window.scroll_to_with_x_and_y(0.0, 0.0),
        (How::Replace, _) => {}
    }
}
