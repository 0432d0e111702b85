//! One value of a row, as the database stores it.

use std::fmt;
use std::io::Write as _;

use app::model::{Identifier, IdentifierKind, SubjectKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::live::Shape;
use super::quote::{Bind, Member, Statement};
use crate::connectors::{Fault, FaultCode, Whose};

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    /// A number that may be larger than any [`Cell::Int`].
    Natural(u64),
    Real(f64),
    Text(String),
    /// A text that is not UTF-8.
    Broken(Vec<u8>),
    Blob(Vec<u8>),
}

impl Cell {
    /// What it says as a text; nothing of NULL and binary data.
    pub(super) fn shown(&self) -> Option<String> {
        match self {
            Self::Null | Self::Blob(_) => None,
            Self::Bool(truth) => Some(truth.to_string()),
            Self::Natural(n) => Some(n.to_string()),
            Self::Int(n) => Some(n.to_string()),
            Self::Real(n) => Some(n.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::Broken(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    /// The id that it is; nothing if it is NULL or empty: the row shows nobody.
    /// An id that could not be asked for again as it is (spaces around it, too long, binary) is a mismatch.
    pub(super) fn id(&self) -> Result<Option<String>, Fault> {
        match self {
            Self::Null => Ok(None),
            Self::Int(n) => Ok(Some(n.to_string())),
            Self::Natural(n) => Ok(Some(n.to_string())),
            Self::Text(text) if text.is_empty() => Ok(None),
            Self::Text(text) => Ok(Some(text.clone())),
            Self::Bool(_) | Self::Real(_) | Self::Broken(_) | Self::Blob(_) => {
                Err(Fault::stop(FaultCode::Mismatch))
            }
        }
    }
}

/// One value where the database left it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw<'r> {
    Null,
    Bool(bool),
    Int(i64),
    Natural(u64),
    /// With half the digits.
    Single(f32),
    Real(f64),
    Text(&'r [u8]),
    Blob(&'r [u8]),
}

impl Raw<'_> {
    /// Adds its bytes, as they tell it from every other value of its column. False: it is NULL.
    pub(super) fn add_to(&self, bytes: &mut Vec<u8>) -> bool {
        // Writing to memory can't fail.
        let mut add = |shown: fmt::Arguments<'_>| drop(bytes.write_fmt(shown));
        match self {
            Self::Null => return false,
            Self::Bool(truth) => add(format_args!("{truth}")),
            Self::Int(n) => add(format_args!("{n}")),
            Self::Natural(n) => add(format_args!("{n}")),
            Self::Single(n) => add(format_args!("{}", written_out(*n))),
            Self::Real(n) => add(format_args!("{n}")),
            Self::Text(text) | Self::Blob(text) => bytes.extend_from_slice(text),
        }
        true
    }
}

impl From<Raw<'_>> for Cell {
    fn from(raw: Raw<'_>) -> Self {
        match raw {
            Raw::Null => Self::Null,
            Raw::Bool(truth) => Self::Bool(truth),
            Raw::Int(n) => Self::Int(n),
            Raw::Natural(n) => Self::Natural(n),
            Raw::Single(n) => Self::Real(written_out(n)),
            Raw::Real(n) => Self::Real(n),
            Raw::Text(bytes) => match str::from_utf8(bytes) {
                Ok(text) => Self::Text(text.to_owned()),
                Err(_) => Self::Broken(bytes.to_owned()),
            },
            Raw::Blob(bytes) => Self::Blob(bytes.to_owned()),
        }
    }
}

/// Typed JSON. Binary data becomes base64 and says so; bytes that are no text become `U+FFFD`.
impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Bool(truth) => to.serialize_bool(*truth),
            Self::Int(n) => to.serialize_i64(*n),
            Self::Natural(n) => to.serialize_u64(*n),
            Self::Single(n) => Raw::Real(written_out(*n)).serialize(to),
            // JSON has no infinity: as a word.
            Self::Real(n) if n.is_finite() => to.serialize_f64(*n),
            Self::Real(n) => to.collect_str(n),
            Self::Text(bytes) => to.serialize_str(&String::from_utf8_lossy(bytes)),
            Self::Blob(bytes) => {
                let mut object = to.serialize_struct("Blob", 2)?;
                object.serialize_field("encoding", "base64")?;
                object.serialize_field("data", &STANDARD.encode(bytes))?;
                object.end()
            }
        }
    }
}

