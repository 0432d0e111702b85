//! How systems are: asked again and again in the background, so that nobody who looks has to wait for one that is slow or busy.
//! What they said is counted by the hour, and written down every minute: a crash forgets no more than that.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::model::{Health, HealthHour, Millis};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::connectors::pace::{At, Watch};
use crate::registry::{Registry, System};
use crate::store::{Db, StoreError};

/// How often each system is asked, in milliseconds.
pub const LOOKS: Millis = 10_000;
const EVERY: Duration = Duration::from_millis(LOOKS.unsigned_abs());
/// How long an answer is worth showing; then whoever looks asks anew.
const FRESH: Duration = Duration::from_secs(30);
/// How long a system may take to say that it is well, once it is its turn.
const PATIENCE: Duration = Duration::from_secs(2);
/// So many tasks that get no answer, one after the other, are enough to ask a system that is not well for nothing more.
const MOST_UNANSWERED: u32 = 5;
/// How often what they said is written down.
const WRITTEN: Duration = Duration::from_secs(60);

/// What a system last said of itself.
#[derive(Debug, Default)]
pub struct Pulse {
    last: Mutex<Last>,
    /// Held while it is asked: who wants to know meanwhile waits for the same answer.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Last {
    said: Option<(Instant, Health)>,
    /// How many tasks got no answer, one after the other.
    unanswered: u32,
    /// Grows when it is forgotten: an answer to what was asked before is not remembered.
    age: u64,
    /// What was said since it was last written down, by the hour.
    unwritten: BTreeMap<Millis, HealthHour>,
}

impl Last {
    fn count(&mut self, said: HealthHour) {
        match self.unwritten.get_mut(&said.hour) {
            Some(known) => known.add(said),
            None => drop(self.unwritten.insert(said.hour, said)),
        }
    }
}

impl Pulse {
    /// What was said is no longer true, nor what is being said: the next who looks asks.
    pub fn forget(&self) {
        let mut last = self.last();
        last.said = None;
        last.age += 1;
    }

    /// A task got an answer, or none.
    pub fn heard(&self, answered: bool) {
        let mut last = self.last();
        last.unanswered = if answered {
            0
        } else {
            last.unanswered.saturating_add(1)
        };
    }

    /// Whether the system is to be spared tasks: those before got no answer, and it does not say that it is well. That is asked all the
    /// time; as soon as it is well, or not known any more, tasks go on.
    pub fn is_out(&self) -> bool {
        let unanswered = self.last().unanswered;
        unanswered >= MOST_UNANSWERED && matches!(self.fresh(), Some(Health::Down { .. }))
    }

    /// What was said since it was last written down, the oldest hour first.
    pub fn unwritten(&self) -> Vec<HealthHour> {
        self.last().unwritten.values().cloned().collect()
    }

    fn take_unwritten(&self) -> Vec<HealthHour> {
        std::mem::take(&mut self.last().unwritten)
            .into_values()
            .collect()
    }

    fn fresh(&self) -> Option<Health> {
        let last = self.last();
        let (at, health) = last.said.as_ref()?;
        (at.elapsed() < FRESH).then(|| health.clone())
    }

    fn remember(&self, asked_at_age: u64, health: &Health) {
        let mut last = self.last();
        last.count(HealthHour::of(health));
        if last.age == asked_at_age {
            last.said = Some((Instant::now(), health.clone()));
        }
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
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
            sleep(EVERY).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = watched => {}
    }
}

/// Writes down what systems said, every minute, and once more when told to stop.
pub async fn keep(systems: Registry, db: Db, stop: CancellationToken) {
    while stop.run_until_cancelled(sleep(WRITTEN)).await.is_some() {
        write(&systems, &db).await;
    }
    write(&systems, &db).await;
}

/// Writes down what was not written yet. What can't be written is kept for the next time.
pub async fn write(systems: &Registry, db: &Db) {
    let said: Vec<_> = systems
        .all()
        .into_iter()
        .flat_map(|system| {
            let hours = system.pulse.take_unwritten();
            hours.into_iter().map(move |hour| (system.clone(), hour))
        })
        .collect();
    if said.is_empty() {
        return;
    }
    let rows: Vec<_> = said
        .iter()
        .map(|(system, hour)| (system.id.clone(), hour.clone()))
        .collect();
    let write = db.write(move |tx| {
        Box::pin(async move {
            for (system, hour) in &rows {
                tx.health_add(system, hour).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    if let Err(why) = write.await {
        tracing::warn!(error = %why, "how the systems were was not written down");
        for (system, hour) in said {
            system.pulse.last().count(hour);
        }
    }
}

async fn ask(system: &System, clock: &Clock) -> Health {
    let age = system.pulse.last().age;
    // Waiting for a call that its budget allows is ours, not the system's slowness.
    let (watch, asked) = Watch::over(system.connector.health());
    let (asked, mut patience) = (pin!(asked), watch.clone());
    let answer = tokio::select! {
        answer = asked => Some(answer),
        () = patience.goes_for(PATIENCE) => None,
    };
    let took = match watch.at() {
        At::Goes(since) => since.elapsed().as_millis(),
        At::Before | At::Waits(_) => 0,
    };
    let at = clock.now();
    let down = |code: &str| Health::Down {
        code: code.to_owned(),
        at,
    };
    let health = match answer {
        Some(Ok(())) => Health::Up {
            took: u32::try_from(took).unwrap_or(u32::MAX),
            at,
        },
        Some(Err(fault)) => down(fault.code().as_str()),
        None => down("timeout"),
    };
    system.pulse.remember(age, &health);
    health
}
