//! The connector of our own directory: external contacts with canonical links. It sees the directory through [`Book`] only.

use std::sync::Arc;

use app::model::{
    Collection, CollectionName, Disposition, Field, Found, Identifier, IdentifierKind, Inventory,
    OfWhom, Replacement, Seen, Subject, SubjectKey, SystemId,
};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use serde_json::Value as Json;

use super::{
    Call, Connector, ExportRow, Fault, FaultCode, Operation, Outcome, Repeat, Sink, Whose,
};
use crate::contact::{Contact, ExternalId, categories};
use crate::matching::{Country, normal};

/// The name of its only collection.
pub const COLLECTION: &str = "contacts";
/// Contacts asked for at once.
const PAGE: u32 = 200;

/// The directory, as its connector reads and changes it.
#[async_trait]
pub trait Book: Send + Sync {
    /// Whether it answers.
    async fn ping(&self) -> Result<(), Fault>;
    /// The contact of that id.
    async fn contact(&self, id: &str) -> Result<Option<Contact>, Fault>;
    /// Up to `limit` contacts after the id `after` that hold this normal form, in the order of their ids.
    async fn holding(
        &self,
        key: (IdentifierKind, &str),
        after: &str,
        limit: u32,
    ) -> Result<Vec<Contact>, Fault>;
    /// Everybody in the contact's merge set, canonical first; empty if there is no such contact.
    async fn set(&self, id: &str) -> Result<Vec<Contact>, Fault>;
    /// Replaces values in these contacts, in each once per token, in all or none; gives how many this call changed.
    async fn correct(
        &self,
        ids: Vec<String>,
        replacements: &[Replacement],
        token: &str,
    ) -> Result<u64, Fault>;
    /// Deletes these contacts with their keys, all or none; gives how many were there.
    async fn remove(&self, ids: Vec<String>) -> Result<u64, Fault>;
    /// How many rows there still are of a contact, by a way that shares nothing with [`Self::remove`].
    async fn traces(&self, id: &str) -> Result<u64, Fault>;
}

/// Speaks to the directory.
pub struct Directory {
    system: SystemId,
    collection: CollectionName,
    inventory: Inventory,
    country: Country,
    book: Arc<dyn Book>,
}

impl Directory {
    /// `country` reads telephone numbers without a country code; the book must use the same.
    pub fn new(
        system: SystemId,
        country: Country,
        book: Arc<dyn Book>,
    ) -> Result<Self, app::model::InvalidId> {
        let collection = CollectionName::parse(COLLECTION)?;
        Ok(Self {
            inventory: inventory(&collection),
            system,
            collection,
            country,
            book,
        })
    }

    /// The contacts that a key means. An external id can be held by several, each by the same source's word; another source's
    /// id of the same value finds them, but is not theirs: nothing is done to them for it.
    fn of_key<'a>(&'a self, key: &'a SubjectKey) -> BoxStream<'a, Result<Contact, Fault>> {
        let is_hers = |contact: &Contact| {
            let mut ids = contact.card.external_ids.iter().map(ExternalId::text);
            key.kind() != IdentifierKind::ExternalId || ids.any(|id| id == key.id())
        };
        self.found(key.identifier())
            .try_filter(move |contact| std::future::ready(is_hers(contact)))
            .boxed()
    }

    /// Every contact that the identifier finds, page after page.
    fn found<'a>(&'a self, identifier: &Identifier) -> BoxStream<'a, Result<Contact, Fault>> {
        let kind = identifier.kind();
        if kind == IdentifierKind::ExternalContactId {
            let id = identifier.value().to_owned();
            let one = async move { self.book.contact(&id).await };
            return stream::once(one)
                .try_filter_map(futures::future::ok)
                .boxed();
        }
        if !self.inventory.searchable_by(kind) {
            return stream::iter([Err(Fault::stop(FaultCode::Mismatch))]).boxed();
        }
        let key = normal(identifier, self.country).key;
        let pages = stream::try_unfold(Some(String::new()), move |after| {
            let key = key.clone();
            async move {
                let Some(after) = after else { return Ok(None) };
                let page = self.book.holding((kind, &key), &after, PAGE).await?;
                let full = u32::try_from(page.len()).is_ok_and(|count| count >= PAGE);
                let next = page
                    .last()
                    .filter(|_| full)
                    .map(|contact| contact.id.clone());
                Ok::<_, Fault>(Some((page, next)))
            }
        });
        pages
            .map_ok(|page| stream::iter(page.into_iter().map(Ok)))
            .try_flatten()
            .boxed()
    }

    fn check(&self, collection: &CollectionName) -> Result<(), Fault> {
        if *collection == self.collection {
            Ok(())
        } else {
            Err(Fault::stop(FaultCode::Mismatch))
        }
    }

    /// `searched` is the kind and normal form that found her, if she was searched.
    fn subject(
        &self,
        contact: &Contact,
        searched: Option<(IdentifierKind, &str)>,
    ) -> Result<Subject, Fault> {
        let matches = |field: &crate::contact::Field| {
            let mut keys = field.keys(self.country).into_iter();
            searched.is_some_and(|(kind, key)| keys.any(|(held, is)| held == kind && is == key))
        };
        let found = |field: crate::contact::Field| Found {
            matched: matches(&field),
            field: field.name.to_owned(),
            value: field.value,
            holds: field.holds,
            in_full: None,
        };
        Ok(Subject {
            key: key_of(&contact.id)?,
            name: contact.card.name(),
            fields: contact.fields().into_iter().map(found).collect(),
            seen_in: vec![Seen {
                system: self.system.clone(),
                collection: self.collection.clone(),
            }],
            canonical: contact.canonical.as_deref().map(key_of).transpose()?,
            employment: None,
        })
    }
}

