//! A search through the collections of one database, one column after the other, row by row.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use app::model::{Found, Identifier, IdentifierKind, Subject, SubjectKey, SystemId};

use super::cell::{Cell, Values};
use super::database::{Database, Rows, next};
use super::link::Row;
use super::record::Record;
use super::table::{Finder, How, Table};
use crate::connectors::spec::Compare;
use crate::connectors::{Fault, FaultCode};
use crate::matching::{Country, Normal, equal, normal};

/// How many keys of matching rows a scan gathers before it fetches the rows.
const HITS: usize = 256;

/// A search under way.
pub(super) struct Search<'a> {
    system: &'a SystemId,
    country: Country,
    database: &'a Database,
    identifier: &'a Identifier,
    normal: Normal,
    /// What is still to be looked through, the last first.
    rest: Vec<(Arc<Table>, Arc<Finder>)>,
    current: Option<Source<'a>>,
    /// Each subject is told once.
    told: HashSet<SubjectKey>,
}

/// Where rows come from.
enum Source<'a> {
    Rows {
        table: Arc<Table>,
        finder: Arc<Finder>,
        rows: Rows<'a>,
    },
    /// Reads on after `after`; `hits` are the keys of rows to fetch.
    Scan {
        table: Arc<Table>,
        finder: Arc<Finder>,
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
        database: &'a Database,
        tables: &[Arc<Table>],
        identifier: &'a Identifier,
    ) -> Self {
        let all = tables
            .iter()
            .flat_map(|t| t.finders.iter().map(|f| (Arc::clone(t), Arc::clone(f))));
        let mut rest: Vec<_> = all.filter(|(_, f)| f.kind == identifier.kind()).collect();
        rest.sort_by_key(|(t, _)| !t.spec.is_her_record());
        rest.reverse();
        let normal = normal(identifier, country);
        Self {
            system,
            country,
            database,
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
                } => next(rows)
                    .await?
                    .map(|row| (Arc::clone(table), Arc::clone(finder), row)),
                Source::Scan { .. } => self.scan().await?,
            };
            let Some((table, finder, row)) = found else {
                self.current = None;
                continue;
            };
            if let Some(subject) = self.shown(&table, &finder, &row)? {
                return Ok(Some(subject));
            }
        }
    }

    fn begin(&self, table: Arc<Table>, finder: Arc<Finder>) -> Result<Source<'a>, Fault> {
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
            How::Lookup(compare, _) => forms(*compare, self.identifier, &self.normal),
        };
        let (How::Id(statement) | How::Lookup(_, statement) | How::Scan(statement, _)) =
            &finder.how;
        let values = Values {
            id: Some(self.identifier),
            forms: &forms,
            ..Values::default()
        };
        let rows = self.database.rows(statement, values.of(statement)?);
        Ok(Source::Rows {
            table,
            finder,
            rows,
        })
    }

    /// The next row of a scan whose column matches.
    async fn scan(&mut self) -> Result<Option<(Arc<Table>, Arc<Finder>, Row)>, Fault> {
        let (normal, country) = (&self.normal, self.country);
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
        let is_it = |value: &str| equal(finder.kind, normal, value, country);
        loop {
            while let Some(key) = hits.pop_front() {
                let values = Values {
                    key: &key,
                    ..Values::default()
                };
                // A row that has gone meanwhile is gone.
                let values = values.of(&table.by_key)?;
                if let Some(row) = self.database.first(&table.by_key, values).await? {
                    return Ok(Some((Arc::clone(table), Arc::clone(finder), row)));
                }
            }
            if *ended {
                return Ok(None);
            }
            *ended = gather(self.database, table, finder, is_it, after, hits).await?;
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
        let mut subject = record.subject(key, self.system, self.country, matched);
        if by_id && table.spec.field(&finder.column).is_none() {
            subject.fields.push(self.asked(&finder.column));
        }
        Ok(Some(subject))
    }

    /// What matched, where the column is not among the fields.
    fn asked(&self, column: &str) -> Found {
        let id = self.identifier.value();
        let list = self.identifier.list();
        Found {
            field: column.to_owned(),
            value: list.map_or_else(|| id.to_owned(), |list| format!("{list}/{id}")),
            holds: Some(self.identifier.kind()),
            matched: true,
            in_full: None,
        }
    }
}

