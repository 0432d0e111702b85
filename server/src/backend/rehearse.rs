//! What API clients can do besides asking for requests, as staff can: dry runs and retries.

use app::backend::{Caller, Requests, Result};
use app::model::{Plan, RequestId, Subject};

use super::Habeas;
use super::direct::{DirectAsk, RequestRecord};
use super::resolve::{check_replacements, in_full};
use crate::policy::{self, Act};

/// What a request would do, and to whom.
#[derive(Debug, Clone, PartialEq)]
pub struct DryRun {
    pub plan: Plan,
    /// The plan's members, in its order, with what is known of them.
    pub subjects: Vec<Subject>,
}

impl Habeas {
    /// Previews a request in every system. Nothing is changed, and nothing stored: a request that is made later is made anew.
    pub async fn dry_run(&self, caller: &Caller, mut ask: DirectAsk) -> Result<DryRun> {
        policy::allow(caller, Act::MakeRequests)?;
        check_replacements(ask.right, &ask.replacements, self.country)?;
        ask.replacements = in_full(ask.replacements, self.country);
        let subjects = self.one_person(caller, ask.term).await?.subjects;
        let whole = subjects.clone();
        let mut members = self.members(caller, ask.right, whole, &ask.replacements)?;
        let wait = || self.search_timeout;
        let silent = self.preview(&mut members, &ask.replacements, wait).await;
        let plan = self.put_together(caller, ask.right, &ask.replacements, &members, silent)?;
        Ok(DryRun { plan, subjects })
    }

    /// Makes the failed requests of a set again, and gives the new one.
    pub async fn ask_again(&self, caller: &Caller, id: &RequestId) -> Result<RequestRecord> {
        let new = self.retry(caller, id).await?;
        self.record(caller, &new).await
    }
}
