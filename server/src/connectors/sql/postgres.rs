//! PostgreSQL, and what speaks as it does: its words, its values, its errors.

use std::fmt::Write as _;

use sqlx::postgres::PgRow;
use sqlx::{Row as _, TypeInfo as _, ValueRef as _};

use super::cell::Raw;
use super::dialect::{Dialect, Id, both_halves, escaped, form};
use super::live::{At, Shape};
use super::quote::{Bind, Sql};
use crate::connectors::spec::Made;
use crate::connectors::{Fault, FaultCode};

/// PostgreSQL.
#[derive(Debug)]
pub(super) struct Postgres;

impl Postgres {
    /// A value of the column's own type. Every parameter is sent as a text.
    fn cast(sql: &mut Sql, at: At<'_>, bind: Bind) {
        Self::of_kind(sql, at, |sql| {
            sql.bind(bind);
        });
    }

    /// Words for a text, which becomes a value of the column's own type.
    fn of_kind(sql: &mut Sql, at: At<'_>, text: impl FnOnce(&mut Sql)) {
        let Some(column) = at.column else {
            return text(sql);
        };
        sql.word("CAST(");
        text(sql);
        sql.word(" AS ");
        sql.name(&column.kind.0).word(".").name(&column.kind.1);
        sql.word(")");
    }

    fn kind<'a>(at: At<'a>) -> &'a str {
        at.column.map_or("", |column| &column.kind.1)
    }
}

impl Dialect for Postgres {
    fn quote(&self) -> char {
        '"'
    }

    fn placeholder(&self, text: &mut String, n: usize) {
        // Writing to a string can't fail.
        let _ = write!(text, "${n}");
    }

