//! Tells of tasks in a worker's hands that wait for their system's rate budget, and until when.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Engine, advance};
use crate::connectors::pace::{At, Outlook, Pace, Watch};
use crate::ledger::{Claimed, Waits};
use crate::store::StoreError;

/// How often it is looked who waits.
const EVERY: Duration = Duration::from_millis(500);
/// A shorter wait is not told of.
const NOTICED: Duration = Duration::from_secs(1);

/// The tasks that a worker has taken together, each followed through its calls.
pub(super) struct Followed<'a> {
    engine: &'a Engine,
    pace: Option<Arc<Pace>>,
    tasks: Vec<(Claimed, Watch)>,
    /// Until when it was said of a task that it waits.
    told: HashMap<String, Instant>,
}

impl<'a> Followed<'a> {
    pub(super) fn new(engine: &'a Engine, first: &Claimed) -> Self {
        let system = engine.systems.get(&first.system);
        Self {
            engine,
            pace: system.and_then(|system| system.pace.clone()),
            tasks: Vec::new(),
            told: HashMap::new(),
        }
    }

    /// Follows the work of a task.
    pub(super) fn follow<F: Future>(
        &mut self,
        task: &Claimed,
        work: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        let (watch, work) = Watch::over(work);
        self.tasks.push((task.clone(), watch));
        work
    }

    /// Tells of those that wait for as long as it is polled; it never ends.
    pub(super) async fn tell(mut self) -> Infallible {
        let Some(pace) = self.pace.take() else {
            return std::future::pending().await;
        };
        loop {
            sleep(EVERY).await;
            if !self.waits_long() {
                continue;
            }
            // The store that can't say it now may be asked again soon.
            let Ok(outlook) = pace.outlook().await else {
                continue;
            };
            if let Err(why) = self.note(&outlook).await {
                tracing::warn!(error = %why, "it was not noted that tasks wait for a rate budget");
            }
        }
    }

    /// Whether one waits of which nothing was said, or longer than was said.
    fn waits_long(&self) -> bool {
        let now = Instant::now();
        let unsaid = |task: &Claimed| self.told.get(&task.id).is_none_or(|until| *until < now);
        let mut tasks = self.tasks.iter();
        tasks.any(|(task, watch)| match watch.at() {
            At::Waits(since) => since.elapsed() >= EVERY && unsaid(task),
            At::Before | At::Goes(_) => false,
        })
    }

    /// Those that wait have their turn before one more call; those that are not begun, after that.
    async fn note(&mut self, outlook: &Outlook) -> Result<(), StoreError> {
        let (now, mut after, mut waits) = (Instant::now(), 0, Vec::new());
        for (task, watch) in &self.tasks {
            let wait = match watch.at() {
                At::Goes(_) => continue,
                At::Waits(_) => outlook.wait(0),
                At::Before => {
                    after += 1;
                    outlook.wait(after)
                }
            };
            let said = self.told.get(&task.id).is_some_and(|until| *until > now);
            if wait < NOTICED || said {
                continue;
            }
            self.told.insert(task.id.clone(), now + wait);
            let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            waits.push(Waits {
                task: task.clone(),
                until: self.engine.clock.now().saturating_add(millis),
            });
        }
        let Some(first) = waits.first() else {
            return Ok(());
        };
        let (engine, root) = (self.engine.clone(), first.task.root.clone());
        let db = engine.db.clone();
        let write =
            db.write(move |tx| Box::pin(async move { advance::waits(&engine, tx, &waits).await }));
        write.await?;
        self.engine.hub.changed(root.as_str());
        Ok(())
    }
}
