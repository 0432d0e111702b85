//! One stream of events: sends what is new, waits for a change or a second, looks again. It reads the store every time, so nothing is missed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::backend::Caller;
use app::error::Error;
use app::model::{Millis, RequestFilter, RequestId, SearchId};
use tokio::time::{sleep, timeout};

use super::Web;
use crate::hub::Ears;

/// Streams that one caller may have open.
const PER_CALLER: u32 = 32;
/// The longest wait before the store is read again: how other replicas' work is learned of.
const LOOK: Duration = Duration::from_secs(1);
/// The same for a list, of which all that happens may be news: it is not read more often than once in [`LOOK`] either.
const LOOK_AT_LIST: Duration = Duration::from_secs(4);
/// How often it is checked that the session goes on, in milliseconds.
const CHECK: Millis = 60_000;

/// How many streams each caller has open.
#[derive(Debug, Clone, Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<String, u32>>>);

/// One caller's open stream; dropping it gives the place back.
#[derive(Debug)]
pub(super) struct Place {
    streams: Streams,
    actor: String,
}

impl Streams {
    /// A place for one more stream; [`Error::RateLimited`] if the caller has too many.
    pub(super) fn place(&self, actor: String) -> Result<Place, Error> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = open.entry(actor.clone()).or_default();
        if *mine >= PER_CALLER {
            return Err(Error::RateLimited { retry_after: 30 });
        }
        *mine += 1;
        drop(open);
        let streams = self.clone();
        Ok(Place { streams, actor })
    }

    /// All that are open.
    pub(super) fn open(&self) -> u32 {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.values().sum()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self
            .streams
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(mine) = open.get_mut(&self.actor) {
            *mine -= 1;
            if *mine == 0 {
                open.remove(&self.actor);
            }
        }
    }
}

/// What is followed.
#[derive(Debug, Clone)]
pub(super) enum Thing {
    /// A set of requests, by its root's id: its events.
    Request(RequestId),
    /// A search: its versions.
    Search(SearchId),
    /// A page of the list, and which requests it shows: its versions, in no order.
    List(RequestFilter, Vec<RequestId>),
}

/// A stream in progress.
pub(super) struct Follow {
    web: Web,
    caller: Caller,
    /// The session's token, where there is one.
    token: Option<String>,
    thing: Thing,
    last: i64,
    found: VecDeque<i64>,
    ears: Ears,
    checked: Millis,
    _place: Place,
}

impl Follow {
    /// Begins after the number `last`. It listens from now on, so nothing falls between here and the first look.
    pub(super) fn new(
        web: Web,
        caller: Caller,
        token: Option<String>,
        thing: Thing,
        last: i64,
    ) -> Result<Self, Error> {
        let place = web.streams.place(crate::policy::actor(&caller)?)?;
        let ears = web.habeas.hub.listen();
        let checked = web.habeas.clock.now();
        Ok(Self {
            web,
            caller,
            token,
            thing,
            last,
            found: VecDeque::new(),
            ears,
            checked,
            _place: place,
        })
    }

    /// The next number; nothing when the stream is to end: the server stops, the session has ended, or the store does not answer.
    /// The browser comes back by itself and is then told the reason.
    pub(super) async fn next(&mut self) -> Option<i64> {
        loop {
            if self.web.stopping.is_cancelled() || !self.is_allowed().await {
                return None;
            }
            if let Some(seq) = self.found.pop_front() {
                self.last = seq;
                return Some(seq);
            }
            self.found = self.look().await.ok()?;
            if self.found.is_empty() {
                self.wait().await;
            }
        }
    }

    async fn look(&self) -> Result<VecDeque<i64>, Error> {
        match &self.thing {
            Thing::Request(id) => {
                let events = self
                    .web
                    .backend
                    .requests
                    .events(&self.caller, id, self.last)
                    .await?;
                Ok(events.iter().map(|event| event.seq).collect())
            }
            Thing::Search(id) => {
                let version = self
                    .web
                    .backend
                    .subjects
                    .search(&self.caller, id)
                    .await?
                    .version;
                Ok(Some(version)
                    .filter(|version| *version > self.last)
                    .into_iter()
                    .collect())
            }
            Thing::List(filter, shown) => {
                let requests = &self.web.backend.requests;
                let page = requests.list_again(&self.caller, filter.clone(), shown);
                let version = page.await?.version();
                Ok(Some(version)
                    .filter(|version| *version != self.last)
                    .into_iter()
                    .collect())
            }
        }
    }

    async fn wait(&mut self) {
        let Self {
            web, thing, ears, ..
        } = self;
        let changed = async {
            match thing {
                Thing::Request(id) => look_after(ears.changed(id.as_str()), LOOK).await,
                Thing::Search(id) => look_after(ears.changed(id.as_str()), LOOK).await,
                Thing::List(..) => {
                    sleep(LOOK).await;
                    look_after(ears.anything(), LOOK_AT_LIST).await;
                }
            }
        };
        tokio::select! {
            () = changed => {}
            () = web.stopping.cancelled() => {}
        }
    }

    async fn is_allowed(&mut self) -> bool {
        let now = self.web.habeas.clock.now();
        if now - self.checked < CHECK {
            return true;
        }
        self.checked = now;
        match &self.token {
            Some(token) => self.web.sessions.is_alive(token).await.unwrap_or(false),
            None => true,
        }
    }
}

/// Waits for a change, but no longer than that.
async fn look_after(change: impl Future<Output = ()>, longest: Duration) {
    // Both mean that it is time to look.
    let _ = timeout(longest, change).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_so_many_streams_and_gets_places_back() {
        let streams = Streams::default();
        let mut mine: Vec<_> = (0..PER_CALLER)
            .map(|_| streams.place("staff:a".into()).expect("a place"))
            .collect();
        let why = streams.place("staff:a".into()).expect_err("full");
        assert_eq!(why.status(), 429);
        let other = streams
            .place("staff:b".into())
            .expect("others have their own");
        assert_eq!(streams.open(), PER_CALLER + 1);
        mine.pop();
        mine.push(streams.place("staff:a".into()).expect("given back"));
        drop((mine, other));
        assert_eq!(streams.open(), 0);
        assert!(
            streams.0.lock().expect("lock").is_empty(),
            "nothing is kept of callers"
        );
    }
}
