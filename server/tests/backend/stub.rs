//! A system that answers as late, or as badly, as a test wants, and counts what it is asked.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::model::{
    Collection, CollectionName, Disposition, Found, Identifier, IdentifierKind, Inventory,
    Operation, Replacement, Seen, Subject, SubjectKey, SystemId,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use server::connectors::{Call, Connector, Fault, FaultCode, Outcome, Repeat, Sink, Whose};

/// How it answers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manners {
    /// So many people are found by any e-mail address.
    pub(crate) people: usize,
    pub(crate) health_takes: Duration,
    pub(crate) search_takes: Duration,
    pub(crate) set_takes: Duration,
    pub(crate) sets_fail: bool,
}

pub(crate) struct Stub {
    system: SystemId,
    inventory: Inventory,
    resolves: Vec<IdentifierKind>,
    manners: Mutex<Manners>,
    asked: Mutex<Vec<&'static str>>,
    /// The ids of those who were erased.
    erased: Mutex<BTreeSet<String>>,
    /// Merge sets looked up now, and the most at one time.
    now: AtomicUsize,
    pub(crate) most: AtomicUsize,
}

impl Stub {
    /// A system with `records` and their `notes`; external contacts live in it, or its records only say whose they are.
    pub(crate) fn new(id: &str, is_directory: bool) -> Self {
        let name = |word: &str| CollectionName::parse(word).expect("a name");
        let collection = |word: &str, parent: Option<&str>| Collection {
            name: name(word),
            title: word.to_owned(),
            fields: Vec::new(),
            found_by: vec![IdentifierKind::Email, IdentifierKind::ExternalContactId],
            parents: parent.map(name).into_iter().collect(),
            needs_subject: false,
            disposition: Disposition::Delete,
        };
        let collections = vec![
            collection("records", None),
            collection("notes", Some("records")),
        ];
        let contacts = is_directory.then_some(IdentifierKind::ExternalContactId);
        Self {
            system: SystemId::parse(id).expect("an id"),
            inventory: Inventory { collections },
            resolves: contacts.into_iter().collect(),
            manners: Mutex::default(),
            asked: Mutex::default(),
            erased: Mutex::default(),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        }
    }

    pub(crate) fn is(&self, manners: Manners) {
        *self.manners.lock().expect("not poisoned") = manners;
    }

    /// What it was asked since the last look.
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked.lock().expect("not poisoned"))
    }

    fn ask(&self, what: &'static str) -> Manners {
        self.asked.lock().expect("not poisoned").push(what);
        *self.manners.lock().expect("not poisoned")
    }

    fn subject(&self, key: SubjectKey, canonical: Option<SubjectKey>) -> Subject {
        let found = |field: &str, holds, value: &str, matched| Found {
            field: field.to_owned(),
            value: value.to_owned(),
            holds: Some(holds),
            matched,
            in_full: None,
        };
        let email = found("email", IdentifierKind::Email, "a@example.org", true);
        let whose = found(
            "contact",
            IdentifierKind::ExternalContactId,
            key.id(),
            false,
        );
        Subject {
            name: Some("Ada".to_owned()),
            fields: vec![email, whose],
            seen_in: vec![Seen {
                system: self.system.clone(),
                collection: CollectionName::parse("records").expect("a name"),
            }],
            canonical,
            employment: None,
            key,
        }
    }
}

/// The key of an external contact.
pub(crate) fn contact(id: &str) -> SubjectKey {
    key(IdentifierKind::ExternalContactId, id)
}

fn key(kind: IdentifierKind, id: &str) -> SubjectKey {
    let identifier = Identifier::new(kind, id).expect("valid");
    SubjectKey::try_from(identifier).expect("an id")
}

#[async_trait]
impl Connector for Stub {
    fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    fn resolves(&self) -> &[IdentifierKind] {
        &self.resolves
    }

    fn repeat(&self, _: Operation) -> Repeat {
        Repeat::Natural
    }

    async fn health(&self) -> Result<(), Fault> {
        let manners = self.ask("health");
        tokio::time::sleep(manners.health_takes).await;
        Ok(())
    }

    /// Records with ids of their own that say whose they are.
    fn search<'a>(&'a self, by: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>> {
        let manners = self.ask("search");
        let erased = self.erased.lock().expect("not poisoned").clone();
        let is_asked = move |at: &usize| {
            let id = format!("c{at}");
            let by_id = by.kind() == IdentifierKind::ExternalContactId;
            !erased.contains(&id) && (!by_id || by.value() == id)
        };
        let found = move |at| {
            let mut subject = self.subject(contact(&format!("c{at}")), None);
            subject.key = key(IdentifierKind::ExternalId, &format!("{}:{at}", self.system));
            Ok(subject)
        };
        let begun = async move {
            tokio::time::sleep(manners.search_takes).await;
            stream::iter((0..manners.people).filter(is_asked)).map(found)
        };
        stream::once(begun).flatten().boxed()
    }

    async fn resolve(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault> {
        Ok(Some(self.subject(key.clone(), None)))
    }

    /// She, and a second record of hers.
    async fn merge_set(&self, key: &SubjectKey) -> Result<Vec<Subject>, Fault> {
        let manners = self.ask("merge_set");
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(manners.set_takes).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        if manners.sets_fail {
            return Err(Fault::retry(FaultCode::Unreachable));
        }
        let other = contact(&format!("{}-second", key.id()));
        Ok(vec![
            self.subject(key.clone(), None),
            self.subject(other, Some(key.clone())),
        ])
    }

    async fn preview(
        &self,
        _: &SubjectKey,
        _: &CollectionName,
        _: Operation,
        _: &[Replacement],
    ) -> Result<u64, Fault> {
        self.ask("preview");
        Ok(1)
    }

    async fn export(
        &self,
        _: &Call,
        _: &SubjectKey,
        _: &CollectionName,
        _: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        Ok(Outcome::default())
    }

    async fn update(
        &self,
        _: &Call,
        _: Whose<'_>,
        _: &CollectionName,
        _: &[Replacement],
    ) -> Result<Outcome, Fault> {
        Ok(Outcome::default())
    }

    async fn delete(
        &self,
        _: &Call,
        key: &SubjectKey,
        _: &CollectionName,
    ) -> Result<Outcome, Fault> {
        let mut erased = self.erased.lock().expect("not poisoned");
        erased.insert(key.id().to_owned());
        Ok(Outcome::default())
    }

    async fn verify(&self, _: Whose<'_>, _: &CollectionName) -> Result<u64, Fault> {
        Ok(0)
    }
}
