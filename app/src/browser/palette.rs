//! The palette: what the server listed, filtered by what is typed, gone through with the arrows.
//!
//! Without this program it is a page of links and forms. Here the same elements are the options of a combobox.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

use super::dom;

/// What the elements are to a screen reader; the last are chosen from.
const ROLES: [(&str, &str); 4] = [
    ("#go-list", "listbox"),
    ("#go-list section", "group"),
    ("#go-list :is(ul, li, form)", "presentation"),
    (OPTIONS, "option"),
];
const OPTIONS: &str = "#go-list :is(a, button)";

/// Gives the elements their roles, after they came.
pub(super) fn dress() {
    let Some(input) = input() else { return };
    for (selector, role) in ROLES {
        for element in dom::all(&format!("#over {selector}")) {
            set(&element, "role", role);
        }
    }
    // A list of choices holds nothing else; the groups are still named by their headings.
    for heading in dom::all("#over #go-list :is(h2, p)") {
        set(&heading, "aria-hidden", "true");
    }
    for (number, option) in options().iter().enumerate() {
        option.set_id(&format!("go-{number}"));
        set(option, "tabindex", "-1");
    }
    if let Some(list) = dom::find("#over #go-list") {
        let label = list.get_attribute("data-label").unwrap_or_default();
        set(&list, "aria-label", &label);
    }
    for (attribute, value) in [
        ("role", "combobox"),
        ("aria-expanded", "true"),
        ("aria-autocomplete", "list"),
        ("aria-controls", "go-list"),
    ] {
        set(&input, attribute, value);
    }
    filter();
}

/// Forgets what was typed.
pub(super) fn empty() {
    if let Some(input) = input() {
        input.set_value("");
    }
}

/// Shows the options that have what is typed in them, and "find it" as the last.
pub(super) fn filter() {
    let Some(input) = input() else { return };
    let typed = input.value();
    let wanted = typed.trim().to_lowercase();
    for typed_here in dom::all("#over [data-typed]") {
        typed_here.set_text_content(Some(typed.trim()));
    }
    for option in options() {
        let finds = option.has_attribute("data-find");
        let text = option.text_content().unwrap_or_default().to_lowercase();
        let fits = if finds {
            !wanted.is_empty()
        } else {
            text.contains(&wanted)
        };
        if let Some(line) = option.closest("li").ok().flatten() {
            line.toggle_attribute_with_force("hidden", !fits).ok();
        }
    }
    for group in dom::all("#over #go-list section") {
        let empty = group
            .query_selector("li:not([hidden])")
            .is_ok_and(|line| line.is_none());
        group.toggle_attribute_with_force("hidden", empty).ok();
    }
    let fitting = fitting();
    if let Some(count) = dom::find("#over [data-count]") {
        let words = count.get_attribute("data-count").unwrap_or_default();
        count.set_text_content(Some(&words.replace("{}", &fitting.len().to_string())));
    }
    stand_on(&input, fitting.first());
}

/// Goes through the options, or takes one; whether the key was meant for that.
pub(super) fn press(key: &KeyboardEvent) -> bool {
    let Some(input) = input().filter(|_| dom::closest(key, "#over #go-input").is_some()) else {
        return false;
    };
    let fitting = fitting();
    let standing = fitting.iter().position(is_stood_on).unwrap_or_default();
    match key.key().as_str() {
        "ArrowDown" => stand_on(&input, fitting.get(standing + 1).or(fitting.first())),
        "ArrowUp" => stand_on(
            &input,
            standing
                .checked_sub(1)
                .map_or(fitting.last(), |at| fitting.get(at)),
        ),
        "Enter" => {
            if let Some(option) = fitting
                .get(standing)
                .and_then(|option| option.dyn_ref::<HtmlElement>())
            {
                option.click();
            }
        }
        _ => return false,
    }
    true
}

fn input() -> Option<HtmlInputElement> {
    dom::find("#over #go-input")?.dyn_into().ok()
}

fn options() -> Vec<Element> {
    dom::all(&format!("#over {OPTIONS}"))
}

fn fitting() -> Vec<Element> {
    let mut options = options();
    options.retain(|option| {
        option
            .closest("[hidden]")
            .is_ok_and(|hidden| hidden.is_none())
    });
    options
}

fn is_stood_on(option: &Element) -> bool {
    option.get_attribute("aria-selected").as_deref() == Some("true")
}

fn stand_on(input: &HtmlInputElement, chosen: Option<&Element>) {
    for option in options() {
        set(
            &option,
            "aria-selected",
            if chosen == Some(&option) {
                "true"
            } else {
                "false"
            },
        );
    }
    if let Some(chosen) = chosen {
        chosen.scroll_into_view_with_bool(false);
    }
    set(
        input,
        "aria-activedescendant",
        &chosen.map(Element::id).unwrap_or_default(),
    );
}

fn set(element: &Element, attribute: &str, value: &str) {
    drop(element.set_attribute(attribute, value));
}
