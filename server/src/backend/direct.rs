//! What API clients ask for directly, without a stored search or plan: the Genesys GDPR API's two endpoints.

use std::collections::BTreeSet;
use std::time::Duration;

use app::backend::{Caller, Result};
use app::error::{Conflict, Error, Reason};
use app::model::{
    Identifier, IdentifierKind, Millis, PackageView, Replacement, RequestId, RequestState, Right,
    Subject, SubjectKey, SystemId,
};
use serde_json::json;
use tokio::time::Instant;

use super::lanes::TOO_MANY;
use super::linked::{Whole, sets_of};
use super::requests::name_of;
use super::resolve::{check_replacements, guard_employee, in_full};
use super::{Habeas, OrInternal, plans};
use crate::evidence::{self, Entry};
use crate::policy::{self, Act};
use crate::store::StoreError;
use crate::store::request::{Beside, RequestRow};
use crate::workflow::create::{Created, NewSet};
use crate::workflow::target::{self, Target};

/// The reason noted for requests that a script makes.
const REASON: &str = "Asked for through the API.";

/// How long a client waits for people to be found: an SDK that hears nothing for 16 s gives up, and asks again.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same for one system: less, so that the answer can name it.
const ONE_PATIENCE: Duration = Duration::from_secs(8);
/// How long it waits at least for the merge sets of what was found.
const SETS_PATIENCE: Duration = Duration::from_secs(1);

/// A request as a client asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectAsk {
    pub right: Right,
    /// One term. An id is resolved; anything else has to mean one person only.
    pub term: Identifier,
    pub replacements: Vec<Replacement>,
    /// An erasure needs it.
    pub delete_confirmed: bool,
}

/// A request as a client sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestRecord {
    pub id: RequestId,
    pub right: Right,
    pub state: RequestState,
    pub key: SubjectKey,
    /// Her record with all its known fields; gone once she is erased.
    pub subject: Option<Subject>,
    pub replacements: Vec<Replacement>,
    pub created_at: Millis,
    /// `staff:…` or `client:…`.
    pub created_by: String,
    /// The other requests of its set.
    pub related: Vec<RequestId>,
    pub package: Option<PackageView>,
}

impl Habeas {
    /// Every subject that an identifier finds in any system, those of one key as one.
    /// [`Error::Unavailable`] if a system that can be searched by it was not: the answer would look whole and not be.
    pub async fn find_subjects(
        &self,
        caller: &Caller,
        identifier: Identifier,
    ) -> Result<Vec<Subject>> {
        policy::allow(caller, Act::SearchSubjects)?;
        let matched = self.find_sets(caller, &identifier).await?;
        Ok(matched.into_iter().flatten().filter(is_match).collect())
    }

    /// Merge sets with at least one member that the identifier finds; whole.
    async fn find_sets(
        &self,
        caller: &Caller,
        identifier: &Identifier,
    ) -> Result<Vec<Vec<Subject>>> {
        let paused = self.paused(caller).await?;
        let searchable = |system: &std::sync::Arc<crate::registry::System>| {
            system
                .connector
                .inventory()
                .searchable_by(identifier.kind())
        };
        let systems = self.systems.all().into_iter().filter(searchable);
        let (quiet, systems): (Vec<_>, Vec<_>) =
            systems.partition(|system| paused.contains(&system.id));
        let deadline = Instant::now() + ONE_PATIENCE.min(self.search_timeout);
        let asked = systems
            .iter()
            .map(|system| self.matches(system, identifier, deadline));
        let answers = futures::future::join_all(asked).await;
        let mut silent: BTreeSet<SystemId> = quiet.iter().map(|system| system.id.clone()).collect();
        let mut matched = Vec::new();
        for (system, answer) in systems.iter().zip(answers) {
            match answer {
                Ok(subjects) => matched.extend(subjects),
                Err(TOO_MANY) => return Err(Error::invalid("searchValue", Reason::TooMany)),
                Err(_) => {
                    silent.insert(system.id.clone());
                }
            }
        }
        let body = json!({ "kind": identifier.kind(), "silent": silent, "matched": matched.len() });
        let witnessed = self.witness(caller, "subjects.listed", body);
        // All answers together: whoever several systems know is looked up once. What was asked is evidence by the time that any of
        // it is told.
        let answer = self.in_sets(matched, &paused, deadline + SETS_PATIENCE);
        let (answer, witnessed) = tokio::join!(answer, witnessed);
        witnessed?;
        let mut answer = answer.or_internal(caller)?;
        silent.append(&mut answer.silent);
        if silent.is_empty() {
            let is_found =
                |subject: &Subject| is_match(subject) || subject.key.identifier() == identifier;
            Ok(sets_of(answer.subjects, &answer.links, is_found))
        } else {
            let systems = silent.into_iter().collect();
            Err(Error::Unavailable { systems })
        }
    }

