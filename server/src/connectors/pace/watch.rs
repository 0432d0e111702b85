//! Tells who makes a call whether it waits for its turn, through all that lies between them.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout_at};

tokio::task_local! {
    static WATCHED: Sender<At>;
}

/// Where a call is, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// It is not begun.
    Before,
    /// It waits for its turn.
    Waits(Instant),
    /// It is being made, or what is between two calls.
    Goes(Instant),
}

/// Follows the calls of a piece of work.
#[derive(Debug, Clone)]
pub struct Watch(Receiver<At>);

impl Watch {
    /// The work, and how to follow it while it is done.
    pub fn over<F: Future>(work: F) -> (Self, impl Future<Output = F::Output>) {
        let (tells, told) = channel(At::Before);
        let begun = async {
            tell(At::Goes(Instant::now()));
            work.await
        };
        (Self(told), WATCHED.scope(tells, begun))
    }

    /// Where it is now.
    pub fn at(&self) -> At {
        *self.0.borrow()
    }

    /// Ends when it has gone for so long since it last waited; never if it is done by then.
    pub async fn goes_for(&mut self, patience: Duration) {
        loop {
            let at = *self.0.borrow_and_update();
            let changed = self.0.changed();
            let changed = match at {
                At::Before | At::Waits(_) => changed.await,
                At::Goes(since) => match timeout_at(since + patience, changed).await {
                    Ok(changed) => changed,
                    Err(_) => return,
                },
            };
            if changed.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

/// A call that waits for its turn, until this is dropped.
pub(super) struct Waits(());

impl Waits {
    pub(super) fn begin() -> Self {
        tell(At::Waits(Instant::now()));
        Self(())
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        tell(At::Goes(Instant::now()));
    }
}

fn tell(at: At) {
    // Where nobody watches, nobody is told.
    let _ = WATCHED.try_with(|tells| tells.send_replace(at));
}
