//! A system whose faults are scripted: everything else about it is as a connector promises.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use app::model::{
    Collection, CollectionName, Disposition, Found, Identifier, IdentifierKind, Inventory,
    Operation, Replacement, Seen, Subject, SubjectKey, SystemId,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use server::connectors::{Call, Connector, Fault, FaultCode, Outcome, Repeat, Sink, Whose};

/// What is said before the system does what it is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Line {
    Fault(Fault),
    /// Does it, and then fails: the answer was lost on the way.
    LostAnswer(Fault),
    Panic,
    /// Never answers.
    Hang,
}

/// Rows per key and collection; keys are external contact ids.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) rows: BTreeMap<(String, String), u64>,
    pub(crate) lines: BTreeMap<(Operation2, String), VecDeque<Line>>,
    /// What was really done, in order: operation, collection, key, token.
    pub(crate) done: Vec<(Operation2, String, String, String)>,
    /// Who has which address; several may have the same.
    pub(crate) emails: BTreeMap<String, String>,
    /// Says that it erases, and does not.
    pub(crate) lies: bool,
    /// Can't be searched.
    pub(crate) is_down: bool,
    /// Says that it is not well.
    pub(crate) is_ill: bool,
    /// Has all its collections at hand at once.
    pub(crate) at_once: bool,
    /// Whether somebody waits for an answer that never comes.
    pub(crate) hangs: bool,
    /// Takes its time.
    pub(crate) slow: bool,
    /// How many are served now, and the most that were at a time.
    pub(crate) served: u32,
    pub(crate) busiest: u32,
}

/// [`Operation`] has no order; this is its word.
pub(crate) type Operation2 = &'static str;

pub(crate) struct Scripted {
    system: SystemId,
    inventory: Inventory,
    pub(crate) repeat: Repeat,
    pub(crate) script: Mutex<Script>,
}

impl Scripted {
    /// A system with collections `contacts` ← `tickets` ← `comments`; keeps `invoices`.
    pub(crate) fn new(id: &str, repeat: Repeat) -> Self {
        let name = |word: &str| CollectionName::parse(word).expect("a name");
        let collection = |word: &str, parent: Option<&str>, disposition| Collection {
            name: name(word),
            title: word.to_owned(),
            fields: Vec::new(),
            found_by: vec![IdentifierKind::ExternalContactId, IdentifierKind::Email],
            parents: parent.map(name).into_iter().collect(),
            needs_subject: false,
            disposition,
        };
        let keep = Disposition::Keep {
            ground: "Art. 17(3)(b): invoices".to_owned(),
        };
        let collections = vec![
            collection("contacts", None, Disposition::Delete),
            collection("tickets", Some("contacts"), Disposition::Delete),
            collection("comments", Some("tickets"), Disposition::Delete),
            collection("invoices", None, keep),
        ];
        Self {
            system: SystemId::parse(id).expect("an id"),
            inventory: Inventory { collections },
            repeat,
            script: Mutex::default(),
        }
    }

    pub(crate) fn put(&self, key: &str, collection: &str, rows: u64) {
        self.locked()
            .rows
            .insert((key.to_owned(), collection.to_owned()), rows);
    }

    pub(crate) fn say(&self, operation: Operation, collection: &str, line: Line) {
        let place = (operation.as_str(), collection.to_owned());
        self.locked()
            .lines
            .entry(place)
            .or_default()
            .push_back(line);
    }

    /// How many lines it has still to say there.
    pub(crate) fn left(&self, operation: Operation, collection: &str) -> usize {
        let place = (operation.as_str(), collection.to_owned());
        self.locked().lines.get(&place).map_or(0, VecDeque::len)
    }

    pub(crate) fn script(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.locked());
    }

    pub(crate) fn done(&self) -> Vec<(Operation2, String, String, String)> {
        self.locked().done.clone()
    }

    pub(crate) fn hangs(&self) -> bool {
        self.locked().hangs
    }

    pub(crate) fn rows(&self, key: &str, collection: &str) -> u64 {
        let place = (key.to_owned(), collection.to_owned());
        self.locked().rows.get(&place).copied().unwrap_or(0)
    }

    pub(crate) fn locked(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script.lock().expect("not poisoned")
    }

    async fn act<T>(
        &self,
        operation: Operation,
        collection: &CollectionName,
        work: impl FnOnce(&mut Script) -> T,
    ) -> Result<T, Fault> {
        let slow = {
            let mut script = self.locked();
            script.served += 1;
            script.busiest = script.busiest.max(script.served);
            script.slow
        };
        if slow {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let answer = self.answer(operation, collection, work).await;
        self.locked().served -= 1;
        answer
    }

    async fn answer<T>(
        &self,
        operation: Operation,
        collection: &CollectionName,
        work: impl FnOnce(&mut Script) -> T,
    ) -> Result<T, Fault> {
        let place = (operation.as_str(), collection.to_string());
        let line = self
            .locked()
            .lines
            .get_mut(&place)
            .and_then(VecDeque::pop_front);
        match line {
            None => Ok(work(&mut self.locked())),
            Some(Line::Fault(fault)) => Err(fault),
            Some(Line::LostAnswer(fault)) => {
                work(&mut self.locked());
                Err(fault)
            }
            Some(Line::Panic) => panic!("as the script says"),
            Some(Line::Hang) => {
                self.locked().hangs = true;
                std::future::pending().await
            }
        }
    }

    fn keeps(&self, collection: &CollectionName) -> bool {
        let disposition = self
            .inventory
            .collection(collection)
            .map(|c| &c.disposition);
        matches!(disposition, Some(Disposition::Keep { .. }))
    }

    fn subject(&self, key: &SubjectKey) -> Subject {
        let name = format!("Person {}", key.id());
        let email = self.locked().emails.get(key.id()).cloned();
        let field = |field: &str, value: &str, holds| Found {
            field: field.to_owned(),
            value: value.to_owned(),
            holds: Some(holds),
            matched: false,
            in_full: None,
        };
        let mut fields = vec![field("name", &name, IdentifierKind::Name)];
        fields.extend(email.map(|email| field("email", &email, IdentifierKind::Email)));
        let collection = CollectionName::parse("contacts").expect("a name");
        Subject {
            key: key.clone(),
            name: Some(name),
            fields,
            seen_in: vec![Seen {
                system: self.system.clone(),
                collection,
            }],
            canonical: None,
            employment: None,
        }
    }
}

