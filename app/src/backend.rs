//! (ssr) What the server does for pages and server functions: the traits it implements, bundled, and who is calling.

use std::sync::Arc;

use async_trait::async_trait;

use crate::error::Error;
use crate::model::{
    CollectionChoice, DatabasePlace, DraftId, DraftLine, DraftView, Event, Identifier, LinkId,
    ListView, Misbehaviour, NewDatabase, NewRequest, NewSkip, PastSearch, Plan, PlanAsk, PlanId,
    Power, RequestFilter, RequestId, RequestPage, RunView, SavedViews, SearchId, SearchView,
    SubjectHandle, SystemDetail, SystemId, SystemView, Today, ViewId,
};

pub type Result<T> = std::result::Result<T, Error>;

/// Who is asking. The first parameter of everything that reads or acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub who: Who,
    /// Names this call in logs and error answers. A UUID.
    pub correlation: String,
}

/// What a caller is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    Nobody,
    /// A member of the privacy staff, signed in.
    Staff {
        id: String,
        name: String,
    },
    /// An API client with a token.
    Client {
        id: String,
        name: String,
        /// Genesys permissions, e.g. `gdpr:request:add`.
        permissions: Vec<String>,
    },
}

impl Caller {
    /// Nobody, in a call of that correlation id.
    pub fn nobody(correlation: impl Into<String>) -> Self {
        Self {
            who: Who::Nobody,
            correlation: correlation.into(),
        }
    }

    /// The name of a signed-in staff member.
    pub fn staff_name(&self) -> Option<&str> {
        match &self.who {
            Who::Staff { name, .. } => Some(name),
            _ => None,
        }
    }
}

/// Searching people.
#[async_trait]
pub trait Subjects: Send + Sync {
    /// Asks every system for one identifier; answers stream into the search. Waits a moment, so that quick systems are in the first page.
    async fn start_search(&self, caller: &Caller, identifier: Identifier) -> Result<SearchId>;
    /// The same for another identifier of the same person, beside a search: all that they find is shown as one. Asked once more,
    /// nothing happens. Gives the first search.
    async fn search_beside(
        &self,
        caller: &Caller,
        id: &SearchId,
        identifier: Identifier,
    ) -> Result<SearchId>;
    /// Takes one of several searches away; what it alone found is no longer shown. Gives the first search, if any is left.
    async fn drop_search(&self, caller: &Caller, id: &SearchId) -> Result<Option<SearchId>>;
    /// Saves a search, with those beside it, for longer than others; or no longer. Gives the first search.
    async fn keep_search(&self, caller: &Caller, id: &SearchId, kept: bool) -> Result<SearchId>;
    /// This caller's saved searches, then the last others, newest first; a few at most.
    async fn past_searches(&self, caller: &Caller) -> Result<Vec<PastSearch>>;
    /// The search as it stands, whichever of those side by side it is. [`Error::NotFound`] for searches that are not this caller's to see.
    async fn search(&self, caller: &Caller, id: &SearchId) -> Result<SearchView>;
    /// Asks one system again, e.g. after it was unreachable.
    async fn search_again(&self, caller: &Caller, id: &SearchId, system: &SystemId) -> Result<()>;
}

/// What staff confirm of found records. Every link is logged, and can be undone.
#[async_trait]
pub trait Links: Send + Sync {
    /// The sets of the two records are one person's; that of the second leads. Both were found by this search of the caller's.
    /// [`crate::error::Conflict::DoneAlready`]: they are one set since.
    async fn join(
        &self,
        caller: &Caller,
        search: &SearchId,
        records: [&SubjectHandle; 2],
        reason: &str,
    ) -> Result<()>;
    /// The link that a system declares from this record to another does not hold. What was merged into it stays with it.
    async fn part(
        &self,
        caller: &Caller,
        search: &SearchId,
        record: &SubjectHandle,
        reason: &str,
    ) -> Result<()>;
    async fn undo(&self, caller: &Caller, link: &LinkId, reason: &str) -> Result<()>;
}

