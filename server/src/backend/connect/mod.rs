//! Connecting a database: looked through, drafted, decided by staff, tried, and made a system.

mod choose;
mod content;
mod place;

use std::time::Duration;

use app::backend::{Caller, Connect, Result};
use app::error::{Conflict, Error, Reason};
use app::model::{
    CollectionChoice, CollectionName, DatabasePlace, DraftFound, DraftId, DraftLine, DraftTried,
    DraftView, Identifier, Looked, NewDatabase, Operation, Power, Subject, SystemId,
};
use async_trait::async_trait;
use futures::TryStreamExt as _;
use serde_json::json;
use tokio::time::timeout;

use self::content::{Content, Drafted};
use super::{Habeas, OrInternal, internal};
use crate::connectors::kinds::{self, OpenError, Opened};
use crate::connectors::spec::SystemSpec;
use crate::connectors::sql::{SurveyError, reach, survey};
use crate::connectors::{Fault, FaultCode};
use crate::draft::{About, DraftError, draft, system_id};
use crate::evidence::{self, Entry};
use crate::organisation::{Organisation, OrganisationError};
use crate::policy::{self, Act};
use crate::store::StoreError;
use crate::store::draft::DraftRow;

const DRAFT: &str = "system_draft.sealed";
/// How long a database may take to be looked through.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long it may take to answer at all.
const ANSWER: Duration = Duration::from_secs(10);
/// Records of a search that are shown.
const SHOWN: usize = 5;

#[async_trait]
impl Connect for Habeas {
    async fn test(
        &self,
        caller: &Caller,
        place: DatabasePlace,
        password: String,
        draft: Option<&DraftId>,
    ) -> Result<std::result::Result<Vec<Power>, String>> {
        policy::allow(caller, Act::ConnectSystems)?;
        let place = place::checked_place(place)?;
        self.not_ours(&place)?;
        let known = match draft {
            Some(id) => Some(self.content(caller, id).await?.1),
            None => None,
        };
        let password = known.map_or(password.clone(), |known| {
            known.password_of(&place, password)
        });
        let sql = place::sql(&place, &password);
        Ok(match timeout(ANSWER, reach(&sql, &self.folder)).await {
            Ok(Ok(powers)) => Ok(powers),
            Ok(Err(why)) => Err(code(&why).to_owned()),
            Err(_) => Err(FaultCode::Timeout.as_str().to_owned()),
        })
    }

    async fn start(&self, caller: &Caller, new: NewDatabase, password: String) -> Result<DraftId> {
        policy::allow(caller, Act::ConnectSystems)?;
        let new = self.acceptable(new)?;
        let id = DraftId::parse(self.clock.id()).map_err(|why| internal(caller, &why))?;
        let content = self.looked_through(new, password).await;
        self.keep(caller, &id, 1, &content, Some("draft.looked_through"))
            .await?;
        Ok(id)
    }

    async fn start_again(
        &self,
        caller: &Caller,
        id: &DraftId,
        new: NewDatabase,
        password: String,
    ) -> Result<()> {
        policy::allow(caller, Act::ConnectSystems)?;
        let new = self.acceptable(new)?;
        let (version, before) = self.content(caller, id).await?;
        let password = before.password_of(&new.place, password);
        let content = self.looked_through(new, password).await;
        let action = Some("draft.looked_through");
        self.keep(caller, id, version + 1, &content, action).await
    }

    async fn drafts(&self, caller: &Caller) -> Result<Vec<DraftLine>> {
        policy::allow(caller, Act::ConnectSystems)?;
        let line = |row: DraftRow| {
            let content: Content = self.open(DRAFT, row.id.as_str(), &row.sealed)?;
            let undecided = content.drafted.as_ref().map_or(0, Drafted::undecided);
            Ok::<_, StoreError>(DraftLine {
                id: row.id,
                name: content.new.name,
                kind: content.new.place.kind,
                changed_at: row.changed_at,
                looked: content.looked,
                undecided: u32::try_from(undecided).unwrap_or(u32::MAX),
            })
        };
        let rows = self.db.drafts().await.or_internal(caller)?;
        let mut lines = Vec::new();
        for row in rows {
            let id = row.id.clone();
            match line(row) {
                Ok(line) => lines.push(line),
                // Of another key or program: it is thrown away in its time, and the others can be gone on with.
                Err(why) => tracing::warn!(draft = %id, error = %why, "a draft can't be read"),
            }
        }
        Ok(lines)
    }

    async fn draft(&self, caller: &Caller, id: &DraftId) -> Result<DraftView> {
        policy::allow(caller, Act::ConnectSystems)?;
        let row = self.draft_row(caller, id).await?;
        let content: Content = self
            .open(DRAFT, id.as_str(), &row.sealed)
            .or_internal(caller)?;
        Ok(content.view(row.id, row.changed_at))
    }

