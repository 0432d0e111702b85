//! The HTTP server: pages, server functions, signing in, events, health. It knows the backend and the policy, never SQL.
//!
//! A request passes, from the outside in: [`observe`] (id, log line, metrics), [`headers`], compression, [`shield`] (panics, time-out,
//! size), then either the API, which knows bearer tokens only, or what browsers use: [`csrf`], [`caller`] (cookie → who) and [`guard`] (the policy's table).

pub mod answer;
mod assets;
pub mod caller;
mod cookie;
mod csrf;
pub mod downloads;
mod events;
mod follow;
pub mod genesys;
pub mod guard;
mod headers;
mod health;
mod language;
mod listed;
pub mod listen;
pub mod observe;
mod pages;
mod shield;
mod sign_in;
mod truth;

use std::path::PathBuf;
use std::sync::Arc;

use app::backend::Backend;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use leptos::IntoView;
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::backend::Habeas;
use crate::backend::sessions::Sessions;
use crate::config::PublicUrl;

pub use assets::{find_site, options};
pub(crate) use health::is_writable;

/// What the routes need.
pub struct Parts {
    pub habeas: Habeas,
    pub api: genesys::Api,
    /// What pages, server functions and streams ask.
    pub backend: Backend,
    pub sessions: Sessions,
    pub public_url: PublicUrl,
    /// Must stay writable for the server to be ready.
    pub data: PathBuf,
    pub metrics: PrometheusHandle,
    /// Cancelled when the server begins to stop: it is no longer ready, and streams end.
    pub stopping: CancellationToken,
}

/// [`Parts`], shared. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    parts: Arc<Parts>,
    streams: follow::Streams,
    guesses: Arc<sign_in::Guesses>,
}

impl std::ops::Deref for Web {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl Web {
    pub fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
            streams: follow::Streams::default(),
            guesses: Arc::default(),
        }
    }
}

/// Everything under one router; `shell` is the pages' document.
pub fn router<IV: IntoView + 'static>(
    web: &Web,
    options: &LeptosOptions,
    shell: fn(LeptosOptions) -> IV,
) -> Router {
    let browser = Router::new()
        .route("/sign-in", post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/language", get(language::choose))
        .route("/requests.csv", get(listed::csv))
        .route("/events/requests", get(events::of_list))
        .route("/events/requests/{id}", get(events::of_request))
        .route("/events/searches/{id}", get(events::of_search))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(web.clone())
        .merge(downloads::router().with_state(web.habeas.clone()));
    pages::add(browser, web, options, shell)
        .layer(from_fn(truth::tell))
        .layer(from_fn(guard::guard))
        .layer(from_fn_with_state(web.clone(), caller::identify))
        .layer(csrf::layer(&web.public_url))
        .layer(from_fn(csrf::refuse_unmarked))
        .layer(from_fn(csrf::forget_referrer))
        .merge(genesys::router(&web.api))
        .layer(from_fn(shield::limit_body))
        .layer(shield::time_out())
        .layer(shield::catch_panics())
        .layer(from_fn_with_state(web.api.clone(), genesys::error_bodies))
        .layer(compression())
        .layer(from_fn_with_state(
            headers::Policy::new(&web.public_url, options.hash_files),
            headers::harden,
        ))
        .layer(from_fn_with_state(
            web.habeas.clock.clone(),
            observe::observe,
        ))
}

/// What the listener for metrics answers: nothing that people use, and nothing else.
pub fn metrics_router(web: &Web) -> Router {
    let policy = headers::Policy::new(&web.public_url, false);
    Router::new()
        .route("/metrics", get(health::metrics))
        .with_state(web.clone())
        .layer(from_fn_with_state(policy, headers::harden))
}

/// Not for packages: a ZIP gains nothing, and would lose the length by which a broken transfer is known. Nor for streams of events.
fn compression() -> CompressionLayer<impl Predicate> {
    let packages = NotForContentType::new("application/zip");
    CompressionLayer::new().compress_when(DefaultPredicate::new().and(packages))
}