    /// Makes the requests for one person; true if they are new, false if the same are in flight.
    pub async fn ask(&self, caller: &Caller, mut ask: DirectAsk) -> Result<(RequestRecord, bool)> {
        policy::allow(caller, Act::MakeRequests)?;
        check_replacements(ask.right, &ask.replacements, self.country)?;
        ask.replacements = in_full(ask.replacements, self.country);
        if ask.right == Right::Delete && !ask.delete_confirmed {
            return Err(Error::invalid("deleteConfirmed", Reason::NotConfirmed));
        }
        let found = self.one_person(caller, ask.term.clone()).await;
        if let Some(id) = self.asked_already(caller, &ask, &found).await? {
            return Ok((self.record(caller, &id).await?, false));
        }
        let whole = found?;
        let subjects = whole.subjects.clone();
        let members = self.members(caller, ask.right, subjects, &ask.replacements)?;
        let links = whole.link_ids(&members);
        guard_employee(ask.right, &members)?;
        let plan_hash = plans::hash(&self.keys, ask.right, &members, &ask.replacements);
        let set = NewSet {
            right: ask.right,
            actor: policy::actor(caller)?,
            actor_name: name_of(caller),
            reason: REASON.to_owned(),
            plan: None,
            plan_hash,
            retry_of: None,
            due_at: None,
            members,
            links: Some(links),
        };
        let created = self.create_set(caller, set).await?;
        let new = matches!(created, Created::New { .. });
        Ok((self.record(caller, &created.root()).await?, new))
    }

    /// The set in flight that does what is asked by an id. Systems that have done their part know fewer of its members, or none;
    /// where they know one more, it is not the same.
    async fn asked_already(
        &self,
        caller: &Caller,
        ask: &DirectAsk,
        found: &Result<Whole>,
    ) -> Result<Option<RequestId>> {
        let found = match found {
            Ok(set) => set.subjects.as_slice(),
            Err(Error::NotFound { .. }) => &[],
            Err(_) => return Ok(None),
        };
        let Ok(key) = SubjectKey::try_from(ask.term.clone()) else {
            return Ok(None);
        };
        let handle = |key: &SubjectKey| target::handle(&self.keys, key).or_internal(caller);
        let asked = [handle(&key)?];
        let set = self.set_in_flight(caller, ask.right, &asked, &ask.replacements);
        let Some(set) = set.await? else {
            return Ok(None);
        };
        for subject in found {
            let known = handle(&subject.key)?;
            if !set.iter().any(|row| row.subject == known) {
                return Ok(None);
            }
        }
        Ok(set.into_iter().next().map(|row| row.root))
    }

    /// The merge set that a term means. Several people: the client has to say which, by id. An id that another system gave is
    /// searched like any term, unless a record lives under it: who holds it need not have it for her key.
    pub(super) async fn one_person(&self, caller: &Caller, term: Identifier) -> Result<Whole> {
        let person = tokio::time::timeout(PATIENCE, self.find_person(caller, term)).await;
        let systems = Vec::new();
        person.unwrap_or(Err(Error::Unavailable { systems }))
    }

