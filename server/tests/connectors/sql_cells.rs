//! Values of databases: every type that occurs, and those that are hostile.

use app::model::{IdentifierKind, Replacement};
use serde_json::{Value, json};
use server::connectors::{Fault, FaultCode, Whose};

use crate::engines::{Engine, Fresh};
use crate::sql::{key, name, table};
use crate::world::{Taken, call, erase, export};

/// A table with one row that has these columns: type, value, what is exported.
async fn exported(engine: Engine, columns: &[(&str, &str, Value)]) -> Vec<(Value, Value)> {
    let (mut made, mut values, mut fields) = (String::new(), String::new(), String::new());
    for (n, (kind, value, _)) in columns.iter().enumerate() {
        made += &format!(", c{n} {kind}");
        values += &format!(", {value}");
        fields += &format!("{{ name = \"c{n}\", category = \"user\" }}, ");
    }
    let fields = format!("fields = [ {fields} ]");
    let script =
        format!("CREATE TABLE t (id INTEGER PRIMARY KEY{made}); INSERT INTO t VALUES (1{values})");
    let database = Fresh::of(engine, "").await;
    let mut own = database.own().await;
    if engine == Engine::MariaDb {
        // As old servers do: dates that are none.
        own.run("SET SESSION sql_mode = ''").await;
    } else {
        own.run("CREATE TYPE mood AS ENUM ('calm', 'wild'); CREATE TYPE pair AS (a int, b text); CREATE DOMAIN email AS varchar(50)").await;
    }
    own.run(&script).await;
    let subject = "kind = \"user_id\", column = \"id\"";
    let connector = database
        .connector(&table("do = \"anonymise\"", subject, &fields))
        .await;
    let hers = key(IdentifierKind::UserId, "1");
    let taken = export(&*connector, &hers).await;
    let values: Vec<Value> = taken.rows[0]
        .iter()
        .map(|(_, value)| value.clone())
        .collect();
    // What can be read can be erased.
    assert_eq!(erase(&*connector, &hers).await[0].rows, 1, "{engine:?}");
    assert_eq!(
        connector.verify(Whose::alone(&hers), &name("t")).await,
        Ok(0),
        "{engine:?}"
    );
    values
        .into_iter()
        .zip(columns.iter().map(|(_, _, want)| want.clone()))
        .collect()
}

fn base64(data: &str) -> Value {
    json!({ "encoding": "base64", "data": data })
}

#[tokio::test]
async fn every_type_of_postgresql_is_exported() {
    if !Engine::Postgres.is_here() {
        return;
    }
    let columns = [
        ("smallint", "-7", json!(-7)),
        ("bigint", "9223372036854775807", json!(i64::MAX)),
        (
            "numeric(40, 10)",
            "123456789012345678901234567890.1234567890",
            json!("123456789012345678901234567890.1234567890"),
        ),
        ("real", "0.1", json!(0.1)),
        ("double precision", "0.5", json!(0.5)),
        ("double precision", "'-Infinity'", json!("-inf")),
        ("money", "12.5", json!("$12.50")),
        ("boolean", "true", json!(true)),
        ("char(6)", "'ab'", json!("ab")),
        ("email", "'a@example.org'", json!("a@example.org")),
        ("date", "'2020-02-29'", json!("2020-02-29")),
        ("date", "'infinity'", json!("infinity")),
        ("date", "'0044-03-15 BC'", json!("0044-03-15 BC")),
        ("time", "'23:59:59.123456'", json!("23:59:59.123456")),
        (
            "timestamp",
            "'2020-04-01 11:47:42'",
            json!("2020-04-01 11:47:42"),
        ),
        (
            "timestamptz",
            "'2020-04-01 11:47:42+02'",
            json!("2020-04-01 09:47:42+00"),
        ),
        ("interval", "'1 day 2 hours'", json!("P1DT2H")),
        (
            "json",
            "'{\"b\":1, \"a\":null}'",
            json!("{\"b\":1, \"a\":null}"),
        ),
        ("jsonb", "'{\"b\":1}'", json!("{\"b\": 1}")),
        (
            "uuid",
            "'123e4567-e89b-12d3-a456-426655440000'",
            json!("123e4567-e89b-12d3-a456-426655440000"),
        ),
        ("integer[]", "'{1,NULL,3}'", json!("{1,NULL,3}")),
        (
            "text[]",
            "ARRAY['a,b', 'c\"d']",
            json!("{\"a,b\",\"c\\\"d\"}"),
        ),
        ("bytea", "'\\x00ff'", base64("AP8=")),
        ("bit(3)", "B'101'", json!("101")),
        ("mood", "'wild'", json!("wild")),
        ("inet", "'10.0.0.7/8'", json!("10.0.0.7/8")),
        ("pair", "ROW(1, 'x')", json!("(1,x)")),
        ("xml", "'<a>x</a>'", json!("<a>x</a>")),
        ("point", "'(1,2)'", json!("(1,2)")),
        ("int4range", "'[1,3)'", json!("[1,3)")),
        ("oid", "42", json!("42")),
        ("text", "NULL", json!(null)),
        (
            "text",
            "'<script>=cmd|'' \u{202e}\u{1f600}'",
            json!("<script>=cmd|' \u{202e}\u{1f600}"),
        ),
    ];
    for (is, want) in exported(Engine::Postgres, &columns).await {
        assert_eq!(is, want);
    }
}

