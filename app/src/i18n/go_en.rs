//! English: where to go, the keys, and how far away an instant is.

use super::texts::{Ago, Go, Span};

pub(super) const TEXTS: Go = Go {
    title: "Go to",
    label: "Where to? Or an identifier to find",
    find: "Find",
    find_typed: "Find:",
    list: "Places",
    pages: "Pages",
    recent: "Newest requests",
    recent_none: "No request yet.",
    more: "More",
    pause: "Pause or resume a system",
    language: "Language",
    keys: "Keys",
    keys_title: "Keys",
    keys_on: "Use single keys",
    keys_on_hint: "They work wherever nothing is being typed. Remembered by this browser.",
    key: "Key",
    does: "What it does",
    key_palette: "Open the list of places",
    key_search: "Type what to find",
    key_next: "To the next row",
    key_previous: "To the row before",
    key_open: "Open the row that is focused",
    key_close: "Close what lies over the page",
    then: "then",
    close: "Close",
};

pub(super) fn relative(ago: Ago) -> String {
    match ago {
        Ago::Now => "just now".to_owned(),
        Ago::Past(span) => format!("{} ago", span_of(span)),
        Ago::Future(span) => format!("in {}", span_of(span)),
    }
}

fn span_of(span: Span) -> String {
    match span {
        Span::Minutes(n) => format!("{n} min"),
        Span::Hours(n) => format!("{n} h"),
        Span::Days(1) => "1 day".to_owned(),
        Span::Days(n) => format!("{n} days"),
    }
}
