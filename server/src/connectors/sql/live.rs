//! The tables of a database as they are. Statements name nothing that was not found here.

use app::model::CollectionName;

use super::cell::Cell;
use super::database::{Database, next};
use super::dialect::Dialect;
use super::link::Row;
use super::quote::Statement;
use crate::connectors::spec::{CollectionSpec, SystemSpec};
use crate::connectors::{Fault, FaultCode};

/// What a column holds, as far as a statement must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text that equals nothing but itself, to the byte.
    Text,
    /// Text that also equals other spellings: another case, blanks at its end.
    Loose,
    /// A whole number.
    Int,
    /// A whole number that is not negative, and may be larger than any [`Shape::Int`].
    Natural,
    /// A number that is written out.
    Decimal,
    /// A number that is rounded.
    Real,
    Uuid,
    /// Bytes.
    Binary,
    /// Another type whose values can be told apart: a date, a truth value.
    Other,
    /// A type that can only be read as a text.
    Opaque,
}

/// A column as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// Its type, as the database writes it.
    pub declared: String,
    pub not_null: bool,
    pub shape: Shape,
    /// On PostgreSQL: the schema and name of its type.
    pub kind: (String, String),
    /// What its text is compared and written by, where a statement must know.
    pub collation: String,
    pub charset: String,
}

/// A table as it is.
#[derive(Debug)]
pub(super) struct Live {
    /// Empty where names need none.
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) columns: Vec<Column>,
    /// Column names of each unique index and of the primary key.
    pub(super) unique: Vec<Vec<String>>,
    /// Schema and name of each table that its rows refer to by a foreign key.
    pub(super) refers: Vec<(String, String)>,
}

impl Live {
    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Whether rows of the other table can't go before those of this one that refer to them.
    pub(super) fn refers_to(&self, other: &Live) -> bool {
        let is = |(schema, table): &(String, String)| {
            // SQLite refers to names in any case.
            let loose = schema.is_empty() && table.eq_ignore_ascii_case(&other.table);
            *schema == other.schema && (*table == other.table || loose)
        };
        let itself = self.schema == other.schema && self.table == other.table;
        !itself && self.refers.iter().any(is)
    }

    /// A column of this name, whether it is there or not.
    pub(super) fn at<'a>(&'a self, name: &'a str) -> At<'a> {
        let column = self.column(name);
        At {
            live: self,
            name,
            column,
        }
    }
}

/// A column in a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) live: &'a Live,
    pub(super) name: &'a str,
    pub(super) column: Option<&'a Column>,
}

impl At<'_> {
    /// Text of a column that is not there: the database will refuse its name.
    pub(super) fn shape(&self) -> Shape {
        self.column.map_or(Shape::Text, |column| column.shape)
    }
}

/// All tables that a description names.
#[derive(Debug, Default)]
pub(super) struct Schema(Vec<(CollectionName, Live)>);

impl Schema {
    /// Reads them. Those that are not there are left out.
    pub(super) async fn read(database: &Database, spec: &SystemSpec) -> Result<Self, Fault> {
        let mut all = Vec::new();
        for collection in &spec.collections {
            if let Some(live) = table(database, collection.table()).await? {
                all.push((collection.name.clone(), live));
            }
        }
        Ok(Self(all))
    }

    /// The table of a collection.
    pub(super) fn of(&self, collection: &CollectionName) -> Option<&Live> {
        let found = self.0.iter().find(|(name, _)| name == collection);
        found.map(|(_, live)| live)
    }
}

/// A collection as it is described and as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) dialect: &'static dyn Dialect,
    pub(super) system: &'a SystemSpec,
    pub(super) schema: &'a Schema,
    pub(super) spec: &'a CollectionSpec,
    pub(super) live: &'a Live,
}

impl<'a> Of<'a> {
    /// Nothing if its table is not there.
    pub(super) fn new(
        dialect: &'static dyn Dialect,
        system: &'a SystemSpec,
        schema: &'a Schema,
        spec: &'a CollectionSpec,
    ) -> Option<Self> {
        schema.of(&spec.name).map(|live| Self {
            dialect,
            system,
            schema,
            spec,
            live,
        })
    }

