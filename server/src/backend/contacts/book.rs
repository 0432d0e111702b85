//! The directory as its own connector sees it.

use app::model::{IdentifierKind, Replacement};
use async_trait::async_trait;

use super::Contacts;
use crate::connectors::directory::Book;
use crate::connectors::{Fault, FaultCode};
use crate::contact::Contact;
use crate::store::StoreError;

/// Corrections remembered per contact. More than that many at once on one contact is not believable.
const REMEMBERED: usize = 32;

#[async_trait]
impl Book for Contacts {
    async fn ping(&self) -> Result<(), Fault> {
        self.db.ping().await.map_err(fault)
    }

    async fn contact(&self, id: &str) -> Result<Option<Contact>, Fault> {
        self.db.contact_by_id(&self.with, id).await.map_err(fault)
    }

    async fn holding(
        &self,
        key: (IdentifierKind, &str),
        after: &str,
        limit: u32,
    ) -> Result<Vec<Contact>, Fault> {
        self.db
            .contacts_by_key(&self.with, key, after, limit)
            .await
            .map_err(fault)
    }

    async fn set(&self, id: &str) -> Result<Vec<Contact>, Fault> {
        self.db.contact_set(&self.with, id).await.map_err(fault)
    }

    async fn correct(
        &self,
        ids: Vec<String>,
        replacements: &[Replacement],
        token: &str,
    ) -> Result<u64, Fault> {
        let (with, now) = (self.with.clone(), self.clock.now());
        let (replacements, token) = (replacements.to_vec(), token.to_owned());
        let changed = self.db.write(move |tx| {
            Box::pin(async move {
                tx.contacts_lock().await?;
                let mut changed = 0;
                for id in ids {
                    let Some(mut contact) = tx.contact_by_id(&with, &id).await? else {
                        continue;
                    };
                    if contact.applied.contains(&token) {
                        continue;
                    }
                    if contact.card.replace(&replacements, with.country) {
                        remember(&mut contact.applied, &token);
                        contact.modified_at = now.max(contact.modified_at);
                        tx.contact_update(&with, &contact).await?;
                        changed += 1;
                    }
                }
                Ok::<u64, StoreError>(changed)
            })
        });
        changed.await.map_err(fault)
    }

    async fn remove(&self, ids: Vec<String>) -> Result<u64, Fault> {
        let removed = self.db.write(move |tx| {
            Box::pin(async move {
                tx.contacts_lock().await?;
                let mut removed = 0;
                for id in ids {
                    removed += u64::from(tx.contact_delete(&id).await?);
                }
                Ok::<u64, StoreError>(removed)
            })
        });
        removed.await.map_err(fault)
    }

    async fn traces(&self, id: &str) -> Result<u64, Fault> {
        let rows = self.db.contact_traces(id).await.map_err(fault)?;
        Ok(u64::try_from(rows).unwrap_or(0))
    }
}

fn remember(applied: &mut Vec<String>, token: &str) {
    applied.push(token.to_owned());
    let forgotten = applied.len().saturating_sub(REMEMBERED);
    applied.drain(..forgotten);
}

fn fault(why: StoreError) -> Fault {
    // Once, here: a fault carries a code only.
    tracing::warn!(
        error = &why as &dyn std::error::Error,
        "the directory did not answer"
    );
    match why {
        StoreError::Inconsistent { .. } | StoreError::Sealed { .. } => {
            Fault::stop(FaultCode::Mismatch)
        }
        StoreError::Database(
            sqlx::Error::PoolClosed | sqlx::Error::PoolTimedOut | sqlx::Error::Io(_),
        ) => Fault::retry(FaultCode::Unreachable),
        _ => Fault::retry(FaultCode::Internal),
    }
}
