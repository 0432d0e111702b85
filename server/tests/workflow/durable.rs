//! A system that outlives its workers: what it does is appended to a file, slowly enough to be killed in the middle.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use app::model::{
    Collection, CollectionName, Disposition, Field, Identifier, IdentifierKind, Inventory, OfWhom,
    Operation, Replacement, Subject, SubjectKey,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use server::connectors::{Call, Connector, Fault, Outcome, Repeat, Sink, Whose};

/// What was done, or begun: one line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// `begun` or `applied`.
    pub(crate) what: String,
    pub(crate) token: String,
    pub(crate) attempt: String,
    pub(crate) operation: String,
    /// Collection and key.
    pub(crate) place: String,
}

/// One such system; a second process opens the same by its file.
pub(crate) struct Durable {
    inventory: Inventory,
    repeat: Repeat,
    file: PathBuf,
    /// A real one would lock its rows.
    lock: Mutex<()>,
}

/// How many rows there are of everybody in a collection, before anything is erased.
pub(crate) fn rows(key: &str, collection: &CollectionName) -> u64 {
    1 + sum(&format!("{key}{collection}")) % 3
}

fn sum(text: &str) -> u64 {
    text.bytes().map(u64::from).sum()
}

/// What was begun and done in the system of that file, in order.
pub(crate) fn lines(file: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        let mut next = || words.next().expect("a whole line");
        Line {
            what: next(),
            token: next(),
            attempt: next(),
            operation: next(),
            place: next(),
        }
    };
    text.lines().map(line).collect()
}

impl Durable {
    /// A system with collections `contacts` ← `tickets`, whose rows hold an e-mail address.
    pub(crate) fn new(file: PathBuf, repeat: Repeat) -> Self {
        let name = |word: &str| CollectionName::parse(word).expect("a name");
        let email = Field {
            name: "email".to_owned(),
            category: "user.contact.email".to_owned(),
            holds: Some(IdentifierKind::Email),
            of: OfWhom::Her,
        };
        let collection = |word: &str, parent: Option<&str>| Collection {
            name: name(word),
            title: word.to_owned(),
            fields: vec![email.clone()],
            found_by: vec![IdentifierKind::ExternalContactId],
            parents: parent.map(name).into_iter().collect(),
            needs_subject: false,
            disposition: Disposition::Delete,
        };
        let collections = vec![
            collection("contacts", None),
            collection("tickets", Some("contacts")),
        ];
        Self {
            inventory: Inventory { collections },
            repeat,
            file,
            lock: Mutex::default(),
        }
    }

    fn append(&self, what: &str, operation: Operation, call: &Call, place: &str) {
        let Call { token, attempt } = call;
        let line = format!("{what} {token} {attempt} {} {place}\n", operation.as_str());
        let mut options = std::fs::OpenOptions::new();
        let file = options.create(true).append(true).open(&self.file);
        // One write: a killed process leaves the whole line or none of it.
        let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
        written.expect("writes");
    }

    fn applied(&self, holds: impl Fn(&Line) -> bool) -> bool {
        let all = lines(&self.file);
        all.iter().any(|line| line.what == "applied" && holds(line))
    }

    fn left(&self, key: &SubjectKey, collection: &CollectionName) -> u64 {
        let place = place(key, collection);
        let erased = |line: &Line| line.operation == "delete" && line.place == place;
        if self.applied(erased) {
            0
        } else {
            rows(key.id(), collection)
        }
    }

    /// Changes something, half its time before and half after.
    async fn act(
        &self,
        operation: Operation,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Outcome {
        let (place, pause) = (place(key, collection), pause(call));
        self.append("begun", operation, call, &place);
        tokio::time::sleep(pause).await;
        let rows = self.left(key, collection);
        {
            let _alone = self.lock.lock().expect("not poisoned");
            // A system that remembers the token; a connector that reads before it writes.
            let asks = matches!(self.repeat, Repeat::Key | Repeat::Probe);
            if !(asks && self.applied(|line| line.token == call.token)) {
                self.append("applied", operation, call, &place);
            }
        }
        tokio::time::sleep(pause).await;
        Outcome { rows, kept: 0 }
    }
}

fn place(key: &SubjectKey, collection: &CollectionName) -> String {
    format!("{collection}/{}", key.id())
}

/// Half of 5 to 50 ms, the same for every try of a task.
fn pause(call: &Call) -> Duration {
    Duration::from_micros((5_000 + sum(&call.token) % 46 * 1_000) / 2)
}

#[async_trait]
impl Connector for Durable {
    fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    fn resolves(&self) -> &[IdentifierKind] {
        &[IdentifierKind::ExternalContactId]
    }

    fn repeat(&self, operation: Operation) -> Repeat {
        match operation {
            Operation::Update | Operation::Delete => self.repeat,
            _ => Repeat::Natural,
        }
    }

    async fn health(&self) -> Result<(), Fault> {
        Ok(())
    }

    fn search<'a>(&'a self, _: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>> {
        stream::empty().boxed()
    }

    async fn resolve(&self, _: &SubjectKey) -> Result<Option<Subject>, Fault> {
        Ok(None)
    }

    async fn preview(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
        _: Operation,
        _: &[Replacement],
    ) -> Result<u64, Fault> {
        Ok(self.left(key, collection))
    }

    async fn export(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        let place = place(key, collection);
        self.append("begun", Operation::Export, call, &place);
        let rows = self.left(key, collection);
        for at in 0..rows {
            tokio::time::sleep(pause(call)).await;
            sink.row([("email", at.into())].into_iter().collect())
                .await?;
        }
        Ok(Outcome { rows, kept: 0 })
    }

    async fn update(
        &self,
        call: &Call,
        whose: Whose<'_>,
        collection: &CollectionName,
        _: &[Replacement],
    ) -> Result<Outcome, Fault> {
        Ok(self
            .act(Operation::Update, call, whose.key, collection)
            .await)
    }

    async fn delete(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<Outcome, Fault> {
        Ok(self.act(Operation::Delete, call, key, collection).await)
    }

    async fn verify(&self, whose: Whose<'_>, collection: &CollectionName) -> Result<u64, Fault> {
        Ok(self.left(whose.key, collection))
    }
}