/// Reads on after a key, until enough rows match; says whether there are no more. Leaves off after the last match.
async fn gather(
    database: &Database,
    table: &Table,
    finder: &Finder,
    is_it: impl Fn(&str) -> bool,
    after: &mut Vec<Cell>,
    hits: &mut VecDeque<Vec<Cell>>,
) -> Result<bool, Fault> {
    let How::Scan(first, further) = &finder.how else {
        return Ok(true);
    };
    let statement = if after.is_empty() { first } else { further };
    let values = Values {
        key: after,
        ..Values::default()
    };
    let mut read = database.rows(statement, values.of(statement)?);
    let columns = table.spec.key.len();
    while let Some(row) = next(&mut read).await? {
        let value = row.cell(columns)?.shown().unwrap_or_default();
        if is_it(&value) {
            *after = key(&row, columns)?;
            hits.push_back(after.clone());
            if hits.len() == HITS {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn key(row: &Row, columns: usize) -> Result<Vec<Cell>, Fault> {
    let key = (0..columns).map(|at| row.cell(at));
    let key: Vec<Cell> = key.collect::<Result<_, _>>()?;
    // Such a key would not find its row again.
    let lost = |cell: &Cell| matches!(cell, Cell::Null | Cell::Broken(_));
    if key.iter().any(lost) {
        Err(Fault::stop(FaultCode::Mismatch))
    } else {
        Ok(key)
    }
}

/// The texts by which the database may hold the value, in the way that the column is compared. No more than [`FORMS`].
fn forms(compare: Compare, typed: &Identifier, normal: &Normal) -> Vec<String> {
    let texts = normal.forms.iter().chain([&normal.key]).cloned();
    let texts = texts.chain([typed.value().to_owned()]);
    let mut forms: Vec<String> = match compare {
        Compare::Exact | Compare::Fold => texts.chain(signed(typed, normal)).collect(),
        // A database that knows ASCII only leaves other letters as they are.
        Compare::Lower => texts
            .chain(signed(typed, normal))
            .flat_map(|t| [t.to_lowercase(), t.to_ascii_lowercase()])
            .collect(),
        Compare::Digits | Compare::WideDigits => texts
            .chain(normal.candidates.iter().cloned())
            .map(|t| without_punctuation(&t))
            .collect(),
    };
    let mut seen = HashSet::new();
    forms.retain(|form| !form.is_empty() && seen.insert(form.clone()));
    forms
}

/// The value as people also leave it in a field: with a blank before or after it, a handle with its `@`.
fn signed(typed: &Identifier, normal: &Normal) -> Vec<String> {
    use IdentifierKind::{Facebook, Instagram, Twitter};
    let mut texts = vec![normal.key.clone()];
    if matches!(typed.kind(), Twitter | Instagram | Facebook) {
        texts.push(format!("@{}", normal.key));
    } else {
        texts.push(typed.value().to_owned());
    }
    let blanks = texts
        .iter()
        .flat_map(|t| [format!("{t} "), format!(" {t}")]);
    let blanks: Vec<String> = blanks.collect();
    texts.extend(blanks);
    texts
}

/// As the database's own expression for `digits` does it.
fn without_punctuation(text: &str) -> String {
    text.chars().filter(|c| !"+-() /.".contains(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::table::FORMS;
    use super::*;

    /// Every form for every way of comparing, in a country.
    fn of(compare: Compare, kind: IdentifierKind, typed: &str, country: &str) -> Vec<String> {
        let country = Country::parse(country).expect("a country");
        let typed = Identifier::new(kind, typed).expect("valid");
        forms(compare, &typed, &normal(&typed, country))
    }

    #[test]
    fn no_form_is_dropped() {
        use IdentifierKind as K;
        let ways = [
            Compare::Exact,
            Compare::Lower,
            Compare::Digits,
            Compare::WideDigits,
        ];
        let values = [
            (K::Email, "Mária.ÖZİL＠Example.ORG"),
            (K::Email, "a@b.example"),
            (K::Twitter, "@ΜάριαΣ"),
            (K::Facebook, "https://www.facebook.com/Ünal.İ"),
            (K::Instagram, "ＭＡＲＩＡ"),
            (K::AppleMessages, "urn:mbid:AQÄAİ"),
            (K::Name, "İçli ÇELİK ß ﬀ"),
            (K::Address, "Große Straße 12"),
            (K::Phone, "０３０／１２３４５６７８ App. 5"),
            (K::Phone, "+49 (0)30 12345678"),
            (K::Phone, "+81 90-1234-5678"),
            (K::Phone, "010 44 20 7946 0123"),
            (K::Phone, "1-800-FLOWERS"),
            (K::Whatsapp, "https://wa.me/442079460123"),
        ];
        for (kind, typed) in values {
            for (compare, country) in ways
                .iter()
                .flat_map(|w| ["DE", "JP", "GB", "US"].map(|c| (*w, c)))
            {
                let forms = of(compare, kind, typed, country);
                assert!(
                    !forms.is_empty() && forms.len() <= FORMS,
                    "{kind:?} {compare:?}: {forms:?}"
                );
            }
        }
    }
}
