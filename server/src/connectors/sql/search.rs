//! A search through the collections of one database, one column after the other, row by row.

use std::collections::{HashSet, VecDeque};

use app::model::{Employment, Found, Identifier, Seen, Subject, SubjectKey, SystemId};

use super::cell::{Cell, Values, subject_key};
use super::database::{Rows, next, rows};
use super::dialect::{self, Pool, Row};
use super::table::{Finder, How, Table};
use crate::connectors::spec::Compare;
use crate::connectors::{Fault, FaultCode};
use crate::matching::{Country, Normal, equal, normal};

/// How many keys of matching rows a scan gathers before it fetches the rows.
const HITS: usize = 256;

/// The longest value of a found record, in characters. An export has them whole.
const SHOWN_MAX: usize = 4_000;

/// A search under way.
pub(super) struct Search<'a> {
    system: &'a SystemId,
    country: Country,
    pool: &'a Pool,
    identifier: &'a Identifier,
    normal: Normal,
    /// What is still to be looked through, the last first.
    rest: Vec<(&'a Table, &'a Finder)>,
    current: Option<Source<'a>>,
    /// Each subject is told once.
    told: HashSet<SubjectKey>,
}

/// Where rows come from.
enum Source<'a> {
    Rows {
        table: &'a Table,
        finder: &'a Finder,
        rows: Rows<'a>,
    },
    /// Reads on after `after`; `hits` are the keys of rows to fetch.
    Scan {
        table: &'a Table,
        finder: &'a Finder,
        after: Vec<Cell>,
        hits: VecDeque<Vec<Cell>>,
        ended: bool,
    },
}

impl<'a> Search<'a> {
    /// A search that has not begun. Tables of her own records come first: what they say of her goes before what
    /// another row mentions.
    pub(super) fn new(
        system: &'a SystemId,
        country: Country,
        pool: &'a Pool,
        tables: &'a [Table],
        identifier: &'a Identifier,
    ) -> Self {
        let all = tables
            .iter()
            .flat_map(|t| t.finders.iter().map(move |f| (t, f)));
        let mut rest: Vec<_> = all.filter(|(_, f)| f.kind == identifier.kind()).collect();
        rest.sort_by_key(|(t, _)| !t.spec.is_her_record());
        rest.reverse();
        let normal = normal(identifier, country);
        Self {
            system,
            country,
            pool,
            identifier,
            normal,
            rest,
            current: None,
            told: HashSet::new(),
        }
    }

    /// The next subject that was not told before.
    pub(super) async fn next(&mut self) -> Result<Option<Subject>, Fault> {
        loop {
            let Some(source) = &mut self.current else {
                let Some((table, finder)) = self.rest.pop() else {
                    return Ok(None);
                };
                self.current = Some(self.begin(table, finder)?);
                continue;
            };
            let found = match source {
                Source::Rows {
                    table,
                    finder,
                    rows,
                } => next(rows).await?.map(|row| (*table, *finder, row)),
                Source::Scan { .. } => self.scan().await?,
            };
            let Some((table, finder, row)) = found else {
                self.current = None;
                continue;
            };
            if let Some(subject) = self.shown(table, finder, &row)? {
                return Ok(Some(subject));
            }
        }
    }

    fn begin(&self, table: &'a Table, finder: &'a Finder) -> Result<Source<'a>, Fault> {
        let forms = match &finder.how {
            How::Scan(..) => {
                let (after, hits) = (Vec::new(), VecDeque::new());
                return Ok(Source::Scan {
                    table,
                    finder,
                    after,
                    hits,
                    ended: false,
                });
            }
            How::Id(_) => Vec::new(),
            How::Lookup(compare, _) => forms(*compare, self.identifier.value(), &self.normal),
        };
        let (How::Id(statement) | How::Lookup(_, statement) | How::Scan(statement, _)) =
            &finder.how;
        let values = Values {
            id: Some(self.identifier),
            forms: &forms,
            ..Values::default()
        };
        Ok(Source::Rows {
            table,
            finder,
            rows: rows(self.pool, statement, &values)?,
        })
    }

    /// The next row of a scan whose column matches.
    async fn scan(&mut self) -> Result<Option<(&'a Table, &'a Finder, Row)>, Fault> {
        let Some(Source::Scan {
            table,
            finder,
            after,
            hits,
            ended,
        }) = &mut self.current
        else {
            return Ok(None);
        };
        loop {
            while let Some(key) = hits.pop_front() {
                let values = Values {
                    key: &key,
                    ..Values::default()
                };
                // A row that has gone meanwhile is gone.
                if let Some(row) = next(&mut rows(self.pool, &table.by_key, &values)?).await? {
                    return Ok(Some((*table, *finder, row)));
                }
            }
            if *ended {
                return Ok(None);
            }
            let How::Scan(first, further) = &finder.how else {
                return Ok(None);
            };
            let statement = if after.is_empty() { first } else { further };
            let mut read = rows(
                self.pool,
                statement,
                &Values {
                    key: after,
                    ..Values::default()
                },
            )?;
            *ended = loop {
                let Some(row) = next(&mut read).await? else {
                    break true;
                };
                let value = dialect::cell(&row, table.spec.key.len())?
                    .shown()
                    .unwrap_or_default();
                if equal(finder.kind, &self.normal, &value, self.country) {
                    *after = key(&row, table.spec.key.len())?;
                    hits.push_back(after.clone());
                    if hits.len() == HITS {
                        break false;
                    }
                }
            };
        }
    }

    /// The subject that a row shows, if it really matches and is new.
    fn shown(
        &mut self,
        table: &Table,
        finder: &Finder,
        row: &Row,
    ) -> Result<Option<Subject>, Fault> {
        let record = Record::read(table, row)?;
        let is_it = |value: &str| equal(finder.kind, &self.normal, value, self.country);
        let by_id = matches!(finder.how, How::Id(_));
        let value = record.value(&finder.column).unwrap_or_default();
        if !by_id && !is_it(&value) {
            return Ok(None);
        }
        let Some(key) = record.key()? else {
            return Ok(None);
        };
        if !self.told.insert(key.clone()) {
            return Ok(None);
        }
        let matched = |column: &str, value: &str| {
            let mut asked = table
                .finders
                .iter()
                .filter(|f| f.kind == finder.kind && f.column == column);
            asked.any(|f| {
                if by_id {
                    f.column == finder.column
                } else {
                    is_it(value)
                }
            })
        };
        Ok(Some(record.subject(key, self.system, matched)))
    }
}