#[tokio::test]
async fn every_type_of_mariadb_is_exported() {
    if !Engine::MariaDb.is_here() {
        return;
    }
    let columns = [
        ("TINYINT", "-7", json!(-7)),
        ("BOOLEAN", "true", json!(1)),
        ("BIGINT", "9223372036854775807", json!(i64::MAX)),
        ("BIGINT UNSIGNED", "18446744073709551615", json!(u64::MAX)),
        ("SMALLINT UNSIGNED", "65535", json!(65535)),
        ("MEDIUMINT", "-8388608", json!(-8_388_608)),
        (
            "DECIMAL(40, 10)",
            "123456789012345678901234567890.1234567890",
            json!("123456789012345678901234567890.1234567890"),
        ),
        ("FLOAT", "0.1", json!(0.1)),
        ("DOUBLE", "0.5", json!(0.5)),
        ("CHAR(6)", "'ab'", json!("ab")),
        ("CHAR(6) CHARACTER SET latin1", "'äb'", json!("äb")),
        ("VARCHAR(9) COLLATE utf8mb4_bin", "'äB'", json!("äB")),
        ("DATE NULL", "'2020-02-29'", json!("2020-02-29")),
        ("DATE NULL", "'0000-00-00'", json!("0000-00-00")),
        ("DATE NULL", "'2020-00-00'", json!("2020-00-00")),
        (
            "DATETIME(6) NULL",
            "'2020-04-01 11:47:42.000001'",
            json!("2020-04-01 11:47:42.000001"),
        ),
        (
            "DATETIME NULL",
            "'0000-00-00 00:00:00'",
            json!("0000-00-00 00:00:00"),
        ),
        (
            "TIMESTAMP NULL",
            "'2020-04-01 11:47:42'",
            json!("2020-04-01 11:47:42"),
        ),
        ("TIME", "'-838:59:59'", json!("-838:59:59")),
        ("YEAR", "1999", json!("1999")),
        (
            "JSON",
            "'{\"b\":1, \"a\":null}'",
            json!("{\"b\":1, \"a\":null}"),
        ),
        (
            "UUID",
            "'123e4567-e89b-12d3-a456-426655440000'",
            json!("123e4567-e89b-12d3-a456-426655440000"),
        ),
        ("INET6", "'2001:db8::1'", json!("2001:db8::1")),
        ("BLOB", "x'00ff'", base64("AP8=")),
        ("VARBINARY(9)", "x'00ff'", base64("AP8=")),
        ("BIT(5)", "b'101'", json!("101")),
        ("ENUM('calm', 'wild')", "'wild'", json!("wild")),
        ("SET('a', 'b', 'c')", "'a,c'", json!("a,c")),
        (
            "POINT",
            "ST_GeomFromText('POINT(1 2)')",
            base64("AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAQA=="),
        ),
        ("TEXT", "NULL", json!(null)),
        (
            "LONGTEXT",
            "'x\\0y <script>=cmd|'' \u{202e}\u{1f600}'",
            json!("x\0y <script>=cmd|' \u{202e}\u{1f600}"),
        ),
    ];
    for (is, want) in exported(Engine::MariaDb, &columns).await {
        assert_eq!(is, want);
    }
}

#[tokio::test]
async fn a_large_value_is_exported_whole() {
    for engine in Engine::servers() {
        let kind = if engine == Engine::MariaDb {
            "LONGTEXT"
        } else {
            "text"
        };
        let made = format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a {kind}); INSERT INTO t VALUES (1, repeat('ab', 12000000))"
        );
        let database = Fresh::of(engine, &made).await;
        let subject = "kind = \"user_id\", column = \"id\"";
        let fields = "fields = [ { name = \"a\", category = \"user\" } ]";
        let connector = database
            .connector(&table("do = \"delete\"", subject, fields))
            .await;
        let taken = export(&*connector, &key(IdentifierKind::UserId, "1")).await;
        let length = taken.rows[0][0].1.as_str().map(str::len);
        assert_eq!(length, Some(24_000_000), "{engine:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_a_fault_of_postgresql_s() {
    if !Engine::Postgres.is_here() {
        return;
    }
    let database = Fresh::of(Engine::Postgres, "").await;
    let other = format!(
        "{}_raw",
        database.direct.rsplit_once('/').expect("a name").1
    );
    // The one encoding that takes any bytes.
    let made = format!(
        "CREATE DATABASE {other} TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
    );
    database.run(&made).await;
    let raw = Fresh {
        direct: format!("{}_raw", database.direct),
        url: format!("{}_raw", database.url),
        ..database
    };
    let fields = "fields = [ { name = \"a\", category = \"user\" } ]";
    raw.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a text); INSERT INTO t VALUES (1, E'a\\xffb')",
    )
    .await;
    let subject = "kind = \"user_id\", column = \"id\"";
    let connector = raw
        .connector(&table("do = \"delete\"", subject, fields))
        .await;
    // It refuses to send them, and so we can't show them; but they can be erased.
    let one = key(IdentifierKind::UserId, "1");
    let mut taken = Taken::default();
    let export = connector
        .export(&call(), &one, &name("t"), &mut taken)
        .await;
    assert_eq!(export, Err(Fault::stop(FaultCode::Mismatch)));
    assert_eq!(erase(&*connector, &one).await[0].rows, 1);
}

