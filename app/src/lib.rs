//! What browser and server both know of Habeas: the model, the error, the backend's traits, server functions and pages.
//!
//! Dependencies point one way: model ← error ← backend ← components ← views ← api ← pages. Every page is rendered whole on the server
//! and reads without JavaScript; searching, planning, creating and retrying are plain forms. WebAssembly makes pages live: it fetches
//! their parts again, rendered by the server too, so a browser downloads no code for what is only read.
//!
//! # To add a page
//! 1. Give it a URL in [`paths`], its parts a file in `views`, and a file in [`pages`] that fetches them through [`api`].
//! 2. Name its route in [`App`], with `SsrMode::Async`: its data must be in the HTML.
//! 3. Put its texts into [`i18n`], in both languages: a missing one fails the build.

// The types of views nest deeply.
#![recursion_limit = "512"]

pub mod api;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod components;
pub mod error;
pub mod format;
pub mod guess;
pub mod html;
pub mod i18n;
pub mod live;
pub mod model;
pub mod pages;
pub mod paths;
pub mod session;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod testing;
#[cfg(feature = "ssr")]
pub mod views;
pub mod wire;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::path;
use leptos_router::{Lazy, SsrMode};

use components::Frame;
use pages::lazy;
use session::Session;

/// The document around the pages. Takes language and nonce out of the request in context.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    use leptos_meta::{HashedStylesheet, MetaTags};
    let lang = session::lang_of_request();
    view! {
        <!DOCTYPE html>
        <html lang=lang.as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex, nofollow"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet options=options.clone()/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// All pages.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let session = Session::of_page();
    provide_context(session.lang);
    let app = session.lang.texts().common.app;
    let staff = session.staff.is_some();
    view! {
        <Title formatter=move |title: String| if title.is_empty() { app.to_owned() } else { format!("{title} · {app}") }/>
        <Router>
            <Frame session>
                <Routes fallback=|| view! { <pages::NotFound/> }>
                    <Route path=path!("/sign-in") view=pages::SignIn ssr=SsrMode::Async/>
                    <Route path=path!("/signed-out") view=pages::SignedOut ssr=SsrMode::Async/>
                    <ParentRoute path=path!("") view=move || view! { <Guard staff/> } ssr=SsrMode::Async>
                        <Route path=path!("") view={Lazy::<lazy::TodayRoute>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("/find") view={Lazy::<lazy::FindRoute>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("/find/:search") view={Lazy::<lazy::FoundRoute>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("/new") view={Lazy::<lazy::NewRoute>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("/plans/:plan") view={Lazy::<lazy::PlanRoute>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("/requests") view={Lazy::<lazy::RequestsRoute>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("/requests/:request") view={Lazy::<lazy::RunRoute>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("/systems") view={Lazy::<lazy::SystemsRoute>::new()} ssr=SsrMode::Async/>
                    </ParentRoute>
                </Routes>
            </Frame>
        </Router>
    }
}

/// Shows the page to signed-in staff, and to others how to sign in. What a page may read, the backend decides anyway.
#[component]
fn Guard(staff: bool) -> impl IntoView {
    if staff {
        view! { <Outlet/> }.into_any()
    } else {
        view! { <pages::NeedLink/> }.into_any()
    }
}

/// Takes over the server's page in the browser, once the piece that this page needs is there.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(App);
}
