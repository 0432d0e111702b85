//! What anonymising writes into the rows of one table, and which rows it has not reached yet.

use super::live::Of;
use super::quote::{Bind, Sql, Statement};
use crate::connectors::spec::{CollectionSpec, Erase, Made};

/// What becomes of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Becomes {
    Null,
    Text(String),
    Made(Made),
}

impl Becomes {
    /// What it is in every row, bound or NULL; nothing if it is another in each.
    pub(super) fn fixed(&self) -> Option<Option<Bind>> {
        match self {
            Self::Null => Some(None),
            Self::Text(text) => Some(Some(Bind::Fixed(text.clone()))),
            Self::Made(_) => None,
        }
    }

    fn made(&self) -> Option<&Made> {
        match self {
            Self::Made(made) => Some(made),
            Self::Null | Self::Text(_) => None,
        }
    }
}

/// What anonymising writes: column → what it becomes. It also takes every id that is not the row's own key.
pub(super) fn erased(spec: &CollectionSpec) -> Vec<(String, Becomes)> {
    let links = spec
        .id_columns()
        .map(|id| id.column)
        .filter(|column| !spec.key.contains(column));
    let mut links: Vec<String> = links.collect();
    links.sort();
    links.dedup();
    let mut erased: Vec<_> = links
        .into_iter()
        .map(|column| (column, Becomes::Null))
        .collect();
    for field in &spec.fields {
        let becomes = match spec.erase(field) {
            Erase::Keep => continue,
            Erase::Null => Becomes::Null,
            Erase::Fixed(text) => Becomes::Text(text),
            Erase::Made(made) => Becomes::Made(made),
        };
        if erased.iter().all(|(column, _)| *column != field.name) {
            erased.push((field.name.clone(), becomes));
        }
    }
    erased
}

/// A row that is not anonymised yet.
pub(super) fn not_yet(sql: &mut Sql, of: Of<'_>) {
    sql.word("(")
        .list(erased(of.spec), " OR ", |sql, (column, becomes)| {
            let at = of.live.at(&column);
            match becomes {
                Becomes::Text(text) => of.dialect.other_text(sql, at, &text),
                Becomes::Made(made) => of.dialect.not_made(sql, at, &made),
                Becomes::Null => {
                    sql.at(at).word(" IS NOT NULL");
                }
            }
        });
    sql.word(")");
}

/// How many rows are written by one statement.
pub(super) const PIECE: usize = 1_000;

/// Statements for rows with texts that are made for each: read and written piece by piece, as many as [`PIECE`].
#[derive(Debug)]
pub(super) struct Pieces {
    /// Keys of rows that are not anonymised yet, and what is to be replaced in them; NULL where nothing is.
    pub(super) read: Statement,
    /// Writes a list of keys and what becomes of the rows.
    pub(super) write: Statement,
    /// Of how many columns a key is.
    pub(super) keys: usize,
    /// What is made, in the order of what is to be replaced.
    pub(super) made: Vec<Made>,
}

impl Pieces {
    /// For the rows of a condition, and what becomes of their columns.
    pub(super) fn new(
        of: Of<'_>,
        erased: &[(String, Becomes)],
        condition: impl FnOnce(&mut Sql),
    ) -> Self {
        let made: Vec<_> = erased
            .iter()
            .filter_map(|(column, becomes)| Some((column, becomes.made()?)))
            .collect();
        let mut sql = Sql::new(of.dialect);
        sql.word("SELECT ").list(&of.spec.key, ", ", |sql, column| {
            of.dialect.read(sql, of.live.at(column));
        });
        for (column, made) in &made {
            let at = of.live.at(column);
            sql.word(", CASE WHEN ");
            of.dialect.not_made(&mut sql, at, made);
            sql.word(" THEN ");
            of.dialect.read(&mut sql, at);
            sql.word(" END");
        }
        sql.word(" FROM ").table(of.live).word(" WHERE ");
        condition(&mut sql);
        sql.word(" LIMIT ").number(PIECE);
        Self {
            read: sql.done(),
            write: write(of, erased),
            keys: of.spec.key.len(),
            made: made.into_iter().map(|(_, made)| made.clone()).collect(),
        }
    }
}

fn write(of: Of<'_>, erased: &[(String, Becomes)]) -> Statement {
    let (key, dialect) = (&of.spec.key, of.dialect);
    let made = erased.iter().filter_map(|(_, becomes)| becomes.made());
    let parts = key.len() + made.count();
    let of_keys = |sql: &mut Sql| {
        sql.list(key.iter().enumerate(), " AND ", |sql, (n, column)| {
            dialect.same_listed(sql, of.live.at(column), n);
        });
    };
    let mut sql = Sql::new(dialect);
    sql.word("UPDATE ").table(of.live);
    let joins = dialect.joins();
    if joins {
        sql.word(" JOIN ");
        dialect.listing(&mut sql, parts);
        sql.word(" ON ");
        of_keys(&mut sql);
    }
    let mut next = key.len();
    sql.word(" SET ")
        .list(erased, ", ", |sql, (column, becomes)| {
            let at = of.live.at(column);
            if joins {
                sql.at(at);
            } else {
                sql.name(column);
            }
            sql.word(" = ");
            match becomes {
                Becomes::Null => {
                    sql.word("NULL");
                }
                Becomes::Text(text) => dialect.assigned(sql, at, Bind::Fixed(text.clone())),
                // What was made before stays, and so does NULL.
                Becomes::Made(_) => {
                    sql.word("COALESCE(");
                    dialect.listed(sql, at, next);
                    sql.word(", ").at(at).word(")");
                    next += 1;
                }
            }
        });
    if !joins {
        sql.word(" FROM ");
        dialect.listing(&mut sql, parts);
        sql.word(" WHERE ");
        of_keys(&mut sql);
    }
    sql.done()
}