    /// What was read in it, stays so: whoever changes it meanwhile makes us begin again.
    fn begin(&self) -> &'static str {
        "BEGIN ISOLATION LEVEL REPEATABLE READ"
    }

    /// Without a schema: of the table in the search path. A domain is what it stands for.
    fn columns(&self) -> &'static str {
        "WITH RECURSIVE here AS ( \
           SELECT n.nspname, c.relname, a.attnum, a.attname, a.attnotnull, a.atttypid, a.attcollation, \
             pg_catalog.format_type(a.atttypid, a.atttypmod) AS declared \
           FROM pg_catalog.pg_class c \
           JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
           JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid \
           WHERE a.attnum > 0 AND NOT a.attisdropped AND c.oid = to_regclass( \
             CASE WHEN $1 = '' THEN '' ELSE quote_ident($1) || '.' END || quote_ident($2)) \
           UNION ALL \
           SELECT h.nspname, h.relname, h.attnum, h.attname, h.attnotnull OR t.typnotnull, t.typbasetype, h.attcollation, \
             h.declared \
           FROM here h JOIN pg_catalog.pg_type t ON t.oid = h.atttypid WHERE t.typtype = 'd') \
         SELECT h.nspname::text, h.relname::text, h.attname::text, h.declared, CASE WHEN h.attnotnull THEN 1 ELSE 0 END, \
           tn.nspname::text, t.typname::text, COALESCE(cn.nspname || '.' || co.collname, ''), '', \
           CASE WHEN t.typname IN ('bpchar', 'citext') OR NOT COALESCE(co.collisdeterministic, true) THEN 1 ELSE 0 END \
         FROM here h \
         JOIN pg_catalog.pg_type t ON t.oid = h.atttypid AND t.typtype <> 'd' \
         JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace \
         LEFT JOIN pg_catalog.pg_collation co ON co.oid = h.attcollation \
         LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace \
         ORDER BY h.attnum"
    }

    fn unique(&self) -> &'static str {
        "SELECT i.indexrelid::text, COALESCE(a.attname::text, '') \
         FROM pg_catalog.pg_index i \
         CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, at) \
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0 \
         WHERE i.indrelid = to_regclass(quote_ident($1) || '.' || quote_ident($2)) \
           AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND k.at <= i.indnkeyatts \
         ORDER BY i.indexrelid, k.at"
    }

    /// A part of a table is found in the whole.
    fn powers(&self) -> Option<&'static str> {
        Some(
            "SELECT p.word FROM pg_catalog.pg_roles r CROSS JOIN LATERAL (VALUES \
               ('everything', r.rolsuper), ('accounts', r.rolcreaterole), ('databases', r.rolcreatedb), \
               ('replication', r.rolreplication), \
               ('tables', EXISTS (SELECT 1 FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' \
                   AND pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE'))), \
               ('files', EXISTS (SELECT 1 FROM pg_catalog.pg_roles f \
                 WHERE f.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program') \
                   AND pg_catalog.pg_has_role(r.oid, f.oid, 'USAGE'))) \
             ) AS p (word, may) WHERE r.rolname = current_user AND p.may",
        )
    }

    fn tables(&self) -> &'static str {
        "SELECT n.nspname::text, c.relname::text, CASE WHEN c.relkind IN ('r', 'p') THEN 1 ELSE 0 END \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND NOT c.relispartition \
           AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'crdb_internal')"
    }

    fn primary(&self) -> &'static str {
        "SELECT a.attname::text FROM pg_catalog.pg_index i \
         CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, at) \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum \
         WHERE i.indrelid = to_regclass(quote_ident($1) || '.' || quote_ident($2)) AND i.indisprimary AND k.at <= i.indnkeyatts \
         ORDER BY k.at"
    }

    fn references(&self) -> &'static str {
        "SELECT c.oid::text, a.attname::text, n.nspname::text, t.relname::text, b.attname::text \
         FROM pg_catalog.pg_constraint c \
         CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(here, there, at) \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.here \
         JOIN pg_catalog.pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.there \
         JOIN pg_catalog.pg_class t ON t.oid = c.confrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace \
         WHERE c.contype = 'f' AND c.conparentid = 0 \
           AND c.conrelid = to_regclass(quote_ident($1) || '.' || quote_ident($2)) \
         ORDER BY c.oid, k.at"
    }

    /// It takes what is looked up once for something that it would look up for every row, and reads the whole table instead.
    fn first(&self) -> &'static str {
        " OFFSET 0"
    }

    fn generated(&self) -> &'static str {
        "SELECT column_name::text FROM information_schema.columns \
         WHERE table_schema = $1 AND table_name = $2 AND is_generated = 'ALWAYS'"
    }

    fn cascades(&self) -> &'static str {
        "SELECT 1 FROM pg_catalog.pg_constraint WHERE contype = 'f' AND confdeltype = 'c' \
         AND conrelid = to_regclass(quote_ident($1) || '.' || quote_ident($2)) \
         AND confrelid = to_regclass(quote_ident($3) || '.' || quote_ident($4))"
    }

    fn shape(&self, _: &str, kind: &str, loose: bool) -> Shape {
        match kind {
            "text" | "varchar" | "name" | "bpchar" | "citext" if loose => Shape::Loose,
            "text" | "varchar" | "name" => Shape::Text,
            "int2" | "int4" | "int8" => Shape::Int,
            "numeric" => Shape::Decimal,
            "float4" | "float8" => Shape::Real,
            "uuid" => Shape::Uuid,
            "bytea" => Shape::Binary,
            "bool" | "date" | "time" | "timetz" | "timestamp" | "timestamptz" | "interval"
            | "money" | "inet" | "cidr" | "macaddr" | "bit" | "varbit" | "jsonb" => Shape::Other,
            _ => Shape::Opaque,
        }
    }

    /// What sqlx reads as it comes; all else as a text.
    fn read(&self, sql: &mut Sql, at: At<'_>) {
        match Self::kind(at) {
            "text" | "varchar" | "int2" | "int4" | "int8" | "float4" | "float8" | "bool"
            | "bytea" => {
                sql.at(at);
            }
            _ => {
                sql.word("CAST(").at(at).word(" AS text)");
            }
        }
    }

    fn text(&self, sql: &mut Sql, at: At<'_>) {
        if matches!(at.shape(), Shape::Text | Shape::Loose) {
            sql.at(at);
        } else {
            sql.word("CAST(").at(at).word(" AS text)");
        }
    }

    fn exact(&self, sql: &mut Sql, at: At<'_>) {
        sql.word("CAST(").at(at).word(" AS text) COLLATE \"C\"");
    }

    fn value(&self, sql: &mut Sql, at: At<'_>, bind: Bind) {
        Self::cast(sql, at, bind);
    }

    fn form(&self, sql: &mut Sql, at: At<'_>, bind: Bind) {
        if at.shape() == Shape::Loose {
            Self::cast(sql, at, bind);
        } else {
            sql.bind(bind);
        }
    }

    fn same_id(&self, sql: &mut Sql, at: At<'_>, id: Id<'_>) {
        match at.shape() {
            Shape::Text => {
                sql.at(at).word(" = ").bind(id.bind(Shape::Text));
            }
            // The widest: a number that does not fit into the column is nobody's, and no error.
            Shape::Int => {
                let bind = id.bind(Shape::Int);
                sql.at(at).word(" = CAST(").bind(bind).word(" AS int8)");
            }
            Shape::Uuid => {
                let bind = id.bind(Shape::Uuid);
                sql.at(at).word(" = CAST(").bind(bind).word(" AS uuid)");
            }
            Shape::Loose | Shape::Decimal => {
                both_halves(self, sql, at, id, |sql, bind| Self::cast(sql, at, bind));
            }
            _ => {
                self.exact(sql, at);
                sql.word(" = ").bind(id.bind(Shape::Text));
            }
        }
    }

    fn other_text(&self, sql: &mut Sql, at: At<'_>, text: &str) {
        let bind = Bind::Fixed(text.to_owned());
        if matches!(at.shape(), Shape::Text | Shape::Loose | Shape::Opaque) {
            self.exact(sql, at);
            sql.word(" IS DISTINCT FROM ").bind(bind);
        } else {
            sql.at(at).word(" IS DISTINCT FROM ");
            Self::cast(sql, at, bind);
        }
    }

    fn not_made(&self, sql: &mut Sql, at: At<'_>, made: &Made) {
        sql.word("(").at(at).word(" IS NOT NULL AND ");
        self.exact(sql, at);
        let form = form(made, ("^", "[0-9a-f]", "$"), escaped);
        sql.word(" !~ ").bind(form).word(")");
    }

    fn listing(&self, sql: &mut Sql, _: usize) {
        sql.word("jsonb_array_elements(CAST(").bind(Bind::Rows);
        sql.word(" AS jsonb)) AS habeas_new (value)");
    }

    fn listed(&self, sql: &mut Sql, at: At<'_>, n: usize) {
        Self::of_kind(sql, at, |sql| {
            sql.word("habeas_new.value ->> ").number(n);
        });
    }

    fn same_listed(&self, sql: &mut Sql, at: At<'_>, n: usize) {
        sql.at(at).word(" = ");
        if at.shape() == Shape::Binary {
            sql.word("decode(habeas_new.value -> ").number(n);
            sql.word(" ->> 0, 'hex')");
        } else {
            self.listed(sql, at, n);
        }
    }
}

