//! SQL text: made of words of ours and quoted names only, values always bound.
//!
//! This is the one module that may tell sqlx that a text is safe. It can, because [`Sql`] takes nothing but
//! `&'static str`, numbers and names, and quotes every name.

use std::sync::Arc;

use app::model::IdentifierKind;
use sqlx::query::Query;
use sqlx::{Arguments, AssertSqlSafe, IntoArguments};

use super::dialect::Dialect;
use super::live::{At, Live, Shape};

/// Of whom an id is: the subject, or the nth of her set before or after her whose key is of the id's kind. NULL if there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Member {
    Her,
    Before(usize),
    After(usize),
}

/// A value that a statement takes, by its part in the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bind {
    /// A subject's id of this kind, without this prefix. NULL if it does not begin with it, or can be no value of this shape:
    /// that equals nothing.
    Id {
        of: Member,
        kind: IdentifierKind,
        prefix: Option<String>,
        shape: Shape,
    },
    /// A subject's contact list; NULL if it can be no value of this shape.
    List { of: Member, shape: Shape },
    /// One of the forms that a candidate may have.
    Form(usize),
    /// One column of a row's key.
    Key(usize),
    /// What a field says now.
    Old,
    /// What it shall say.
    New,
    /// A text of the system's description.
    Fixed(String),
    /// Keys of rows and what becomes of them, as JSON: a list of lists.
    Rows,
}

/// A statement: text, and what to bind.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    text: Arc<str>,
    pub(super) binds: Vec<Bind>,
}

impl Statement {
    /// One without names of the system's.
    pub(super) fn fixed(words: &'static str) -> Self {
        Self {
            text: words.into(),
            binds: Vec::new(),
        }
    }

    /// The statement as a query of sqlx, prepared once per connection.
    pub(super) fn query<A>(&self, arguments: A) -> Query<'static, A::Database, A>
    where
        A: Arguments + IntoArguments<A::Database>,
    {
        sqlx::query_with(AssertSqlSafe(Arc::clone(&self.text)), arguments)
    }

    /// A statement and a plain name after it.
    #[cfg(test)]
    pub(super) fn named(&self, name: &str) -> Self {
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        Self {
            text: format!("{} {name}", self.text).into(),
            binds: Vec::new(),
        }
    }

    /// The same, explained by the database instead of run.
    #[cfg(test)]
    pub(super) fn explained(&self, explain: &'static str) -> Self {
        Self {
            text: format!("{explain} {}", self.text).into(),
            binds: self.binds.clone(),
        }
    }
}

/// A statement in the making.
#[derive(Debug)]
pub(super) struct Sql {
    dialect: &'static dyn Dialect,
    text: String,
    binds: Vec<Bind>,
}

impl Sql {
    pub(super) fn new(dialect: &'static dyn Dialect) -> Self {
        Self {
            dialect,
            text: String::new(),
            binds: Vec::new(),
        }
    }

    /// Whose words they are.
    pub(super) fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// Words of ours.
    pub(super) fn word(&mut self, words: &'static str) -> &mut Self {
        self.text.push_str(words);
        self
    }

    /// A number of ours.
    pub(super) fn number(&mut self, n: usize) -> &mut Self {
        self.text.push_str(&n.to_string());
        self
    }

    /// A name of the system's, quoted.
    pub(super) fn name(&mut self, name: &str) -> &mut Self {
        let quote = self.dialect.quote();
        self.text.push(quote);
        for c in name.chars() {
            self.text.push(c);
            if c == quote {
                self.text.push(c);
            }
        }
        self.text.push(quote);
        self
    }

    /// A table, with its schema where there are any.
    pub(super) fn table(&mut self, live: &Live) -> &mut Self {
        if !live.schema.is_empty() {
            self.name(&live.schema).word(".");
        }
        self.name(&live.table)
    }

    /// A column, always with its table: SQLite reads a quoted name that it does not know as a text, but never such a one.
    pub(super) fn at(&mut self, at: At<'_>) -> &mut Self {
        self.name(&at.live.table).word(".").name(at.name)
    }

    /// Several columns of a table, with commas.
    pub(super) fn columns(&mut self, live: &Live, columns: &[String]) -> &mut Self {
        self.list(columns, ", ", |sql, column| {
            sql.at(live.at(column));
        })
    }

    /// A value, bound.
    pub(super) fn bind(&mut self, bind: Bind) -> &mut Self {
        self.binds.push(bind);
        self.dialect.placeholder(&mut self.text, self.binds.len());
        self
    }

    /// Each item, with this between them.
    pub(super) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        between: &'static str,
        mut one: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.word(between);
            }
            one(self, item);
        }
        self
    }

    /// The finished statement.
    pub(super) fn done(self) -> Statement {
        Statement {
            text: self.text.into(),
            binds: self.binds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mysql::MySql;
    use super::super::postgres::Postgres;
    use super::super::sqlite::Sqlite;
    use super::*;

    fn hostile(dialect: &'static dyn Dialect) -> Statement {
        let live = Live {
            schema: "s\"`".to_owned(),
            table: "a\"`; DROP TABLE b; --".to_owned(),
            columns: Vec::new(),
            unique: Vec::new(),
            refers: Vec::new(),
        };
        let mut sql = Sql::new(dialect);
        sql.word("SELECT ").at(live.at("x\"`y"));
        sql.word(" FROM ").table(&live).word(" = ").bind(Bind::Old);
        sql.done()
    }

    #[test]
    fn a_hostile_name_stays_a_name() {
        let done = hostile(&Sqlite);
        let double = "SELECT \"a\"\"`; DROP TABLE b; --\".\"x\"\"`y\" FROM \"s\"\"`\".\"a\"\"`; DROP TABLE b; --\" = ";
        assert_eq!(&*done.text, format!("{double}?1"));
        assert_eq!(done.binds, [Bind::Old]);
        assert_eq!(&*hostile(&Postgres).text, format!("{double}$1"));
        assert_eq!(
            &*hostile(&MySql).text,
            "SELECT `a\"``; DROP TABLE b; --`.`x\"``y` FROM `s\"```.`a\"``; DROP TABLE b; --` = ?"
        );
    }
}
