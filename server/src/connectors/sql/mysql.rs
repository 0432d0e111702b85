//! MySQL and MariaDB: their words, their values, their errors.

use sqlx::mysql::{MySql as Db, MySqlRow};
use sqlx::{Row as _, TypeInfo as _, ValueRef as _};

use super::cell::Raw;
use super::dialect::{Dialect, Id, both_halves, escaped, form};
use super::live::{At, Column, Shape};
use super::quote::{Bind, Sql};
use crate::connectors::spec::Made;
use crate::connectors::{Fault, FaultCode};

/// MySQL or MariaDB.
#[derive(Debug)]
pub(super) struct MySql;

/// What texts are sent in.
const OURS: &str = "utf8mb4";

impl MySql {
    /// A text in the character set of the column, compared as the column is. What it does not have there becomes `?`: the
    /// database refuses to compare it otherwise.
    fn in_charset(sql: &mut Sql, at: At<'_>, bind: Bind) {
        match at.column {
            Some(column) if !column.charset.is_empty() && column.charset != OURS => {
                Self::converted(sql, column, |sql| {
                    sql.bind(bind);
                });
            }
            _ => {
                sql.bind(bind);
            }
        }
    }

    /// A text as the column has it and compares it.
    fn converted(sql: &mut Sql, column: &Column, text: impl FnOnce(&mut Sql)) {
        sql.word("CONVERT(");
        text(sql);
        sql.word(" USING ").name(&column.charset);
        sql.word(") COLLATE ").name(&column.collation);
    }

    /// What makes a number of a text.
    fn cast(shape: Shape) -> (&'static str, &'static str) {
        match shape {
            Shape::Int => ("CAST(", " AS SIGNED)"),
            Shape::Natural => ("CAST(", " AS UNSIGNED)"),
            Shape::Decimal => ("CAST(", " AS DECIMAL(65, 30))"),
            _ => ("", ""),
        }
    }

    fn part(sql: &mut Sql, n: usize) {
        sql.word("habeas_new.part_").number(n);
    }

    fn declares(at: At<'_>, types: &[&str]) -> bool {
        let declared = at.column.map_or("", |column| &column.declared);
        types.iter().any(|name| declared.starts_with(name))
    }
}

impl Dialect for MySql {
    fn quote(&self) -> char {
        '`'
    }

    fn placeholder(&self, text: &mut String, _: usize) {
        text.push('?');
    }

