//! A page as the server rendered it, part by part; kept current, its forms sent without leaving it.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::banner::{ErrorPage, Loading};
use super::copy::copy;
use super::field::FormError;
use super::frame::LiveState;
use super::post::Post;
use super::slide::slide;
use crate::error::Error;
use crate::html::Html;
use crate::live::{self, Kept, Live};

/// What the server rendered of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// From top to bottom. An error of a form is shown above the last.
    pub parts: Vec<Html>,
    /// Where its changes are told, as long as there may be any.
    pub events: Option<String>,
}

/// [`Parts`] as a page carries them to its own script: their HTML stands in the document already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Carried {
    #[serde(skip)]
    parts: Vec<Html>,
    count: u8,
    events: Option<String>,
}

impl From<Parts> for Carried {
    fn from(from: Parts) -> Self {
        Self {
            count: u8::try_from(from.parts.len()).unwrap_or(u8::MAX),
            parts: from.parts,
            events: from.events,
        }
    }
}

/// What is asked for: what a page reads out of its address, word by word.
pub type Asked = Vec<String>;

/// The first words of what is asked for; those that are missing are empty.
pub fn words<const N: usize>(asked: Asked) -> [String; N] {
    let mut asked = asked.into_iter();
    std::array::from_fn(|_| asked.next().unwrap_or_default())
}

/// An answer that is being fetched.
pub type Fetching = Pin<Box<dyn Future<Output = Result<Parts, Error>> + Send>>;

/// A page whose parts are fetched, and fetched again when something changed.
#[derive(Clone, Copy)]
pub struct Page {
    parts: Resource<Result<Carried, Error>>,
    post: Post,
    pub live: Live,
}

impl Page {
    /// Fetches what is asked for; again after every change that is told of or made by `post`.
    pub fn new(
        asked: impl Fn() -> Asked + Copy + Send + Sync + 'static,
        fetch: fn(Asked) -> Fetching,
        post: Post,
    ) -> Self {
        let (following, set_following) = signal(None);
        let (next, set_next) = signal(None);
        let live = live::follow(move || {
            let _stream: String = following.get()?;
            next.get_untracked()
        });
        let kept = Kept::new();
        let parts = Resource::new(
            move || (asked(), live.changed.get(), post.done()),
            move |(asked, _, _)| async move {
                let parts = kept.or_last(&asked, fetch(asked.clone()).await);
                parts.map(Carried::from)
            },
        );
        Effect::new(move |_| {
            if let Some(Ok(Carried { events, .. })) = parts.get() {
                // Which stream it is; the rest says from where on.
                let now = events
                    .as_deref()
                    .and_then(|events| events.split('?').next())
                    .map(str::to_owned);
                set_next.set(events);
                // What is followed already is not followed anew: that would be another stream for every change.
                if following.get_untracked() != now {
                    set_following.set(now);
                }
            }
        });
        Self { parts, post, live }
    }
}

/// Shows a page's parts.
#[component]
pub fn ShowParts(
    page: Page,
    /// Whether the first part is the page's head.
    #[prop(optional)]
    headed: bool,
) -> impl IntoView {
    view! {
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match page.parts.await {
                    Ok(carried) => view! { <Shown page carried headed/> }.into_any(),
                    Err(error) => view! { <ErrorPage error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(page: Page, carried: Carried, headed: bool) -> impl IntoView {
    let Carried {
        mut parts, count, ..
    } = carried;
    // Those that stand in the document already.
    parts.resize(count.into(), Html::default());
    let last = parts.pop().unwrap_or_default();
    let mut before = parts.into_iter();
    let head = headed.then(|| {
        let head = before.next().unwrap_or_default();
        view! {
            <div class="page-head">
                {head}
                <LiveState live=page.live/>
            </div>
        }
    });
    let before = before.collect_view();
    view! {
        <div class="part" on:submit=move |event| page.post.send(event) on:click=copy on:change=slide()>
            {head}
            {before}
            <FormError error=page.post.error()/>
            {last}
        </div>
    }
    .into_any()
}
