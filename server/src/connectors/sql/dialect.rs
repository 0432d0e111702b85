//! Everything in which databases differ, as words of statements. One file per kind of database implements it; the rest of
//! `sql` names none.
//!
//! Indexes that make searches quick, for a table `t` and a column `c`:
//! - `exact`, and any id: on `c`, the column of `subject`, `found_by` and each `parent`, and the column that it `references`
//! - `lower`: on `lower(c)`; on MySQL and MariaDB, where `c` has a collation that ignores case (`…_ci`), on `c`
//! - `digits`: on `replace(replace(replace(replace(replace(replace(replace(c, '+', ''), '-', ''), '(', ''), ')', ''), ' ', ''), '/', ''), '.', '')`
//! - `wide_digits`: on the expression for `digits`, inside these, the first innermost: `replace(…, '０', '0')` and so on to
//!   `replace(…, '９', '9')`, then `replace(…, 'X', '')` for X in `＋ － （ ） ／ ．`, the full-width space and `ー`
//! - `fold`: none can help; it reads the column of every row
//!
//! Where a column holds no text (a number, a date), the expressions take it as one: `CAST(c AS text)` on PostgreSQL,
//! `CAST(c AS CHAR)` on MySQL. Its ids need an index on `c` alone.
//!
//! MySQL has indexes on expressions since 8.0.13. MariaDB has none, and before 11.8 does not see that a generated column is
//! the same: there, describe a generated column in the place of `c`, compared `exact`, or let it read the column of every row.

use std::fmt::Debug;

use app::model::IdentifierKind;

use super::live::{At, Shape};
use super::quote::{Bind, Member, Sql};
use crate::connectors::spec::Made;
use crate::secret::DIGITS;

/// How one kind of database says it.
pub(super) trait Dialect: Debug + Send + Sync {
    /// What a name is quoted with; doubled inside.
    fn quote(&self) -> char;

    /// The `n`th placeholder, from 1.
    fn placeholder(&self, text: &mut String, n: usize);

