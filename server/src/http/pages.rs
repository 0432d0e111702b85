//! Pages and server functions: what Leptos renders and calls, with backend and caller in its context.

use std::sync::Arc;

use app::backend::Caller;
use app::components::Now;
use app::session::{Reply, wants_page};
use axum::Router;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use leptos::IntoView;
use leptos::config::LeptosOptions;
use leptos::context::{provide_context, use_context};
use leptos::nonce::Nonce;
use leptos::server_fn::redirect::REDIRECT_HEADER;
use leptos_axum::{
    LeptosRoutes, file_and_error_handler_with_context, generate_route_list, site_pkg_dir_service,
    site_pkg_dir_service_route_path,
};

use super::Web;
use super::headers::page_policy;

/// Adds pages, server functions, `/pkg` and, for addresses without a route, the site's files and the "not found" page.
pub(super) fn add<IV: IntoView + 'static>(
    router: Router,
    web: &Web,
    options: &LeptosOptions,
    shell: fn(LeptosOptions) -> IV,
) -> Router {
    let document = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let context = context(web);
    let listed = generate_route_list(document.clone());
    let leptos = Router::<LeptosOptions>::new();
    #[cfg(debug_assertions)]
    let leptos = leptos.route("/styleguide", styleguide(options, context.clone()));
    let leptos = leptos
        .leptos_routes_with_context(options, listed, context.clone(), document)
        .route_service(
            &site_pkg_dir_service_route_path(options),
            site_pkg_dir_service(options),
        )
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(
            context, shell,
        ))
        .layer(from_fn(with_policy))
        .with_state(options.clone());
    router.merge(leptos)
}

/// (development) Every component in every state.
#[cfg(debug_assertions)]
fn styleguide(
    options: &LeptosOptions,
    context: impl Fn() + Clone + Send + Sync + 'static,
) -> axum::routing::MethodRouter<LeptosOptions> {
    let options = options.clone();
    let document = move || app::styleguide(options.clone());
    axum::routing::get(leptos_axum::render_app_async_with_context(
        context, document,
    ))
}

/// Makes the nonce of one answer, for the page's scripts and for the policy that lets them run, and gives the answer the status
/// and the destination that its page set. All is done here, not through Leptos' response options: of some eighty answers one lost what was put there.
async fn with_policy(mut request: Request, next: Next) -> Response {
    let (nonce, reply) = (Nonce::new(), Reply::default());
    request.extensions_mut().insert(nonce.clone());
    request.extensions_mut().insert(reply.clone());
    let page = wants_page(request.headers());
    let mut response = next.run(request).await;
    if let Some(status) = reply.status() {
        *response.status_mut() = status;
    }
    let location = reply
        .location()
        .and_then(|to| HeaderValue::from_str(to).ok());
    if let Some(location) = location {
        // A browser without our script is sent there; our script reads the answer and goes by itself.
        if page {
            *response.status_mut() = StatusCode::FOUND;
        } else {
            let header = HeaderName::from_static(REDIRECT_HEADER);
            response
                .headers_mut()
                .insert(header, HeaderValue::from_static(""));
        }
        response.headers_mut().insert(header::LOCATION, location);
    }
    let headers = response.headers_mut();
    let html = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if let Some(policy) = page_policy(&nonce).filter(|_| html) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// What every page and server function finds in its context. It runs after Leptos has put its own things there: the answer's nonce
/// takes the place of one that Leptos made.
fn context(web: &Web) -> impl Fn() + Clone + Send + Sync + 'static {
    let backend = Arc::new(web.backend.clone());
    let clock = web.habeas.clock.clone();
    move || {
        provide_context(Now(clock.now()));
        provide_context((*backend).clone());
        let parts = use_context::<Parts>();
        let extensions = parts.as_ref().map(|parts| &parts.extensions);
        let caller = extensions.and_then(|of| of.get::<Caller>().cloned());
        // The guard lets no request through without a caller; while routes are listed there is no request.
        provide_context(caller.unwrap_or_else(|| Caller::nobody("")));
        if let Some(nonce) = extensions.and_then(|of| of.get::<Nonce>().cloned()) {
            provide_context(nonce);
        }
        if let Some(reply) = extensions.and_then(|of| of.get::<Reply>().cloned()) {
            provide_context(reply);
        }
    }
}
