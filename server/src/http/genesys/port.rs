//! What the GDPR part of the API asks of the backend.

use app::backend::Caller;
use app::error::Error;
use app::model::{Identifier, RequestId, Subject};
use async_trait::async_trait;

use crate::backend::Habeas;

pub use crate::backend::direct::{DirectAsk, RequestRecord};

/// Searching and asking by API.
#[async_trait]
pub trait Gdpr: Send + Sync {
    /// Every subject that the identifier finds, in all systems; [`Error::Unavailable`] if one could not be searched.
    async fn find_subjects(
        &self,
        caller: &Caller,
        identifier: Identifier,
    ) -> Result<Vec<Subject>, Error>;
    /// Makes a request, or gives the same one that is still in flight; whether it was made now.
    async fn ask(&self, caller: &Caller, ask: DirectAsk) -> Result<(RequestRecord, bool), Error>;
    async fn request(&self, caller: &Caller, id: &RequestId) -> Result<RequestRecord, Error>;
    /// A page, `number` counting from 1, and how many requests there are in all.
    async fn requests_page(
        &self,
        caller: &Caller,
        size: u32,
        number: u32,
    ) -> Result<(Vec<RequestRecord>, u64), Error>;
    /// An absolute, signed, expiring URL of a finished package.
    async fn package_link(&self, caller: &Caller, id: &RequestId) -> Result<String, Error>;
}

#[async_trait]
impl Gdpr for Habeas {
    async fn find_subjects(
        &self,
        caller: &Caller,
        identifier: Identifier,
    ) -> Result<Vec<Subject>, Error> {
        Habeas::find_subjects(self, caller, identifier).await
    }

    async fn ask(&self, caller: &Caller, ask: DirectAsk) -> Result<(RequestRecord, bool), Error> {
        Habeas::ask(self, caller, ask).await
    }

    async fn request(&self, caller: &Caller, id: &RequestId) -> Result<RequestRecord, Error> {
        Habeas::request(self, caller, id).await
    }

    async fn requests_page(
        &self,
        caller: &Caller,
        size: u32,
        number: u32,
    ) -> Result<(Vec<RequestRecord>, u64), Error> {
        Habeas::requests_page(self, caller, size, number).await
    }

    async fn package_link(&self, caller: &Caller, id: &RequestId) -> Result<String, Error> {
        Habeas::package_link(self, caller, id).await
    }
}
