//! One value of a row, as the database stores it.

use app::model::{Identifier, IdentifierKind, SubjectKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
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
    /// A text of these bytes.
    pub(super) fn text(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|e| Self::Broken(e.into_bytes()), Self::Text)
    }

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

    /// As typed JSON. Binary data becomes base64 and says so; bytes that are no text become `U+FFFD`.
    pub(super) fn json(self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Int(n) => json!(n),
            // JSON has no infinity: as a word.
            Self::Real(n) if n.is_finite() => json!(n),
            Self::Real(n) => json!(n.to_string()),
            Self::Text(text) => json!(text),
            Self::Broken(bytes) => json!(String::from_utf8_lossy(&bytes)),
            Self::Blob(bytes) => json!({ "encoding": "base64", "data": STANDARD.encode(bytes) }),
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
        assert_eq!(Cell::Int(i64::MAX).json(), json!(i64::MAX));
        assert_eq!(Cell::Real(0.5).json(), json!(0.5));
        assert_eq!(Cell::Real(f64::INFINITY).json(), json!("inf"));
        assert_eq!(Cell::text(b"a\xffb".to_vec()).json(), json!("a\u{fffd}b"));
        assert_eq!(
            Cell::Blob(vec![0, 1]).json(),
            json!({ "encoding": "base64", "data": "AAE=" })
        );
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
