//! The document and its routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::components::Frame;
use crate::pages;
use crate::session::{self, Session};

/// The pages' document. Takes language and nonce out of the request in context.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    document(options, || view! { <App/> }.into_any())
}

/// (development) The components, in a document without a frame.
#[cfg(debug_assertions)]
pub fn styleguide(options: LeptosOptions) -> impl IntoView {
    use crate::views::styleguide::Styleguide;
    document(options, || {
        provide_meta_context();
        provide_context(session::lang_of_request());
        view! {
            <Title text="Styleguide"/>
            <main id="main" class="wide" tabindex="-1"><Styleguide/></main>
        }
        .into_any()
    })
}

fn document(options: LeptosOptions, body: fn() -> AnyView) -> impl IntoView {
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
                <meta name="description" content=lang.texts().common.about/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet options=options.clone()/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>{body()}</body>
        </html>
    }
}

/// All pages.
#[component]
fn App() -> impl IntoView {
    provide_meta_context();
    let session = Session::of_request();
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
                        <Route path=path!("") view=pages::Today ssr=SsrMode::Async/>
                        <Route path=path!("/find") view=pages::Find ssr=SsrMode::Async/>
                        <Route path=path!("/find/:search") view=pages::Found ssr=SsrMode::Async/>
                        <Route path=path!("/new") view=pages::New ssr=SsrMode::Async/>
                        <Route path=path!("/plans/:plan") view=pages::PlanPage ssr=SsrMode::Async/>
                        <Route path=path!("/requests") view=pages::Requests ssr=SsrMode::Async/>
                        <Route path=path!("/requests/:request") view=pages::Run ssr=SsrMode::Async/>
                        <Route path=path!("/go") view=pages::Go ssr=SsrMode::Async/>
                        <Route path=path!("/keys") view=pages::KeysPage ssr=SsrMode::Async/>
                        <Route path=path!("/systems") view=pages::Systems ssr=SsrMode::Async/>
                        <Route path=path!("/systems/:system") view=pages::Systems ssr=SsrMode::Async/>
                        <Route path=path!("/connect") view=pages::Connect ssr=SsrMode::Async/>
                        <Route path=path!("/connect/:draft") view=pages::Connect ssr=SsrMode::Async/>
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
