//! What a row says, and what one value is when it is looked for elsewhere.

use std::cmp::Ordering;

use super::model::{DataType, Scalar};

/// One row: field → value, in the order of its source.
pub type Row = Vec<(String, Value)>;

/// One value, of any system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(Float),
    /// Also whatever is neither a number nor a truth: a date, a UUID, a decimal.
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Self>),
    /// An object with parts.
    Map(Row),
}

/// A floating-point number with a whole order, so that it can be in a set.
#[derive(Debug, Clone, Copy)]
pub struct Float(pub f64);

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Float {}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Above this, in both directions, not every whole number is a floating-point number.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Value {
    /// What is looked for in a field of that type; nothing if it can't be there. Null, lists and objects are never looked for.
    pub fn sought(&self, as_type: Option<DataType>) -> Option<Self> {
        match as_type.map(|t| t.of) {
            Some(Scalar::Object) => None,
            Some(Scalar::Text | Scalar::ObjectId) => self.spelt().map(Self::Text),
            Some(Scalar::Integer) => self.whole().map(Self::Int),
            Some(Scalar::Float) => self.float().map(|f| Self::Float(Float(f))),
            Some(Scalar::Boolean) => match self {
                Self::Bool(_) => Some(self.clone()),
                _ => None,
            },
            None => match self {
                Self::Null | Self::List(_) | Self::Map(_) => None,
                value => Some(value.clone()),
            },
        }
    }

    /// As a text: how systems of different types say the same.
    pub fn spelt(&self) -> Option<String> {
        match self {
            Self::Bool(flag) => Some(flag.to_string()),
            Self::Int(n) => Some(n.to_string()),
            Self::Float(f) => Some(
                self.whole()
                    .map_or_else(|| f.0.to_string(), |n| n.to_string()),
            ),
            Self::Text(text) => Some(text.clone()),
            Self::Null | Self::Bytes(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    fn whole(&self) -> Option<i64> {
        match self {
            Self::Int(n) => Some(*n),
            // Beyond, and between, it is no whole number that is meant.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked to be whole and in range"
            )]
            Self::Float(Float(f)) if f.fract() == 0.0 && f.abs() <= EXACT => Some(*f as i64),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn float(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "checked to be exact")]
            Self::Int(n) => Some(*n as f64).filter(|f| f.abs() <= EXACT),
            Self::Float(Float(f)) => Some(*f),
            Self::Text(text) => text.parse().ok().filter(|f: &f64| f.is_finite()),
            _ => None,
        }
    }

    /// Every value at a path, of each element of every list on the way.
    pub(super) fn at<'v>(&'v self, path: &[String], each: &mut impl FnMut(&'v Self)) {
        match (self, path.split_first()) {
            (Self::List(items), _) => items.iter().for_each(|item| item.at(path, each)),
            (Self::Map(row), Some((name, rest))) => at(row, name, rest, each),
            (value, None) => each(value),
            _ => {}
        }
    }
}

fn at<'v>(row: &'v Row, name: &str, rest: &[String], each: &mut impl FnMut(&'v Value)) {
    if let Some((_, value)) = row.iter().find(|(n, _)| n == name) {
        value.at(rest, each);
    }
}

/// Every value of a row at a path.
pub(super) fn values<'v>(row: &'v Row, path: &[String], each: &mut impl FnMut(&'v Value)) {
    if let Some((name, rest)) = path.split_first() {
        at(row, name, rest, each);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn values_become_what_the_field_holds() {
        let sought = |value: Value, as_type: &str| value.sought(DataType::parse(as_type));
        assert_eq!(sought(Value::Int(1), "string"), Some(text("1")));
        assert_eq!(sought(Value::Float(Float(1.0)), "string"), Some(text("1")));
        assert_eq!(sought(text("12"), "integer"), Some(Value::Int(12)));
        assert_eq!(
            sought(Value::Float(Float(2.0)), "integer[]"),
            Some(Value::Int(2))
        );
        assert_eq!(sought(text("x"), "integer"), None);
        assert_eq!(sought(Value::Float(Float(0.5)), "integer"), None);
        assert_eq!(sought(Value::Float(Float(1e300)), "integer"), None);
        assert_eq!(sought(Value::Int(i64::MAX), "float"), None);
        assert_eq!(sought(Value::Null, "string"), None);
        assert_eq!(sought(text("1"), "object"), None);
        assert_eq!(Value::Null.sought(None), None);
        assert_eq!(text("a").sought(None), Some(text("a")));
    }

    #[test]
    fn values_are_found_in_every_element() {
        let name = |n: &str, v| (n.to_owned(), v);
        let one = Value::Map(vec![name("c", Value::Int(1))]);
        let two = Value::Map(vec![name(
            "c",
            Value::List(vec![Value::Int(2), Value::Int(3)]),
        )]);
        let row = vec![name(
            "a",
            Value::Map(vec![name("b", Value::List(vec![one, two, Value::Null]))]),
        )];
        let path: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        let mut found = Vec::new();
        values(&row, &path, &mut |value| found.push(value.clone()));
        assert_eq!(found, [Value::Int(1), Value::Int(2), Value::Int(3)]);
    }
}
