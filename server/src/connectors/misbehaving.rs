//! A system of the sample organisation that does wrong on demand: slow, failing, or breaking off in the middle.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::model::{
    CollectionName, Identifier, IdentifierKind, Inventory, Misbehaviour, Replacement, Subject,
    SubjectKey,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use tokio::io::AsyncRead;

use super::{
    Call, Connector, Erased, Erasure, ExportRow, Fault, FaultCode, Operation, Outcome, Repeat,
    Salt, Sink, Trace, Whose,
};

/// The longest wait before an answer, in milliseconds.
const DELAY_MAX: u32 = 120_000;

/// What one system does wrong, set by the staff of the sample organisation.
#[derive(Debug, Default)]
pub struct Lever(Mutex<Misbehaviour>);

impl Lever {
    /// What it does wrong now.
    pub fn get(&self) -> Misbehaviour {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes it do this from the next call on. A delay is cut to 120 s.
    pub fn set(&self, to: Misbehaviour) {
        let to = Misbehaviour {
            delay: to.delay.min(DELAY_MAX),
            ..to
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

/// A connector that does wrong as its lever says.
pub struct Misbehaving {
    inner: Arc<dyn Connector>,
    lever: Arc<Lever>,
}

impl Misbehaving {
    /// Puts a lever on a connector.
    pub fn new(inner: Arc<dyn Connector>, lever: Arc<Lever>) -> Self {
        Self { inner, lever }
    }

    /// Waits and refuses as told; then says whether the answer is to break off.
    async fn begin(&self) -> Result<bool, Fault> {
        let how = self.lever.get();
        tokio::time::sleep(Duration::from_millis(how.delay.into())).await;
        if how.failing {
            Err(Fault::retry(FaultCode::Unreachable))
        } else {
            Ok(how.cut_off)
        }
    }
}

fn cut_off() -> Fault {
    Fault::retry(FaultCode::CutOff)
}

#[async_trait]
impl Connector for Misbehaving {
    fn inventory(&self) -> &Inventory {
        self.inner.inventory()
    }

    fn resolves(&self) -> &[IdentifierKind] {
        self.inner.resolves()
    }

    fn is_home_of(&self, key: &SubjectKey) -> bool {
        self.inner.is_home_of(key)
    }

    fn id_prefixes(&self) -> &[String] {
        self.inner.id_prefixes()
    }

    fn repeat(&self, operation: Operation) -> Repeat {
        self.inner.repeat(operation)
    }

    async fn health(&self) -> Result<(), Fault> {
        self.begin().await?;
        self.inner.health().await
    }

    fn search<'a>(&'a self, identifier: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>> {
        let begun = async move {
            match self.begin().await {
                Err(fault) => stream::once(async move { Err(fault) }).boxed(),
                Ok(false) => self.inner.search(identifier),
                Ok(true) => {
                    let first = self.inner.search(identifier).take(1);
                    first.chain(stream::once(async { Err(cut_off()) })).boxed()
                }
            }
        };
        stream::once(begun).flatten().boxed()
    }

    async fn resolve(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault> {
        self.begin().await?;
        self.inner.resolve(key).await
    }

    async fn merge_set(&self, key: &SubjectKey) -> Result<Vec<Subject>, Fault> {
        self.begin().await?;
        self.inner.merge_set(key).await
    }

    async fn preview(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
    ) -> Result<u64, Fault> {
        self.begin().await?;
        self.inner
            .preview(key, collection, operation, replacements)
            .await
    }

    async fn trace(
        &self,
        whose: Whose<'_>,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
        salt: &Salt,
    ) -> Result<Trace, Fault> {
        self.begin().await?;
        self.inner
            .trace(whose, collection, operation, replacements, salt)
            .await
    }

    fn holds_files(&self) -> bool {
        self.inner.holds_files()
    }

    async fn bytes(&self, key: &SubjectKey, collection: &CollectionName) -> Result<u64, Fault> {
        self.begin().await?;
        self.inner.bytes(key, collection).await
    }

    async fn export(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        if !self.begin().await? {
            return self.inner.export(call, key, collection, sink).await;
        }
        let mut short = Short { sink, taken: false };
        self.inner.export(call, key, collection, &mut short).await?;
        Err(cut_off())
    }

    async fn update(
        &self,
        call: &Call,
        whose: Whose<'_>,
        collection: &CollectionName,
        replacements: &[Replacement],
    ) -> Result<Outcome, Fault> {
        self.begin().await?;
        self.inner
            .update(call, whose, collection, replacements)
            .await
    }

    async fn delete(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<Outcome, Fault> {
        self.begin().await?;
        self.inner.delete(call, key, collection).await
    }

    fn at_once(&self) -> bool {
        self.inner.at_once()
    }

    async fn erase(
        &self,
        call: &Call,
        whose: Whose<'_>,
        of: &[Erasure<'_>],
        salt: &Salt,
    ) -> Erased {
        self.begin().await?;
        self.inner.erase(call, whose, of, salt).await
    }

    async fn verify(&self, whose: Whose<'_>, collection: &CollectionName) -> Result<u64, Fault> {
        self.begin().await?;
        self.inner.verify(whose, collection).await
    }
}

/// Takes one item, then breaks off.
struct Short<'a> {
    sink: &'a mut dyn Sink,
    taken: bool,
}

impl Short<'_> {
    fn take(&mut self) -> Result<(), Fault> {
        if std::mem::replace(&mut self.taken, true) {
            Err(cut_off())
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl Sink for Short<'_> {
    async fn row(&mut self, row: ExportRow) -> Result<(), Fault> {
        self.take()?;
        self.sink.row(row).await
    }

    async fn file(
        &mut self,
        name: &str,
        content: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<(), Fault> {
        self.take()?;
        self.sink.file(name, content).await
    }
}
