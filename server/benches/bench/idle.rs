//! A system that does nothing, so that only the ledger's own work is measured.

use app::model::{
    Collection, CollectionName, Disposition, Identifier, IdentifierKind, InvalidId, Inventory,
    Operation, Replacement, Subject, SubjectKey,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use server::connectors::{Call, Connector, Fault, Outcome, Repeat, Sink, Whose};

/// One collection of external contacts, in which nobody is.
pub(crate) struct Idle(Inventory);

impl Idle {
    pub(crate) fn new() -> Result<Self, InvalidId> {
        let collection = Collection {
            name: CollectionName::parse("contacts")?,
            title: "Contacts".to_owned(),
            fields: Vec::new(),
            found_by: vec![IdentifierKind::ExternalContactId],
            parents: Vec::new(),
            needs_subject: false,
            disposition: Disposition::Delete,
        };
        Ok(Self(Inventory {
            collections: vec![collection],
        }))
    }
}

#[async_trait]
impl Connector for Idle {
    fn inventory(&self) -> &Inventory {
        &self.0
    }

    fn resolves(&self) -> &[IdentifierKind] {
        &[]
    }

    fn repeat(&self, _: Operation) -> Repeat {
        Repeat::Natural
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
        _: &SubjectKey,
        _: &CollectionName,
        _: Operation,
        _: &[Replacement],
    ) -> Result<u64, Fault> {
        Ok(0)
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

    async fn delete(&self, _: &Call, _: &SubjectKey, _: &CollectionName) -> Result<Outcome, Fault> {
        Ok(Outcome::default())
    }

    async fn verify(&self, _: Whose<'_>, _: &CollectionName) -> Result<u64, Fault> {
        Ok(0)
    }
}
