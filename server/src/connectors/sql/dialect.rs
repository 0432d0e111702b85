//! Everything in which databases differ. SQLite here; the rest of `sql` names no database.
//!
//! Indexes that make searches quick, for a table `t` and a column `c`:
//! - `exact`: on `c`
//! - `lower`: on `lower(c)`
//! - `digits`: on `replace(replace(replace(replace(replace(replace(replace(c, '+', ''), '-', ''), '(', ''), ')', ''), ' ', ''), '/', ''), '.', '')`
//! - `wide_digits`: on the expression for `digits`, inside these, the first innermost: `replace(…, '０', '0')` and so on to
//!   `replace(…, '９', '9')`, then `replace(…, 'X', '')` for X in `＋ － （ ） ／ ．`, the full-width space and `ー`
//! - any id: on the column of `subject`, `found_by` and `parent`

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Row as _, TypeInfo as _, ValueRef as _};

use super::cell::{Cell, Raw};
use super::quote::{Bind, Sql};
use crate::connectors::{Fault, FaultCode};

pub(super) type Db = sqlx::Sqlite;
pub(super) type Arguments = sqlx::sqlite::SqliteArguments;
pub(super) type Connection = sqlx::SqliteConnection;
pub(super) type Pool = sqlx::SqlitePool;
pub(super) type Row = sqlx::sqlite::SqliteRow;

/// How long a statement waits for another's lock.
const BUSY: Duration = Duration::from_secs(5);
/// Connections that are not used for so long are closed.
const IDLE: Duration = Duration::from_secs(60);
/// Readers side by side.
const READERS: u32 = 8;

/// Begins a transaction that will write: takes the lock at once, so that it can't be refused half-way.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";
/// Asks for nothing but an answer.
pub(super) const PING: &str = "SELECT count(*) FROM sqlite_schema";
/// Name, declared type, and whether it must not be NULL, of each column of a table.
pub(super) const COLUMNS: &str =
    "SELECT name, type, \"notnull\" FROM pragma_table_xinfo(?1) WHERE hidden <> 1";
/// One row per column of each unique index and of the primary key: the index's name, the column's name.
pub(super) const UNIQUE: &str = "SELECT l.name, i.name FROM pragma_index_list(?1) l, pragma_index_info(l.name) i \
     WHERE l.\"unique\" = 1 AND l.partial = 0 \
     UNION ALL SELECT '', name FROM pragma_table_info(?1) WHERE pk > 0";
/// Tables to which a deletion would spread: child table's rows go with the parent's.
pub(super) const CASCADES: &str = "SELECT 1 FROM pragma_foreign_key_list(?1) WHERE \"table\" = ?2 COLLATE NOCASE AND on_delete = 'CASCADE'";

/// Whether a column of this declared type compares ids as they are: whole numbers or text, not reals, blobs or nothing.
pub(super) fn holds_ids(declared: &str) -> bool {
    matches!(
        affinity(declared),
        Affinity::Integer | Affinity::Text | Affinity::Numeric
    )
}

/// Whether two declared types compare without a conversion.
pub(super) fn alike(one: &str, other: &str) -> bool {
    let number = |a| matches!(a, Affinity::Integer | Affinity::Numeric | Affinity::Real);
    let (one, other) = (affinity(one), affinity(other));
    one == other || (number(one) && number(other))
}

/// How SQLite treats a declared type; the rules and their order are its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

