//! Free content: `meta`, `namespace`, `partitioning` and the `configuration` of a masking. Fides keeps it as JSON, and so do we.

use serde_json::{Map, Number, Value as Json};

use super::super::model::Free;
use super::super::problem::Reason;
use super::super::yaml::{Node, What};
use super::{Path, Reader, truth};

/// The longest key, in characters: an escaped one must still be a plain key of YAML, which ends at 1,024.
const LONGEST: usize = 128;

impl Reader {
    /// A map of anything.
    pub(super) fn free_map(&mut self, node: &Node, path: Path<'_>) -> Option<Free> {
        let What::Map(entries) = &node.what else {
            return self.shape(node, path, "a map");
        };
        let mut map = Map::new();
        for (key, value) in entries {
            let name = key.text.as_str();
            if name.chars().count() > LONGEST {
                self.error(key.place, path, Reason::Name { most: LONGEST });
                continue;
            }
            let path = Path::Key(&path, name);
            if map.contains_key(name) {
                let first = entries.iter().find(|(k, _)| k.text == name);
                let first = first.map_or(0, |(k, _)| k.place.line);
                self.error(key.place, path, Reason::Twice { first });
            } else if let Some(value) = self.free(value, path) {
                map.insert(name.to_owned(), value);
            }
        }
        Some(map)
    }

    /// Anything.
    pub(super) fn free(&mut self, node: &Node, path: Path<'_>) -> Option<Json> {
        Some(match &node.what {
            What::Map(_) => Json::Object(self.free_map(node, path)?),
            What::List(_) => Json::Array(self.list(node, path, Self::free)),
            What::Scalar { .. } if node.is_null() => Json::Null,
            What::Scalar { text, plain: true } => plain(text),
            What::Scalar { text, .. } => Json::String(text.clone()),
        })
    }
}

/// What PyYAML makes of it, short of dates and of numbers to other bases, which stay texts.
fn plain(text: &str) -> Json {
    if let Some(flag) = truth(text) {
        return Json::Bool(flag);
    }
    number(text).map_or_else(|| Json::String(text.to_owned()), Json::Number)
}

fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let only = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if only(digits) {
        // With a 0 in front PyYAML reads to the base of 8.
        let whole = digits == "0" || !digits.starts_with('0');
        let signed = text.parse::<i64>().map(Number::from);
        let either = signed.or_else(|_| text.parse::<u64>().map(Number::from));
        return either.ok().filter(|_| whole);
    }
    let (before, rest) = digits.split_once('.')?;
    let (after, exponent) = match rest.split_once(['e', 'E']) {
        Some((after, exponent)) => (after, Some(exponent)),
        None => (rest, None),
    };
    let power = exponent.is_none_or(|e| e.strip_prefix(['-', '+']).is_some_and(only));
    let formed = only(before) && (after.is_empty() || only(after)) && power;
    let value = text.parse().ok().filter(|_| formed)?;
    Number::from_f64(value)
}
