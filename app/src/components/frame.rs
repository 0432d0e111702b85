//! The frame of every page: skip link, navigation, language, sign-out.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use crate::i18n::{Lang, use_texts};
use crate::live::{Link, Live};
use crate::paths;
use crate::session::Session;

/// Everything around a page's own content.
#[component]
pub fn Frame(session: Session, children: Children) -> impl IntoView {
    let t = &use_texts().common;
    follow_with_focus();
    view! {
        <a class="skip" href="#main">{t.skip}</a>
        <header class="top">
            <div class="wide">
                <a class="mark" href=paths::HOME>{t.app}</a>
                {session.staff.is_some().then(|| view! { <Nav/> })}
                <div class="end">
                    <LanguageSwitch/>
                    {session.staff.map(|name| view! { <SignedIn name/> })}
                </div>
            </div>
        </header>
        <main id="main" class="wide" tabindex="-1">{children()}</main>
    }
}

/// After going to another page without loading, the focus stands at its content, as it would after loading.
fn follow_with_focus() {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        let moved = before.is_some_and(|before| before != path);
        let main = moved
            .then(|| document().get_element_by_id("main"))
            .flatten();
        if let Some(main) = main.and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
            drop(main.focus());
        }
        path
    });
}

#[component]
fn Nav() -> impl IntoView {
    let t = &use_texts().common;
    view! {
        <nav aria-label=t.nav>
            <A href=paths::HOME exact=true>{t.today}</A>
            <A href=paths::FIND>{t.find}</A>
            <A href=paths::REQUESTS>{t.requests}</A>
            <A href=paths::SYSTEMS>{t.systems}</A>
        </nav>
    }
}

#[component]
fn SignedIn(name: String) -> impl IntoView {
    view! {
        <form method="post" action=paths::SIGN_OUT class="inline">
            <span class="quiet who">{name}</span>
            <button type="submit" class="plain">{use_texts().common.sign_out}</button>
        </form>
    }
}

/// A plain form, so that it works everywhere; it comes back to this page.
#[component]
fn LanguageSwitch() -> impl IntoView {
    let other = match use_context::<Lang>().unwrap_or_default() {
        Lang::En => (Lang::Ja, "日本語"),
        Lang::Ja => (Lang::En, "English"),
    };
    let location = use_location();
    let back = move || {
        format!(
            "{}{}",
            location.pathname.get(),
            query(&location.search.get())
        )
    };
    view! {
        <form method="get" action=paths::LANGUAGE class="inline">
            <input type="hidden" name="back" prop:value=back value=back/>
            <button type="submit" class="plain" name="to" value=other.0.as_str() lang=other.0.as_str()>
                {other.1}
            </button>
        </form>
    }
}

/// The query with its question mark; the router gives it without, or nothing.
fn query(search: &str) -> String {
    match search.trim_start_matches('?') {
        "" => String::new(),
        query => format!("?{query}"),
    }
}

/// A page's title line: one `h1`, what stands beside it, and what it is for.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>{title}</h1>
            {children.map(|children| children())}
            {(!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> })}
        </div>
    }
}

/// Whether the page follows what happens; nothing without JavaScript or after the end.
#[component]
pub fn LiveState(live: Live) -> impl IntoView {
    let t = &use_texts().common;
    let shown = move || {
        let (tone, glyph, word) = match live.link.get() {
            Link::Off => return None,
            Link::Live => (Tone::Good, Glyph::Live, t.live),
            Link::Reconnecting => (Tone::Wait, Glyph::Clock, t.reconnecting),
        };
        Some(view! {
            <span class="live" data-tone=tone.as_str()>
                <Icon glyph/>
                {word}
            </span>
        })
    };
    view! { <span class="live-slot">{shown}</span> }
}
