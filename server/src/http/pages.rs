//! Pages and server functions: what Leptos renders and calls, with backend and caller in its context.

use std::sync::Arc;

use app::backend::Caller;
use axum::Router;
use axum::http::header;
use axum::http::request::Parts;
use leptos::IntoView;
use leptos::config::LeptosOptions;
use leptos::context::{provide_context, use_context};
use leptos::nonce::use_nonce;
use leptos_axum::{
    LeptosRoutes, ResponseOptions, file_and_error_handler_with_context, generate_route_list,
    site_pkg_dir_service, site_pkg_dir_service_route_path,
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
        .with_state(options.clone());
    router.merge(leptos)
}

/// What every page and server function finds in its context. It runs after Leptos has made the answer's nonce,
/// so this is where the nonce gets into the header.
fn context(web: &Web) -> impl Fn() + Clone + Send + Sync + 'static {
    let backend = Arc::new(web.backend.clone());
    move || {
        provide_context((*backend).clone());
        let caller =
            use_context::<Parts>().and_then(|parts| parts.extensions.get::<Caller>().cloned());
        // The guard lets no request through without a caller; while routes are listed there is no request.
        provide_context(caller.unwrap_or_else(|| Caller::nobody("")));
        if let (Some(nonce), Some(answer)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Some(policy) = page_policy(&nonce)
        {
            answer.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
