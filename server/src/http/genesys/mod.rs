//! The API that speaks the Genesys Cloud GDPR API to its official SDKs. Bearer tokens only: cookies mean nothing here.
//!
//! A request passes [`answer`]: who is asking, rate limits, permission, query, body; then its operation. Whatever goes wrong on the
//! way, under `/api/v2` and `/oauth` the answer is an ErrorBody in JSON.

mod answer;
mod auth;
mod changes;
mod contacts;
pub mod error;
mod gdpr;
pub mod limit;
pub mod models;
mod oauth;
mod openapi;
pub mod port;
mod portal;
mod read;
pub mod routes;
pub mod shape;
mod subject;

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, any};

use crate::backend::clients::Clients;
use crate::backend::contacts::Contacts;
use crate::clock::Clock;

pub use answer::error_bodies;
pub use openapi::document;
pub use routes::{Route, routes};

/// What the API needs. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Parts>);

/// The parts of [`Api`].
pub struct Parts {
    pub gdpr: Arc<dyn port::Gdpr>,
    pub contacts: Contacts,
    pub clients: Clients,
    pub clock: Clock,
    pub limits: limit::Limits,
    /// What links in answers start with, without a slash at the end.
    pub public_url: String,
}

impl std::ops::Deref for Api {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Api {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

/// The whole API, to be merged (not nested) into the server's router. It takes every path under `/api/v2` and `/oauth`.
/// [`error_bodies`] belongs around the server's outer layers, so that their refusals speak the API's language too.
pub fn router(api: &Api) -> Router {
    let mut paths: Vec<&'static str> = routes().iter().map(|route| route.path).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut router = Router::new();
    for path in paths {
        router = router.route(path, at(path));
    }
    for path in [
        "/api/v2",
        "/api/v2/",
        "/api/v2/{*rest}",
        "/oauth",
        "/oauth/",
        "/oauth/{*rest}",
    ] {
        router = router.route(path, any(answer::not_found));
    }
    router.with_state(api.clone())
}

/// All methods of one path; any other is answered by 405, with those that there are.
fn at(path: &'static str) -> MethodRouter<Api> {
    any(move |state, request| answer::answer(path, state, request))
}