fn affinity(declared: &str) -> Affinity {
    let declared = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if has(&["INT"]) {
        Affinity::Integer
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        Affinity::Text
    } else if declared.is_empty() || declared == "ANY" || has(&["BLOB"]) {
        Affinity::Blob
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

/// The `n`th placeholder, from 1.
pub(super) fn placeholder(text: &mut String, n: usize) {
    // Writing to a string can't fail.
    let _ = write!(text, "?{n}");
}

/// The column holds exactly this id. The first half finds it by index, with the column's own type and collation;
/// the second sees that it is the same to the byte: `042` is not `42`, `a` is not `A`.
pub(super) fn same_id(sql: &mut Sql, table: &str, column: &str, bind: &Bind) {
    sql.word("(")
        .column(table, column)
        .word(" = ")
        .bind(bind.clone());
    sql.word(" AND CAST(")
        .column(table, column)
        .word(" AS TEXT) COLLATE BINARY = ");
    sql.bind(bind.clone()).word(")");
}

/// The column holds exactly this text.
pub(super) fn same_text(sql: &mut Sql, table: &str, column: &str, bind: Bind) {
    sql.column(table, column)
        .word(" COLLATE BINARY = ")
        .bind(bind);
}

/// The column holds something else than this text, or NULL.
pub(super) fn other_text(sql: &mut Sql, table: &str, column: &str, bind: Bind) {
    sql.column(table, column)
        .word(" COLLATE BINARY IS NOT ")
        .bind(bind);
}

/// A column whose equality is to the byte.
pub(super) fn to_the_byte(sql: &mut Sql, table: &str, column: &str) {
    sql.column(table, column).word(" COLLATE BINARY");
}

/// The column in lower case.
pub(super) fn lower(sql: &mut Sql, table: &str, column: &str) {
    sql.word("lower(").column(table, column).word(")");
}

/// The column without what people put between digits.
pub(super) fn digits(sql: &mut Sql, table: &str, column: &str) {
    sql.word("replace(replace(replace(replace(replace(replace(replace(")
        .column(table, column);
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

/// The column without what people put between digits, wide digits made narrow.
pub(super) fn wide_digits(sql: &mut Sql, table: &str, column: &str) {
    for _ in WIDE {
        sql.word("replace(");
    }
    digits(sql, table, column);
    for narrow in WIDE {
        sql.word(narrow);
    }
}

/// Readers, that can't write; and one writer. Both connect when first used.
pub(super) fn pools(
    path: &Path,
    fresh: impl Fn(Duration) -> bool + Clone + Send + Sync + 'static,
) -> (Pool, Pool) {
    let file = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY);
    let pool = move |max| {
        let fresh = fresh.clone();
        SqlitePoolOptions::new()
            .max_connections(max)
            .idle_timeout(IDLE)
            .acquire_timeout(BUSY)
            // A file does not hang up.
            .test_before_acquire(false)
            .before_acquire(move |_, meta| {
                let fresh = fresh(meta.age);
                Box::pin(async move { Ok(fresh) })
            })
    };
    let readers = pool(READERS).connect_lazy_with(file.clone().read_only(true));
    (readers, pool(1).connect_lazy_with(file))
}

/// Reads one value as the database stores it.
pub(super) fn cell(row: &Row, at: usize) -> Result<Cell, Fault> {
    raw(row, at).map(Cell::from)
}

/// One value as the database stores it, where it is.
pub(super) fn raw(row: &Row, at: usize) -> Result<Raw<'_>, Fault> {
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

/// What an error means. Its text is never passed on: it may hold values.
pub(super) fn fault(error: sqlx::Error) -> Fault {
    use FaultCode as C;
    match error {
        sqlx::Error::Database(error) => {
            by_code(error.code().and_then(|c| c.parse().ok()).unwrap_or(0))
        }
        sqlx::Error::PoolTimedOut => Fault::retry(C::Timeout),
        sqlx::Error::Io(_) => Fault::retry(C::Unreachable),
        sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => Fault::retry(C::Internal),
        _ => Fault::stop(C::Mismatch),
    }
}

/// By SQLite's extended result code.
fn by_code(code: u32) -> Fault {
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
            (787, Fault::stop(FaultCode::Constraint)),
            (1, Fault::stop(FaultCode::Mismatch)),
            (11, Fault::stop(FaultCode::Internal)),
        ];
        for (code, want) in cases {
            assert_eq!(by_code(code), want, "{code}");
        }
    }
}
