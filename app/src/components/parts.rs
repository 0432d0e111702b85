//! A page, part by part: fetched, and shown once it is there.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::banner::ErrorPage;
use super::field::FormError;
use super::frame::LiveState;
use super::post::Post;
use crate::error::Error;
use crate::html::Html;
use crate::session;

/// What was rendered of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// From top to bottom. An error of a form is shown above the last.
    pub parts: Vec<Html>,
    /// Where its changes are told, as long as there may be any.
    pub events: Option<String>,
}

/// What is asked for: what a page reads out of its address, word by word.
pub type Asked = Vec<String>;

/// The first words of what is asked for; those that are missing are empty.
pub fn words<const N: usize>(asked: Asked) -> [String; N] {
    let mut asked = asked.into_iter();
    std::array::from_fn(|_| asked.next().unwrap_or_default())
}

/// Parts that are being fetched.
pub type Fetching = Pin<Box<dyn Future<Output = Result<Parts, Error>> + Send>>;

/// A page whose parts are fetched.
pub struct Page {
    fetching: Fetching,
    post: Post,
}

impl Page {
    /// Fetches what is asked for; `post` is how the page's forms went. The stream that the browser follows already is one word more of
    /// what is asked.
    pub fn new(asked: impl FnOnce() -> Asked, fetch: fn(Asked) -> Fetching, post: Post) -> Self {
        let mut words = asked();
        words.extend(session::followed());
        Self {
            fetching: fetch(words),
            post,
        }
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
    Suspend::new(async move {
        match page.fetching.await {
            Ok(parts) => view! { <Shown parts post=page.post headed/> }.into_any(),
            Err(error) => view! { <ErrorPage error/> }.into_any(),
        }
    })
}

#[component]
fn Shown(parts: Parts, post: Post, headed: bool) -> impl IntoView {
    let Parts { mut parts, events } = parts;
    let last = parts.pop().map(Html::show);
    let mut before = parts.into_iter().map(Html::show);
    let head = headed.then(|| view! { <div class="page-head">{before.next()} <LiveState/></div> });
    let before = before.collect_view();
    view! {
        <div class="part" data-events=events>
            {head}
            {before}
            <FormError error=post.error()/>
            {last}
        </div>
    }
    .into_any()
}