#[async_trait]
impl Connector for Scripted {
    fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    fn resolves(&self) -> &[IdentifierKind] {
        &[IdentifierKind::ExternalContactId]
    }

    fn repeat(&self, _: Operation) -> Repeat {
        self.repeat
    }

    fn at_once(&self) -> bool {
        self.locked().at_once
    }

    async fn health(&self) -> Result<(), Fault> {
        if self.locked().is_ill {
            return Err(Fault::retry(FaultCode::Unreachable));
        }
        Ok(())
    }

    fn search<'a>(&'a self, identifier: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>> {
        if self.locked().is_down {
            return stream::iter([Err(Fault::retry(FaultCode::Unreachable))]).boxed();
        }
        let is_there = |id: &String| self.rows(id, "contacts") > 0;
        let ids: Vec<String> = if identifier.kind() == IdentifierKind::Email {
            let emails = self.locked().emails.clone();
            let same = emails
                .into_iter()
                .filter(|(_, email)| email == identifier.value());
            same.map(|(id, _)| id).filter(is_there).collect()
        } else {
            let id = identifier.value().to_owned();
            Some(id).filter(is_there).into_iter().collect()
        };
        let kind = IdentifierKind::ExternalContactId;
        let key = |id: String| SubjectKey::try_from(Identifier::new(kind, &id).expect("valid"));
        let found = ids
            .into_iter()
            .map(|id| Ok(self.subject(&key(id).expect("an id"))));
        stream::iter(found.collect::<Vec<_>>()).boxed()
    }

    async fn resolve(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault> {
        Ok(Some(self.subject(key)))
    }

    async fn preview(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
        _: Operation,
        _: &[Replacement],
    ) -> Result<u64, Fault> {
        Ok(self.rows(key.id(), collection.as_str()))
    }

    async fn export(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        let rows = self.rows(key.id(), collection.as_str());
        for at in 0..rows {
            sink.row([("number", at.into())].into_iter().collect())
                .await?;
        }
        let (token, name, id) = (
            call.token.clone(),
            collection.to_string(),
            key.id().to_owned(),
        );
        self.act(Operation::Export, collection, |script| {
            script.done.push(("export", name, id, token));
            Outcome { rows, kept: 0 }
        })
        .await
    }

    async fn update(
        &self,
        call: &Call,
        whose: Whose<'_>,
        collection: &CollectionName,
        _: &[Replacement],
    ) -> Result<Outcome, Fault> {
        let (token, name, id) = (
            call.token.clone(),
            collection.to_string(),
            whose.key.id().to_owned(),
        );
        self.act(Operation::Update, collection, |script| {
            script.done.push(("update", name, id, token));
            Outcome { rows: 1, kept: 0 }
        })
        .await
    }

    async fn delete(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<Outcome, Fault> {
        let (token, name, id) = (
            call.token.clone(),
            collection.to_string(),
            key.id().to_owned(),
        );
        let keeps = self.keeps(collection);
        self.act(Operation::Delete, collection, |script| {
            let place = (id.clone(), name.clone());
            let there = script.rows.get(&place).copied().unwrap_or(0);
            script.done.push(("delete", name, id, token));
            if keeps {
                return Outcome {
                    rows: 0,
                    kept: there,
                };
            }
            if !script.lies {
                script.rows.remove(&place);
            }
            Outcome {
                rows: there,
                kept: 0,
            }
        })
        .await
    }

    async fn verify(&self, whose: Whose<'_>, collection: &CollectionName) -> Result<u64, Fault> {
        let keeps = self.keeps(collection);
        let rows = self.rows(whose.key.id(), collection.as_str());
        self.act(Operation::Verify, collection, |script| {
            if keeps || script.lies { 0 } else { rows }
        })
        .await
    }
}
