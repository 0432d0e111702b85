//! The directory: external contacts as API clients read and change them.

mod book;
mod merge;

use app::backend::Caller;
use app::error::{Error, Reason};
use app::model::{IdentifierKind, Millis};
use futures::future::BoxFuture;
use serde_json::{Map, Value as Json, json};

use crate::clock::Clock;
use crate::contact::{Card, Contact, InvalidCard, Kind};
use crate::evidence;
use crate::matching::normal_value;
use crate::policy::{self, Act};
use crate::store::contact::Link;
use crate::store::{ContactKeys, Db, StoreError, Tx};

/// The directory of external contacts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Contacts {
    pub db: Db,
    pub with: ContactKeys,
    pub clock: Clock,
}

/// A contact and the set it belongs to, canonical first, itself among them.
#[derive(Debug, Clone)]
pub struct Entry {
    pub contact: Contact,
    pub set: Vec<Link>,
}

/// A page of contacts, and how many there are in all.
pub type Page = (Vec<Entry>, u64);

/// Why a contact was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ContactError {
    #[error(transparent)]
    Said(#[from] Error),
    #[error(transparent)]
    Card(#[from] InvalidCard),
    /// It would say nothing of anyone.
    #[error("says nothing")]
    Empty,
    /// The target was itself merged into the source.
    #[error("would close a cycle")]
    Cycle,
    /// The set would be larger than [`Contact::MAX_SET`].
    #[error("the set would be too large: {0}")]
    SetTooLarge(usize),
    /// The canonical contact would hold more than can be sent back.
    #[error("the merged contact would be too large: {0}")]
    TooLarge(&'static str),
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Result<T> = std::result::Result<T, ContactError>;

/// How a contact is changed.
#[derive(Clone)]
pub enum Change {
    /// Becomes this.
    Put(Box<Card>),
    /// Takes these fields over; null clears one.
    Patch(Map<String, Json>),
}

/// At most so many are found by the free text of a list.
const FOUND: u32 = 1000;
const CONTENT: [IdentifierKind; 9] = [
    IdentifierKind::Name,
    IdentifierKind::Address,
    IdentifierKind::Phone,
    IdentifierKind::Email,
    IdentifierKind::Twitter,
    IdentifierKind::Instagram,
    IdentifierKind::Facebook,
    IdentifierKind::Whatsapp,
    IdentifierKind::ExternalId,
];

impl Contacts {
    /// The contact of that id, or the canonical one that it was merged into.
    pub async fn get(&self, caller: &Caller, id: &str) -> Result<Entry> {
        policy::allow(caller, Act::ReadContacts)?;
        let set = self.db.contact_links(id).await?;
        let canonical = set.first().ok_or_else(missing)?;
        let contact = self
            .db
            .contact_by_id(&self.with, &canonical.id)
            .await?
            .ok_or_else(missing)?;
        Ok(Entry { contact, set })
    }

    /// The contact of that id itself, merged or not.
    pub async fn get_unresolved(&self, caller: &Caller, id: &str) -> Result<Entry> {
        policy::allow(caller, Act::ReadContacts)?;
        let contact = self
            .db
            .contact_by_id(&self.with, id)
            .await?
            .ok_or_else(missing)?;
        self.entry(contact).await
    }

    /// A page of all contacts, `number` counting from 1. With `text`, of those that hold it as a whole identifier of any kind.
    pub async fn page(
        &self,
        caller: &Caller,
        size: u32,
        number: u32,
        text: Option<&str>,
    ) -> Result<Page> {
        policy::allow(caller, Act::ReadContacts)?;
        let skip = i64::from(size) * i64::from(number.saturating_sub(1));
        let (contacts, total) = match text {
            None => {
                let total = u64::try_from(self.db.contacts_count().await?).unwrap_or(0);
                (self.db.contacts_page(&self.with, size, skip).await?, total)
            }
            Some(text) => {
                let found = self.holding_text(text).await?;
                let total = u64::try_from(found.len()).unwrap_or(0);
                let skip = usize::try_from(skip).unwrap_or(usize::MAX);
                let size = usize::try_from(size).unwrap_or(0);
                (found.into_iter().skip(skip).take(size).collect(), total)
            }
        };
        let mut entries = Vec::with_capacity(contacts.len());
        for contact in contacts {
            entries.push(self.entry(contact).await?);
        }
        Ok((entries, total))
    }

    /// The contacts of these ids, followed to their canonical ones; nothing where there is none.
    pub async fn many(&self, caller: &Caller, ids: &[String]) -> Result<Vec<Option<Entry>>> {
        let mut entries = Vec::with_capacity(ids.len());
        for id in ids {
            entries.push(match self.get(caller, id).await {
                Ok(entry) => Some(entry),
                Err(ContactError::Said(Error::NotFound { .. })) => None,
                Err(why) => return Err(why),
            });
        }
        Ok(entries)
    }

    /// Adds a contact.
    pub async fn add(&self, caller: &Caller, card: Card) -> Result<Entry> {
        policy::allow(caller, Act::AddContacts)?;
        let contact = Contact::new(self.clock.id(), self.whole(card)?, self.clock.now());
        let (with, added) = (self.with.clone(), contact.clone());
        self.write(caller, "contact.added", move |tx| {
            Box::pin(async move {
                tx.contact_insert(&with, &added).await?;
                Ok((json!({ "contact": added.id }), ()))
            })
        })
        .await?;
        self.entry(contact).await
    }

    /// Changes exactly this contact, also if it was merged into another.
    pub async fn change(&self, caller: &Caller, id: &str, change: Change) -> Result<Entry> {
        policy::allow(caller, Act::EditContacts)?;
        let (this, id) = (self.clone(), id.to_owned());
        let now = self.clock.now();
        let contact = self
            .write(caller, "contact.changed", move |tx| {
                Box::pin(async move {
                    tx.contacts_lock().await?;
                    let mut contact = tx
                        .contact_by_id(&this.with, &id)
                        .await?
                        .ok_or_else(missing)?;
                    contact.card = this.whole(changed(&contact.card, change)?)?;
                    contact.modified_at = now.max(contact.modified_at);
                    tx.contact_update(&this.with, &contact).await?;
                    Ok((json!({ "contact": id }), contact))
                })
            })
            .await?;
        self.entry(contact).await
    }

    /// Deletes exactly this contact. The others of its set stay together.
    pub async fn delete(&self, caller: &Caller, id: &str) -> Result<()> {
        policy::allow(caller, Act::DeleteContacts)?;
        let id = id.to_owned();
        self.write(caller, "contact.deleted", move |tx| {
            Box::pin(async move {
                tx.contacts_lock().await?;
                if !tx.contact_delete(&id).await? {
                    return Err(missing().into());
                }
                Ok((json!({ "contact": id }), ()))
            })
        })
        .await
    }

    /// Puts many contacts in at once, e.g. those of the sample organisation; all or none.
    pub async fn fill(&self, contacts: Vec<Contact>) -> std::result::Result<(), StoreError> {
        let with = self.with.clone();
        self.db
            .write(move |tx| Box::pin(async move { tx.contacts_insert(&with, &contacts).await }))
            .await
    }

    async fn entry(&self, contact: Contact) -> Result<Entry> {
        let set = self.db.contact_links(&contact.id).await?;
        Ok(Entry { contact, set })
    }

    async fn holding_text(&self, text: &str) -> Result<Vec<Contact>> {
        let mut found = std::collections::BTreeMap::new();
        for kind in CONTENT {
            let Some(key) = normal_value(kind, text, self.with.country) else {
                continue;
            };
            for contact in self
                .db
                .contacts_by_key(&self.with, (kind, &key), "", FOUND + 1)
                .await?
            {
                found.insert(contact.id.clone(), contact);
            }
        }
        // A total that leaves some out would be wrong without saying so.
        if u32::try_from(found.len()).is_ok_and(|count| count <= FOUND) {
            return Ok(found.into_values().collect());
        }
        Err(Error::invalid("q", Reason::TooMany).into())
    }

    fn whole(&self, card: Card) -> Result<Card> {
        let mut card = card.checked(self.with.country)?;
        if card.is_empty() {
            return Err(ContactError::Empty);
        }
        card.kind.get_or_insert(Kind::Curated);
        Ok(card)
    }

    /// One transaction and its line of evidence: `work` gives the line's body, ids only, and its result.
    async fn write<T, F>(&self, caller: &Caller, action: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<(Json, T)>> + Send + 'static,
    {
        let actor = policy::actor(caller)?;
        let now: Millis = self.clock.now();
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let (body, done) = work(tx).await?;
                    if !body.is_null() {
                        let chain = evidence::MAIN;
                        let entry = evidence::Entry {
                            chain,
                            actor: &actor,
                            action,
                            body,
                        };
                        evidence::append(tx, now, entry).await?;
                    }
                    Ok(done)
                })
            })
            .await
    }
}

fn missing() -> Error {
    Error::not_found("contact")
}

fn changed(card: &Card, change: Change) -> Result<Card> {
    let fields = match change {
        Change::Put(new) => return Ok(*new),
        Change::Patch(fields) => fields,
    };
    overlaid(card, fields)
}

/// A card with some fields taken over; null clears one.
fn overlaid(card: &Card, fields: Map<String, Json>) -> Result<Card> {
    let wrong = || Error::invalid("body", Reason::Unknown);
    let Ok(Json::Object(mut whole)) = serde_json::to_value(card) else {
        return Err(wrong().into());
    };
    for (name, value) in fields {
        if value.is_null() {
            whole.remove(&name);
        } else {
            whole.insert(name, value);
        }
    }
    Ok(serde_json::from_value(Json::Object(whole)).map_err(|_| wrong())?)
}
