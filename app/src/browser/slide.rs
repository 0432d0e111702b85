//! Goes where a slider that changed leads to, if its form says `data-live`. Without this program the form's button does.

use wasm_bindgen::JsCast;
use web_sys::{Event, FormData, HtmlInputElement, UrlSearchParams};

use super::visit::{How, go};

pub(super) fn change(event: &Event) {
    if let Some(to) = leads_to(event) {
        go(&to, How::Replace);
    }
}

fn leads_to(event: &Event) -> Option<String> {
    let slider: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let form = slider.form().filter(|_| slider.type_() == "range")?;
    let action = form.get_attribute("action")?;
    let fields = FormData::new_with_form(&form).ok()?;
    let query = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    form.has_attribute("data-live")
        .then(|| format!("{action}?{}", String::from(query.to_string())))
}
