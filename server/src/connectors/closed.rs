//! A system that can't be opened as described: it is listed, and everything asked of it is a fault. Its tasks fail with a reason
//! instead of vanishing, and no search passes over it in silence.

use app::model::{
    CollectionName, Identifier, IdentifierKind, Inventory, Operation, Replacement, Subject,
    SubjectKey,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt as _};

use super::spec::SystemSpec;
use super::{Call, Connector, Fault, FaultCode, Outcome, Repeat, Sink, Whose};

/// Stands in the place of a system until its description or the system is mended.
pub struct Closed {
    inventory: Inventory,
    resolves: Vec<IdentifierKind>,
    id_prefixes: Vec<String>,
    spec: SystemSpec,
}

impl Closed {
    /// For the system of that description.
    pub fn new(spec: &SystemSpec) -> Self {
        Self {
            inventory: spec.inventory(),
            resolves: spec.resolves(),
            id_prefixes: spec.id_prefixes(),
            spec: spec.clone(),
        }
    }
}

const FAULT: Fault = Fault::Stop {
    code: FaultCode::Mismatch,
};

#[async_trait]
impl Connector for Closed {
    fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    fn resolves(&self) -> &[IdentifierKind] {
        &self.resolves
    }

    fn is_home_of(&self, key: &SubjectKey) -> bool {
        self.spec.is_home_of(key)
    }

    fn id_prefixes(&self) -> &[String] {
        &self.id_prefixes
    }

    fn repeat(&self, _: Operation) -> Repeat {
        Repeat::Natural
    }

    async fn health(&self) -> Result<(), Fault> {
        Err(FAULT)
    }

    fn search<'a>(&'a self, _: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>> {
        stream::iter([Err(FAULT)]).boxed()
    }

    async fn resolve(&self, _: &SubjectKey) -> Result<Option<Subject>, Fault> {
        Err(FAULT)
    }

    async fn preview(
        &self,
        _: &SubjectKey,
        _: &CollectionName,
        _: Operation,
        _: &[Replacement],
    ) -> Result<u64, Fault> {
        Err(FAULT)
    }

    async fn export(
        &self,
        _: &Call,
        _: &SubjectKey,
        _: &CollectionName,
        _: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        Err(FAULT)
    }

    async fn update(
        &self,
        _: &Call,
        _: Whose<'_>,
        _: &CollectionName,
        _: &[Replacement],
    ) -> Result<Outcome, Fault> {
        Err(FAULT)
    }

    async fn delete(&self, _: &Call, _: &SubjectKey, _: &CollectionName) -> Result<Outcome, Fault> {
        Err(FAULT)
    }

    async fn verify(&self, _: Whose<'_>, _: &CollectionName) -> Result<u64, Fault> {
        Err(FAULT)
    }
}
