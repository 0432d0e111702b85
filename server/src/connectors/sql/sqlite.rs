//! SQLite: its words, its values, its errors.

use std::fmt::Write as _;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, TypeInfo as _, ValueRef as _};

use super::cell::Raw;
use super::dialect::{Dialect, Id, form};
use super::live::{At, Shape};
use super::quote::{Bind, Sql};
use crate::connectors::spec::Made;
use crate::connectors::{Fault, FaultCode};

/// SQLite.
#[derive(Debug)]
pub(super) struct Sqlite;

impl Dialect for Sqlite {
    fn quote(&self) -> char {
        '"'
    }

    fn placeholder(&self, text: &mut String, n: usize) {
        // Writing to a string can't fail.
        let _ = write!(text, "?{n}");
    }

    fn ping(&self) -> &'static str {
        "SELECT count(*) FROM sqlite_schema"
    }

    /// Takes the lock at once, so that it can't be refused half-way.
    fn begin(&self) -> &'static str {
        "BEGIN IMMEDIATE"
    }

    fn columns(&self) -> &'static str {
        "SELECT '', ?2, name, type, \"notnull\", '', '', '', '', 0 FROM pragma_table_xinfo(?2) WHERE hidden <> 1"
    }

    fn unique(&self) -> &'static str {
        "SELECT l.name, i.name FROM pragma_index_list(?2) l, pragma_index_info(l.name) i \
         WHERE l.\"unique\" = 1 AND l.partial = 0 \
         UNION ALL SELECT '', name FROM pragma_table_info(?2) WHERE pk > 0"
    }

    /// The tables of an index for full text are no plain ones.
    fn tables(&self) -> &'static str {
        "SELECT '', name, CASE WHEN type = 'table' THEN 1 ELSE 0 END FROM pragma_table_list \
         WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    }

    fn primary(&self) -> &'static str {
        "SELECT name FROM pragma_table_info(?2) WHERE pk > 0 ORDER BY pk"
    }

    fn references(&self) -> &'static str {
        "SELECT id, \"from\", '', \"table\", COALESCE(\"to\", '') FROM pragma_foreign_key_list(?2) ORDER BY id, seq"
    }

    fn generated(&self) -> &'static str {
        "SELECT name FROM pragma_table_xinfo(?2) WHERE hidden IN (2, 3)"
    }

    fn cascades(&self) -> &'static str {
        "SELECT 1 FROM pragma_foreign_key_list(?2) WHERE \"table\" = ?4 COLLATE NOCASE AND on_delete = 'CASCADE'"
    }

    /// By the affinity of a declared type; the rules and their order are SQLite's own.
    fn shape(&self, declared: &str, _: &str, _: bool) -> Shape {
        let declared = declared.to_ascii_uppercase();
        let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
        if has(&["INT"]) {
            Shape::Int
        } else if has(&["CHAR", "CLOB", "TEXT"]) {
            Shape::Text
        } else if declared.is_empty() || declared == "ANY" || has(&["BLOB"]) {
            Shape::Binary
        } else if has(&["REAL", "FLOA", "DOUB"]) {
            Shape::Real
        } else {
            Shape::Decimal
        }
    }

    fn collates(&self) -> bool {
        false
    }

    /// It takes an index for each side of an OR.
    fn unites(&self) -> bool {
        false
    }

    fn read(&self, sql: &mut Sql, at: At<'_>) {
        sql.at(at);
    }

    fn text(&self, sql: &mut Sql, at: At<'_>) {
        sql.at(at);
    }

    fn exact(&self, sql: &mut Sql, at: At<'_>) {
        sql.word("CAST(").at(at).word(" AS TEXT) COLLATE BINARY");
    }

    fn link(&self, sql: &mut Sql, at: At<'_>) {
        sql.at(at).word(" COLLATE BINARY");
    }

    fn value(&self, sql: &mut Sql, _: At<'_>, bind: Bind) {
        sql.bind(bind);
    }

    fn form(&self, sql: &mut Sql, _: At<'_>, bind: Bind) {
        sql.bind(bind);
    }

    fn same_id(&self, sql: &mut Sql, at: At<'_>, id: Id<'_>) {
        // Values have types, columns do not: it takes any id as a text.
        sql.word("(").at(at).word(" = ").bind(id.bind(Shape::Text));
        sql.word(" AND ");
        self.exact(sql, at);
        sql.word(" = ").bind(id.bind(Shape::Text)).word(")");
    }

    fn same_text(&self, sql: &mut Sql, at: At<'_>, bind: Bind) {
        sql.at(at).word(" COLLATE BINARY = ").bind(bind);
    }

    fn other_text(&self, sql: &mut Sql, at: At<'_>, text: &str) {
        let bind = Bind::Fixed(text.to_owned());
        sql.at(at).word(" COLLATE BINARY IS NOT ").bind(bind);
    }

    fn not_made(&self, sql: &mut Sql, at: At<'_>, made: &Made) {
        let form = form(made, ("", "[0-9a-f]", ""), |form, c| match c {
            '*' | '?' | '[' => {
                let _ = write!(form, "[{c}]");
            }
            _ => form.push(c),
        });
        sql.word("(").at(at).word(" IS NOT NULL AND ");
        self.exact(sql, at);
        sql.word(" NOT GLOB ").bind(form).word(")");
    }

    fn listing(&self, sql: &mut Sql, _: usize) {
        sql.word("json_each(")
            .bind(Bind::Rows)
            .word(") AS habeas_new");
    }

    fn listed(&self, sql: &mut Sql, _: At<'_>, n: usize) {
        part(sql, "json_extract", n, "]')");
    }

    /// Values have types: where columns take any, bytes are told from texts.
    fn same_listed(&self, sql: &mut Sql, at: At<'_>, n: usize) {
        sql.at(at).word(" = ");
        if at.shape() != Shape::Binary {
            return self.listed(sql, at, n);
        }
        sql.word("CASE ");
        part(sql, "json_type", n, "]')");
        sql.word(" WHEN 'array' THEN unhex(");
        part(sql, "json_extract", n, "][0]')");
        sql.word(") ELSE ");
        self.listed(sql, at, n);
        sql.word(" END");
    }
}

