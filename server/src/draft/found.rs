//! By what a table's rows are found, what a person is called there, and the id that she has.

use app::model::IdentifierKind;

use super::guess::Sure;
use super::rules::Is;
use super::tables::{Listed, Mark, Note, Table};

/// The id of whom a row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) kind: IdentifierKind,
    pub(super) column: String,
    pub(super) prefix: Option<String>,
}

/// One column by which rows are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FoundBy {
    pub(super) kind: IdentifierKind,
    pub(super) column: String,
    /// The word of `connectors::spec::Compare`.
    pub(super) compare: &'static str,
    pub(super) prefix: Option<String>,
}

/// The id that a row gives to whom it shows: what a dataset calls it, or the system's and the collection's name before it.
pub(super) fn subject(table: &Table<'_>, system: &str) -> Option<Subject> {
    let id = table.id()?;
    let column = id.column.name.clone();
    let said = table
        .field(&column)
        .and_then(|field| field.said?.identity.as_ref());
    let said = said.map(|identity| (identity.kind(), prefix(identity)));
    let own = (
        IdentifierKind::ExternalId,
        Some(format!("{system}:{}:", table.name)),
    );
    let usable = |kind: IdentifierKind| kind.is_id() && kind != IdentifierKind::DialerContactId;
    let (kind, prefix) = said.filter(|(kind, _)| usable(*kind)).unwrap_or(own);
    Some(Subject {
        kind,
        column,
        prefix,
    })
}

/// What an id of this name carries in front.
fn prefix(identity: &crate::dataset::Identity) -> Option<String> {
    let external = identity.kind() == IdentifierKind::ExternalId;
    (external && identity.0 != IdentifierKind::ExternalId.as_str()).then(|| format!("{identity}:"))
}

/// The columns that find rows of a table that shows people.
pub(super) fn found_by(
    table: &Table<'_>,
    subject: &Subject,
    country: &str,
    notes: &mut Vec<Note>,
) -> Vec<FoundBy> {
    let mut all = Vec::new();
    for field in table.fields.iter().filter(|field| field.of.is_her()) {
        let column = &field.seen.column.name;
        let identity = field.said.and_then(|said| said.identity.as_ref());
        let kind = match identity {
            Some(identity) => Some(identity.kind()),
            None if field.said.is_some() => None,
            None => field.holds.filter(|_| is_sure(field)),
        };
        let Some(kind) = kind.filter(|kind| !(kind.is_id() && *column == subject.column)) else {
            continue;
        };
        match compare(kind, field, country) {
            Ok(compare) => all.push(FoundBy {
                kind,
                column: column.clone(),
                compare,
                prefix: identity.and_then(prefix),
            }),
            Err(why) => {
                let text = format!(
                    "{column:?} holds {}, but {why}: not in `found_by`",
                    kind.as_str()
                );
                notes.push(Note(Mark::Decide, text));
            }
        }
    }
    all
}

fn is_sure(field: &Listed<'_>) -> bool {
    let part = matches!(field.is, Some(Is::FirstName | Is::MiddleName));
    !part && field.sure >= Some(Sure::Medium)
}

fn compare(
    kind: IdentifierKind,
    field: &Listed<'_>,
    country: &str,
) -> Result<&'static str, &'static str> {
    use IdentifierKind as K;
    match kind {
        K::DialerContactId => Err("nobody said in which column the contact list is"),
        kind if kind.is_id() && !field.seen.holds_ids() => Err("its type can't hold ids exactly"),
        kind if kind.is_id() => Ok("exact"),
        // Where people also type full-width digits.
        K::Phone | K::Whatsapp if country == "JP" => Ok("wide_digits"),
        K::Phone | K::Whatsapp => Ok("digits"),
        K::Name | K::Address => Ok("fold"),
        _ => Ok("lower"),
    }
}

/// The columns that make her name, in the order in which it is said in her country.
pub(super) fn name_columns(table: &Table<'_>, country: &str) -> Vec<String> {
    let of = |is: Is| {
        let mut fields = table.fields.iter().filter(|field| field.is == Some(is));
        fields.next().map(|field| field.seen.column.name.clone())
    };
    let full = of(Is::FullName).or_else(|| {
        let said = |field: &&Listed<'_>| {
            field.said.is_some()
                && field.of.is_her()
                && field.is.is_none()
                && field.category == "user.name"
        };
        table
            .fields
            .iter()
            .find(said)
            .map(|field| field.seen.column.name.clone())
    });
    if let Some(full) = full {
        return vec![full];
    }
    let parts = match country {
        "JP" | "CN" | "KR" | "TW" | "HU" | "VN" => [Is::LastName, Is::MiddleName, Is::FirstName],
        _ => [Is::FirstName, Is::MiddleName, Is::LastName],
    };
    parts.into_iter().filter_map(of).collect()
}
