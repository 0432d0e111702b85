//! Connector to attachments on disk: found by external id and external contact id, never by what they show.
//!
//! The layout is `root/<kind>/<id>/**`, where `<kind>` is the kind's word and `<id>` is made by [`folder_name`]. Symbolic
//! links are never followed: exported is what is a file, deleted is whatever is there. A folder that is being erased is called
//! `.erasing=<id>`, until it is gone.

mod folder;

use std::path::{Path, PathBuf};

use app::model::{
    Collection, CollectionName, Disposition, Field, Found, Identifier, IdentifierKind, Inventory,
    OfWhom, Replacement, Seen, Subject, SubjectKey, SystemId,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};

pub use folder::folder_name;

use self::folder::Folder;
use super::spec::SpecError;
use super::{Call, Connector, Fault, FaultCode, Operation, Outcome, Repeat, Sink, Whose};

/// What the one collection is called.
const COLLECTION: &str = "attachments";
/// The field under which a search shows how many files there are.
const FIELD: &str = "files";
const KINDS: [IdentifierKind; 2] = [
    IdentifierKind::ExternalContactId,
    IdentifierKind::ExternalId,
];

/// One tree of attachments.
#[derive(Debug)]
pub struct Files {
    system: SystemId,
    root: PathBuf,
    collection: CollectionName,
    inventory: Inventory,
}

impl Files {
    /// A tree under this folder. Nothing is read yet.
    ///
    /// # Errors
    /// None that the operator's description can cause.
    pub fn new(system: &SystemId, root: &Path) -> Result<Self, SpecError> {
        let collection = CollectionName::parse(COLLECTION).map_err(|why| SpecError::Invalid {
            key: "collections".to_owned(),
            reason: why.to_string(),
        })?;
        let attachments = Collection {
            name: collection.clone(),
            title: "Attachments".to_owned(),
            fields: vec![Field {
                name: FIELD.to_owned(),
                category: "user.content".to_owned(),
                holds: None,
                of: OfWhom::Her,
            }],
            found_by: KINDS.to_vec(),
            parents: Vec::new(),
            needs_subject: true,
            disposition: Disposition::Delete,
        };
        let inventory = Inventory {
            collections: vec![attachments],
        };
        Ok(Self {
            system: system.clone(),
            root: root.to_owned(),
            collection,
            inventory,
        })
    }

    /// Her folder; the tree itself must be there.
    async fn folder(&self, id: &Identifier) -> Result<Folder, Fault> {
        if !KINDS.contains(&id.kind()) {
            return Err(Fault::stop(FaultCode::Mismatch));
        }
        folder::is_there(&self.root).await?;
        Ok(Folder::new(&self.root, id))
    }

    async fn hers(&self, key: &SubjectKey, collection: &CollectionName) -> Result<Folder, Fault> {
        if *collection != self.collection {
            return Err(Fault::stop(FaultCode::Mismatch));
        }
        self.folder(key.identifier()).await
    }

    async fn found(&self, identifier: &Identifier) -> Result<Option<Subject>, Fault> {
        let files = self.folder(identifier).await?.count().await?;
        let key = SubjectKey::try_from(identifier.clone())
            .map_err(|_| Fault::stop(FaultCode::Mismatch))?;
        let count = Found {
            field: FIELD.to_owned(),
            value: files.to_string(),
            holds: None,
            matched: true,
            in_full: None,
        };
        Ok((files > 0).then(|| Subject {
            key,
            name: None,
            fields: vec![count],
            seen_in: vec![Seen {
                system: self.system.clone(),
                collection: self.collection.clone(),
            }],
            canonical: None,
            employment: None,
        }))
    }
}

#[async_trait]
impl Connector for Files {
    fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    fn resolves(&self) -> &[IdentifierKind] {
        &[]
    }

    fn repeat(&self, _: Operation) -> Repeat {
        Repeat::Natural
    }

    async fn health(&self) -> Result<(), Fault> {
        folder::is_there(&self.root).await
    }

    fn search<'a>(&'a self, identifier: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>> {
        let found = async { self.found(identifier).await.transpose() };
        stream::once(found).filter_map(std::future::ready).boxed()
    }

    /// Nobody's record lives here.
    async fn resolve(&self, _: &SubjectKey) -> Result<Option<Subject>, Fault> {
        Ok(None)
    }

    async fn preview(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
        operation: Operation,
        _: &[Replacement],
    ) -> Result<u64, Fault> {
        let folder = self.hers(key, collection).await?;
        match operation {
            // What files show is not changed.
            Operation::Update => Ok(0),
            Operation::Export | Operation::Package => folder.files().await,
            Operation::Delete | Operation::Verify => folder.count().await,
        }
    }

    fn holds_files(&self) -> bool {
        true
    }

    async fn bytes(&self, key: &SubjectKey, collection: &CollectionName) -> Result<u64, Fault> {
        self.hers(key, collection).await?.bytes().await
    }

    async fn export(
        &self,
        _: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        let folder = self.hers(key, collection).await?;
        let mut outcome = Outcome::default();
        let mut entries = folder.entries();
        while let Some(entry) = entries.try_next().await? {
            if entry.is_file {
                let mut file = folder.open(&entry).await?;
                sink.file(&entry.name, &mut file).await?;
                outcome.rows += 1;
            }
        }
        Ok(outcome)
    }

    /// Changes nothing: what files show is not searched, so nothing in them is replaced.
    async fn update(
        &self,
        _: &Call,
        whose: Whose<'_>,
        collection: &CollectionName,
        _: &[Replacement],
    ) -> Result<Outcome, Fault> {
        self.hers(whose.key, collection).await?;
        Ok(Outcome::default())
    }

    async fn delete(
        &self,
        _: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<Outcome, Fault> {
        let rows = self.hers(key, collection).await?.delete().await?;
        Ok(Outcome { rows, kept: 0 })
    }

    async fn verify(&self, whose: Whose<'_>, collection: &CollectionName) -> Result<u64, Fault> {
        self.preview(whose.key, collection, Operation::Verify, &[])
            .await
    }
}
