//! How systems are: asked again and again in the background, so that nobody who looks has to wait for one that is slow or busy.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use app::model::Health;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::registry::{Registry, System};

/// How often each system is asked.
const EVERY: Duration = Duration::from_secs(10);
/// How long an answer is worth showing; then whoever looks asks anew.
const FRESH: Duration = Duration::from_secs(30);
/// How long a system may take to say that it is well, once it is its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a system last said of itself.
#[derive(Debug, Default)]
pub struct Pulse {
    last: Mutex<Option<(Instant, Health)>>,
    /// Held while it is asked: who wants to know meanwhile waits for the same answer.
    asking: tokio::sync::Mutex<()>,
}

impl Pulse {
    /// What was said is no longer true: the next who looks asks.
    pub fn forget(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn fresh(&self) -> Option<Health> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, health) = last.as_ref()?;
        (at.elapsed() < FRESH).then(|| health.clone())
    }

    fn remember(&self, health: &Health) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((Instant::now(), health.clone()));
    }
}

/// How a system is: as it said lately, or else as it says now.
pub async fn health(system: &System, clock: &Clock) -> Health {
    if let Some(known) = system.pulse.fresh() {
        return known;
    }
    let _asking = system.pulse.asking.lock().await;
    match system.pulse.fresh() {
        Some(known) => known,
        None => ask(system, clock).await,
    }
}

/// Asks all systems from now on, each at its own speed, until told to stop.
pub async fn watch(systems: Registry, clock: Clock, stop: CancellationToken) {
    let watched = async {
        loop {
            let all = systems.all();
            let asked = all.iter().map(|system| async {
                let _asking = system.pulse.asking.lock().await;
                ask(system, &clock).await;
            });
            futures::future::join_all(asked).await;
            tokio::time::sleep(EVERY).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = watched => {}
    }
}

async fn ask(system: &System, clock: &Clock) -> Health {
    // Waiting for a call that its budget allows is ours, not the system's slowness.
    let turn = system.pace.as_ref().and_then(|pace| pace.next_free());
    let turn = turn.unwrap_or_default();
    let begun = Instant::now();
    let answer = timeout(turn + PATIENCE, system.connector.health()).await;
    let took = begun.elapsed().saturating_sub(turn).as_millis();
    let at = clock.now();
    let down = |code: &str| Health::Down {
        code: code.to_owned(),
        at,
    };
    let health = match answer {
        Ok(Ok(())) => Health::Up {
            took: u32::try_from(took).unwrap_or(u32::MAX),
            at,
        },
        Ok(Err(fault)) => down(fault.code().as_str()),
        Err(_) => down("timeout"),
    };
    system.pulse.remember(&health);
    health
}
