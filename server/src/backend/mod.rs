//! Implements `app::backend`, one file per area; where use cases read top to bottom.

pub mod sessions;

use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::Clock;
use crate::hub::Hub;
use crate::secret::Keys;
use crate::store::Db;

/// What every use case needs. Cheap to clone.
#[derive(Clone)]
pub struct Habeas(Arc<Parts>);

/// The parts, put together by `main` and by tests.
pub struct Parts {
    pub db: Db,
    pub keys: Keys,
    pub clock: Clock,
    pub hub: Hub,
    /// Where packages and their parts are kept, sealed.
    pub folder: PathBuf,
    /// What links in API answers start with, without a slash at the end, e.g. `https://privacy.example.org`.
    pub public_url: String,
}

impl std::ops::Deref for Habeas {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Habeas {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}
