//! A connector that keeps its pace: every call waits for its turn.

use std::sync::Arc;

use app::model::{
    CollectionName, Identifier, IdentifierKind, Inventory, Replacement, Subject, SubjectKey,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};

use super::Pace;
use crate::connectors::{
    Call, Connector, Erased, Erasure, Fault, Operation, Outcome, Repeat, Salt, Sink, Trace, Whose,
};

/// A connector whose calls wait for their turn. One whose budget can't be asked for is not made.
pub struct Paced {
    inner: Arc<dyn Connector>,
    pace: Arc<Pace>,
}

impl Paced {
    /// Gives a connector a pace.
    pub fn new(inner: Arc<dyn Connector>, pace: Arc<Pace>) -> Self {
        Self { inner, pace }
    }
}

#[async_trait]
impl Connector for Paced {
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
        self.pace.ready().await?;
        self.inner.health().await
    }

    fn search<'a>(&'a self, identifier: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>> {
        let begun = async {
            self.pace.ready().await?;
            Ok(self.inner.search(identifier))
        };
        stream::once(begun).try_flatten().boxed()
    }

    async fn resolve(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault> {
        self.pace.ready().await?;
        self.inner.resolve(key).await
    }

    async fn merge_set(&self, key: &SubjectKey) -> Result<Vec<Subject>, Fault> {
        self.pace.ready().await?;
        self.inner.merge_set(key).await
    }

    async fn preview(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
    ) -> Result<u64, Fault> {
        self.pace.ready().await?;
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
        self.pace.ready().await?;
        self.inner
            .trace(whose, collection, operation, replacements, salt)
            .await
    }

    fn holds_files(&self) -> bool {
        self.inner.holds_files()
    }

    async fn bytes(&self, key: &SubjectKey, collection: &CollectionName) -> Result<u64, Fault> {
        self.pace.ready().await?;
        self.inner.bytes(key, collection).await
    }

    async fn export(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        self.pace.ready().await?;
        self.inner.export(call, key, collection, sink).await
    }

    async fn update(
        &self,
        call: &Call,
        whose: Whose<'_>,
        collection: &CollectionName,
        replacements: &[Replacement],
    ) -> Result<Outcome, Fault> {
        self.pace.ready().await?;
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
        self.pace.ready().await?;
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
        self.pace.ready().await?;
        self.inner.erase(call, whose, of, salt).await
    }

    async fn verify(&self, whose: Whose<'_>, collection: &CollectionName) -> Result<u64, Fault> {
        self.pace.ready().await?;
        self.inner.verify(whose, collection).await
    }
}
