//! The organisation's systems: stored from their descriptions, opened at start, and the sample's contacts put into the directory.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::model::{DraftId, Millis, SystemId};
use futures::stream::{self, StreamExt, TryStreamExt};
use serde_json::json;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::backend::contacts::Contacts;
use crate::clock::Clock;
use crate::connectors::closed::Closed;
use crate::connectors::directory::Directory;
use crate::connectors::kinds::{self, OpenError, Opened};
use crate::connectors::spec::{Kind, SpecError, SystemSpec, Typed};
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
use crate::store::{Db, StoreError, Tx};

const SPEC: &str = "system.spec";
const PASSWORD: &str = "system.password";
/// How often it is looked for what others described.
const FOLLOWED: Duration = Duration::from_secs(5);
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
    #[error("there is a system {id} already")]
    Taken { id: SystemId },
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
        let row = self.row(&spec, text)?;
        let actor = actor.to_owned();
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                tx.system_put(&row).await?;
                described(tx, &row, &actor).await
            })
        });
        write.await?;
        Ok(spec)
    }

    /// Checks a description that a draft became against the real system, stores it, and opens it for this server. The draft is gone with it.
    ///
    /// # Errors
    /// [`OrganisationError::Taken`]: there is a system of that id.
    pub async fn add_drafted(
        &self,
        spec: &SystemSpec,
        draft: &DraftId,
        actor: &str,
        registry: &Registry,
    ) -> Result<(), OrganisationError> {
        spec.check()?;
        let opened = self.open(spec).await?;
        let id = spec.id.clone();
        let unwritten = |_| StoreError::Inconsistent { place: SPEC };
        let row = self.row(spec, &spec.text().map_err(unwritten)?)?;
        let (described_at, draft, actor) = (row.described_at, draft.clone(), actor.to_owned());
        let write = self.db.write(move |tx| {
            Box::pin(async move {
                if !tx.system_add(&row).await? {
                    return Ok(false);
                }
                described(tx, &row, &actor).await?;
                tx.draft_delete(&draft).await?;
                Ok::<_, StoreError>(true)
            })
        });
        if !write.await? {
            return Err(OrganisationError::Taken { id });
        }
        registry.put(self.system(registry, spec.clone(), opened, described_at));
        Ok(())
    }

    /// What is stored of a description, sealed.
    fn row(&self, spec: &SystemSpec, text: &str) -> Result<SystemRow, OrganisationError> {
        let id = spec.id.clone();
        let seal = |place, text: &str| {
            let sealed = self.keys.seal(place, id.as_str(), text.as_bytes());
            sealed.map_err(|_| OrganisationError::Sealed { id: id.clone() })
        };
        let typed = spec.sql.as_ref().and_then(|sql| sql.typed.as_ref());
        Ok(SystemRow {
            spec_sealed: seal(SPEC, text)?,
            password_sealed: typed
                .map(|typed| seal(PASSWORD, typed.as_str()))
                .transpose()?,
            name: spec.name.clone(),
            paused: false,
            described_at: self.clock.now(),
            id,
        })
    }

    /// The description of a row.
    fn spec(&self, row: &SystemRow) -> Result<SystemSpec, OrganisationError> {
        let open = |place, sealed: &[u8]| {
            let text = self.keys.open(place, row.id.as_str(), sealed);
            let text = text.ok().and_then(|text| String::from_utf8(text).ok());
            text.ok_or_else(|| OrganisationError::Sealed { id: row.id.clone() })
        };
        let mut spec = SystemSpec::parse(&open(SPEC, &row.spec_sealed)?)?;
        if let (Some(sql), Some(sealed)) = (&mut spec.sql, &row.password_sealed) {
            sql.typed = Typed::new(open(PASSWORD, sealed)?);
        }
        Ok(spec)
    }

    /// Opens every stored system, side by side: those that do not answer keep nobody waiting for one another.
    pub async fn systems(&self) -> Result<Registry, OrganisationError> {
        let registry = Registry::default();
        self.open_into(&registry, self.db.systems().await?).await?;
        Ok(registry)
    }

    async fn open_into(
        &self,
        registry: &Registry,
        rows: Vec<SystemRow>,
    ) -> Result<(), OrganisationError> {
        let specs = rows
            .iter()
            .map(|row| Ok((self.spec(row)?, row.described_at)))
            .collect::<Result<Vec<_>, OrganisationError>>()?;
        let opening = stream::iter(specs).map(|(spec, described_at)| async move {
            let opened = self.open_or_close(&spec).await?;
            Ok::<_, OrganisationError>(self.system(registry, spec, opened, described_at))
        });
        let opened: Vec<System> = opening.buffered(AT_ONCE).try_collect().await?;
        opened.into_iter().for_each(|system| registry.put(system));
        Ok(())
    }

    /// Opens what others describe while this server runs: on the command line, or in a browser at another server.
    pub async fn follow(&self, registry: &Registry, stop: &CancellationToken) {
        while stop.run_until_cancelled(sleep(FOLLOWED)).await.is_some() {
            if let Err(why) = self.catch_up(registry).await {
                tracing::warn!(error = %why, "systems that were described meanwhile are not known yet");
            }
        }
    }

    /// Opens the systems that are not known as they are described now.
    pub async fn catch_up(&self, registry: &Registry) -> Result<(), OrganisationError> {
        let known = |id: &SystemId, at: Millis| {
            let system = registry.get(id);
            system.is_some_and(|system| system.described_at == at)
        };
        let described = self.db.systems_described().await?;
        if described.iter().all(|(id, at)| known(id, *at)) {
            return Ok(());
        }
        let mut rows = self.db.systems().await?;
        rows.retain(|row| !known(&row.id, row.described_at));
        self.open_into(registry, rows).await
    }

    /// A system with its pace: its calls are counted where those of all servers are.
    fn system(
        &self,
        registry: &Registry,
        spec: SystemSpec,
        opened: Opened,
        described_at: Millis,
    ) -> System {
        let Opened {
            connector,
            pace,
            lever,
        } = opened.paced(&spec, &registry.tally(&self.db));
        System {
            id: spec.id,
            name: spec.name,
            kind: spec.kind.as_str().to_owned(),
            owner: spec.owner,
            region: spec.region,
            per_second: spec.per_second.map(NonZeroU32::get),
            concurrency: spec.concurrency.map(NonZeroU32::get),
            connector,
            pace,
            pulse: Pulse::default(),
            lever,
            described_at,
        }
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

/// Leaves evidence of a description.
async fn described(tx: &mut Tx, row: &SystemRow, actor: &str) -> Result<(), StoreError> {
    let entry = Entry {
        chain: evidence::MAIN,
        actor,
        action: "system.described",
        body: json!({ "system": row.id }),
    };
    evidence::append(tx, row.described_at, entry)
        .await
        .map(drop)
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
