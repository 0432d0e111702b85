//! What the GDPR part of the API asks of the backend.

use app::backend::{Caller, Systems};
use app::error::Error;
use app::model::{Identifier, RequestId, Subject, SystemDetail, SystemId, SystemView};
use async_trait::async_trait;

use crate::backend::Habeas;

pub use crate::backend::direct::{DirectAsk, RequestRecord};
pub use crate::backend::rehearse::DryRun;

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
    /// Makes the failed requests of a set again, and gives the new one.
    async fn retry(&self, caller: &Caller, id: &RequestId) -> Result<RequestRecord, Error>;
    /// What a request would do; nothing is changed.
    async fn dry_run(&self, caller: &Caller, ask: DirectAsk) -> Result<DryRun, Error>;
    /// All systems, each asked for its health.
    async fn systems(&self, caller: &Caller) -> Result<Vec<SystemView>, Error>;
    /// One system, how it was, and what waits for it.
    async fn system(&self, caller: &Caller, id: &SystemId) -> Result<SystemDetail, Error>;
    async fn set_paused(&self, caller: &Caller, id: &SystemId, paused: bool) -> Result<(), Error>;
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

    async fn retry(&self, caller: &Caller, id: &RequestId) -> Result<RequestRecord, Error> {
        self.ask_again(caller, id).await
    }

    async fn dry_run(&self, caller: &Caller, ask: DirectAsk) -> Result<DryRun, Error> {
        Habeas::dry_run(self, caller, ask).await
    }

    async fn systems(&self, caller: &Caller) -> Result<Vec<SystemView>, Error> {
        Systems::list(self, caller).await
    }

    async fn system(&self, caller: &Caller, id: &SystemId) -> Result<SystemDetail, Error> {
        Systems::detail(self, caller, id).await
    }

    async fn set_paused(&self, caller: &Caller, id: &SystemId, paused: bool) -> Result<(), Error> {
        Systems::set_paused(self, caller, id, paused).await
    }

    async fn package_link(&self, caller: &Caller, id: &RequestId) -> Result<String, Error> {
        Habeas::package_link(self, caller, id).await
    }
}