    async fn find_person(&self, caller: &Caller, term: Identifier) -> Result<Whole> {
        if let Ok(key) = SubjectKey::try_from(term.clone()) {
            let foreign = key.kind() == IdentifierKind::ExternalId;
            if !foreign || !self.systems.homes_of(&key).is_empty() {
                match self.resolve_set(caller, &key).await {
                    Err(Error::NotFound { .. }) if foreign => {}
                    set => return set,
                }
            }
        }
        let sets = self.find_sets(caller, &term).await?;
        match &sets[..] {
            [] => Err(Error::not_found("subject")),
            [set] => match set.first() {
                Some(first) => self.resolve_set(caller, &first.key).await,
                None => Err(Error::not_found("subject")),
            },
            several => {
                let people = u32::try_from(several.len()).unwrap_or(u32::MAX);
                Err(Error::Conflict {
                    why: Conflict::Ambiguous { people },
                })
            }
        }
    }

    /// One request, whichever member of its set it is.
    pub async fn request(&self, caller: &Caller, id: &RequestId) -> Result<RequestRecord> {
        policy::allow(caller, Act::ReadRequests)?;
        self.record(caller, id).await
    }

    /// One numbered page of all requests, newest first, and how many there are in all.
    pub async fn requests_page(
        &self,
        caller: &Caller,
        page_size: u32,
        page_number: u32,
    ) -> Result<(Vec<RequestRecord>, u64)> {
        policy::allow(caller, Act::ReadRequests)?;
        let page = self
            .db
            .requests_page(page_size.into(), page_number.into())
            .await;
        let (rows, total) = page.or_internal(caller)?;
        let sets = self.db.sets_of_page(&rows).await.or_internal(caller)?;
        let records: std::result::Result<_, _> = rows
            .into_iter()
            .map(|row| self.record_of(row, &sets))
            .collect();
        let records = records.or_internal(caller)?;
        Ok((records, u64::try_from(total).unwrap_or(0)))
    }

    /// Where the package of a request can be downloaded: signed, absolute, expiring.
    pub async fn package_link(&self, caller: &Caller, id: &RequestId) -> Result<String> {
        policy::allow(caller, Act::DownloadPackages)?;
        let package = self.package_view(id).await.or_internal(caller)?;
        package
            .map(|package| package.url)
            .ok_or_else(|| Error::not_found("download"))
    }

    pub(super) async fn record(&self, caller: &Caller, id: &RequestId) -> Result<RequestRecord> {
        let row = self.db.request_by_id(id).await.or_internal(caller)?;
        let row = row.ok_or_else(|| Error::not_found("request"))?;
        let set = self.db.sets_of_page(std::slice::from_ref(&row)).await;
        self.record_of(row, &set.or_internal(caller)?)
            .or_internal(caller)
    }

    fn record_of(
        &self,
        row: RequestRow,
        sets: &[Beside],
    ) -> std::result::Result<RequestRecord, StoreError> {
        let target = Target::open(&self.keys, &row.id, &row.target_sealed)?;
        let set = sets.iter().filter(|member| member.root == row.root);
        let (own, related): (Vec<_>, Vec<_>) = set.partition(|member| member.id == row.id);
        let package = own.first().and_then(|member| member.package.clone());
        Ok(RequestRecord {
            right: row.right,
            state: row.state,
            key: target.key,
            subject: target.subject,
            replacements: target.replacements,
            created_at: row.created_at,
            created_by: row.actor,
            related: related.iter().map(|member| member.id.clone()).collect(),
            package: package.and_then(|package| self.downloadable(package)),
            id: row.id,
        })
    }

    async fn witness(
        &self,
        caller: &Caller,
        action: &'static str,
        body: serde_json::Value,
    ) -> Result<()> {
        let (actor, now) = (policy::actor(caller)?, self.clock.now());
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                let entry = Entry {
                    chain: evidence::MAIN,
                    actor: &actor,
                    action,
                    body,
                };
                evidence::append(tx, now, entry).await
            })
        });
        write.await.or_internal(caller).map(|_| ())
    }
}

fn is_match(subject: &Subject) -> bool {
    subject.fields.iter().any(|found| found.matched)
}
