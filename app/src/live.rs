//! Live pages: a stream of server-sent events says *that* something changed, and the page fetches again. It carries no data.

use leptos::prelude::*;

use crate::error::Error;

/// How a page hears of changes.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    /// Grows with every change; a page's resource depends on it.
    pub changed: ReadSignal<u64>,
    pub link: ReadSignal<Link>,
}

/// The state of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Link {
    /// Nothing to follow: it has ended, or there is no JavaScript.
    #[default]
    Off,
    Live,
    Reconnecting,
}

/// Follows the stream at `url` for as long as it is given and the page is open. On the server nothing is followed.
pub fn follow(url: impl Fn() -> Option<String> + Send + Sync + 'static) -> Live {
    let (changed, set_changed) = signal(0);
    let (link, set_link) = signal(Link::Off);
    #[cfg(feature = "hydrate")]
    browser::follow(url, set_changed, set_link);
    #[cfg(not(feature = "hydrate"))]
    drop((url, set_changed, set_link));
    Live { changed, link }
}

/// The last good answer of a page: shown on while the server can't be reached, e.g. while it is restarted.
#[derive(Debug)]
pub struct Kept<K, T>(StoredValue<Option<(K, T)>>)
where
    K: Send + Sync + 'static,
    T: Send + Sync + 'static;

impl<K, T> Kept<K, T>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// Nothing kept yet; belongs to the page that is being made.
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// The answer; or the last good one to the same question, if the network failed. No other error is hidden.
    pub fn or_last(&self, key: &K, answer: Result<T, Error>) -> Result<T, Error> {
        match answer {
            Ok(value) => {
                self.0.try_set_value(Some((key.clone(), value.clone())));
                Ok(value)
            }
            Err(error @ Error::Transport { .. }) => match self.0.try_get_value().flatten() {
                Some((known, value)) if known == *key => Ok(value),
                _ => Err(error),
            },
            Err(error) => Err(error),
        }
    }
}

impl<K, T> Clone for Kept<K, T>
where
    K: Send + Sync + 'static,
    T: Send + Sync + 'static,
{
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, T> Copy for Kept<K, T>
where
    K: Send + Sync + 'static,
    T: Send + Sync + 'static,
{
}

impl<K, T> Default for Kept<K, T>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self::new()
    }
}

/// How long to wait before try `n` (from 0) to open a stream again: 1, 2, 4 … 30 seconds.
#[cfg(any(feature = "hydrate", test))]
fn back_off(n: u32) -> u32 {
    2_u32.saturating_pow(n).min(30) * 1_000
}

#[cfg(feature = "hydrate")]
mod browser {
    use futures::future::{Either, select};
    use futures::{FutureExt, StreamExt};
    use gloo_net::eventsource::State;
    use gloo_net::eventsource::futures::{EventSource, EventSourceSubscription};
    use gloo_timers::future::TimeoutFuture;
    use leptos::prelude::*;
    use leptos::task::spawn_local;

    use super::{Link, back_off};

    /// Changes that come closer together than this, in milliseconds, are one.
    const COALESCE: u32 = 200;
    /// How often the browser is asked whether it is still connected, in milliseconds.
    const CHECK: u32 = 2_000;
    /// The same until it is connected for the first time.
    const FIRST_CHECK: u32 = 250;
    /// After how many of those checks somebody who waits for the first connection is told.
    const PATIENCE: u32 = 8;

    pub(super) fn follow(
        url: impl Fn() -> Option<String> + 'static,
        changed: WriteSignal<u64>,
        link: WriteSignal<Link>,
    ) {
        // Each following has a number; a loop ends as soon as its number is not the current one.
        let current = StoredValue::new(0_u32);
        Effect::new(move |_| {
            let url = url();
            let mine = current.try_get_value().unwrap_or_default() + 1;
            current.set_value(mine);
            match url {
                Some(url) => spawn_local(run(url, changed, link, move || {
                    // After the page is gone the value is too.
                    current.try_get_value() == Some(mine)
                })),
                None => link.set(Link::Off),
            }
        });
    }

    async fn run(
        url: String,
        changed: WriteSignal<u64>,
        link: WriteSignal<Link>,
        wanted: impl Fn() -> bool,
    ) {
        let mut tries = 0;
        while wanted() {
            if let Ok(mut source) = EventSource::new(&url)
                && let Ok(messages) = source.subscribe("message")
            {
                if listen(&source, messages, changed, link, &wanted).await {
                    tries = 0;
                }
                source.close();
            }
            if !wanted() {
                return;
            }
            link.try_set(Link::Reconnecting);
            TimeoutFuture::new(back_off(tries)).await;
            tries += 1;
            // Something may have happened while nobody listened.
            changed.try_update(|n| *n += 1);
        }
    }

    /// Passes messages on until the stream closes or is no longer wanted; whether it was ever open.
    async fn listen(
        source: &EventSource,
        mut messages: EventSourceSubscription,
        changed: WriteSignal<u64>,
        link: WriteSignal<Link>,
        wanted: &impl Fn() -> bool,
    ) -> bool {
        let mut opened = false;
        let mut checks = 0_u32;
        loop {
            let check = if opened { CHECK } else { FIRST_CHECK };
            let event = match select(messages.next(), TimeoutFuture::new(check)).await {
                Either::Left((event, _)) => Some(event),
                Either::Right(_) => None,
            };
            if !wanted() {
                return opened;
            }
            match source.state() {
                State::Open => {
                    opened = true;
                    link.try_set(Link::Live);
                }
                // The browser tries again by itself and does not say so: neither of a stream that was lost, nor of one that never opens.
                State::Connecting => {
                    checks += 1;
                    link.try_maybe_update(|link| {
                        let lost = match *link {
                            Link::Live => true,
                            Link::Off => checks > PATIENCE,
                            Link::Reconnecting => false,
                        };
                        if lost {
                            *link = Link::Reconnecting;
                        }
                        (lost, ())
                    });
                }
                State::Closed => return opened,
            }
            match event {
                Some(Some(Ok(_))) => {
                    TimeoutFuture::new(COALESCE).await;
                    while let Some(Some(Ok(_))) = messages.next().now_or_never() {}
                    if !wanted() {
                        return opened;
                    }
                    changed.try_update(|n| *n += 1);
                }
                Some(Some(Err(_)) | None) => return opened,
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_kept_while_the_network_is_gone_but_no_other_error_is_hidden() {
        Owner::new().with(|| {
            let kept = Kept::new();
            let gone = || {
                Err(Error::Transport {
                    text: "request".into(),
                })
            };
            assert_eq!(kept.or_last(&1, gone()), gone());
            assert_eq!(kept.or_last(&1, Ok("first")), Ok("first"));
            assert_eq!(kept.or_last(&1, gone()), Ok("first"));
            assert_eq!(kept.or_last(&2, gone()), gone(), "another page's answer");
            let out = Err(Error::Unauthenticated);
            assert_eq!(kept.or_last(&1, out.clone()), out);
        });
    }

    #[test]
    fn waiting_grows_to_half_a_minute() {
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 40].map(back_off),
            [1, 2, 4, 8, 16, 30, 30].map(|s| s * 1_000)
        );
    }
}