/// One row of a table as a search reads it.
pub(super) struct Record<'a> {
    table: &'a Table,
    cells: Vec<Cell>,
}

impl<'a> Record<'a> {
    /// Reads every column.
    pub(super) fn read(table: &'a Table, row: &Row) -> Result<Self, Fault> {
        let cells = (0..table.columns.len())
            .map(|at| dialect::cell(row, at))
            .collect::<Result<_, _>>()?;
        Ok(Self { table, cells })
    }

    fn cell(&self, column: &str) -> &Cell {
        self.table
            .at(column)
            .and_then(|at| self.cells.get(at))
            .unwrap_or(&Cell::Null)
    }

    fn value(&self, column: &str) -> Option<String> {
        self.cell(column).shown()
    }

    /// The subject's key; nothing if the row is linked to nobody.
    pub(super) fn key(&self) -> Result<Option<SubjectKey>, Fault> {
        let Some(subject) = &self.table.spec.subject else {
            return Ok(None);
        };
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

    /// The subject as this row shows her.
    pub(super) fn subject(
        &self,
        key: SubjectKey,
        system: &SystemId,
        matched: impl Fn(&str, &str) -> bool,
    ) -> Subject {
        let spec = &self.table.spec;
        let fields = spec.fields.iter().filter_map(|field| {
            let value = self.value(&field.name)?;
            let matched = matched(&field.name, &value);
            Some(Found {
                field: field.name.clone(),
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
        let active = says.is_empty() || says == spec.active.trim().to_lowercase();
        Some(if active {
            Employment::Active
        } else {
            Employment::Former
        })
    }
}

fn shortened(mut value: String) -> String {
    if let Some((end, _)) = value.char_indices().nth(SHOWN_MAX) {
        value.truncate(end);
        value.push('…');
    }
    value
}

fn key(row: &Row, columns: usize) -> Result<Vec<Cell>, Fault> {
    let key = (0..columns).map(|at| dialect::cell(row, at));
    let key: Vec<Cell> = key.collect::<Result<_, _>>()?;
    // Such a key would not find its row again.
    let lost = |cell: &Cell| matches!(cell, Cell::Null | Cell::Broken(_));
    if key.iter().any(lost) {
        Err(Fault::stop(FaultCode::Mismatch))
    } else {
        Ok(key)
    }
}

/// The texts by which the database may hold the value, in the way that the column is compared.
fn forms(compare: Compare, typed: &str, normal: &Normal) -> Vec<String> {
    let texts = || {
        normal
            .forms
            .iter()
            .chain([&normal.key])
            .map(String::as_str)
            .chain([typed])
    };
    let mut forms: Vec<String> = match compare {
        Compare::Exact | Compare::Fold => texts().map(str::to_owned).collect(),
        // A database that knows ASCII only leaves other letters as they are.
        Compare::Lower => texts()
            .flat_map(|t| [t.to_lowercase(), t.to_ascii_lowercase()])
            .collect(),
        Compare::Digits => texts().map(without_punctuation).collect(),
    };
    let mut seen = HashSet::new();
    forms.retain(|form| !form.is_empty() && seen.insert(form.clone()));
    forms
}

/// As the database's own expression for `digits` does it.
fn without_punctuation(text: &str) -> String {
    text.chars().filter(|c| !"+-() /.".contains(*c)).collect()
}
