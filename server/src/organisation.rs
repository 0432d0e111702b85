//! The organisation's systems: stored from their descriptions, opened at start, and the sample's contacts put into the directory.

use std::path::Path;
use std::sync::Arc;

use app::model::SystemId;
use futures::stream::{self, StreamExt, TryStreamExt};
use serde_json::json;

use crate::backend::contacts::Contacts;
use crate::clock::Clock;
use crate::connectors::closed::Closed;
use crate::connectors::directory::Directory;
use crate::connectors::kinds::{self, OpenError, Opened};
use crate::connectors::spec::{Kind, SpecError, SystemSpec};
use crate::contact::{
    Address, Card, Contact, ExternalId, Facebook, Instagram, Kind as Sureness, Phone, ScopedId,
    Source, Twitter, WhatsApp,
};
use crate::demo::{ContactKind, DirectoryContact, EmailSlot, PhoneSlot};
use crate::evidence::{self, Entry};
use crate::matching::{Country, InvalidCountry};
use crate::pulse::Pulse;
use crate::registry::{Registry, System};
use crate::secret::Keys;
use crate::store::contact::ContactKeys;
use crate::store::system::SystemRow;
use crate::store::{Db, StoreError};

const SPEC: &str = "system.spec";
/// Contacts written in one transaction.
const BATCH: usize = 1000;

/// Systems opened side by side.
const AT_ONCE: usize = 16;

/// Why a system can't be stored or opened.
#[derive(Debug, thiserror::Error)]
pub enum OrganisationError {
    #[error("the description is not right: {0}")]
    Spec(#[from] SpecError),
    #[error("system {id}: {why}")]
    Open { id: SystemId, why: OpenError },
    #[error("system {id}: {why}")]
    Country { id: SystemId, why: InvalidCountry },
    #[error("the stored description of system {id} does not open: it was sealed with another key")]
    Sealed { id: SystemId },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One organisation's place and keys.
#[derive(Clone)]
pub struct Organisation {
    pub db: Db,
    pub keys: Keys,
    pub clock: Clock,
    /// Paths in descriptions are relative to it.
    pub data: std::path::PathBuf,
    /// Reads telephone numbers of the directory without a country code.
    pub country: Country,
}

impl Organisation {
    /// Checks a description against the real system, and stores it; one of the same id is replaced.
    pub async fn put_system(
        &self,
        text: &str,
        actor: &str,
    ) -> Result<SystemSpec, OrganisationError> {
        let spec = SystemSpec::parse(text)?;
        self.open(&spec).await?;
        let id = spec.id.clone();
        let sealed = self.keys.seal(SPEC, id.as_str(), text.as_bytes());
        let row = SystemRow {
            spec_sealed: sealed.map_err(|_| OrganisationError::Sealed { id: id.clone() })?,
            id,
            name: spec.name.clone(),
            paused: false,
        };
        let (now, actor) = (self.clock.now(), actor.to_owned());
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                tx.system_put(&row, now).await?;
                let body = json!({ "system": row.id });
                let (chain, action) = (evidence::MAIN, "system.described");
                evidence::append(
                    tx,
                    now,
                    Entry {
                        chain,
                        actor: &actor,
                        action,
                        body,
                    },
                )
                .await?;
                Ok::<_, StoreError>(())
            })
        });
        write.await?;
        Ok(spec)
    }

    /// Opens every stored system, side by side: those that do not answer keep nobody waiting for one another.
    pub async fn systems(&self) -> Result<Registry, OrganisationError> {
        let mut specs = Vec::new();
        for row in self.db.systems().await? {
            let sealed = || OrganisationError::Sealed { id: row.id.clone() };
            let text = self.keys.open(SPEC, row.id.as_str(), &row.spec_sealed);
            let text = text.ok().and_then(|text| String::from_utf8(text).ok());
            specs.push(SystemSpec::parse(&text.ok_or_else(sealed)?)?);
        }
        let opening = stream::iter(&specs).map(|spec| self.open_or_close(spec));
        let opened: Vec<Opened> = opening.buffered(AT_ONCE).try_collect().await?;
        let registry = Registry::default();
        for (spec, opened) in specs.into_iter().zip(opened) {
            let Opened {
                connector,
                pace,
                lever,
            } = opened;
            registry.put(System {
                id: spec.id,
                name: spec.name,
                kind: spec.kind.as_str().to_owned(),
                owner: spec.owner,
                region: spec.region,
                per_second: spec.per_second.map(std::num::NonZeroU32::get),
                connector,
                pace,
                pulse: Pulse::default(),
                lever,
            });
        }
        Ok(registry)
    }

    /// One system that is not as described keeps nobody from the others: it is listed as down.
    async fn open_or_close(&self, spec: &SystemSpec) -> Result<Opened, OrganisationError> {
        match self.open(spec).await {
            Err(OrganisationError::Open { id, why }) => {
                tracing::error!(system = %id, error = %why, "a system can't be opened");
                Ok(Opened::new(spec, Arc::new(Closed::new(spec))))
            }
            opened => opened,
        }
    }

    async fn open(&self, spec: &SystemSpec) -> Result<Opened, OrganisationError> {
        let id = spec.id.clone();
        if spec.kind != Kind::Directory {
            let opened = kinds::open(spec, &self.data, &self.keys.masks()).await;
            return opened.map_err(|why| OrganisationError::Open { id, why });
        }
        let directory = Directory::new(id, self.country, Arc::new(self.contacts()));
        let place = |_| StoreError::Inconsistent { place: "directory" };
        Ok(Opened::new(spec, Arc::new(directory.map_err(place)?)))
    }

    /// The directory's contacts.
    pub fn contacts(&self) -> Contacts {
        Contacts {
            db: self.db.clone(),
            with: ContactKeys {
                keys: self.keys.clone(),
                country: self.country,
            },
            clock: self.clock.clone(),
        }
    }

    /// Stores every description of a folder, and the sample's contacts.
    pub async fn fill(
        &self,
        descriptions: &Path,
        contacts: impl Iterator<Item = DirectoryContact>,
    ) -> Result<(), OrganisationError> {
        let mut batch = Vec::with_capacity(BATCH);
        for contact in contacts {
            batch.push(of_sample(contact));
            if batch.len() == BATCH {
                self.contacts().fill(std::mem::take(&mut batch)).await?;
            }
        }
        self.contacts().fill(batch).await?;
        let broken = |why| StoreError::from(sqlx::Error::Io(why));
        let mut files: Vec<_> = std::fs::read_dir(descriptions)
            .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect())
            .map_err(broken)?;
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(file).map_err(broken)?;
            self.put_system(&text, "habeas").await?;
        }
        Ok(())
    }
}

