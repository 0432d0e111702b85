//! What the GDPR part of the API asks of the backend.

use app::backend::Caller;
use app::error::Error;
use app::model::{
    Identifier, Millis, PackageView, Replacement, RequestId, RequestState, Right, Subject, SubjectKey,
};
use async_trait::async_trait;

/// One request, asked for directly: no plan was looked at before.
#[derive(Debug, Clone)]
pub struct DirectAsk {
    pub right: Right,
    pub term: Identifier,
    /// Only with [`Right::Update`], and there at least one.
    pub replacements: Vec<Replacement>,
    pub delete_confirmed: bool,
}

/// A request as the API shows it.
#[derive(Debug, Clone)]
pub struct RequestRecord {
    pub id: RequestId,
    pub right: Right,
    pub state: RequestState,
    pub key: SubjectKey,
    /// What was known of her when it was made; gone once she is erased.
    pub subject: Option<Subject>,
    pub replacements: Vec<Replacement>,
    pub created_at: Millis,
    /// `staff:…` or `client:…`.
    pub created_by: String,
    /// The requests of the other members of her merge set.
    pub related: Vec<RequestId>,
    pub package: Option<PackageView>,
}

/// Searching and asking by API.
#[async_trait]
pub trait Gdpr: Send + Sync {
    /// Every subject that the identifier finds, in all systems; [`Error::Unavailable`] if one could not be searched.
    async fn find_subjects(&self, caller: &Caller, identifier: Identifier) -> Result<Vec<Subject>, Error>;
    /// Makes a request, or gives the same one that is still in flight; whether it was made now.
    async fn ask(&self, caller: &Caller, ask: DirectAsk) -> Result<(RequestRecord, bool), Error>;
    async fn request(&self, caller: &Caller, id: &RequestId) -> Result<RequestRecord, Error>;
    /// A page, `number` counting from 1, and how many requests there are in all.
    async fn requests_page(&self, caller: &Caller, size: u32, number: u32) -> Result<(Vec<RequestRecord>, u64), Error>;
    /// An absolute, signed, expiring URL of a finished package.
    async fn package_link(&self, caller: &Caller, id: &RequestId) -> Result<String, Error>;
}