fn key_of(id: &str) -> Result<SubjectKey, Fault> {
    let identifier = Identifier::new(IdentifierKind::ExternalContactId, id);
    let key = identifier
        .ok()
        .and_then(|identifier| SubjectKey::try_from(identifier).ok());
    key.ok_or(Fault::stop(FaultCode::Mismatch))
}

fn inventory(collection: &CollectionName) -> Inventory {
    let field = |&(name, category, holds, _): &(&str, &str, Option<IdentifierKind>, bool)| Field {
        name: name.to_owned(),
        category: category.to_owned(),
        holds,
        of: OfWhom::Her,
    };
    let mut found_by: Vec<_> = categories()
        .iter()
        .filter_map(|&(_, _, holds, _)| holds)
        .collect();
    found_by.sort_unstable();
    found_by.dedup();
    Inventory {
        collections: vec![Collection {
            name: collection.clone(),
            title: "Contacts".to_owned(),
            fields: categories().iter().map(field).collect(),
            found_by,
            parents: Vec::new(),
            needs_subject: false,
            disposition: Disposition::Delete,
        }],
    }
}

/// Every field of the inventory in its order: a value, a list where there can be several, null where there is none.
fn export_row(contact: &Contact) -> ExportRow {
    let none = |several| {
        if several {
            Json::Array(Vec::new())
        } else {
            Json::Null
        }
    };
    let fields = categories().iter();
    let mut row: Vec<_> = fields.map(|&(name, .., many)| (name, none(many))).collect();
    for field in contact.fields() {
        match row.iter_mut().find(|(name, _)| *name == field.name) {
            Some((_, Json::Array(values))) => values.push(field.value.into()),
            Some((_, value)) => *value = field.value.into(),
            None => {}
        }
    }
    row.into_iter().collect()
}

#[async_trait]
impl Connector for Directory {
    fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    fn resolves(&self) -> &[IdentifierKind] {
        &[IdentifierKind::ExternalContactId]
    }

    fn repeat(&self, operation: Operation) -> Repeat {
        match operation {
            // A second a → b after b → c would undo a later correction.
            Operation::Update => Repeat::Key,
            _ => Repeat::Natural,
        }
    }

    async fn health(&self) -> Result<(), Fault> {
        self.book.ping().await
    }

    fn search<'a>(&'a self, identifier: &'a Identifier) -> BoxStream<'a, Result<Subject, Fault>> {
        let kind = identifier.kind();
        let key = normal(identifier, self.country).key;
        let subject = move |contact: Contact| self.subject(&contact, Some((kind, &key)));
        self.found(identifier)
            .map(move |contact| contact.and_then(&subject))
            .boxed()
    }

    async fn resolve(&self, key: &SubjectKey) -> Result<Option<Subject>, Fault> {
        if key.kind() != IdentifierKind::ExternalContactId {
            return Ok(None);
        }
        let contact = self.book.contact(key.id()).await?;
        contact
            .map(|contact| self.subject(&contact, None))
            .transpose()
    }

    async fn merge_set(&self, key: &SubjectKey) -> Result<Vec<Subject>, Fault> {
        if key.kind() != IdentifierKind::ExternalContactId {
            return Ok(Vec::new());
        }
        let members = self.book.set(key.id()).await?;
        members
            .iter()
            .map(|contact| self.subject(contact, None))
            .collect()
    }

    async fn preview(
        &self,
        key: &SubjectKey,
        collection: &CollectionName,
        operation: Operation,
        replacements: &[Replacement],
    ) -> Result<u64, Fault> {
        self.check(collection)?;
        let concerned = |mut contact: Contact| {
            operation != Operation::Update || contact.card.replace(replacements, self.country)
        };
        let contacts = self.of_key(key);
        contacts
            .try_fold(0, async |rows, contact| {
                Ok(rows + u64::from(concerned(contact)))
            })
            .await
    }

    async fn export(
        &self,
        _call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, Fault> {
        self.check(collection)?;
        let mut rows = 0;
        let mut contacts = self.of_key(key);
        while let Some(contact) = contacts.try_next().await? {
            sink.row(export_row(&contact)).await?;
            rows += 1;
        }
        Ok(Outcome { rows, kept: 0 })
    }

    async fn update(
        &self,
        call: &Call,
        whose: Whose<'_>,
        collection: &CollectionName,
        replacements: &[Replacement],
    ) -> Result<Outcome, Fault> {
        self.check(collection)?;
        let rows = self
            .book
            .correct(self.ids(whose.key).await?, replacements, &call.token)
            .await?;
        Ok(Outcome { rows, kept: 0 })
    }

    async fn delete(
        &self,
        _call: &Call,
        key: &SubjectKey,
        collection: &CollectionName,
    ) -> Result<Outcome, Fault> {
        self.check(collection)?;
        let rows = self.book.remove(self.ids(key).await?).await?;
        Ok(Outcome { rows, kept: 0 })
    }

    async fn verify(&self, whose: Whose<'_>, collection: &CollectionName) -> Result<u64, Fault> {
        let key = whose.key;
        self.check(collection)?;
        if key.kind() == IdentifierKind::ExternalContactId {
            return self.book.traces(key.id()).await;
        }
        self.of_key(key)
            .try_fold(0, async |rows, _| Ok(rows + 1))
            .await
    }
}

impl Directory {
    async fn ids(&self, key: &SubjectKey) -> Result<Vec<String>, Fault> {
        self.of_key(key)
            .map_ok(|contact| contact.id)
            .try_collect()
            .await
    }
}
