//! Stands for the backend behind the GDPR part of the API.

use std::sync::Mutex;

use app::backend::Caller;
use app::error::{Conflict, Error};
use app::model::{
    Action, Budget, Collection, CollectionName, CollectionPlan, Disposition, Field, Found, Health,
    HealthHour, Identifier, IdentifierKind, Inventory, LastTask, MemberPlan, OfWhom, PackageView,
    Plan, PlanBlock, PlanId, RequestId, RequestState, Right, Subject, SubjectHandle, SubjectKey,
    SystemDetail, SystemId, SystemPlan, SystemView, TaskState, WaitingSet,
};
use async_trait::async_trait;
use serde_json::{Value as Json, json};
use server::http::genesys::port::{DirectAsk, DryRun, Gdpr, RequestRecord};

use crate::world::NOW;

/// Stands for the rest of the backend: one known person, and whatever it is asked.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) asked: Mutex<Vec<RequestRecord>>,
    pub(crate) terms: Mutex<Vec<Identifier>>,
    /// What it says instead of an answer.
    pub(crate) refusal: Mutex<Option<Error>>,
    pub(crate) paused: Mutex<Vec<SystemId>>,
}

pub(crate) const MARIA: &str = "5f1c1a52-0000-4000-8000-000000000001";

pub(crate) fn maria() -> Subject {
    let found = |field: &str, value: &str, holds| Found {
        field: field.to_owned(),
        value: value.to_owned(),
        holds: Some(holds),
        matched: false,
        in_full: None,
    };
    Subject {
        key: key(IdentifierKind::ExternalContactId, MARIA),
        name: Some("Maria Müller".to_owned()),
        fields: vec![
            found("workEmail", "maria@example.org", IdentifierKind::Email),
            found("otherEmail", "maria@example.org", IdentifierKind::Email),
            found("cellPhone", "+493012345678", IdentifierKind::Phone),
            found("twitter", "maria_m", IdentifierKind::Twitter),
            found("externalIds", "crm:42", IdentifierKind::ExternalId),
        ],
        seen_in: Vec::new(),
        canonical: None,
        employment: None,
    }
}

pub(crate) fn key(kind: IdentifierKind, id: &str) -> SubjectKey {
    SubjectKey::try_from(Identifier::new(kind, id).expect("valid")).expect("an id")
}

impl Desk {
    pub(crate) fn refuse(&self, error: Error) {
        *self.refusal.lock().expect("unpoisoned") = Some(error);
    }

    fn check(&self) -> Result<(), Error> {
        self.refusal
            .lock()
            .expect("unpoisoned")
            .clone()
            .map_or(Ok(()), Err)
    }

    /// Moves the only request.
    pub(crate) fn set(&self, state: RequestState, package: Option<PackageView>) {
        for record in self.asked.lock().expect("unpoisoned").iter_mut() {
            record.state = state;
            record.package.clone_from(&package);
        }
    }
}

pub(crate) fn package() -> PackageView {
    PackageView {
        bytes: 1,
        sha256: "0".repeat(64),
        made_at: NOW,
        expires_at: NOW + 1,
        url: "https://privacy.example.org/packages/signed".to_owned(),
    }
}

#[async_trait]
impl Gdpr for Desk {
    async fn find_subjects(
        &self,
        _: &Caller,
        identifier: Identifier,
    ) -> Result<Vec<Subject>, Error> {
        self.check()?;
        let found = identifier.value() == "maria@example.org";
        self.terms.lock().expect("unpoisoned").push(identifier);
        Ok(found.then(maria).into_iter().collect())
    }

    async fn ask(&self, caller: &Caller, ask: DirectAsk) -> Result<(RequestRecord, bool), Error> {
        self.check()?;
        let key = SubjectKey::try_from(ask.term).map_err(|_| Error::Conflict {
            why: Conflict::Ambiguous { people: 2 },
        })?;
        let mut asked = self.asked.lock().expect("unpoisoned");
        if let Some(same) = asked
            .iter()
            .find(|record| record.key == key && record.right == ask.right)
        {
            return Ok((same.clone(), false));
        }
        let record = RequestRecord {
            id: RequestId::parse(format!("01935-{}", asked.len())).expect("an id"),
            right: ask.right,
            state: RequestState::Received,
            key,
            subject: Some(maria()),
            replacements: ask.replacements,
            created_at: NOW,
            created_by: server::policy::actor(caller)?,
            related: vec![RequestId::parse("01935-rel").expect("an id")],
            package: None,
        };
        asked.push(record.clone());
        Ok((record, true))
    }

    async fn request(&self, _: &Caller, id: &RequestId) -> Result<RequestRecord, Error> {
        let asked = self.asked.lock().expect("unpoisoned");
        asked
            .iter()
            .find(|record| record.id == *id)
            .cloned()
            .ok_or_else(|| Error::not_found("request"))
    }

    async fn requests_page(
        &self,
        _: &Caller,
        size: u32,
        number: u32,
    ) -> Result<(Vec<RequestRecord>, u64), Error> {
        let asked = self.asked.lock().expect("unpoisoned");
        let skip = (number as usize - 1) * size as usize;
        Ok((
            asked
                .iter()
                .skip(skip)
                .take(size as usize)
                .cloned()
                .collect(),
            asked.len() as u64,
        ))
    }

