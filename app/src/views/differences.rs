//! What records say of one person, meaning by meaning: the same, differing, or only in some of them.

use crate::format;
use crate::i18n::Texts;
use crate::model::{Found, IdentifierKind, SetMember};

/// What a field says: the kind of identifier in it or, where it holds none, its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    Kind(IdentifierKind),
    Field(String),
}

impl Meaning {
    pub fn of(field: &Found) -> Self {
        match field.holds {
            Some(kind) => Self::Kind(kind),
            None => Self::Field(field.field.clone()),
        }
    }

    pub fn word(&self, t: &Texts) -> String {
        match self {
            Self::Kind(kind) => (t.words.kind)(*kind).to_owned(),
            Self::Field(name) => format::title(name),
        }
    }
}

/// A value in the form in which it is compared. Case, width and spaces make no other person, nor do the signs in a telephone
/// number; ids and what identifies nobody are compared as they are.
fn folded(found: &Found) -> String {
    let narrow = |c: char| match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    match found.holds {
        Some(kind) if !kind.is_id() => {
            let value = match &found.in_full {
                Some(in_full) if kind.is_number() => in_full,
                _ => &found.value,
            };
            let text: String = value.chars().map(narrow).collect();
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            if kind.is_number() && !digits.is_empty() {
                return digits;
            }
            let words: Vec<&str> = text.split_whitespace().collect();
            words.join(" ").to_lowercase()
        }
        _ => found.value.trim().to_owned(),
    }
}

/// How the records' values of one meaning compare. In the order in which they are worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Differs,
    /// As many records have it, with the same values; the others have nothing.
    Only(u32),
    Same,
}

impl Mark {
    /// Of the values of one meaning, record by record.
    fn of(cells: &[Vec<Found>]) -> Self {
        let mut filled = cells.iter().filter(|cell| !cell.is_empty()).map(|cell| {
            let mut values: Vec<String> = cell.iter().map(folded).collect();
            values.sort_unstable();
            values
        });
        let Some(first) = filled.next() else {
            return Self::Same;
        };
        let others: Vec<Vec<String>> = filled.collect();
        if others.iter().any(|other| *other != first) {
            Self::Differs
        } else if others.len() + 1 < cells.len() {
            Self::Only(as_u32(others.len() + 1))
        } else {
            Self::Same
        }
    }
}

pub(super) fn as_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// One meaning, and each record's values of it.
pub(super) struct Row {
    pub meaning: Meaning,
    pub cells: Vec<Vec<Found>>,
    pub mark: Mark,
}

/// All meanings of the records: what differs first, then by how much they identify, then as the systems list them.
pub(super) fn rows(records: &[&SetMember]) -> Vec<Row> {
    let mut rows: Vec<(Meaning, Vec<Vec<Found>>)> = Vec::new();
    for (at, record) in records.iter().enumerate() {
        for found in fields(record) {
            let meaning = Meaning::of(&found);
            let known = rows.iter().position(|(known, _)| *known == meaning);
            let known = known.unwrap_or_else(|| {
                rows.push((meaning, vec![Vec::new(); records.len()]));
                rows.len() - 1
            });
            let Some(cell) = rows.get_mut(known).and_then(|(_, cells)| cells.get_mut(at)) else {
                continue;
            };
            // Several systems may hold one value, and only one may have been asked for it.
            match cell.iter_mut().find(|one| folded(one) == folded(&found)) {
                Some(one) => one.matched |= found.matched,
                None => cell.push(found),
            }
        }
    }
    let mut rows: Vec<Row> = rows
        .into_iter()
        .map(|(meaning, cells)| Row {
            mark: Mark::of(&cells),
            meaning,
            cells,
        })
        .collect();
    rows.sort_by_key(|row| (row.mark, matches!(row.meaning, Meaning::Field(_))));
    rows
}

/// A record's fields. Its name is one of them even where no field holds it whole.
fn fields(record: &SetMember) -> Vec<Found> {
    let subject = &record.subject;
    let mut fields: Vec<Found> = subject
        .fields
        .iter()
        .filter(|field| !field.value.trim().is_empty())
        .cloned()
        .collect();
    let name = Some(IdentifierKind::Name);
    if let Some(value) = &subject.name
        && fields.iter().all(|field| field.holds != name)
    {
        let value = value.clone();
        fields.push(Found {
            field: IdentifierKind::Name.as_str().to_owned(),
            value,
            holds: name,
            matched: false,
            in_full: None,
        });
    }
    fields
}

/// The meanings whose values differ between the records of a set.
pub(super) fn differing(members: &[SetMember]) -> Vec<Meaning> {
    let members: Vec<&SetMember> = members.iter().collect();
    rows(&members)
        .into_iter()
        .filter(|row| row.mark == Mark::Differs)
        .map(|row| row.meaning)
        .collect()
}
