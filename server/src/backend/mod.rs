//! Implements `app::backend`, one file per area; where use cases read top to bottom.

mod asking;
pub mod clients;
mod connect;
pub mod contacts;
pub mod direct;
mod followed;
mod found;
mod lanes;
mod linked;
mod links;
mod plans;
pub mod rehearse;
mod requests;
mod resolve;
mod run;
mod samples;
pub mod sessions;
mod skips;
mod subjects;
mod systems;
mod views;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use app::backend::{Backend, Caller};
use app::error::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::matching::Country;
use crate::store::StoreError;
use crate::workflow::Engine;

/// What every use case needs. Cheap to clone.
#[derive(Clone)]
pub struct Habeas(Arc<Parts>);

/// The parts, put together by `main` and by tests.
pub struct Parts {
    pub engine: Engine,
    /// What links in API answers start with, without a slash at the end, e.g. `https://privacy.example.org`.
    pub public_url: String,
    /// Whose telephone numbers are meant where no country code is given.
    pub country: Country,
    /// How long a search waits for one system.
    pub search_timeout: Duration,
}

impl std::ops::Deref for Habeas {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::ops::Deref for Parts {
    type Target = Engine;
    fn deref(&self) -> &Engine {
        &self.engine
    }
}

impl Habeas {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// As pages and server functions find it in their context.
    pub fn for_pages(&self) -> Backend {
        Backend {
            subjects: Arc::new(self.clone()),
            links: Arc::new(self.clone()),
            requests: Arc::new(self.clone()),
            views: Arc::new(self.clone()),
            systems: Arc::new(self.clone()),
            connect: Arc::new(self.clone()),
        }
    }
}

impl Habeas {
    /// A value as JSON, sealed for one place and row.
    fn seal<T: Serialize>(&self, place: &'static str, row: &str, value: &T) -> Stored<Vec<u8>> {
        let plain = serde_json::to_vec(value).map_err(|_| StoreError::Inconsistent { place })?;
        self.keys
            .seal(place, row, &plain)
            .map_err(|_| StoreError::Sealed { place })
    }

    /// What [`Self::seal`] sealed for the same place and row.
    fn open<T: DeserializeOwned>(
        &self,
        place: &'static str,
        row: &str,
        sealed: &[u8],
    ) -> Stored<T> {
        let plain = self
            .keys
            .open(place, row, sealed)
            .map_err(|_| StoreError::Sealed { place })?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::Inconsistent { place })
    }
}

type Stored<T> = Result<T, StoreError>;

/// An error that is ours to mend: logged here, once, and told by its correlation id only.
fn internal(caller: &Caller, why: &(dyn std::error::Error + 'static)) -> Error {
    let correlation = caller.correlation.clone();
    tracing::error!(correlation, error = %Chain(why), "a call failed inside");
    Error::Internal { correlation }
}

/// Makes store errors of a use case [`Error::Internal`].
trait OrInternal<T> {
    fn or_internal(self, caller: &Caller) -> Result<T, Error>;
}

impl<T> OrInternal<T> for Result<T, StoreError> {
    fn or_internal(self, caller: &Caller) -> Result<T, Error> {
        self.map_err(|why| internal(caller, &why))
    }
}

/// An error with its sources. Database errors can quote values: theirs are left out.
struct Chain<'a>(&'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(why) = source {
            match why.downcast_ref::<sqlx::Error>() {
                Some(sqlx::Error::Database(why)) => {
                    return write!(f, ": {}", why.code().unwrap_or_default());
                }
                _ => write!(f, ": {why}")?,
            }
            source = why.source();
        }
        Ok(())
    }
}
