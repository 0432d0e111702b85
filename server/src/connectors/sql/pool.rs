//! Connections that are kept for the next call.
//!
//! sqlx has a pool too. This one differs in what it gives back: a connection comes back only from work that came to its end,
//! and any other is closed. So a call that is given up half-way, in a transaction or in the middle of a hundred thousand rows,
//! leaves nothing behind for the next one, and the database rolls back by itself. It also tells at once, and by the right
//! word, why there is no connection, and asks no round trip of the database for each call.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::link::Link;
use super::place::{Access, BUSY, Place, Version};
use crate::connectors::{Fault, FaultCode};

/// How long making a connection, or hearing from one, may take.
const ANSWER: Duration = Duration::from_secs(5);
/// Connections that were not used for so long are asked first whether they are still there.
const QUIET: Duration = Duration::from_secs(1);
/// Connections that were not used for so long are closed.
const IDLE: Duration = Duration::from_secs(60);

/// Connections of one access to one place.
#[derive(Debug, Clone)]
pub(super) struct Pool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    place: Arc<Place>,
    access: Access,
    slots: Arc<Semaphore>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The one that was used last at the end.
    links: Vec<KeptLink>,
    /// Whether somebody looks after those that nobody uses.
    watched: bool,
}

#[derive(Debug)]
struct KeptLink {
    link: Link,
    version: Version,
    since: Instant,
}

/// A connection in use. Dropped before [`Self::done`], it is closed.
#[derive(Debug)]
pub(super) struct Lease {
    link: Option<(Link, OwnedSemaphorePermit)>,
    version: Version,
    home: Arc<Inner>,
}

impl Pool {
    /// Nothing is connected yet.
    pub(super) fn new(place: Arc<Place>, access: Access) -> Self {
        let slots = Arc::new(Semaphore::new(place.limit(access)));
        let kept = Mutex::default();
        Self(Arc::new(Inner {
            place,
            access,
            slots,
            kept,
        }))
    }

    /// A connection for one piece of work.
    ///
    /// # Errors
    /// [`FaultCode::Timeout`] if all are in use for too long; else why there can be none.
    pub(super) async fn lease(&self) -> Result<Lease, Fault> {
        let version = self.0.place.version()?;
        let slot = Arc::clone(&self.0.slots).acquire_owned();
        let slot = within(BUSY, FaultCode::Timeout, async {
            slot.await.map_err(|_| Fault::stop(FaultCode::Internal))
        });
        let slot = slot.await?;
        let link = match self.0.kept(version).await {
            Some(link) => link,
            None => {
                // Large, and seldom needed.
                let link = Box::pin(self.0.place.connect(self.0.access));
                within(ANSWER, FaultCode::Unreachable, link).await?
            }
        };
        Ok(Lease {
            link: Some((link, slot)),
            version,
            home: Arc::clone(&self.0),
        })
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that was kept and is still good. Those of before are closed.
    async fn kept(&self, version: Version) -> Option<Link> {
        loop {
            let mut kept = self.lock().links.pop()?;
            if kept.version != version {
                hang_up(kept.link, None);
                continue;
            }
            let is_quiet = kept.since.elapsed() > QUIET && self.place.may_hang_up();
            if !is_quiet
                || within(ANSWER, FaultCode::Timeout, kept.link.ping())
                    .await
                    .is_ok()
            {
                return Some(kept.link);
            }
        }
    }

    fn keep(self: &Arc<Self>, link: Link, version: Version) {
        let since = Instant::now();
        let mut kept = self.lock();
        kept.links.push(KeptLink {
            link,
            version,
            since,
        });
        if !std::mem::replace(&mut kept.watched, true) {
            tokio::spawn(watch(Arc::downgrade(self)));
        }
    }
}

/// Closes what nobody uses, until there is nothing left or the pool is gone.
async fn watch(pool: std::sync::Weak<Inner>) {
    loop {
        tokio::time::sleep(IDLE / 2).await;
        let Some(pool) = pool.upgrade() else {
            return;
        };
        let mut kept = pool.lock();
        let is_old = |kept: &mut KeptLink| kept.since.elapsed() > IDLE;
        for old in kept.links.extract_if(.., is_old) {
            hang_up(old.link, None);
        }
        if kept.links.is_empty() {
            kept.watched = false;
            return;
        }
    }
}

impl Lease {
    /// The connection.
    pub(super) fn link(&mut self) -> Result<&mut Link, Fault> {
        let link = self.link.as_mut().map(|(link, _)| link);
        link.ok_or(Fault::stop(FaultCode::Internal))
    }

    /// The work came to its end: the connection is as good as new.
    pub(super) fn done(mut self) {
        if let Some((link, slot)) = self.link.take() {
            self.home.keep(link, self.version);
            drop(slot);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some((link, slot)) = self.link.take() {
            hang_up(link, Some(slot));
        }
    }
}

/// Closes a connection beside; its slot is free once it is closed.
fn hang_up(link: Link, slot: Option<OwnedSemaphorePermit>) {
    // Without a runtime the process ends, and all connections with it.
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            let _ = tokio::time::timeout(ANSWER, link.close()).await;
            drop(slot);
        });
    }
}

/// Whatever it is, within this time; else it may be tried again.
pub(super) async fn within<T, E: From<Fault>>(
    limit: Duration,
    code: FaultCode,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let late = |_| Err(Fault::retry(code).into());
    tokio::time::timeout(limit, call).await.unwrap_or_else(late)
}
