//! The frame of every page: skip link, navigation, language, sign-out.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::badge::Tone;
use super::icon::{Glyph, Icon};
use crate::i18n::{Lang, use_texts};
use crate::paths;
use crate::session::Session;

/// Everything around a page's own content.
#[component]
pub fn Frame(session: Session, children: Children) -> impl IntoView {
    let t = &use_texts().common;
    view! {
        <a class="skip" href="#main">{t.skip}</a>
        <header class="top">
            <div class="wide">
                <a class="mark" href=paths::HOME>{t.app}</a>
                {session.staff.is_some().then(|| view! { <Nav/> })}
                <div class="end">
                    {session.staff.is_some().then(|| view! { <Shortcuts/> })}
                    <LanguageSwitch/>
                    {session.staff.map(|name| view! { <SignedIn name/> })}
                </div>
            </div>
        </header>
        <main id="main" class="wide" tabindex="-1">{children()}</main>
        <Toast/>
        <Over/>
    }
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

/// To the list of places and to the keys; with JavaScript they lie over the page.
#[component]
fn Shortcuts() -> impl IntoView {
    let t = &use_texts().go;
    view! {
        <a class="button small" href=paths::GO data-over="go" aria-keyshortcuts="Control+K Meta+K">
            <Icon glyph=Glyph::Search/>
            {t.title}
            <kbd class="scripted" aria-hidden="true">"Ctrl K"</kbd>
        </a>
        <a class="button small plain" href=paths::KEYS data-over="keys" aria-keyshortcuts="?">{t.keys}</a>
    }
}

/// What lies over the page once it is opened: the browser puts a page's list there.
#[component]
fn Over() -> impl IntoView {
    view! {
        <dialog id="over" aria-labelledby="over-title">
            <form method="dialog"><button type="submit" class="plain small">{use_texts().go.close}</button></form>
            <div class="over"></div>
        </dialog>
    }
}

#[component]
fn SignedIn(name: String) -> impl IntoView {
    view! {
        <form id="sign-out" method="post" action=paths::SIGN_OUT class="inline">
            <span class="quiet who">{name}</span>
            <button type="submit" class="plain">{use_texts().common.sign_out}</button>
        </form>
    }
}

/// A plain form, so that it works everywhere; it comes back to this page.
#[component]
fn LanguageSwitch() -> impl IntoView {
    let (other, name) = use_context::<Lang>().unwrap_or_default().other();
    let location = use_location();
    let back = move || {
        format!(
            "{}{}",
            location.pathname.get(),
            query(&location.search.get())
        )
    };
    view! {
        <form id="language" method="get" action=paths::LANGUAGE class="inline">
            <input type="hidden" name="back" value=back/>
            <button type="submit" class="plain" name="to" value=other.as_str() lang=other.as_str()>
                {name}
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

/// Whether the page follows what happens. Both states are there, and the style sheet shows the one that the document is in: none
/// without JavaScript, or where nothing more can happen.
#[component]
pub fn LiveState() -> impl IntoView {
    let t = &use_texts().common;
    let states = [
        ("live", Tone::Good, Glyph::Live, t.live),
        ("lost", Tone::Wait, Glyph::Clock, t.reconnecting),
    ];
    let states = states.map(|(link, tone, glyph, word)| {
        view! {
            <span class="live" data-when=link data-tone=tone.as_str()>
                <Icon glyph/>
                {word}
            </span>
        }
    });
    view! { <span class="live-slot">{states.collect_view()}</span> }
}

/// Where something is said for a moment: it never takes the focus, and interrupts nobody.
#[component]
fn Toast() -> impl IntoView {
    let t = &use_texts().common;
    view! {
        <div id="toast" role="status" data-copied=t.copied data-saved=t.saved data-offline=t.offline></div>
    }
}
