//! Instants: UTC, the same text on server and client.

use leptos::prelude::*;

use crate::format;
use crate::model::Millis;

/// An instant to the minute.
#[component]
pub fn At(at: Millis) -> impl IntoView {
    view! { <time datetime=format::rfc3339(at)>{format::minute(at)}</time> }
}

/// The time of day to the second; hovering shows the day.
#[component]
pub fn Clock(at: Millis) -> impl IntoView {
    view! {
        <time datetime=format::rfc3339(at) title=format::minute(at)>
            {format::clock(at)}
        </time>
    }
}
