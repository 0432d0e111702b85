//! (hydrate) All that runs in the browser: pages come from the server, whole; this makes them live and spares a person their reloading.
//!
//! Every page works without it. It fetches what the browser would have loaded, by the same addresses and forms, and changes the
//! document in place: there is no second way through the server, and nothing of a page's content is in this program.

mod copy;
mod dom;
mod fetch;
mod guess;
mod keys;
mod live;
mod news;
mod over;
mod page;
mod palette;
mod patch;
mod post;
mod slide;
mod tested;
mod visit;

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server rendered.
#[wasm_bindgen]
pub fn hydrate() {
    let Some(document) = dom::document() else {
        return;
    };
    dom::listen(&document, "click", |event| {
        copy::click(&event);
        news::click(&event);
        over::click(&event);
        visit::click(&event);
    });
    dom::listen(&document, "submit", |event| post::submit(&event));
    dom::listen(&document, "change", |event| {
        slide::change(&event);
        keys::change(&event);
        guess::show(&event);
        tested::change(&event);
    });
    dom::listen(&document, "input", |event| {
        guess::show(&event);
        if dom::closest(&event, "#go-input").is_some() {
            palette::filter();
        }
    });
    dom::listen(&document, "keydown", |event| keys::press(&event));
    visit::follow_history();
    live::follow();
    keys::dress();
    news::offer();
    // Tests wait for it.
    dom::mark("data-hydrated", Some(""));
}