    fn begin(&self) -> &'static str {
        "START TRANSACTION"
    }

    fn columns(&self) -> &'static str {
        "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE = 'NO', '', DATA_TYPE, \
           COALESCE(COLLATION_NAME, ''), COALESCE(CHARACTER_SET_NAME, ''), 1 \
         FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = COALESCE(NULLIF(?, ''), DATABASE()) AND TABLE_NAME = ? \
         ORDER BY ORDINAL_POSITION"
    }

    /// A part of a column is no column.
    fn unique(&self) -> &'static str {
        "SELECT INDEX_NAME, CASE WHEN SUB_PART IS NULL THEN COALESCE(COLUMN_NAME, '') ELSE '' END \
         FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 \
         ORDER BY INDEX_NAME, SEQ_IN_INDEX"
    }

    /// Those of its database. What keeps its past is no plain table: an erasure would not reach that.
    fn powers(&self) -> Option<&'static str> {
        Some(
            "SELECT CASE WHEN g.may = 'SUPER' THEN 'everything' \
                WHEN g.may = 'CREATE USER' OR g.may <> 'USAGE' AND g.gives = 'YES' THEN 'accounts' \
                WHEN g.may = 'CREATE' AND g.everywhere THEN 'databases' \
                WHEN g.may IN ('CREATE', 'ALTER', 'DROP') THEN 'tables' \
                WHEN g.may = 'FILE' THEN 'files' \
                WHEN g.may = 'REPLICATION SLAVE' THEN 'replication' ELSE '' END \
             FROM (SELECT GRANTEE AS who, PRIVILEGE_TYPE AS may, IS_GRANTABLE AS gives, TRUE AS everywhere \
                FROM information_schema.USER_PRIVILEGES \
                UNION ALL SELECT GRANTEE, PRIVILEGE_TYPE, IS_GRANTABLE, FALSE \
                FROM information_schema.SCHEMA_PRIVILEGES WHERE DATABASE() LIKE TABLE_SCHEMA \
                UNION ALL SELECT GRANTEE, PRIVILEGE_TYPE, IS_GRANTABLE, FALSE \
                FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE()) AS g \
             WHERE g.who = CONCAT( \
                QUOTE(LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)) - 1)), \
                '@', QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))",
        )
    }

    fn tables(&self) -> &'static str {
        "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE = 'BASE TABLE' FROM information_schema.TABLES \
         WHERE TABLE_SCHEMA = DATABASE()"
    }

    fn primary(&self) -> &'static str {
        "SELECT COLUMN_NAME FROM information_schema.STATISTICS \
         WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX"
    }

    fn references(&self) -> &'static str {
        "SELECT CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME \
         FROM information_schema.KEY_COLUMN_USAGE \
         WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND REFERENCED_TABLE_NAME IS NOT NULL \
         ORDER BY CONSTRAINT_NAME, ORDINAL_POSITION"
    }

    fn generated(&self) -> &'static str {
        "SELECT COLUMN_NAME FROM information_schema.COLUMNS \
         WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND COALESCE(GENERATION_EXPRESSION, '') <> ''"
    }

    fn cascades(&self) -> &'static str {
        "SELECT 1 FROM information_schema.REFERENTIAL_CONSTRAINTS \
         WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ? AND UNIQUE_CONSTRAINT_SCHEMA = ? AND REFERENCED_TABLE_NAME = ? \
         AND DELETE_RULE = 'CASCADE'"
    }

    fn shape(&self, declared: &str, kind: &str, _: bool) -> Shape {
        match kind {
            // No collation of theirs is to the byte in every version: some take blanks at the end for nothing.
            "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => Shape::Loose,
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint"
                if declared.contains("unsigned") =>
            {
                Shape::Natural
            }
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => Shape::Int,
            "decimal" => Shape::Decimal,
            "float" | "double" => Shape::Real,
            "uuid" => Shape::Uuid,
            "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => {
                Shape::Binary
            }
            "date" | "datetime" | "timestamp" | "time" | "year" | "bit" | "enum" | "set"
            | "inet4" | "inet6" => Shape::Other,
            _ => Shape::Opaque,
        }
    }

    fn hides(&self) -> bool {
        true
    }

    /// Older servers, and all of MariaDB up to 11.0, read the whole table otherwise, and lock it.
    /// MySQL has no `RETURNING`, and MariaDB none for deletions that join.
    fn returns(&self) -> bool {
        false
    }

    fn by_keys(&self) -> bool {
        true
    }

    /// A date as a text: there are some that are none, as 0000-00-00. Bits as digits.
    fn read(&self, sql: &mut Sql, at: At<'_>) {
        if Self::declares(at, &["date", "time", "year", "inet", "uuid"]) {
            sql.word("CAST(").at(at).word(" AS CHAR)");
        } else if Self::declares(at, &["bit"]) {
            sql.word("BIN(").at(at).word(")");
        } else {
            sql.at(at);
        }
    }

    fn text(&self, sql: &mut Sql, at: At<'_>) {
        if at.shape() == Shape::Loose || at.column.is_none() {
            sql.at(at);
        } else {
            sql.word("CAST(").at(at).word(" AS CHAR)");
        }
    }

    fn exact(&self, sql: &mut Sql, at: At<'_>) {
        if at.shape() == Shape::Binary {
            sql.at(at);
        } else {
            sql.word("CAST(CONVERT(").at(at);
            sql.word(" USING utf8mb4) AS BINARY)");
        }
    }

    fn value(&self, sql: &mut Sql, at: At<'_>, bind: Bind) {
        if at.shape() == Shape::Loose {
            return Self::in_charset(sql, at, bind);
        }
        let (before, after) = Self::cast(at.shape());
        sql.word(before).bind(bind).word(after);
    }

    fn assigned(&self, sql: &mut Sql, _: At<'_>, bind: Bind) {
        sql.bind(bind);
    }

    fn form(&self, sql: &mut Sql, at: At<'_>, bind: Bind) {
        Self::in_charset(sql, at, bind);
    }

    fn same_id(&self, sql: &mut Sql, at: At<'_>, id: Id<'_>) {
        match at.shape() {
            Shape::Int | Shape::Natural | Shape::Uuid => {
                sql.at(at).word(" = ");
                self.value(sql, at, id.bind(at.shape()));
            }
            Shape::Loose | Shape::Decimal => {
                both_halves(self, sql, at, id, |sql, bind| self.value(sql, at, bind));
            }
            _ => {
                self.exact(sql, at);
                sql.word(" = ").bind(id.bind(Shape::Text));
            }
        }
    }

    fn other_text(&self, sql: &mut Sql, at: At<'_>, text: &str) {
        let bind = Bind::Fixed(text.to_owned());
        sql.word("NOT (");
        match at.shape() {
            Shape::Loose | Shape::Text | Shape::Opaque => self.exact(sql, at),
            _ => {
                sql.at(at);
            }
        }
        sql.word(" <=> ").bind(bind).word(")");
    }

    /// By an expression that servers of both kinds read alike.
    fn not_made(&self, sql: &mut Sql, at: At<'_>, made: &Made) {
        sql.word("(")
            .at(at)
            .word(" IS NOT NULL AND CONVERT(")
            .at(at);
        sql.word(" USING utf8mb4) COLLATE utf8mb4_bin NOT REGEXP ");
        let form = form(made, ("^", "[0-9a-f]", "\\z"), escaped);
        sql.bind(form).word(")");
    }

    /// Each part as a text, which may have any length, and as the first of a list: of bytes.
    fn listing(&self, sql: &mut Sql, parts: usize) {
        sql.word("JSON_TABLE(").bind(Bind::Rows);
        sql.word(", '$[*]' COLUMNS (")
            .list(0..parts, ", ", |sql, n| {
                sql.word("part_").number(n).word(" TEXT PATH '$[").number(n);
                sql.word("]', bytes_").number(n);
                sql.word(" TEXT PATH '$[").number(n).word("][0]'");
            });
        sql.word(")) AS habeas_new");
    }

    fn joins(&self) -> bool {
        true
    }

    fn listed(&self, sql: &mut Sql, _: At<'_>, n: usize) {
        Self::part(sql, n);
    }

    fn same_listed(&self, sql: &mut Sql, at: At<'_>, n: usize) {
        match (at.shape(), at.column) {
            (Shape::Loose, Some(column)) => {
                sql.at(at).word(" = ");
                Self::converted(sql, column, |sql| Self::part(sql, n));
            }
            (Shape::Binary, _) => {
                sql.at(at).word(" = UNHEX(habeas_new.bytes_").number(n);
                sql.word(")");
            }
            (Shape::Int | Shape::Natural | Shape::Decimal | Shape::Uuid, _) => {
                let (before, after) = Self::cast(at.shape());
                sql.at(at).word(" = ").word(before);
                Self::part(sql, n);
                sql.word(after);
            }
            // As it is read: a date would be compared as a number.
            _ => {
                sql.word("CAST(");
                self.read(sql, at);
                sql.word(" AS CHAR) COLLATE utf8mb4_bin = ");
                Self::part(sql, n);
            }
        }
    }

    /// A collation that ignores case finds the lower case by an index on the column itself.
    fn lower(&self, sql: &mut Sql, at: At<'_>) {
        if at
            .column
            .is_some_and(|column| column.collation.ends_with("_ci"))
        {
            sql.at(at);
        } else {
            sql.word("lower(");
            self.text(sql, at);
            sql.word(")");
        }
    }
}