#[tokio::test]
async fn anonymising_writes_what_each_type_takes() {
    for engine in Engine::servers() {
        let made = "CREATE TABLE t (id INTEGER PRIMARY KEY, born INTEGER, at DATE, price NUMERIC(9, 2), note VARCHAR(20));
                    INSERT INTO t VALUES (1, 1980, '1980-05-05', 7.25, '(ERASED)'), (2, 1990, '1990-05-05', 7.25, 'b')";
        let database = Fresh::of(engine, made).await;
        let fields = "fields = [ { name = \"born\", category = \"user\", erase = \"fixed:0\" }, \
                      { name = \"at\", category = \"user\", erase = \"fixed:1900-01-01\" }, \
                      { name = \"price\", category = \"user\", erase = \"fixed:0\" }, \
                      { name = \"note\", category = \"user\", erase = \"fixed:(erased)\" } ]";
        let subject = "kind = \"user_id\", column = \"id\"";
        let collections = table("do = \"anonymise\"", subject, fields);
        let connector = database.connector(&collections).await;
        let one = key(IdentifierKind::UserId, "1");
        assert_eq!(erase(&*connector, &one).await[0].rows, 1, "{engine:?}");
        assert_eq!(
            connector.verify(Whose::alone(&one), &name("t")).await,
            Ok(0),
            "{engine:?}"
        );
        assert_eq!(erase(&*connector, &one).await[0].rows, 0, "{engine:?}");
        let said = database
            .texts("SELECT concat(born, ' ', at, ' ', price, ' ', note) FROM t ORDER BY id")
            .await;
        assert_eq!(
            said,
            ["0 1900-01-01 0.00 (erased)", "1990 1990-05-05 7.25 b"],
            "{engine:?}"
        );
    }
}

#[tokio::test]
async fn a_value_that_does_not_fit_changes_nothing() {
    for engine in Engine::servers() {
        let made = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5), phone BIGINT, email VARCHAR(20) NOT NULL UNIQUE);
                    INSERT INTO t VALUES (1, 'x', 493012345678, 'a@example.org'), (2, 'y', 1, 'b@example.org')";
        let database = Fresh::of(engine, made).await;
        let fields = "fields = [ { name = \"a\", category = \"user\", holds = \"name\" }, \
                      { name = \"phone\", category = \"user\", holds = \"phone\" }, \
                      { name = \"email\", category = \"user\", holds = \"email\" } ]";
        let subject = "kind = \"user_id\", column = \"id\"";
        let connector = database
            .connector(&table("do = \"delete\"", subject, fields))
            .await;
        let one = key(IdentifierKind::UserId, "1");
        let update = async |kind, old: &str, new: &str| {
            let new = [Replacement {
                kind,
                old: old.into(),
                new: new.into(),
            }];
            let done = connector
                .update(&call(), Whose::alone(&one), &name("t"), &new)
                .await;
            done.map(|done| done.rows)
        };
        let constraint = Err(Fault::stop(FaultCode::Constraint));
        use IdentifierKind::{Email, Name, Phone};
        assert_eq!(
            update(Name, "x", "too long").await,
            constraint,
            "{engine:?}"
        );
        assert_eq!(
            update(Phone, "+49 30 12345678", "none").await,
            constraint,
            "{engine:?}"
        );
        assert_eq!(
            update(Email, "a@example.org", "b@example.org").await,
            constraint,
            "{engine:?}"
        );
        let said = "SELECT concat(a, phone, email) FROM t ORDER BY id";
        assert_eq!(
            database.texts(said).await,
            ["x493012345678a@example.org", "y1b@example.org"]
        );
        assert_eq!(
            update(Phone, "+49 30 12345678", "493087654321").await,
            Ok(1),
            "{engine:?}"
        );
        assert_eq!(update(Name, "x", "Zoë").await, Ok(1), "{engine:?}");
    }
}
