//! One row of a database as a record of a person.

use app::model::{Employment, Found, IdentifierKind, Seen, Subject, SubjectKey, SystemId};

use super::cell::{Cell, subject_key};
use super::link::Row;
use super::table::Table;
use crate::connectors::Fault;
use crate::connectors::spec::IdColumn;
use crate::matching::{self, Country};

/// The longest value of a found record, in characters. An export has them whole.
const SHOWN_MAX: usize = 4_000;

/// One row of a table as a search reads it.
pub(super) struct Record<'a> {
    table: &'a Table,
    cells: Vec<Cell>,
}

impl<'a> Record<'a> {
    /// Reads every column.
    pub(super) fn read(table: &'a Table, row: &Row) -> Result<Self, Fault> {
        let cells = (0..table.columns.len())
            .map(|at| row.cell(at))
            .collect::<Result<_, _>>()?;
        Ok(Self { table, cells })
    }

    /// What a column holds; NULL if the table is not read with it.
    fn cell(&self, column: &str) -> &Cell {
        self.table
            .at(column)
            .and_then(|at| self.cells.get(at))
            .unwrap_or(&Cell::Null)
    }

    /// What a column says as a text.
    pub(super) fn value(&self, column: &str) -> Option<String> {
        self.cell(column).shown()
    }

    /// The subject's key, or the row's own where it is linked to nobody; nothing if it has none.
    pub(super) fn key(&self) -> Result<Option<SubjectKey>, Fault> {
        let spec = &self.table.spec;
        for id in spec.subject.iter().chain(&spec.otherwise) {
            if let Some(key) = self.key_in(id)? {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    fn key_in(&self, subject: &IdColumn) -> Result<Option<SubjectKey>, Fault> {
        let Some(id) = self.cell(&subject.column).id()? else {
            return Ok(None);
        };
        let id = format!("{}{id}", subject.prefix.as_deref().unwrap_or(""));
        let list = match &subject.list_column {
            Some(column) => match self.cell(column).id()? {
                Some(list) => Some(list),
                None => return Ok(None),
            },
            None => None,
        };
        subject_key(subject.kind, &id, list.as_deref()).map(Some)
    }

    /// The subject as this row shows her; `country` reads numbers without a country code.
    pub(super) fn subject(
        &self,
        key: SubjectKey,
        system: &SystemId,
        country: Country,
        matched: impl Fn(&str, &str) -> bool,
    ) -> Subject {
        let spec = &self.table.spec;
        let fields = spec.fields.iter().filter_map(|field| {
            let value = self.value(&field.name)?;
            let matched = matched(&field.name, &value);
            Some(Found {
                field: field.name.clone(),
                in_full: in_full(field.holds, &value, country),
                value: shortened(value),
                holds: field.holds,
                matched,
            })
        });
        Subject {
            key,
            name: self.name(),
            fields: fields.collect(),
            seen_in: vec![Seen {
                system: system.clone(),
                collection: spec.name.clone(),
            }],
            canonical: None,
            employment: self.employment(),
        }
    }

    fn name(&self) -> Option<String> {
        let parts = self
            .table
            .spec
            .name_columns
            .iter()
            .filter_map(|column| self.value(column));
        let parts: Vec<String> = parts
            .map(|p| p.trim().to_owned())
            .filter(|p| !p.is_empty())
            .collect();
        (!parts.is_empty()).then(|| shortened(parts.join(" ")))
    }

    /// Unless the row clearly says otherwise, she works here: what is unclear must block an erasure.
    fn employment(&self) -> Option<Employment> {
        let spec = self.table.spec.employment.as_ref()?;
        let says = self
            .value(&spec.column)
            .unwrap_or_default()
            .trim()
            .to_lowercase();
        let left = |former: &String| says == former.trim().to_lowercase();
        Some(if spec.former.iter().any(left) {
            Employment::Former
        } else {
            Employment::Active
        })
    }
}

/// A number that is written without its country code, with it: elsewhere it would be another.
fn in_full(holds: Option<IdentifierKind>, value: &str, country: Country) -> Option<String> {
    let kind = holds.filter(|_| !value.contains(['+', '＋']))?;
    matching::in_full(kind, value, country)
}

fn shortened(mut value: String) -> String {
    if let Some((end, _)) = value.char_indices().nth(SHOWN_MAX) {
        value.truncate(end);
        value.push('…');
    }
    value
}
