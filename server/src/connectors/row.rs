//! One exported row, as the JSON object that it becomes.

use std::fmt;
use std::io;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use serde_json::Value;

/// One exported row: field → value, in the order of the inventory's fields. It is written as it is filled: an export of
/// many rows keeps no value of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// An object without its end.
    json: Vec<u8>,
    /// The names of its fields, one after the other.
    names: Vec<u8>,
}

/// Stands in a row where something is said of somebody else, which is no part of a copy for her. Nothing that a system stores is
/// written like this: a text is quoted, and NULL stays NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut;

impl LeftOut {
    /// As it is written.
    pub const JSON: &str = r#"{"left_out":"another person"}"#;

    /// Whether it stands there.
    pub fn is(value: &Value) -> bool {
        let only = value.as_object().filter(|object| object.len() == 1);
        only.is_some_and(|object| {
            object.get("left_out").and_then(Value::as_str) == Some("another person")
        })
    }
}

impl Serialize for LeftOut {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut object = to.serialize_struct("LeftOut", 1)?;
        object.serialize_field("left_out", "another person")?;
        object.end()
    }
}

/// What a row says, read back in its order.
pub type Fields = Vec<(String, Value)>;

/// As long as most rows and their names are.
const USUAL: usize = 512;
const USUAL_NAMES: usize = 128;

impl Default for ExportRow {
    fn default() -> Self {
        let mut json = Vec::with_capacity(USUAL);
        json.push(b'{');
        let names = Vec::with_capacity(USUAL_NAMES);
        Self { json, names }
    }
}

impl ExportRow {
    /// Adds a field. A value that JSON can't hold (a map whose keys are no texts) is an error, and such a row must not be
    /// exported.
    pub fn push(
        &mut self,
        name: &str,
        value: &(impl Serialize + ?Sized),
    ) -> Result<(), serde_json::Error> {
        if self.json.len() > 1 {
            self.json.push(b',');
        }
        self.names.extend_from_slice(&name.len().to_ne_bytes());
        self.names.extend_from_slice(name.as_bytes());
        serde_json::to_writer(&mut self.json, name)?;
        self.json.push(b':');
        serde_json::to_writer(&mut self.json, value)
    }

    /// Tells rows of other fields, or of another order, apart.
    pub fn names(&self) -> &[u8] {
        &self.names
    }

    /// The whole object.
    pub fn into_json(mut self) -> Vec<u8> {
        self.json.push(b'}');
        self.json
    }
}

impl<N: AsRef<str>> FromIterator<(N, Value)> for ExportRow {
    fn from_iter<T: IntoIterator<Item = (N, Value)>>(fields: T) -> Self {
        let mut row = Self::default();
        for (name, value) in fields {
            // A `Value` is JSON already.
            let pushed = row.push(name.as_ref(), &value);
            debug_assert!(pushed.is_ok());
        }
        row
    }
}

/// Reads [`ExportRow::into_json`] back. An error says nothing of what is in it.
pub fn read_row(json: &[u8]) -> io::Result<Fields> {
    struct InOrder;
    impl<'de> Visitor<'de> for InOrder {
        type Value = Fields;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a row")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
            let mut fields = Fields::new();
            while let Some(field) = map.next_entry()? {
                fields.push(field);
            }
            Ok(fields)
        }
    }
    let mut json = serde_json::Deserializer::from_slice(json);
    json.deserialize_map(InOrder)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not a row"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_reads_back_in_its_order() {
        let fields = vec![
            ("zeta".to_owned(), json!("ä\u{202e}\n\"")),
            ("a \"b\"".to_owned(), json!({"b": 1, "a": null})),
            (String::new(), json!(-0.5)),
        ];
        let row: ExportRow = fields.iter().cloned().collect();
        let json = row.into_json();
        assert_eq!(read_row(&json).expect("is a row"), fields);
        assert_eq!(ExportRow::default().into_json(), b"{}");
        let left_out = serde_json::to_string(&LeftOut).expect("is JSON");
        assert_eq!(left_out, LeftOut::JSON);
        assert!(LeftOut::is(&json!({ "left_out": "another person" })));
        assert!(!LeftOut::is(&json!(LeftOut::JSON)) && !LeftOut::is(&json!(null)));
        assert!(read_row(b"[]").is_err());
        let no_json = std::collections::BTreeMap::from([([1], 1)]);
        assert!(ExportRow::default().push("a", &no_json).is_err());
    }

    #[test]
    fn rows_of_other_fields_are_told_apart() {
        let row = |names: &[&str], value: i64| -> ExportRow {
            names.iter().map(|name| (name, json!(value))).collect()
        };
        let one = row(&["a", "bc"], 1);
        assert_eq!(one.names(), row(&["a", "bc"], 2).names());
        for other in [&["ab", "c"][..], &["bc", "a"], &["a"], &["a", "bc", ""]] {
            assert_ne!(one.names(), row(other, 1).names(), "{other:?}");
        }
    }
}
