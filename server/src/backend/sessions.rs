//! Signing in: one-time links, and the sessions that they begin.

use std::time::Duration;

use app::backend::{Caller, Who};
use app::model::Millis;

use crate::clock::Clock;
use crate::evidence::{self, Entry};
use crate::secret::{TOKEN, token, token_hash};
use crate::store::session::{session_add, session_delete, session_get, session_seen};
use crate::store::staff::{
    Staff, sign_in_link_add, sign_in_link_any_used, sign_in_link_is_good, sign_in_link_use,
    staff_add, staff_by_name,
};
use crate::store::{Db, StoreError, Tx};

/// A session's use is written down at most this often.
const SEEN_EVERY: Millis = 60_000;

/// How long sessions last.
#[derive(Debug, Clone, Copy)]
pub struct Lasting {
    /// Without being used.
    pub idle: Duration,
    /// In all.
    pub absolute: Duration,
}

/// Begins, finds and ends sessions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions {
    db: Db,
    clock: Clock,
    lasting: Lasting,
}

impl Sessions {
    pub fn new(db: Db, clock: Clock, lasting: Lasting) -> Self {
        Self { db, clock, lasting }
    }

    /// How long a cookie is of use.
    pub fn lasting(&self) -> Lasting {
        self.lasting
    }

    /// Makes a link's token for the member of that name, who is added if there is none. It works once, within `valid`.
    pub async fn make_link(&self, name: &str, valid: Duration) -> Result<String, StoreError> {
        let secret = token();
        let hash = token_hash(&secret);
        let now = self.clock.now();
        let expires_at = now + millis(valid);
        let new = Staff {
            id: self.clock.id(),
            name: name.to_owned(),
        };
        self.db
            .write::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    let staff = match staff_by_name(tx, &new.name).await? {
                        Some(known) => known,
                        None => {
                            staff_add(tx, &new, now).await?;
                            new
                        }
                    };
                    sign_in_link_add(tx, &hash, &staff.id, now, expires_at).await?;
                    witness(tx, now, "operator", "staff.link_made", &staff.id).await
                })
            })
            .await?;
        Ok(secret)
    }

    /// Whether anybody has ever signed in here.
    pub async fn is_used(&self) -> Result<bool, StoreError> {
        sign_in_link_any_used(&self.db).await
    }

    /// Uses a link up and begins a session in place of `old`; gives the new session's token. `None` if the link is of no use:
    /// then nothing was written, and nobody who writes was waited for.
    pub async fn sign_in(
        &self,
        link: &str,
        old: Option<&str>,
    ) -> Result<Option<String>, StoreError> {
        let now = self.clock.now();
        let (is_one, link) = (link.len() == TOKEN, token_hash(link));
        if !is_one || !sign_in_link_is_good(&self.db, &link, now).await? {
            return Ok(None);
        }
        let old = old.map(token_hash);
        let secret = token();
        let hash = token_hash(&secret);
        let expires_at = now + millis(self.lasting.absolute);
        let begun = self
            .db
            .write::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    let Some(staff) = sign_in_link_use(tx, &link, now).await? else {
                        return Ok(false);
                    };
                    if let Some(old) = old {
                        session_delete(tx, &old).await?;
                    }
                    session_add(tx, &hash, &staff.id, now, expires_at).await?;
                    let actor = format!("staff:{}", staff.id);
                    witness(tx, now, &actor, "staff.signed_in", &staff.id).await?;
                    Ok(true)
                })
            })
            .await?;
        Ok(begun.then_some(secret))
    }

    /// Who a session's token belongs to, as a caller; nobody if it has ended. Using a session keeps it from ending idle. That is
    /// written down where it can be: a database that takes no writes, such as a full disk's, can still be read.
    pub async fn caller(&self, token: &str, correlation: String) -> Result<Caller, StoreError> {
        let hash = token_hash(token);
        let now = self.clock.now();
        let Some(session) = session_get(&self.db, &hash).await? else {
            return Ok(Caller::nobody(correlation));
        };
        let idle_end = session.seen_at + millis(self.lasting.idle);
        if now >= session.expires_at || now >= idle_end {
            unwritten(&correlation, self.end(hash).await);
            return Ok(Caller::nobody(correlation));
        }
        if now - session.seen_at >= SEEN_EVERY {
            let seen = self
                .db
                .write(move |tx| Box::pin(async move { session_seen(tx, &hash, now).await }));
            unwritten(&correlation, seen.await);
        }
        let Staff { id, name } = session.staff;
        Ok(Caller {
            who: Who::Staff { id, name },
            correlation,
        })
    }

    /// Whether a session goes on. Looking is not using: an open page that only listens still ends idle.
    pub async fn is_alive(&self, token: &str) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let session = session_get(&self.db, &token_hash(token)).await?;
        Ok(session.is_some_and(|session| {
            now < session.expires_at && now < session.seen_at + millis(self.lasting.idle)
        }))
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &str) -> Result<(), StoreError> {
        self.end(token_hash(token)).await
    }

    async fn end(&self, hash: String) -> Result<(), StoreError> {
        self.db
            .write(move |tx| Box::pin(async move { session_delete(tx, &hash).await }))
            .await
    }
}

/// What could not be written about a session stops nobody: it is written at its next use.
fn unwritten(correlation: &str, written: Result<(), StoreError>) {
    if let Err(why) = written {
        tracing::warn!(request = correlation, error = ?why, "a session's use or end was not written down");
    }
}

async fn witness(
    tx: &mut Tx,
    now: Millis,
    actor: &str,
    action: &'static str,
    staff: &str,
) -> Result<(), StoreError> {
    let body = serde_json::json!({ "staff": staff });
    let entry = Entry {
        chain: evidence::MAIN,
        actor,
        action,
        body,
    };
    evidence::append(tx, now, entry).await?;
    Ok(())
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 4)
}
