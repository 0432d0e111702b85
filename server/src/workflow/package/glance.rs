//! A row looked at where it is: a hundred thousand rows are read without copying their texts.

use std::borrow::Cow;
use std::fmt;

use memchr::memchr;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A row's fields in their order, each value as its JSON.
pub(super) struct Glance<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Glance<'a> {
    /// A row of about so many fields.
    pub(super) fn at(json: &'a [u8], fields: usize) -> Result<Self, serde_json::Error> {
        struct Row(usize);
        impl<'de> Visitor<'de> for Row {
            type Value = Glance<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut row: A) -> Result<Glance<'de>, A::Error> {
                let mut fields = Vec::with_capacity(self.0);
                while let Some((Text(name), value)) = row.next_entry()? {
                    fields.push((name, value));
                }
                Ok(Glance(fields))
            }
        }
        serde_json::Deserializer::from_slice(json).deserialize_map(Row(fields))
    }
}

/// A text, borrowed where nothing in it is escaped.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// What a value says that is a text.
pub(super) fn text(json: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    let quoted = json.strip_prefix('"').and_then(|j| j.strip_suffix('"'));
    match quoted.filter(|text| memchr(b'\\', text.as_bytes()).is_none()) {
        Some(text) => Ok(Cow::Borrowed(text)),
        None => serde_json::from_str(json).map(|Text(text)| text),
    }
}