    /// Asks for nothing but an answer.
    fn ping(&self) -> &'static str {
        "SELECT 1"
    }

    /// Begins a transaction that will write.
    fn begin(&self) -> &'static str;

    /// For a schema (empty: the usual one) and a table: its columns, one a row, as `live` reads them.
    fn columns(&self) -> &'static str;

    /// For a schema and a table: one row per column of each unique index and of the primary key, the index's name and the
    /// column's.
    fn unique(&self) -> &'static str;

    /// What the account may beyond reading and writing rows, one [`Power`](app::model::Power) a row; nothing where there are no
    /// accounts.
    fn powers(&self) -> Option<&'static str> {
        None
    }

    /// Every table and view that the account may know of, in all schemas that are no system's: schema, name, and whether it
    /// is a plain table.
    fn tables(&self) -> &'static str;

    /// For a schema and a table: the columns of its primary key, in their order.
    fn primary(&self) -> &'static str;

    /// For a schema and a table: one row per column of each foreign key, in their order: the key's name, the column, and schema,
    /// table and column that it refers to; an empty column for the primary key.
    fn references(&self) -> &'static str;

    /// For a schema and a table: the columns that nobody can write, since they are made of others.
    fn generated(&self) -> &'static str;

    /// For schema and table of a child and of its parent: a row if deleting from the parent also deletes from the child.
    fn cascades(&self) -> &'static str;

    /// What a column of this type holds; `loose` if its texts are not compared to the byte.
    fn shape(&self, declared: &str, kind: &str, loose: bool) -> Shape;

    /// Whether its catalogue hides what an account has no right to.
    fn hides(&self) -> bool {
        false
    }

    /// Whether equal text of two columns is found by their indexes only if they have one collation.
    fn collates(&self) -> bool {
        true
    }

    /// Whether a deletion can read what it deletes.
    fn returns(&self) -> bool {
        true
    }

    /// Whether rows that are reached in several ways are only quick to find with the keys of each way gathered first.
    fn unites(&self) -> bool {
        true
    }

    /// The end of a query whose rows are found before anything is asked of them.
    fn first(&self) -> &'static str {
        ""
    }

    /// Whether a deletion or change that looks into other tables is only quick with the rows' keys gathered first.
    fn by_keys(&self) -> bool {
        false
    }

    /// The column as it is read.
    fn read(&self, sql: &mut Sql, at: At<'_>);

    /// The column as a text, as its own collation compares it.
    fn text(&self, sql: &mut Sql, at: At<'_>);

    /// The column as a text that is compared to the byte.
    fn exact(&self, sql: &mut Sql, at: At<'_>);

    /// The column as it is compared with that of another table.
    fn link(&self, sql: &mut Sql, at: At<'_>) {
        sql.at(at);
    }

    /// A value to compare the column itself with: of its type.
    fn value(&self, sql: &mut Sql, at: At<'_>, bind: Bind);

    /// A value to write into the column.
    fn assigned(&self, sql: &mut Sql, at: At<'_>, bind: Bind) {
        self.value(sql, at, bind);
    }

    /// A text to compare the column's text with.
    fn form(&self, sql: &mut Sql, at: At<'_>, bind: Bind);

    /// The column holds exactly this id, found by an index on it.
    fn same_id(&self, sql: &mut Sql, at: At<'_>, id: Id<'_>);

    /// The column holds exactly what was read from it as a text.
    fn same_text(&self, sql: &mut Sql, at: At<'_>, bind: Bind) {
        self.exact(sql, at);
        sql.word(" = ").bind(bind);
    }

    /// The column holds something else than this text, or NULL.
    fn other_text(&self, sql: &mut Sql, at: At<'_>, text: &str);

    /// The column holds something else than a text of this form, and not NULL.
    fn not_made(&self, sql: &mut Sql, at: At<'_>, made: &Made);

    /// The rows of [`Bind::Rows`], each of so many parts, called `habeas_new`.
    fn listing(&self, sql: &mut Sql, parts: usize);

    /// Whether an update names what it takes its values from before it says what it sets.
    fn joins(&self) -> bool {
        false
    }

    /// The nth part of a listed row, as a text to write into the column.
    fn listed(&self, sql: &mut Sql, at: At<'_>, n: usize);

    /// The column of a key is what the nth part of a listed row says.
    fn same_listed(&self, sql: &mut Sql, at: At<'_>, n: usize);

    /// The column's text in lower case.
    fn lower(&self, sql: &mut Sql, at: At<'_>) {
        sql.word("lower(");
        self.text(sql, at);
        sql.word(")");
    }
}

/// An id that a statement looks for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Id<'a> {
    /// A subject's of this kind, without this prefix.
    Subject(Member, IdentifierKind, Option<&'a str>),
    /// That of a subject's contact list.
    List(Member),
}

impl Id<'_> {
    /// It, if it can be a value of this shape.
    pub(super) fn bind(self, shape: Shape) -> Bind {
        match self {
            Self::Subject(of, kind, prefix) => Bind::Id {
                of,
                kind,
                prefix: prefix.map(str::to_owned),
                shape,
            },
            Self::List(of) => Bind::List { of, shape },
        }
    }
}

/// The column equals the id by its own collation, which an index finds; and is it to the byte: `a` is not `A`.
pub(super) fn both_halves(
    dialect: &dyn Dialect,
    sql: &mut Sql,
    at: At<'_>,
    id: Id<'_>,
    first: impl FnOnce(&mut Sql, Bind),
) {
    sql.word("(").at(at).word(" = ");
    first(sql, id.bind(at.shape()));
    sql.word(" AND ");
    dialect.exact(sql, at);
    sql.word(" = ").bind(id.bind(at.shape())).word(")");
}

/// The column's text without what people put between digits.
pub(super) fn digits(sql: &mut Sql, at: At<'_>) {
    sql.word("replace(replace(replace(replace(replace(replace(replace(");
    let dialect = sql.dialect();
    dialect.text(sql, at);
    sql.word(", '+', ''), '-', ''), '(', ''), ')', ''), ' ', ''), '/', ''), '.', '')");
}

/// How wide digits and signs are made narrow, in the order of the index.
const WIDE: [&str; 18] = [
    ", '０', '0')",
    ", '１', '1')",
    ", '２', '2')",
    ", '３', '3')",
    ", '４', '4')",
    ", '５', '5')",
    ", '６', '6')",
    ", '７', '7')",
    ", '８', '8')",
    ", '９', '9')",
    ", '＋', '')",
    ", '－', '')",
    ", '（', '')",
    ", '）', '')",
    ", '／', '')",
    ", '．', '')",
    ", '\u{3000}', '')",
    ", 'ー', '')",
];

/// The column's text without what people put between digits, wide digits made narrow.
pub(super) fn wide_digits(sql: &mut Sql, at: At<'_>) {
    for _ in WIDE {
        sql.word("replace(");
    }
    digits(sql, at);
    for narrow in WIDE {
        sql.word(narrow);
    }
}

/// An expression that whole texts of this form match and no others, of signs before and after, and of what stands for one digit.
/// Signs that mean something are made plain.
pub(super) fn form(
    made: &Made,
    (start, digit, end): (&str, &str, &str),
    plain: impl Fn(&mut String, char),
) -> Bind {
    let mut form = start.to_owned();
    made.before.chars().for_each(|c| plain(&mut form, c));
    form.push_str(&digit.repeat(DIGITS));
    made.after.chars().for_each(|c| plain(&mut form, c));
    form.push_str(end);
    Bind::Fixed(form)
}

/// Makes a sign of a regular expression plain.
pub(super) fn escaped(form: &mut String, c: char) {
    if c.is_ascii_punctuation() {
        form.push('\\');
    }
    form.push(c);
}
