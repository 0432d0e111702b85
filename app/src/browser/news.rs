//! Tells a person who looks elsewhere that a run has ended, if she wants to be told. What is told names nobody.

use js_sys::Reflect;
use web_sys::{Event, Notification, NotificationPermission};

use super::dom;

/// What the page has to tell, if anything.
pub(super) fn told() -> Option<String> {
    dom::find("#main [data-news]")?.get_attribute("data-news")
}

/// Tells what the page has to tell since it was changed.
pub(super) fn tell(before: Option<&str>) {
    let looking = dom::document().is_some_and(|document| document.has_focus().unwrap_or(true));
    if before.is_none()
        && !looking
        && may() == Some(NotificationPermission::Granted)
        && let Some(news) = told()
    {
        drop(Notification::new(&news));
    }
}

/// A click on the button asks the browser, which asks her.
pub(super) fn click(event: &Event) {
    if dom::closest(event, "[data-notify]").is_some()
        && let Ok(asked) = Notification::request_permission()
    {
        wasm_bindgen_futures::spawn_local(async move {
            drop(wasm_bindgen_futures::JsFuture::from(asked).await);
            offer();
        });
    }
}

/// The style sheet shows the button where the browser knows of notifications and has not asked her yet.
pub(super) fn offer() {
    let open = may() == Some(NotificationPermission::Default);
    dom::mark("data-may-ask", open.then_some(""));
}

fn may() -> Option<NotificationPermission> {
    let window = dom::window()?;
    let known = Reflect::has(&window, &"Notification".into()).unwrap_or_default();
    known.then(Notification::permission)
}