/// The number that is written as this one is: 0.1 and not 0.10000000149.
fn written_out(n: f32) -> f64 {
    n.to_string().parse().unwrap_or(f64::from(n))
}

/// The key of this kind, id and list.
pub(super) fn subject_key(
    kind: IdentifierKind,
    id: &str,
    list: Option<&str>,
) -> Result<SubjectKey, Fault> {
    let made = match list {
        Some(list) => Identifier::dialer_contact(id, list),
        None => Identifier::new(kind, id),
    };
    let unchanged = |made: &Identifier| made.value() == id && made.list() == list;
    let key = made
        .ok()
        .filter(unchanged)
        .and_then(|made| SubjectKey::try_from(made).ok());
    key.ok_or(Fault::stop(FaultCode::Mismatch))
}

/// What a call binds to a statement.
#[derive(Default, Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) id: Option<&'a Identifier>,
    pub(super) before: &'a [SubjectKey],
    pub(super) after: &'a [SubjectKey],
    pub(super) forms: &'a [String],
    pub(super) key: &'a [Cell],
    pub(super) old: Option<&'a Cell>,
    pub(super) new: &'a str,
    pub(super) rows: &'a str,
}

impl<'a> Values<'a> {
    /// What tells whose rows are meant.
    pub(super) fn hers(id: &'a Identifier) -> Self {
        Self {
            id: Some(id),
            ..Self::default()
        }
    }

    /// The same, of a member of a set.
    pub(super) fn whose(whose: Whose<'a>) -> Self {
        Self {
            before: whose.before,
            after: whose.after,
            ..Self::hers(whose.key.identifier())
        }
    }

    /// The values of a statement, in the order of its placeholders.
    pub(super) fn of(&self, statement: &Statement) -> Result<Vec<Cell>, Fault> {
        let cells: Vec<Cell> = statement
            .binds
            .iter()
            .map(|bind| self.bound(bind))
            .collect();
        let broken = |cell: &Cell| matches!(cell, Cell::Broken(_));
        if cells.iter().any(broken) {
            return Err(Fault::stop(FaultCode::Mismatch));
        }
        Ok(cells)
    }

    fn bound(&self, bind: &Bind) -> Cell {
        match bind {
            Bind::Id {
                of,
                kind,
                prefix,
                shape,
            } => {
                let id = self.member(*of, *kind);
                let id = id.and_then(|id| without(id.value(), prefix.as_deref()));
                of_shape(id, *shape)
            }
            Bind::List { of, shape } => {
                let list = self.member(*of, IdentifierKind::DialerContactId);
                let list = list.and_then(Identifier::list);
                of_shape(list.map(str::to_owned), *shape)
            }
            // Slots that are left over repeat the last form.
            Bind::Form(n) => text(self.forms.get(*n).or(self.forms.last()).cloned()),
            Bind::Key(n) => self.key.get(*n).cloned().unwrap_or(Cell::Null),
            Bind::Old => self.old.cloned().unwrap_or(Cell::Null),
            Bind::New => Cell::Text(self.new.to_owned()),
            Bind::Fixed(text) => Cell::Text(text.clone()),
            Bind::Rows => Cell::Text(self.rows.to_owned()),
        }
    }
}

impl<'a> Values<'a> {
    fn member(&self, of: Member, kind: IdentifierKind) -> Option<&'a Identifier> {
        let nth = |keys: &'a [SubjectKey], n| {
            let mut alike = keys.iter().filter(|key| key.kind() == kind);
            alike.nth(n).map(SubjectKey::identifier)
        };
        match of {
            Member::Her => self.id.filter(|id| id.kind() == kind),
            Member::Before(n) => nth(self.before, n),
            Member::After(n) => nth(self.after, n),
        }
    }
}

fn text(text: Option<String>) -> Cell {
    text.map_or(Cell::Null, Cell::Text)
}

