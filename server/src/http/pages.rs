//! Pages and server functions: what Leptos renders and calls, with backend and caller in its context.

use std::sync::Arc;

use app::backend::Caller;
use app::session::Status;
use axum::Router;
use axum::extract::Request;
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use leptos::IntoView;
use leptos::config::LeptosOptions;
use leptos::context::{provide_context, use_context};
use leptos::nonce::Nonce;
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
    let leptos = Router::<LeptosOptions>::new()
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

/// Makes the nonce of one answer, for the page's scripts and for the policy that lets them run, and gives the answer the status that
/// its page set. Both are done here, not through Leptos' response options: of some eighty answers one lost what was put there.
async fn with_policy(mut request: Request, next: Next) -> Response {
    let (nonce, status) = (Nonce::new(), Status::default());
    request.extensions_mut().insert(nonce.clone());
    request.extensions_mut().insert(status.clone());
    let mut response = next.run(request).await;
    if let Some(status) = status.get() {
        *response.status_mut() = status;
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
    move || {
        provide_context((*backend).clone());
        let parts = use_context::<Parts>();
        let extensions = parts.as_ref().map(|parts| &parts.extensions);
        let caller = extensions.and_then(|of| of.get::<Caller>().cloned());
        // The guard lets no request through without a caller; while routes are listed there is no request.
        provide_context(caller.unwrap_or_else(|| Caller::nobody("")));
        if let Some(nonce) = extensions.and_then(|of| of.get::<Nonce>().cloned()) {
            provide_context(nonce);
        }
        if let Some(status) = extensions.and_then(|of| of.get::<Status>().cloned()) {
            provide_context(status);
        }
    }
}
