//! A slider whose form leads to another page of the same address: with JavaScript it goes there as soon as it is let go.

use leptos::ev::Event;
use leptos_router::hooks::use_navigate;

/// Goes where the slider that changed leads to, if it is in a form that says `data-live`. Without JavaScript the form's button does.
pub fn slide() -> impl Fn(Event) + Clone {
    let navigate = use_navigate();
    move |event| {
        #[cfg(feature = "hydrate")]
        if let Some(to) = browser::leads_to(&event) {
            let options = leptos_router::NavigateOptions {
                replace: true,
                scroll: false,
                ..Default::default()
            };
            navigate(&to, options);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&navigate, event);
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::ev::Event;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::{FormData, HtmlInputElement, UrlSearchParams};

    pub(super) fn leads_to(event: &Event) -> Option<String> {
        let slider: HtmlInputElement = event.target()?.dyn_into().ok()?;
        let form = slider.form().filter(|_| slider.type_() == "range")?;
        let action = form.get_attribute("action")?;
        let fields = FormData::new_with_form(&form).ok()?;
        let query = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
        form.has_attribute("data-live")
            .then(|| format!("{action}?{}", String::from(query.to_string())))
    }
}