/// An id as the database would write it, if it can be a value of this shape: `042` is no number's id, `42` is.
fn of_shape(id: Option<String>, shape: Shape) -> Cell {
    /// Databases have 65 digits at least.
    const DIGITS: usize = 60;
    let written = |id: &String| match shape {
        Shape::Int => id.parse::<i64>().is_ok_and(|n| n.to_string() == *id),
        Shape::Natural => id.parse::<u64>().is_ok_and(|n| n.to_string() == *id),
        Shape::Decimal => is_decimal(id) && id.len() <= DIGITS,
        Shape::Uuid => id
            .parse::<uuid::Uuid>()
            .is_ok_and(|uuid| uuid.to_string() == *id),
        _ => true,
    };
    text(id.filter(written))
}

/// Digits with a sign and a point, no more.
fn is_decimal(id: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = id.strip_prefix('-').unwrap_or(id);
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    digits(whole) && digits(part)
}

fn without(id: &str, prefix: Option<&str>) -> Option<String> {
    id.strip_prefix(prefix.unwrap_or(""))
        .filter(|rest| !rest.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_that_can_not_be_asked_for_again_is_refused() {
        let of = |id| subject_key(IdentifierKind::UserId, id, None);
        assert_eq!(of("42").map(|key| key.id().to_owned()), Ok("42".to_owned()));
        for id in [" 42", "42\n", "a\u{0}b", &"x".repeat(600)] {
            assert_eq!(of(id), Err(Fault::stop(FaultCode::Mismatch)), "{id:?}");
        }
        assert_eq!(Cell::Text(String::new()).id(), Ok(None));
        assert!(Cell::Real(4.2).id().is_err());
    }

    #[test]
    fn every_type_has_its_json() {
        for (raw, want) in [
            (Raw::Null, json!(null)),
            (Raw::Int(i64::MAX), json!(i64::MAX)),
            (Raw::Natural(u64::MAX), json!(u64::MAX)),
            (Raw::Bool(true), json!(true)),
            (Raw::Single(0.1), json!(0.1)),
            (Raw::Single(f32::NAN), json!("NaN")),
            (Raw::Real(0.5), json!(0.5)),
            (Raw::Real(f64::INFINITY), json!("inf")),
            (Raw::Text(b"a\xffb"), json!("a\u{fffd}b")),
            (
                Raw::Blob(&[0, 1]),
                json!({ "encoding": "base64", "data": "AAE=" }),
            ),
        ] {
            assert_eq!(serde_json::to_value(raw).expect("is JSON"), want);
        }
    }

    #[test]
    fn an_id_is_asked_for_only_where_it_can_be() {
        let is =
            |id: &str, shape| of_shape(Some(id.to_owned()), shape) == Cell::Text(id.to_owned());
        for id in ["42", "0", "-7", "9223372036854775807"] {
            assert!(is(id, Shape::Int), "{id}");
        }
        for id in [
            "042",
            "+42",
            "42.0",
            " 42",
            "4e1",
            "-0",
            "",
            "9223372036854775808",
            "x'; --",
        ] {
            assert!(!is(id, Shape::Int), "{id}");
            assert!(is(id, Shape::Text), "{id}");
        }
        assert!(is("18446744073709551615", Shape::Natural) && !is("-1", Shape::Natural));
        assert!(is("123456789012345678901234567890.50", Shape::Decimal));
        assert!(
            !is("1e9", Shape::Decimal) && !is("NaN", Shape::Decimal) && !is(".5", Shape::Decimal)
        );
        assert!(!is(&"9".repeat(61), Shape::Decimal));
        let uuid = "123e4567-e89b-12d3-a456-426655440000";
        assert!(is(uuid, Shape::Uuid) && !is(&uuid.to_uppercase(), Shape::Uuid));
        assert!(!is(&uuid.replace('-', ""), Shape::Uuid));
        assert_eq!(of_shape(None, Shape::Text), Cell::Null);
    }

    #[test]
    fn a_prefix_is_taken_off_once_and_must_be_there() {
        assert_eq!(
            without("help-desk:42", Some("help-desk:")).as_deref(),
            Some("42")
        );
        assert_eq!(without("other:42", Some("help-desk:")), None);
        assert_eq!(without("help-desk:", Some("help-desk:")), None);
        assert_eq!(without("42", None).as_deref(), Some("42"));
    }
}
