//! Tells the streams of this process that something changed. A signal carries no data: whoever hears it reads the store.
//! Missing one is harmless: streams also look once a second, which is how they learn of other replicas' work.

use tokio::sync::broadcast;

/// What changed: a set of requests or a search, by id.
#[derive(Debug, Clone)]
pub struct Hub(broadcast::Sender<String>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::channel(1024).0)
    }
}

impl Hub {
    /// Says that the root request or search of that id changed. Call it after the commit.
    pub fn changed(&self, id: &str) {
        // Nobody listening is no error.
        let _ = self.0.send(id.to_owned());
    }

    /// Hears of changes from now on.
    pub fn listen(&self) -> Ears {
        Ears(self.0.subscribe())
    }
}

/// One listener.
#[derive(Debug)]
pub struct Ears(broadcast::Receiver<String>);

impl Ears {
    /// Returns when anything changed; all that changed before is the same change.
    pub async fn anything(&mut self) {
        match self.0.recv().await {
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
        // What changed until now is one change.
        self.0 = self.0.resubscribe();
    }

    /// Returns when `id` changed, or may have: having fallen behind counts as a change.
    pub async fn changed(&mut self, id: &str) {
        loop {
            match self.0.recv().await {
                Ok(changed) if changed == id => return,
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(_)) => return,
                // The hub lives as long as the process; without it nothing changes any more.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