/// Planning, making, following and retrying requests.
#[async_trait]
pub trait Requests: Send + Sync {
    /// Previews every system and stores what would be done. Changes nothing elsewhere.
    async fn make_plan(&self, caller: &Caller, ask: PlanAsk) -> Result<PlanId>;
    async fn plan(&self, caller: &Caller, id: &PlanId) -> Result<Plan>;
    /// Carries a plan out: one request per member, tasks, events and evidence in one transaction.
    /// The same asked twice while in flight gives the first. [`crate::error::Conflict`] says what stands in the way.
    async fn create(&self, caller: &Caller, new: NewRequest) -> Result<RequestId>;
    /// The set that a request belongs to, whichever member's id is given.
    async fn run(&self, caller: &Caller, id: &RequestId) -> Result<RunView>;
    /// Events of the set after that number, oldest first, at most 500.
    async fn events(&self, caller: &Caller, id: &RequestId, after: i64) -> Result<Vec<Event>>;
    async fn list(&self, caller: &Caller, filter: RequestFilter) -> Result<RequestPage>;
    /// A page that stands before somebody's eyes, as it is by now: the same requests in the same order, whatever became of them, and
    /// how many would stand among them by now.
    async fn list_again(
        &self,
        caller: &Caller,
        filter: RequestFilter,
        shown: &[RequestId],
    ) -> Result<RequestPage>;
    /// What has not been answered yet, counted by what presses; what needs a person, and what has been answered.
    async fn today(&self, caller: &Caller) -> Result<Today>;
    /// Makes the failed members' requests again, once all related requests have ended.
    async fn retry(&self, caller: &Caller, id: &RequestId) -> Result<RequestId>;
    /// Sets aside what failed of one request in one system, once all related requests have ended; gives the set's root.
    async fn skip(&self, caller: &Caller, new: NewSkip) -> Result<RequestId>;
}

/// Views of the list of requests that a member of staff saved; each has her own.
#[async_trait]
pub trait Views: Send + Sync {
    async fn views(&self, caller: &Caller) -> Result<SavedViews>;
    /// [`crate::error::Reason::Taken`] if she has one of that name, [`crate::error::Reason::Full`] if she has too many.
    async fn save_view(&self, caller: &Caller, name: &str, view: ListView) -> Result<()>;
    /// It can be put back for a while.
    async fn delete_view(&self, caller: &Caller, id: &ViewId) -> Result<()>;
    async fn put_view_back(&self, caller: &Caller, id: &ViewId) -> Result<()>;
}

/// The systems of the organisation.
#[async_trait]
pub trait Systems: Send + Sync {
    /// All systems in the order of their names, each asked for its health (bounded wait).
    async fn list(&self, caller: &Caller) -> Result<Vec<SystemView>>;
    /// One system, how it was, and what waits for it. [`Error::NotFound`] where there is none of that id.
    async fn detail(&self, caller: &Caller, id: &SystemId) -> Result<SystemDetail>;
    /// A paused system is not searched, and its tasks wait.
    async fn set_paused(&self, caller: &Caller, id: &SystemId, paused: bool) -> Result<()>;
    /// Only for systems of the sample organisation that misbehave on demand; [`Error::NotFound`] for others.
    async fn set_misbehaviour(
        &self,
        caller: &Caller,
        id: &SystemId,
        misbehaviour: Misbehaviour,
    ) -> Result<()>;
}

/// Connecting databases. What was typed is kept sealed, a week at most; a password is never given back.
#[async_trait]
pub trait Connect: Send + Sync {
    /// Whether a database answers, and what its account may too much, or the code of a fault. Keeps nothing; `draft` is whose password is meant where none is typed.
    async fn test(
        &self,
        caller: &Caller,
        place: DatabasePlace,
        password: String,
        draft: Option<&DraftId>,
    ) -> Result<std::result::Result<Vec<Power>, String>>;
    /// Looks a database through and drafts its description. Where that fails, the draft says why: what was typed is kept.
    async fn start(&self, caller: &Caller, new: NewDatabase, password: String) -> Result<DraftId>;
    /// The same for a draft that is there: it is drafted anew. The password stays if none is typed and the place is the same.
    async fn start_again(
        &self,
        caller: &Caller,
        id: &DraftId,
        new: NewDatabase,
        password: String,
    ) -> Result<()>;
    /// What nobody finished, the latest first.
    async fn drafts(&self, caller: &Caller) -> Result<Vec<DraftLine>>;
    async fn draft(&self, caller: &Caller, id: &DraftId) -> Result<DraftView>;
    async fn decide(&self, caller: &Caller, id: &DraftId, choice: CollectionChoice) -> Result<()>;
    /// Searches by the draft, in this database alone; what is found stands in the draft.
    async fn try_search(&self, caller: &Caller, id: &DraftId, identifier: Identifier)
    -> Result<()>;
    /// Makes the draft a system, which is searched from now on. None: something stands in the way, and the draft says what.
    async fn enable(&self, caller: &Caller, id: &DraftId) -> Result<Option<SystemId>>;
    async fn discard(&self, caller: &Caller, id: &DraftId) -> Result<()>;
}

/// Everything, as pages and server functions find it in their context.
#[derive(Clone)]
pub struct Backend {
    pub subjects: Arc<dyn Subjects>,
    pub links: Arc<dyn Links>,
    pub requests: Arc<dyn Requests>,
    pub views: Arc<dyn Views>,
    pub systems: Arc<dyn Systems>,
    pub connect: Arc<dyn Connect>,
}