    async fn decide(&self, caller: &Caller, id: &DraftId, choice: CollectionChoice) -> Result<()> {
        policy::allow(caller, Act::ConnectSystems)?;
        let (version, mut content) = self.content(caller, id).await?;
        let drafted = content.drafted.as_mut();
        drafted
            .ok_or_else(|| Error::not_found("collection"))?
            .choose(choice)?;
        // Both were of a draft that is no more.
        content.tried = None;
        content.refused = Vec::new();
        self.keep(caller, id, version + 1, &content, None).await
    }

    async fn try_search(
        &self,
        caller: &Caller,
        id: &DraftId,
        identifier: Identifier,
    ) -> Result<()> {
        policy::allow(caller, Act::ConnectSystems)?;
        let (version, mut content) = self.content(caller, id).await?;
        let spec = content
            .spec()
            .ok_or_else(|| Error::not_found("collection"))?;
        content.refused = Vec::new();
        let opened = match spec.check() {
            Err(why) => Err(OpenError::Spec(why)),
            Ok(()) => kinds::open(&spec, &self.folder, &self.keys.masks()).await,
        };
        match opened {
            Ok(opened) => {
                content.tried = Some(self.tried(&spec, &opened, &identifier).await);
            }
            Err(why) => content.refused = reasons(&why),
        }
        self.keep(caller, id, version + 1, &content, Some("draft.tried"))
            .await
    }

    async fn enable(&self, caller: &Caller, id: &DraftId) -> Result<Option<SystemId>> {
        policy::allow(caller, Act::ConnectSystems)?;
        let actor = policy::actor(caller)?;
        let (version, mut content) = self.content(caller, id).await?;
        let spec = content
            .spec()
            .ok_or_else(|| Error::not_found("collection"))?;
        let undecided = content.drafted.as_ref().map_or(0, Drafted::undecided);
        if undecided > 0 {
            return Err(Error::invalid("decided", Reason::Missing));
        }
        let organisation = self.organisation();
        let added = organisation.add_drafted(&spec, id, &actor, &self.systems);
        match added.await {
            Ok(()) => Ok(Some(spec.id)),
            Err(OrganisationError::Taken { .. }) => Err(Error::invalid("name", Reason::Taken)),
            Err(OrganisationError::Spec(why)) => {
                content.refused = vec![why.to_string()];
                self.keep(caller, id, version + 1, &content, None).await?;
                Ok(None)
            }
            Err(OrganisationError::Open { why, .. }) => {
                content.refused = reasons(&why);
                self.keep(caller, id, version + 1, &content, None).await?;
                Ok(None)
            }
            Err(OrganisationError::Store(why)) => Err(internal(caller, &why)),
            Err(why) => Err(internal(caller, &why)),
        }
    }

    async fn discard(&self, caller: &Caller, id: &DraftId) -> Result<()> {
        policy::allow(caller, Act::ConnectSystems)?;
        let gone = id.clone();
        let write = self
            .db
            .write(move |tx| Box::pin(async move { tx.draft_delete(&gone).await }));
        if write.await.or_internal(caller)? {
            Ok(())
        } else {
            Err(Error::not_found("draft"))
        }
    }
}

impl Content {
    /// The password for a place: the one that is typed, or the one that was typed for this very place. It goes to no other.
    fn password_of(&self, place: &DatabasePlace, typed: String) -> String {
        if typed.is_empty() && self.new.place == *place {
            self.password.clone()
        } else {
            typed
        }
    }
}

impl Habeas {
    fn organisation(&self) -> Organisation {
        Organisation {
            db: self.db.clone(),
            keys: self.keys.clone(),
            clock: self.clock.clone(),
            data: self.folder.clone(),
            country: self.country,
        }
    }

    fn acceptable(&self, new: NewDatabase) -> Result<NewDatabase> {
        let new = place::checked(new)?;
        self.not_ours(&new.place)?;
        Ok(new)
    }

    async fn draft_row(&self, caller: &Caller, id: &DraftId) -> Result<DraftRow> {
        let row = self.db.draft(id).await.or_internal(caller)?;
        row.ok_or_else(|| Error::not_found("draft"))
    }

    /// A draft's version and all of it.
    async fn content(&self, caller: &Caller, id: &DraftId) -> Result<(i64, Content)> {
        let row = self.draft_row(caller, id).await?;
        let content = self
            .open(DRAFT, id.as_str(), &row.sealed)
            .or_internal(caller)?;
        Ok((row.version, content))
    }

