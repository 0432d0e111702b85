//! Connectors: how Habeas speaks to one kind of system. The trait with its contract; one file or folder per kind.
//!
//! # To add a connector
//! 1. Write `connectors/<kind>.rs` (or a folder) with a config struct, and implement [`Connector`] for it.
//! 2. Name it in `kinds::open`.
//! 3. Add it to `tests/connectors/`: the compliance suite there runs every promise below against it.
//!
//! # The contract
//! - A connector knows its system and nothing else: no store, no clock of ours, no other system.
//! - It acts on a subject by her **key** alone. Values found in her record are never searched by it.
//! - It never says "nothing" of what it could not read to the end: that is a [`Fault`]. Asked by a kind of identifier, or for
//!   a collection, that its inventory does not have, it answers [`FaultCode::Mismatch`].
//! - Answers are streamed: memory does not grow with the size of an answer.
//! - A fault carries a code, never a text or value of the system's.
//! - Every operation may be called again with the same [`Call::token`]. [`Connector::repeat`] says what makes that safe.
//! - Futures may be dropped at any await: what was not committed in the system must not be.

pub mod closed;
pub mod directory;
pub mod fault;
pub mod files;
pub mod kinds;
pub mod misbehaving;
pub mod pace;
pub mod row;
pub mod spec;
pub mod sql;
pub mod trace;

use app::model::{
    CollectionName, Identifier, IdentifierKind, Inventory, Replacement, Subject, SubjectKey,
};
use async_trait::async_trait;
use futures::stream::BoxStream;
use tokio::io::AsyncRead;

pub use fault::{Fault, FaultCode};
pub use row::ExportRow;
pub use trace::{Erased, Erasure, Marker, Marks, Refused, Salt, Trace, Whose};

/// What makes it safe to call an operation again after a crash in its middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// By nature: reading, or deleting what is gone.
    Natural,
    /// The system remembers [`Call::token`].
    Key,
    /// The connector reads before it writes.
    Probe,
    /// Nothing does: after a crash a person decides.
    None,
}

/// An operation that a task can be.
pub use app::model::Operation;

/// One call, as the ledger makes it.
#[derive(Debug, Clone)]
pub struct Call {
    /// The same for every try of one task; an idempotency key.
    pub token: String,
    /// 1 for the first try.
    pub attempt: u32,
}

/// What an operation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Rows or files exported, changed, deleted or anonymised by this call.
    pub rows: u64,
    /// Rows kept for a legal ground, or because others share them.
    pub kept: u64,
}

/// Where a connector puts what it exports. Errors end the export; the connector passes them on.
#[async_trait]
pub trait Sink: Send {
    /// One row of the collection.
    async fn row(&mut self, row: ExportRow) -> Result<(), Fault>;
    /// One file that belongs to the person. `name` as the system calls it; content is streamed.
    async fn file(
        &mut self,
        name: &str,
        content: &mut (dyn AsyncRead + Send + Unpin),
    ) -> Result<(), Fault>;
}

/// One system, as Habeas speaks to it. See the module's contract.
#[async_trait]
pub trait Connector: Send + Sync {
    /// What the system holds, by what it is found, and what erasure does to it. Constant while the connector lives.
    fn inventory(&self) -> &Inventory;

    /// The id kinds whose subjects live here: [`Self::resolve`] answers for them.
    fn resolves(&self) -> &[IdentifierKind];

    /// Whether a subject of that key can live here. Where it is false, [`Self::resolve`] finds nothing and need not be asked.
    fn is_home_of(&self, key: &SubjectKey) -> bool {
        self.resolves().contains(&key.kind())
    }

    /// The prefixes of the external ids by which rows are found here. Where another system has the same, the ids are the same.
    fn id_prefixes(&self) -> &[String] {
        &[]
    }

    /// What makes this operation safe to repeat.
    fn repeat(&self, operation: Operation) -> Repeat;

    /// Whether the system answers at all. Cheap.
    async fn health(&self) -> Result<(), Fault>;

    /// Every subject that the identifier finds, each once, with her fields and which of them matched.
    /// Content is compared in normal form (`matching::normalise`); ids exactly. Never expands to other identifiers.
    /// Records that show nobody and have no key of their own (unlinked chat) are left out.
    fn search<'a>(&'a self, identifier: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>>;

    /// The record of an id that lives here, with all its known fields; `None` if there is none.
    async fn resolve(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault>;

    /// All members of her merge set, canonical first, by links the system itself declares; just her by default.
    async fn merge_set(&self, key: &SubjectKey) -> Result<Vec<Subject>, Fault> {
        Ok(self.resolve(key).await?.into_iter().collect())
    }

    /// How many rows of the collection an operation would touch; for a deletion where rows are kept, how many are kept.
    /// Reads only.
    async fn preview(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
    ) -> Result<u64, Fault>;

    /// The rows that an operation on this member of a set would touch: how many, as [`Self::preview`] says, and if it can tell which.
    /// Reads only.
    async fn trace(
        &self,
        whose: Whose<'_>,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
        _: &Salt,
    ) -> Result<Trace, Fault> {
        let rows = self.preview(whose.key, collection, operation, replacements);
        Ok(Trace {
            rows: rows.await?,
            ..Trace::default()
        })
    }

    /// Whether it hands over files, and says by [`Self::bytes`] how large they are.
    fn holds_files(&self) -> bool {
        false
    }

    /// How many bytes her files of the collection have; 0 where it holds none. Reads only.
    async fn bytes(&self, _: &SubjectKey, _: &CollectionName) -> Result<u64, Fault> {
        Ok(0)
    }

    /// Streams every row and file of hers into the sink, in a stable order.
    async fn export(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Fault>;

    /// Replaces old values by new ones in the fields that hold those kinds, in rows that nobody else shares. All or nothing.
    async fn update(
        &self,
        call: &Call,
        whose: Whose<'_>,
        collection: &CollectionName,
        replacements: &[Replacement],
    ) -> Result<Outcome, Fault>;

    /// Deletes or anonymises her rows, as the inventory's disposition says; keeps nothing of her files. All or nothing. Rows that
    /// others share with her are left as they are, and counted as kept.
    /// The caller runs children before parents.
    async fn delete(
        &self,
        call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<Outcome, Fault>;

    /// Whether all its collections are at hand at once: they are read side by side, and [`Self::erase`] is one transaction. Where it is
    /// not, each collection is read by itself, and deleted by a call of its own.
    fn at_once(&self) -> bool {
        false
    }

    /// Does what [`Self::delete`] does to several collections, in whatever order is right; of all, or of none. Where a plan was
    /// confirmed, no row is touched that it did not name: one more, and it is [`FaultCode::Drifted`].
    async fn erase(&self, _: &Call, _: Whose<'_>, _: &[Erasure<'_>], _: &Salt) -> Erased {
        Err(Fault::stop(FaultCode::Mismatch).into())
    }

    /// How many rows or files are still there that the erasure of this member of a set was to take, kept ones not counted. Reads
    /// only.
    async fn verify(&self, whose: Whose<'_>, collection: &CollectionName) -> Result<u64, Fault>;
}