/// One value as it came, where it is.
pub(super) fn raw(row: &MySqlRow, at: usize) -> Result<Raw<'_>, Fault> {
    let mismatch = Fault::stop(FaultCode::Mismatch);
    let wrong = |_| mismatch;
    let raw = row.try_get_raw(at).map_err(wrong)?;
    if raw.is_null() {
        return Ok(Raw::Null);
    }
    let info = raw.type_info();
    let bytes = || row.try_get_unchecked::<&[u8], _>(at).map_err(wrong);
    if <str as sqlx::Type<Db>>::compatible(&info) {
        return bytes().map(Raw::Text);
    }
    match info.name() {
        name if name.ends_with(" UNSIGNED") => {
            row.try_get_unchecked(at).map(Raw::Natural).map_err(wrong)
        }
        "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => {
            row.try_get_unchecked(at).map(Raw::Int).map_err(wrong)
        }
        "FLOAT" => row.try_get_unchecked(at).map(Raw::Single).map_err(wrong),
        "DOUBLE" => row.try_get_unchecked(at).map(Raw::Real).map_err(wrong),
        // Both are texts on the wire.
        "DECIMAL" | "JSON" => bytes().map(Raw::Text),
        "GEOMETRY" => bytes().map(Raw::Blob),
        _ if <[u8] as sqlx::Type<Db>>::compatible(&info) => bytes().map(Raw::Blob),
        // The column has another type than it had when the statement was written.
        _ => Err(mismatch),
    }
}