    /// Writes a draft down, with evidence of what was done elsewhere for it.
    async fn keep(
        &self,
        caller: &Caller,
        id: &DraftId,
        version: i64,
        content: &Content,
        action: Option<&'static str>,
    ) -> Result<()> {
        let (actor, now) = (policy::actor(caller)?, self.clock.now());
        let row = DraftRow {
            id: id.clone(),
            sealed: self.seal(DRAFT, id.as_str(), content).or_internal(caller)?,
            version,
            changed_at: now,
        };
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                if !tx.draft_put(&row).await? {
                    return Ok(false);
                }
                if let Some(action) = action {
                    let entry = Entry {
                        chain: evidence::MAIN,
                        actor: &actor,
                        action,
                        body: json!({ "draft": row.id }),
                    };
                    evidence::append(tx, now, entry).await?;
                }
                Ok::<_, StoreError>(true)
            })
        });
        if write.await.or_internal(caller)? {
            Ok(())
        } else {
            let why = Conflict::DoneAlready;
            Err(Error::Conflict { why })
        }
    }

    /// Looks a database through, whatever comes of it.
    async fn looked_through(&self, new: NewDatabase, password: String) -> Content {
        let (looked, drafted) = match timeout(PATIENCE, self.drafted(&new, &password)).await {
            Ok((looked, drafted)) => (looked, drafted),
            Err(_) => (self.failed(FaultCode::Timeout.as_str()), None),
        };
        Content {
            new,
            password,
            looked,
            drafted,
            tried: None,
            refused: Vec::new(),
        }
    }

    async fn drafted(&self, new: &NewDatabase, password: &str) -> (Looked, Option<Drafted>) {
        let place = place::sql(&new.place, password);
        let seen = match survey(&place, &self.folder, new.samples).await {
            Ok(seen) => seen,
            Err(why) => return (self.failed(code(&why)), None),
        };
        let about = About {
            id: system_id(&new.name)
                .or_else(|| system_id(&new.place.database))
                .or_else(|| SystemId::parse("database").ok()),
            name: Some(new.name.clone()),
            owner: Some(new.owner.clone()),
            region: Some(new.region.clone()),
            country: self.country.to_string(),
            place,
        };
        let at = self.clock.now();
        match draft(&seen, None, &about) {
            Ok(draft) => {
                let powers = seen.powers;
                (Looked::Done { at, powers }, Some(draft.into()))
            }
            Err(DraftError::Nobody { left_out, .. }) => {
                let why = left_out;
                (Looked::Nobody { why, at }, None)
            }
            Err(why) => {
                let why = vec![why.to_string()];
                (Looked::Nobody { why, at }, None)
            }
        }
    }

    fn failed(&self, code: &str) -> Looked {
        Looked::Failed {
            code: code.to_owned(),
            at: self.clock.now(),
        }
    }

    /// Searches one database, and counts what is hers there. Writes nothing.
    async fn tried(
        &self,
        spec: &SystemSpec,
        opened: &Opened,
        identifier: &Identifier,
    ) -> DraftTried {
        let mut tried = DraftTried {
            kind: identifier.kind(),
            at: self.clock.now(),
            failed: None,
            found: Vec::new(),
            more: false,
        };
        let looked = async {
            let mut subjects = opened.connector.search(identifier);
            while let Some(subject) = subjects.try_next().await? {
                if tried.found.len() == SHOWN {
                    tried.more = true;
                    break;
                }
                tried.found.push(found(spec, opened, subject).await?);
            }
            Ok::<_, Fault>(())
        };
        tried.failed = match timeout(self.search_timeout, looked).await {
            Ok(Ok(())) => None,
            Ok(Err(fault)) => Some(fault.code().as_str().to_owned()),
            Err(_) => Some(FaultCode::Timeout.as_str().to_owned()),
        };
        tried
    }
}

async fn found(
    spec: &SystemSpec,
    opened: &Opened,
    subject: Subject,
) -> std::result::Result<DraftFound, Fault> {
    let mut rows: Vec<(CollectionName, u64)> = Vec::new();
    for one in &spec.collections {
        let (key, operation) = (&subject.key, Operation::Export);
        let count = opened
            .connector
            .preview(key, &one.name, operation, &[])
            .await?;
        if count > 0 {
            rows.push((one.name.clone(), count));
        }
    }
    let name = subject.name;
    Ok(DraftFound { name, rows })
}

fn reasons(why: &OpenError) -> Vec<String> {
    match why {
        OpenError::Differs { differences } => differences.clone(),
        why => vec![why.to_string()],
    }
}

fn code(why: &SurveyError) -> &'static str {
    match why {
        SurveyError::Place { .. } => FaultCode::Unreachable.as_str(),
        SurveyError::Fault(fault) => fault.code().as_str(),
    }
}