/// The nth part of a listed row, by this function.
fn part(sql: &mut Sql, function: &'static str, n: usize, end: &'static str) {
    sql.word(function).word("(habeas_new.value, '$[");
    sql.number(n).word(end);
}

/// One value as it is stored, where it is.
pub(super) fn raw(row: &SqliteRow, at: usize) -> Result<Raw<'_>, Fault> {
    let wrong = |_| Fault::stop(FaultCode::Mismatch);
    let raw = row.try_get_raw(at).map_err(wrong)?;
    if raw.is_null() {
        return Ok(Raw::Null);
    }
    match raw.type_info().name() {
        "INTEGER" => row.try_get_unchecked(at).map(Raw::Int).map_err(wrong),
        "REAL" => row.try_get_unchecked(at).map(Raw::Real).map_err(wrong),
        "TEXT" => row.try_get_unchecked(at).map(Raw::Text).map_err(wrong),
        _ => row.try_get_unchecked(at).map(Raw::Blob).map_err(wrong),
    }
}

/// By SQLite's extended result code.
pub(super) fn by_code(code: u32) -> Fault {
    use FaultCode as C;
    const MOVED: u32 = 1032;
    match (code, code & 0xff) {
        // Busy, locked, interrupted.
        (_, 5 | 6 | 9) => Fault::retry(C::Timeout),
        // The file was replaced, can't be read, or can't be opened.
        (MOVED, _) | (_, 10 | 14) => Fault::retry(C::Unreachable),
        // Disk full; out of memory.
        (_, 7 | 13) => Fault::retry(C::Internal),
        // No permission, read-only, not authorised.
        (_, 3 | 8 | 23) => Fault::stop(C::Denied),
        // A foreign key.
        (787, _) => Fault::stop(C::Referenced),
        (_, 19) => Fault::stop(C::Constraint),
        // No such table or column; another type; not a database.
        (_, 1 | 17 | 20 | 26) => Fault::stop(C::Mismatch),
        _ => Fault::stop(C::Internal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_whether_a_retry_helps() {
        let cases = [
            (5, Fault::retry(FaultCode::Timeout)),
            (517, Fault::retry(FaultCode::Timeout)),
            (14, Fault::retry(FaultCode::Unreachable)),
            (1032, Fault::retry(FaultCode::Unreachable)),
            (8, Fault::stop(FaultCode::Denied)),
            (787, Fault::stop(FaultCode::Referenced)),
            (1811, Fault::stop(FaultCode::Constraint)),
            (1, Fault::stop(FaultCode::Mismatch)),
            (11, Fault::stop(FaultCode::Internal)),
        ];
        for (code, want) in cases {
            assert_eq!(by_code(code), want, "{code}");
        }
    }
}
