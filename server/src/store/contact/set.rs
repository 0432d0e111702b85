//! Merge sets in SQL: one statement that follows links up and down.

use crate::store::{Dialect, Row, StoreError};

/// Reads all who are reached from $1 by links, up and then down; `UNION` ends where a cycle closes. One statement, so that nobody
/// merges in its middle. `above`, `below` and `whole` join the contact that `up` was merged into, those merged into
/// `members`, and the rest of each row.
macro_rules! members {
    ($above:literal, $below:literal, $whole:literal, $columns:literal) => {
        concat!(
            "WITH RECURSIVE
             up (id, canonical_id, created_at) AS (
                 SELECT id, canonical_id, created_at FROM contact WHERE id = $1
                 UNION SELECT c.id, c.canonical_id, c.created_at FROM up ",
            $above,
            "),
             members (id, canonical_id, created_at) AS (
                 SELECT id, canonical_id, created_at FROM up
                 UNION SELECT c.id, c.canonical_id, c.created_at FROM members ",
            $below,
            ")
             SELECT members.id, members.canonical_id, members.created_at",
            $columns,
            " FROM members ",
            $whole,
            " ORDER BY members.created_at, members.id"
        )
    };
}
macro_rules! members_sqlite {
    ($whole:literal, $columns:literal) => {
        members!(
            "JOIN contact c ON c.id = up.canonical_id",
            "JOIN contact c ON c.canonical_id = members.id",
            $whole,
            $columns
        )
    };
}
/// PostgreSQL takes what recurses for large and would read the whole table; a limit makes it look up by index.
macro_rules! members_pg {
    ($whole:literal, $columns:literal) => {
        members!(
            "CROSS JOIN LATERAL (SELECT * FROM contact WHERE id = up.canonical_id LIMIT 1) c",
            "CROSS JOIN LATERAL (SELECT * FROM contact WHERE canonical_id = members.id LIMIT 100000) c",
            $whole,
            $columns
        )
    };
}

/// Whole contacts.
pub(super) fn members(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => members_sqlite!(
            "JOIN contact w ON w.id = members.id",
            ", w.body_sealed, w.modified_at"
        ),
        Dialect::Pg => members_pg!(
            "CROSS JOIN LATERAL (SELECT * FROM contact WHERE id = members.id LIMIT 1) w",
            ", w.body_sealed, w.modified_at"
        ),
    }
}

/// Ids only.
pub(super) fn member_links(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => members_sqlite!("", ""),
        Dialect::Pg => members_pg!("", ""),
    }
}

/// A member of a merge set, without what it says of anyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: String,
    /// What it was merged into.
    pub canonical: Option<String>,
}

pub(super) fn links(rows: &[Row]) -> Result<Vec<Link>, StoreError> {
    let link = |row: &Row| {
        Ok(Link {
            id: row.text("id")?,
            canonical: row.maybe_text("canonical_id")?,
        })
    };
    let links = rows
        .iter()
        .map(link)
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(canonical_first(links, |link| (&link.id, &link.canonical)))
}

/// The member without a canonical goes first; if links should close a cycle, the one with the smallest id.
pub(super) fn canonical_first<T>(
    mut members: Vec<T>,
    link: impl Fn(&T) -> (&String, &Option<String>),
) -> Vec<T> {
    let root = members
        .iter()
        .position(|member| link(member).1.is_none())
        .or_else(|| {
            (0..members.len()).min_by(|a, b| link(&members[*a]).0.cmp(link(&members[*b]).0))
        });
    if let Some(root) = root {
        members[..=root].rotate_right(1);
    }
    members
}
