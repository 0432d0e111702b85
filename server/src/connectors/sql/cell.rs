//! One value of a row, as the database stores it.

use app::model::{Identifier, IdentifierKind, SubjectKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};
use sqlx::Arguments as _;

use super::dialect::Arguments;
use super::quote::{Bind, Statement};
use crate::connectors::{Fault, FaultCode};

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Int(i64),
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
            Self::Int(n) => Some(n.to_string()),
            Self::Real(n) => Some(n.to_string()),
            Self::Text(text) => Some(text.clone()),
            Self::Broken(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    fn add(&self, to: &mut Arguments) -> Result<(), sqlx::error::BoxDynError> {
        match self {
            Self::Null => to.add(None::<String>),
            Self::Int(n) => to.add(*n),
            Self::Real(n) => to.add(*n),
            Self::Text(text) => to.add(text.clone()),
            Self::Broken(_) => Err("not UTF-8".into()),
            Self::Blob(bytes) => to.add(bytes.clone()),
        }
    }

    /// The id that it is; nothing if it is NULL or empty: the row shows nobody.
    /// An id that could not be asked for again as it is (spaces around it, too long, binary) is a mismatch.
    pub(super) fn id(&self) -> Result<Option<String>, Fault> {
        match self {
            Self::Null => Ok(None),
            Self::Int(n) => Ok(Some(n.to_string())),
            Self::Text(text) if text.is_empty() => Ok(None),
            Self::Text(text) => Ok(Some(text.clone())),
            Self::Real(_) | Self::Broken(_) | Self::Blob(_) => {
                Err(Fault::stop(FaultCode::Mismatch))
            }
        }
    }
}

/// One value where the database left it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw<'r> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'r [u8]),
    Blob(&'r [u8]),
}

impl From<Raw<'_>> for Cell {
    fn from(raw: Raw<'_>) -> Self {
        match raw {
            Raw::Null => Self::Null,
            Raw::Int(n) => Self::Int(n),
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
            Self::Int(n) => to.serialize_i64(*n),
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
    pub(super) forms: &'a [String],
    pub(super) key: &'a [Cell],
    pub(super) old: Option<&'a Cell>,
    pub(super) new: &'a str,
}

impl<'a> Values<'a> {
    /// What tells whose rows are meant.
    pub(super) fn hers(id: &'a Identifier) -> Self {
        Self {
            id: Some(id),
            ..Self::default()
        }
    }

    /// The arguments of a statement.
    pub(super) fn of(&self, statement: &Statement) -> Result<Arguments, Fault> {
        let mut arguments = Arguments::default();
        for bind in &statement.binds {
            self.add(&mut arguments, bind)
                .map_err(|_| Fault::stop(FaultCode::Mismatch))?;
        }
        Ok(arguments)
    }

    fn add(&self, to: &mut Arguments, bind: &Bind) -> Result<(), sqlx::error::BoxDynError> {
        match bind {
            Bind::Id { prefix } => to.add(
                self.id
                    .and_then(|id| without(id.value(), prefix.as_deref())),
            ),
            Bind::List => to.add(self.id.and_then(Identifier::list).map(str::to_owned)),
            // Slots that are left over repeat the last form.
            Bind::Form(n) => to.add(self.forms.get(*n).or(self.forms.last()).cloned()),
            Bind::Key(n) => self.key.get(*n).unwrap_or(&Cell::Null).add(to),
            Bind::Old => self.old.unwrap_or(&Cell::Null).add(to),
            Bind::New => to.add(self.new.to_owned()),
            Bind::Fixed(text) => to.add(text.clone()),
        }
    }
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
