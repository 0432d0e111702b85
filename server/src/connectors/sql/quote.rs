//! SQL text: made of words of ours and quoted names only, values always bound.
//!
//! This is the one module that may tell sqlx that a text is safe. It can, because [`Sql`] takes nothing but
//! `&'static str` and names, and quotes every name.

use std::sync::Arc;

use sqlx::AssertSqlSafe;

use super::dialect::{self, Arguments, Db};

/// A value that a statement takes, by its part in the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bind {
    /// The subject's id, without this prefix. NULL if it does not begin with it: that equals nothing.
    Id { prefix: Option<String> },
    /// The subject's contact list.
    List,
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
}

/// A statement: text, and what to bind.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    text: Arc<str>,
    pub(super) binds: Vec<Bind>,
}

impl Statement {
    /// The statement as a query of sqlx, prepared once per connection.
    pub(super) fn query(&self, arguments: Arguments) -> sqlx::query::Query<'static, Db, Arguments> {
        sqlx::query_with(AssertSqlSafe(Arc::clone(&self.text)), arguments)
    }

    /// The same, explained by the database instead of run.
    #[cfg(test)]
    pub(super) fn explained(
        &self,
        arguments: Arguments,
    ) -> sqlx::query::Query<'static, Db, Arguments> {
        sqlx::query_with(
            AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", self.text)),
            arguments,
        )
    }
}

/// A statement in the making.
#[derive(Debug, Default)]
pub(super) struct Sql {
    text: String,
    binds: Vec<Bind>,
}

impl Sql {
    /// Words of ours.
    pub(super) fn word(&mut self, words: &'static str) -> &mut Self {
        self.text.push_str(words);
        self
    }

    /// A name of the system's, quoted.
    pub(super) fn name(&mut self, name: &str) -> &mut Self {
        self.text.push('"');
        self.text.push_str(&name.replace('"', "\"\""));
        self.text.push('"');
        self
    }

    /// A column, always with its table: SQLite reads a quoted name that it does not know as a text, but never such a one.
    pub(super) fn column(&mut self, table: &str, column: &str) -> &mut Self {
        self.name(table).word(".").name(column)
    }

    /// Several columns of a table, with commas.
    pub(super) fn columns(&mut self, table: &str, columns: &[String]) -> &mut Self {
        self.list(columns, ", ", |sql, column| {
            sql.column(table, column);
        })
    }

    /// A value, bound.
    pub(super) fn bind(&mut self, bind: Bind) -> &mut Self {
        self.binds.push(bind);
        dialect::placeholder(&mut self.text, self.binds.len());
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
    use super::*;

    #[test]
    fn a_hostile_name_stays_a_name() {
        let mut sql = Sql::default();
        sql.word("SELECT ")
            .column("a\"; DROP TABLE b; --", "x\"\"y")
            .word(" = ")
            .bind(Bind::Old);
        let done = sql.done();
        assert_eq!(
            &*done.text,
            "SELECT \"a\"\"; DROP TABLE b; --\".\"x\"\"\"\"y\" = ?1"
        );
        assert_eq!(done.binds, [Bind::Old]);
    }
}