/// By their number; the SQLSTATE tells classes apart of which few are named.
pub(super) fn by_number(number: u16, state: &str) -> Fault {
    use FaultCode as C;
    match number {
        // A lock or an answer that did not come in time, a deadlock.
        1205 | 1213 | 1317 | 1613 | 1614 | 1969 | 3024 | 3058 | 3572 => Fault::retry(C::Timeout),
        // Too many connections; it stops, or ended the connection.
        1040 | 1053 | 1077 | 1079 | 1080 | 1152 | 1158..=1161 | 1203 | 1927 | 3169 | 4031 => {
            Fault::retry(C::Unreachable)
        }
        // More queries than the account may make.
        1226 => Fault::retry(C::RateLimited),
        // Disk full, table full, out of memory, the engine.
        3 | 1021 | 1030 | 1037 | 1038 | 1041 | 1114 | 1135 => Fault::retry(C::Internal),
        // A prepared statement from before a change of the table.
        1615 | 1412 => Fault::retry(C::Mismatch),
        // Not allowed; a replica that can't be written; a password that has expired.
        1044 | 1045 | 1129 | 1130 | 1142 | 1143 | 1227 | 1290 | 1370 | 1698 | 1792 | 1820
        | 1836 | 1862 | 3118 | 4151 => Fault::stop(C::Denied),
        // A foreign key of another row.
        1217 | 1451 => Fault::stop(C::Referenced),
        // A constraint, a trigger of theirs, a value that does not fit into its column.
        1048 | 1062 | 1169 | 1216 | 1364 | 1452 | 1644 | 1761 | 3819 => Fault::stop(C::Constraint),
        1264 | 1265 | 1292 | 1366 | 1406 | 1411 | 1690 => Fault::stop(C::Constraint),
        // MySQL has another error of this number.
        4025 if state == "23000" => Fault::stop(C::Constraint),
        _ => by_class(state.get(..2).unwrap_or_default()),
    }
}

fn by_class(class: &str) -> Fault {
    use FaultCode as C;
    match class {
        "08" => Fault::retry(C::Unreachable),
        "40" => Fault::retry(C::Timeout),
        "28" => Fault::stop(C::Denied),
        "22" | "23" | "45" => Fault::stop(C::Constraint),
        "3D" | "42" => Fault::stop(C::Mismatch),
        // "HY": most of all that can be wrong with a statement.
        _ => Fault::stop(C::Internal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_says_whether_a_retry_helps() {
        let cases = [
            (1213, "40001", Fault::retry(FaultCode::Timeout)),
            (1205, "HY000", Fault::retry(FaultCode::Timeout)),
            (1969, "70100", Fault::retry(FaultCode::Timeout)),
            (1040, "08004", Fault::retry(FaultCode::Unreachable)),
            (1053, "08S01", Fault::retry(FaultCode::Unreachable)),
            (1114, "HY000", Fault::retry(FaultCode::Internal)),
            (1142, "42000", Fault::stop(FaultCode::Denied)),
            (1045, "28000", Fault::stop(FaultCode::Denied)),
            (1451, "23000", Fault::stop(FaultCode::Referenced)),
            (1452, "23000", Fault::stop(FaultCode::Constraint)),
            (4025, "23000", Fault::stop(FaultCode::Constraint)),
            (4025, "HY000", Fault::stop(FaultCode::Internal)),
            (1054, "42S22", Fault::stop(FaultCode::Mismatch)),
            (1146, "42S02", Fault::stop(FaultCode::Mismatch)),
        ];
        for (number, state, want) in cases {
            assert_eq!(by_number(number, state), want, "{number}");
        }
    }
}