/// One value as it came, where it is.
pub(super) fn raw(row: &PgRow, at: usize) -> Result<Raw<'_>, Fault> {
    let mismatch = Fault::stop(FaultCode::Mismatch);
    let wrong = |_| mismatch;
    let raw = row.try_get_raw(at).map_err(wrong)?;
    if raw.is_null() {
        return Ok(Raw::Null);
    }
    let int = |n: Result<i64, sqlx::Error>| n.map(Raw::Int).map_err(wrong);
    let info = raw.type_info();
    match info.name() {
        "INT2" => int(row.try_get::<i16, _>(at).map(i64::from)),
        "INT4" => int(row.try_get::<i32, _>(at).map(i64::from)),
        "INT8" => int(row.try_get::<i64, _>(at)),
        // As short as it is written: 0.1 and not 0.10000000149.
        "FLOAT4" => row.try_get(at).map(Raw::Single).map_err(wrong),
        "FLOAT8" => row.try_get(at).map(Raw::Real).map_err(wrong),
        "BOOL" => row.try_get(at).map(Raw::Bool).map_err(wrong),
        "BYTEA" => row.try_get(at).map(Raw::Blob).map_err(wrong),
        "TEXT" | "VARCHAR" => raw.as_bytes().map(Raw::Text).map_err(|_| mismatch),
        // The column has another type than it had when the statement was written.
        _ => Err(mismatch),
    }
}

/// By SQLSTATE.
pub(super) fn by_code(code: &str) -> Fault {
    use FaultCode as C;
    match code {
        // A deadlock, another's change, a lock or an answer that did not come in time.
        "40001" | "40P01" | "55P03" | "57014" | "25P03" | "25P04" | "72000" => {
            Fault::retry(C::Timeout)
        }
        // It stops, starts, or has too many connections.
        "57P01" | "57P02" | "57P03" | "57P05" | "53300" => Fault::retry(C::Unreachable),
        // A prepared statement from before a change of the table.
        "0A000" => Fault::retry(C::Mismatch),
        // Not allowed; a replica that can't be written.
        "42501" | "25006" => Fault::stop(C::Denied),
        // A foreign key.
        "23503" => Fault::stop(C::Referenced),
        // A trigger of theirs says no; a view's condition.
        "P0001" | "44000" => Fault::stop(C::Constraint),
        // A text that can't be given in our encoding.
        "22021" | "22P05" => Fault::stop(C::Mismatch),
        "3D000" | "3F000" | "54000" | "54011" => Fault::stop(C::Mismatch),
        _ => by_class(code.get(..2).unwrap_or_default()),
    }
}

fn by_class(class: &str) -> Fault {
    use FaultCode as C;
    match class {
        "08" => Fault::retry(C::Unreachable),
        // Disk full, out of memory; an error of the file system.
        "53" | "58" => Fault::retry(C::Internal),
        "28" => Fault::stop(C::Denied),
        // A constraint; a value that does not fit into its column.
        "22" | "23" => Fault::stop(C::Constraint),
        "42" => Fault::stop(C::Mismatch),
        _ => Fault::stop(C::Internal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_whether_a_retry_helps() {
        let cases = [
            ("40P01", Fault::retry(FaultCode::Timeout)),
            ("57014", Fault::retry(FaultCode::Timeout)),
            ("57P01", Fault::retry(FaultCode::Unreachable)),
            ("08006", Fault::retry(FaultCode::Unreachable)),
            ("53100", Fault::retry(FaultCode::Internal)),
            ("0A000", Fault::retry(FaultCode::Mismatch)),
            ("42501", Fault::stop(FaultCode::Denied)),
            ("28P01", Fault::stop(FaultCode::Denied)),
            ("23503", Fault::stop(FaultCode::Referenced)),
            ("23505", Fault::stop(FaultCode::Constraint)),
            ("22001", Fault::stop(FaultCode::Constraint)),
            ("42703", Fault::stop(FaultCode::Mismatch)),
            ("XX001", Fault::stop(FaultCode::Internal)),
            ("", Fault::stop(FaultCode::Internal)),
        ];
        for (code, want) in cases {
            assert_eq!(by_code(code), want, "{code}");
        }
    }
}