fn of_sample(sample: DirectoryContact) -> Contact {
    let (created_at, modified_at) = (sample.created, sample.modified);
    let (id, canonical) = (sample.id.clone(), sample.canonical.clone());
    Contact {
        id,
        canonical,
        card: card(sample),
        applied: Vec::new(),
        created_at,
        modified_at,
    }
}

fn card(sample: DirectoryContact) -> Card {
    let mut card = Card {
        first_name: sample.first_name,
        middle_name: sample.middle_name,
        last_name: sample.last_name,
        address: sample.address.map(|address| Address {
            address1: Some(address.address1),
            address2: address.address2,
            city: Some(address.city),
            state: address.state,
            postal_code: Some(address.postal_code),
            country_code: Some(address.country_code),
        }),
        twitter_id: sample.twitter.map(|name| Twitter {
            screen_name: Some(name),
        }),
        instagram_id: sample.instagram.map(|handle| Instagram {
            ids: Vec::new(),
            handle: Some(handle),
        }),
        whats_app_id: sample.whatsapp.map(|number| WhatsApp {
            phone_number: Some(Phone::typed(&number)),
        }),
        kind: Some(match sample.kind {
            ContactKind::Ephemeral => Sureness::Ephemeral,
            ContactKind::Identified => Sureness::Identified,
            ContactKind::Curated => Sureness::Curated,
        }),
        ..Card::default()
    };
    let ids: Vec<_> = sample
        .facebook
        .into_iter()
        .map(|scoped_id| ScopedId { scoped_id })
        .collect();
    card.facebook_id = (!ids.is_empty()).then_some(Facebook { ids });
    let external = |(name, value)| ExternalId {
        external_source: Source { id: None, name },
        value,
    };
    card.external_ids = sample.external_ids.into_iter().map(external).collect();
    for (slot, number) in sample.phones {
        let place = match slot {
            PhoneSlot::Work => &mut card.work_phone,
            PhoneSlot::Cell => &mut card.cell_phone,
            PhoneSlot::Home => &mut card.home_phone,
            PhoneSlot::Other => &mut card.other_phone,
        };
        *place = Some(Phone::typed(&number));
    }
    for (slot, address) in sample.emails {
        let place = match slot {
            EmailSlot::Work => &mut card.work_email,
            EmailSlot::Personal => &mut card.personal_email,
            EmailSlot::Other => &mut card.other_email,
        };
        *place = Some(address);
    }
    card
}