    async fn retry(&self, caller: &Caller, id: &RequestId) -> Result<RequestRecord, Error> {
        self.check()?;
        self.request(caller, id).await
    }

    async fn dry_run(&self, _: &Caller, ask: DirectAsk) -> Result<DryRun, Error> {
        self.check()?;
        let name = |name: &str| CollectionName::parse(name).expect("a name");
        let (id, handle) = (PlanId::parse("p-1"), SubjectHandle::parse("0".repeat(32)));
        let collection = |of: &str, action, rows| CollectionPlan {
            collection: name(of),
            title: of.to_owned(),
            action,
            rows,
            shared: None,
            bytes: None,
            samples: Vec::new(),
        };
        let ground = "Art. 17(3)(b)".to_owned();
        let member = MemberPlan {
            linked: None,
            handle: handle.expect("a handle"),
            kind: IdentifierKind::ExternalContactId,
            name: None,
            systems: vec![SystemPlan {
                system: help_desk(),
                system_name: "Help desk".to_owned(),
                collections: vec![
                    collection("tickets", Action::Export, Some(2)),
                    collection("invoices", Action::Keep { ground }, Some(1)),
                    collection("chats", Action::NotSearchable, None),
                ],
            }],
        };
        let plan = Plan {
            id: id.expect("an id"),
            right: ask.right,
            made_at: NOW,
            expires_at: NOW,
            hash: String::new(),
            replacements: ask.replacements,
            members: vec![member],
            blocked: vec![PlanBlock::Unreachable {
                system: help_desk(),
            }],
            request: None,
        };
        Ok(DryRun {
            plan,
            subjects: vec![maria()],
        })
    }

    async fn systems(&self, _: &Caller) -> Result<Vec<SystemView>, Error> {
        self.check()?;
        let collection = Collection {
            name: CollectionName::parse("invoices").expect("a name"),
            title: "Invoices".to_owned(),
            fields: vec![Field {
                name: "email".to_owned(),
                category: "user.contact.email".to_owned(),
                holds: Some(IdentifierKind::Email),
                of: OfWhom::Her,
            }],
            found_by: vec![IdentifierKind::Email],
            parents: Vec::new(),
            needs_subject: false,
            disposition: Disposition::Keep {
                ground: "Art. 17(3)(b)".to_owned(),
            },
        };
        let paused = self.paused.lock().expect("unpoisoned").clone();
        Ok(vec![SystemView {
            id: help_desk(),
            name: "Help desk".to_owned(),
            kind: "sql".to_owned(),
            owner: "Support".to_owned(),
            region: "EU".to_owned(),
            paused: paused.contains(&help_desk()),
            health: Health::Down {
                code: "timeout".to_owned(),
                at: NOW,
            },
            inventory: Inventory {
                collections: vec![collection],
            },
            resolves: vec![],
            tasks_open: 3,
            per_second: None,
            concurrency: None,
            misbehaviour: None,
        }])
    }

    async fn system(&self, caller: &Caller, id: &SystemId) -> Result<SystemDetail, Error> {
        let mut all = self.systems(caller).await?;
        all.retain(|system| system.id == *id);
        let system = all.pop().ok_or_else(|| Error::not_found("system"))?;
        let request = RequestId::parse("r-1").expect("an id");
        let task = |code: Option<&str>| LastTask {
            request: request.clone(),
            at: NOW,
            code: code.map(str::to_owned),
        };
        Ok(SystemDetail {
            now: NOW,
            hours: vec![HealthHour::of(&system.health)],
            system,
            budget: Some(Budget {
                per_second: 5,
                free: 2,
                waiting: 0,
                wait: 0,
            }),
            last_done: Some(task(None)),
            last_failed: Some(task(Some("denied"))),
            waiting: vec![WaitingSet {
                request: request.clone(),
                right: Right::Delete,
                due_at: NOW,
                since: NOW,
                tasks: 3,
                state: TaskState::Waiting,
                next_try: Some(NOW),
                code: Some("timeout".to_owned()),
            }],
            waiting_sets: 21,
        })
    }

    async fn set_paused(&self, _: &Caller, id: &SystemId, paused: bool) -> Result<(), Error> {
        self.check()?;
        if *id != help_desk() {
            return Err(Error::not_found("system"));
        }
        let mut all = self.paused.lock().expect("unpoisoned");
        all.retain(|other| other != id);
        all.extend(paused.then(|| id.clone()));
        Ok(())
    }

    async fn package_link(&self, caller: &Caller, id: &RequestId) -> Result<String, Error> {
        let package = self.request(caller, id).await?.package;
        package
            .map(|package| package.url)
            .ok_or_else(|| Error::not_found("download"))
    }
}

pub(crate) fn unavailable() -> Error {
    Error::Unavailable {
        systems: vec![help_desk()],
    }
}

fn help_desk() -> SystemId {
    SystemId::parse("help-desk").expect("an id")
}

pub(crate) fn export_of(id: &str) -> Json {
    json!({ "requestType": "GDPR_EXPORT", "subject": { "externalContactId": id } })
}
