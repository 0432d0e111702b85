//! The systems of the organisation.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::components::Parts;
use crate::error::Error;
use crate::wire::Answer;

#[cfg(feature = "ssr")]
use super::form;
#[cfg(feature = "ssr")]
use crate::backend::{Backend, Caller};
#[cfg(feature = "ssr")]
use crate::error::Reason;
#[cfg(feature = "ssr")]
use crate::model::Misbehaviour;
#[cfg(feature = "ssr")]
use crate::model::SystemId;
#[cfg(feature = "ssr")]
use crate::views::{map, system, systems};
#[cfg(feature = "ssr")]
use crate::{html::Html, session::lang_of_request};

/// All systems with their health: as cards, or where `show` is `map` with what refers to what.
#[server(prefix = "/ui", endpoint = "systems/list", input = GetUrl, output = Answer)]
pub async fn list_systems(#[server(default)] show: String) -> Result<Parts, Error> {
    let (backend, lang) = (expect_context::<Backend>(), lang_of_request());
    let listed = backend.systems.list(&expect_context::<Caller>()).await;
    let all = form::read(listed)?;
    let is_map = show == "map";
    let body = if is_map {
        Html::of(lang, || view! { <map::Map systems=all/> })
    } else {
        Html::of(lang, || view! { <systems::SystemCards systems=all/> })
    };
    Ok(Parts {
        parts: vec![
            Html::of(lang, || view! { <systems::SystemsHead is_map/> }),
            body,
        ],
        events: None,
    })
}

/// One system: how it is and was, and what waits for it.
#[server(prefix = "/ui", endpoint = "systems/get", input = GetUrl, output = Answer)]
pub async fn get_system(id: String) -> Result<Parts, Error> {
    let (backend, lang) = (expect_context::<Backend>(), lang_of_request());
    let found = async {
        let id = SystemId::parse(id).map_err(|_| Error::not_found("system"))?;
        let caller = expect_context::<Caller>();
        backend.systems.detail(&caller, &id).await
    };
    let detail = form::read(found.await)?;
    let one = detail.system.clone();
    Ok(Parts {
        parts: vec![
            Html::of(lang, || view! { <system::SystemHead system=one/> }),
            Html::of(lang, || view! { <system::SystemBody detail/> }),
        ],
        events: None,
    })
}

/// Pauses a system, or resumes it.
#[server(prefix = "/ui", endpoint = "systems/pause", output = Answer)]
pub async fn set_paused(
    #[server(default)] system: String,
    #[server(default)] paused: String,
    #[server(default)] on: String,
) -> Result<(), Error> {
    let page = page_of_form(&on, &system);
    let set = async {
        let id = form::id("system", &system)?;
        let paused = form::word("paused", &paused, |text| text.parse::<bool>().ok())?;
        let backend = expect_context::<Backend>();
        backend
            .systems
            .set_paused(&expect_context::<Caller>(), &id, paused)
            .await
    };
    form::stay::<SetPaused>(set.await, &page)
}

/// Makes a system of the sample organisation misbehave. Boxes that are not ticked are off.
#[server(prefix = "/ui", endpoint = "systems/misbehave", output = Answer)]
pub async fn set_misbehaviour(
    #[server(default)] system: String,
    #[server(default)] delay: String,
    #[server(default)] failing: String,
    #[server(default)] cut_off: String,
    #[server(default)] on: String,
) -> Result<(), Error> {
    let page = page_of_form(&on, &system);
    let set = async {
        let id = form::id("system", &system)?;
        let misbehaviour = Misbehaviour {
            delay: milliseconds(&delay)?,
            failing: failing == "true",
            cut_off: cut_off == "true",
        };
        let backend = expect_context::<Backend>();
        backend
            .systems
            .set_misbehaviour(&expect_context::<Caller>(), &id, misbehaviour)
            .await
    };
    form::stay::<SetMisbehaviour>(set.await, &page)
}

#[cfg(feature = "ssr")]
fn page_of_form(on: &str, system: &str) -> String {
    systems::On::page(on, SystemId::parse(system).ok().as_ref())
}

#[cfg(feature = "ssr")]
fn milliseconds(text: &str) -> Result<u32, Error> {
    match text.trim() {
        "" => Ok(0),
        text => text
            .parse()
            .ok()
            .filter(|delay| *delay <= 120_000)
            .ok_or_else(|| Error::invalid("delay", Reason::Unknown)),
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_empty_or_at_most_two_minutes() {
        assert_eq!(milliseconds(" "), Ok(0));
        assert_eq!(milliseconds("120000"), Ok(120_000));
        for bad in ["120001", "-1", "soon", "1.5"] {
            assert!(milliseconds(bad).is_err(), "{bad} passed");
        }
    }
}
