//! The schema's history, the same for both databases: a migration without its twin does not compile.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::Dialect;

/// Version, name, SQLite text, PostgreSQL text. Published ones are never edited.
const ALL: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "habeas",
        include_str!("../../migrations/sqlite/0001_habeas.sql"),
        include_str!("../../migrations/postgres/0001_habeas.sql"),
    ),
    (
        2,
        "legal_clock",
        include_str!("../../migrations/sqlite/0002_legal_clock.sql"),
        include_str!("../../migrations/postgres/0002_legal_clock.sql"),
    ),
    (
        3,
        "health",
        include_str!("../../migrations/sqlite/0003_health.sql"),
        include_str!("../../migrations/postgres/0003_health.sql"),
    ),
    (
        4,
        "lists",
        include_str!("../../migrations/sqlite/0004_lists.sql"),
        include_str!("../../migrations/postgres/0004_lists.sql"),
    ),
    (
        5,
        "skip",
        include_str!("../../migrations/sqlite/0005_skip.sql"),
        include_str!("../../migrations/postgres/0005_skip.sql"),
    ),
    (
        6,
        "person_link",
        include_str!("../../migrations/sqlite/0006_person_link.sql"),
        include_str!("../../migrations/postgres/0006_person_link.sql"),
    ),
    (
        7,
        "beside",
        include_str!("../../migrations/sqlite/0007_beside.sql"),
        include_str!("../../migrations/postgres/0007_beside.sql"),
    ),
    (
        8,
        "plan_used",
        include_str!("../../migrations/sqlite/0008_plan_used.sql"),
        include_str!("../../migrations/postgres/0008_plan_used.sql"),
    ),
    (
        9,
        "recheck",
        include_str!("../../migrations/sqlite/0009_recheck.sql"),
        include_str!("../../migrations/postgres/0009_recheck.sql"),
    ),
    (
        10,
        "planned_rows",
        include_str!("../../migrations/sqlite/0010_planned_rows.sql"),
        include_str!("../../migrations/postgres/0010_planned_rows.sql"),
    ),
    (
        11,
        "part",
        include_str!("../../migrations/sqlite/0011_part.sql"),
        include_str!("../../migrations/postgres/0011_part.sql"),
    ),
    (
        12,
        "system_draft",
        include_str!("../../migrations/sqlite/0012_system_draft.sql"),
        include_str!("../../migrations/postgres/0012_system_draft.sql"),
    ),
    (
        13,
        "in_turn",
        include_str!("../../migrations/sqlite/0013_in_turn.sql"),
        include_str!("../../migrations/postgres/0013_in_turn.sql"),
    ),
];

/// The newest version that this program knows.
pub(super) fn newest() -> i64 {
    ALL.iter().map(|(version, ..)| *version).max().unwrap_or(0)
}

/// All migrations for one database.
pub(super) fn of(dialect: Dialect) -> Migrator {
    let migrations = ALL.iter().map(|(version, name, sqlite, pg)| {
        let sql: &'static str = if dialect == Dialect::Sqlite {
            sqlite
        } else {
            pg
        };
        Migration::new(
            *version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}