    /// Another collection of the same system.
    pub(super) fn other(self, spec: &'a CollectionSpec) -> Option<Self> {
        Self::new(self.dialect, self.system, self.schema, spec)
    }

    /// A column of it.
    pub(super) fn at(self, column: &'a str) -> At<'a> {
        self.live.at(column)
    }
}

/// The table of this name; or else, where there is a dot in it, of this schema and name.
pub(super) async fn table(database: &Database, name: &str) -> Result<Option<Live>, Fault> {
    if let Some(live) = table_in(database, "", name).await? {
        return Ok(Some(live));
    }
    match name.split_once('.') {
        Some((schema, name)) if !schema.is_empty() => table_in(database, schema, name).await,
        _ => Ok(None),
    }
}

async fn table_in(database: &Database, schema: &str, table: &str) -> Result<Option<Live>, Fault> {
    let dialect = database.dialect();
    let mut live = Live {
        schema: schema.to_owned(),
        table: table.to_owned(),
        columns: Vec::new(),
        unique: Vec::new(),
        refers: Vec::new(),
    };
    for row in &all(database, dialect.columns(), &[schema, table]).await? {
        // A catalogue may answer for names of another case.
        if text(row, 1)? == table {
            live.schema = text(row, 0)?;
            live.columns.push(column(dialect, row)?);
        }
    }
    if live.columns.is_empty() {
        return Ok(None);
    }
    let indexed = all(database, dialect.unique(), &[&live.schema, &live.table]).await?;
    let mut unique: Vec<(String, Vec<String>)> = Vec::new();
    for row in &indexed {
        // An expression has no name, and no column is called so.
        let (index, column) = (text(row, 0)?, text(row, 1)?);
        match unique.iter_mut().find(|(name, _)| *name == index) {
            Some((_, columns)) => columns.push(column),
            None => unique.push((index, vec![column])),
        }
    }
    live.unique = unique.into_iter().map(|(_, columns)| columns).collect();
    for row in &all(database, dialect.references(), &[&live.schema, &live.table]).await? {
        live.refers.push((text(row, 2)?, text(row, 3)?));
    }
    Ok(Some(live))
}

/// Schema, table, name, declared type, whether it must not be NULL, schema and name of the type, collation, character set,
/// and whether its equality is not to the byte.
fn column(dialect: &dyn Dialect, row: &Row) -> Result<Column, Fault> {
    let (declared, kind) = (text(row, 3)?, (text(row, 5)?, text(row, 6)?));
    let shape = dialect.shape(&declared, &kind.1, truth(row, 9)?);
    Ok(Column {
        name: text(row, 2)?,
        declared,
        not_null: truth(row, 4)?,
        shape,
        kind,
        collation: text(row, 7)?,
        charset: text(row, 8)?,
    })
}

/// Whether deleting rows of the parent also deletes rows of the child.
pub(super) async fn cascades(
    database: &Database,
    child: &Live,
    parent: &Live,
) -> Result<bool, Fault> {
    let names = [&child.schema, &child.table, &parent.schema, &parent.table].map(String::as_str);
    let found = all(database, database.dialect().cascades(), &names).await?;
    Ok(!found.is_empty())
}

/// All rows of a catalogue's statement for these names.
pub(super) async fn all(
    database: &Database,
    words: &'static str,
    names: &[&str],
) -> Result<Vec<Row>, Fault> {
    let statement = Statement::fixed(words);
    let names = names.iter().map(|name| Cell::Text((*name).to_owned()));
    let mut rows = database.rows(&statement, names.collect());
    let mut all = Vec::new();
    while let Some(row) = next(&mut rows).await? {
        all.push(row);
    }
    Ok(all)
}

pub(super) fn text(row: &Row, at: usize) -> Result<String, Fault> {
    Ok(row.cell(at)?.shown().unwrap_or_default())
}

pub(super) fn truth(row: &Row, at: usize) -> Result<bool, Fault> {
    match row.cell(at)? {
        Cell::Int(n) => Ok(n != 0),
        _ => Err(Fault::stop(FaultCode::Mismatch)),
    }
}
