//! What a value may be. One table of shapes checks what comes in and describes it in the OpenAPI document, so that they agree.

use serde_json::{Map, Value as Json};

use super::error::{CONSTRAINT, FieldFault, WRONG_VALUE};

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// 1 to `max` characters, no control characters.
    Text {
        max: usize,
    },
    /// Up to `max` characters of any kind: what systems hold of a person, as it is.
    Known {
        max: usize,
    },
    /// One of these words, in any case.
    Word(&'static [&'static str]),
    Flag,
    /// A whole number.
    Count {
        min: u32,
        max: u32,
    },
    /// RFC 3339 with a zone.
    Date,
    /// At most `max` of these.
    List {
        of: &'static Shape,
        max: usize,
    },
    Object(&'static Model),
    /// Names of the client's own: text, numbers, flags and lists of text.
    Free,
}

/// An object's properties. What is not listed is refused.
#[derive(Debug)]
pub struct Model {
    pub name: &'static str,
    pub properties: &'static [Property],
}

/// One property.
#[derive(Debug)]
pub struct Property {
    pub name: &'static str,
    pub shape: Shape,
    pub need: Need,
}

/// Whether a property must be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Required,
    Optional,
    /// Ours to say: read and ignored where it comes in, so that a record that was read can be sent back.
    ReadOnly,
}

/// Faults told of in one answer.
pub(super) const MOST: usize = 10;
/// Names and values of [`Shape::Free`].
const FREE: usize = crate::contact::Card::MAX_CUSTOM_FIELDS;
const FREE_NAME: usize = 64;
const FREE_TEXT: usize = 2000;

/// Checks a value without nulls; every fault by the path of its field.
pub fn check(shape: &Shape, value: &Json, path: &str) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    walk(shape, value, path, &mut faults);
    faults.truncate(MOST);
    faults
}

/// Leaves out what is null, everywhere: to send null is to send nothing.
pub fn strip_nulls(value: &mut Json) {
    match value {
        Json::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(strip_nulls);
        }
        Json::Array(list) => {
            list.retain(|value| !value.is_null());
            list.iter_mut().for_each(strip_nulls);
        }
        _ => {}
    }
}

fn walk(shape: &Shape, value: &Json, path: &str, faults: &mut Vec<FieldFault>) {
    let here = || if path.is_empty() { "body" } else { path }.to_owned();
    let fault = match (shape, value) {
        (Shape::Text { max }, Json::String(text)) => {
            text_fault(text, *max).map(|why| (CONSTRAINT, why))
        }
        (Shape::Known { max }, Json::String(text)) => {
            long_fault(text, *max).map(|why| (CONSTRAINT, why))
        }
        (Shape::Word(words), Json::String(text)) => {
            word_fault(words, text).map(|why| (WRONG_VALUE, why))
        }
        (Shape::Date, Json::String(text)) => text
            .parse::<jiff::Timestamp>()
            .err()
            .map(|_| (WRONG_VALUE, "must be an instant of RFC 3339".to_owned())),
        (Shape::Flag, Json::Bool(_)) => None,
        (Shape::Count { min, max }, Json::Number(number)) => {
            let fits = number
                .as_u64()
                .is_some_and(|n| (u64::from(*min)..=u64::from(*max)).contains(&n));
            (!fits).then(|| {
                (
                    WRONG_VALUE,
                    format!("must be a whole number from {min} to {max}"),
                )
            })
        }
        (Shape::List { of, max }, Json::Array(list)) => {
            for (at, value) in list.iter().enumerate().take(*max) {
                walk(of, value, &format!("{path}[{at}]"), faults);
            }
            (list.len() > *max).then(|| (CONSTRAINT, format!("has more than {max} entries")))
        }
        (Shape::Object(model), Json::Object(map)) => {
            walk_object(model, map, path, faults);
            None
        }
        (Shape::Free, Json::Object(map)) => {
            walk_free(map, path, faults);
            None
        }
        (shape, _) => Some((WRONG_VALUE, format!("must be {}", wanted(shape)))),
    };
    faults.extend(fault.map(|(code, why)| FieldFault::new(here(), code, why)));
}

fn walk_object(model: &Model, map: &Map<String, Json>, path: &str, faults: &mut Vec<FieldFault>) {
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    for property in model.properties {
        match map.get(property.name) {
            Some(value) if property.need != Need::ReadOnly => {
                walk(&property.shape, value, &below(property.name), faults);
            }
            None if property.need == Need::Required => {
                faults.push(FieldFault::new(
                    below(property.name),
                    CONSTRAINT,
                    "is missing",
                ));
            }
            _ => {}
        }
    }
    for name in map.keys() {
        if !model
            .properties
            .iter()
            .any(|property| property.name == name)
        {
            faults.push(FieldFault::new(
                below(&shown(name)),
                WRONG_VALUE,
                "is not a known field",
            ));
        }
    }
}

fn walk_free(map: &Map<String, Json>, path: &str, faults: &mut Vec<FieldFault>) {
    let mut say = |field: String, why: &str| faults.push(FieldFault::new(field, CONSTRAINT, why));
    if map.len() > FREE {
        say(path.to_owned(), &format!("has more than {FREE} entries"));
    }
    for (name, value) in map {
        let field = format!("{path}.{}", shown(name));
        if let Some(why) = text_fault(name, FREE_NAME) {
            say(field.clone(), &format!("as a name {why}"));
        }
        let text = |text: &Json| match text {
            Json::String(text) => text
                .chars()
                .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
                .then_some("contains a control character")
                .or((text.chars().count() > FREE_TEXT).then_some("is too long")),
            _ => Some("must be text, a number, a flag or a list of text"),
        };
        let why = match value {
            Json::Bool(_) | Json::Number(_) => None,
            Json::Array(list) if list.len() <= FREE => list.iter().find_map(text),
            other => text(other),
        };
        if let Some(why) = why {
            say(field, why);
        }
    }
}

/// A name that the client sent, fit to be said in an answer.
pub(super) fn shown(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_control())
        .take(FREE_NAME)
        .collect()
}

/// What is wrong with a text.
pub fn text_fault(text: &str, max: usize) -> Option<String> {
    if text.trim().is_empty() {
        Some("is empty".to_owned())
    } else if text.chars().any(char::is_control) {
        Some("contains a control character".to_owned())
    } else {
        long_fault(text, max)
    }
}

fn long_fault(text: &str, max: usize) -> Option<String> {
    (text.chars().count() > max).then(|| format!("is longer than {max} characters"))
}

/// What is wrong with a word.
pub fn word_fault(words: &[&str], text: &str) -> Option<String> {
    let known = words.iter().any(|word| word.eq_ignore_ascii_case(text));
    (!known).then(|| format!("must be one of {}", words.join(", ")))
}

fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text { .. } | Shape::Known { .. } | Shape::Word(_) | Shape::Date => "text",
        Shape::Flag => "true or false",
        Shape::Count { .. } => "a number",
        Shape::List { .. } => "a list",
        Shape::Object(_) | Shape::Free => "an object",
    }
}
