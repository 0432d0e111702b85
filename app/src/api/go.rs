//! Where one can go from here.

use leptos::prelude::*;

use crate::backend::{Backend, Caller};
use crate::components::Parts;
use crate::error::Error;
use crate::html::Html;
use crate::model::RequestFilter;
use crate::session::lang_of_request;
use crate::views::go::Places;

/// How many of the newest requests are listed.
const RECENT: usize = 8;

/// The list of places, with the newest requests.
pub async fn get_places() -> Result<Parts, Error> {
    let (backend, lang) = (expect_context::<Backend>(), lang_of_request());
    let caller = expect_context::<Caller>();
    let listed = backend.requests.list(&caller, RequestFilter::default());
    let mut recent = listed.await?.requests;
    recent.truncate(RECENT);
    Ok(Parts {
        parts: vec![Html::of(lang, || view! { <Places recent/> })],
        events: None,
    })
}
