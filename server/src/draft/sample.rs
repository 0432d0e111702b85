//! Tables for tests.

use crate::connectors::sql::{Column, Foreign, SeenColumn, SeenTable, Shape, Shares};

/// A column with these values.
pub(super) fn seen(name: &str, shape: Shape, values: &[&str]) -> SeenColumn {
    let mut shares = Shares::default();
    values.iter().for_each(|value| shares.add(value));
    SeenColumn {
        column: Column {
            name: name.to_owned(),
            declared: "TEXT".to_owned(),
            not_null: false,
            shape,
            kind: Default::default(),
            collation: String::new(),
            charset: String::new(),
        },
        generated: false,
        shares,
    }
}

/// A table of texts; a column `id` is its key and a number, `…_id` a number, and `!` at the end means NOT NULL.
pub(super) fn table(name: &str, columns: &[&str]) -> SeenTable {
    let made = columns.iter().map(|text| {
        let name = text.trim_end_matches('!');
        let shape = if name == "id" || name.ends_with("_id") {
            Shape::Int
        } else {
            Shape::Text
        };
        let mut column = seen(name, shape, &[]);
        column.column.not_null = text.ends_with('!') || name == "id";
        column
    });
    let key: Vec<String> = columns
        .iter()
        .filter(|name| **name == "id")
        .map(|name| (*name).to_owned())
        .collect();
    SeenTable {
        name: name.to_owned(),
        columns: made.collect(),
        unique: if key.is_empty() {
            Vec::new()
        } else {
            vec![key.clone()]
        },
        primary: key,
        ..SeenTable::default()
    }
}

/// The same, with a foreign key to the `id` of another.
pub(super) fn refers(mut table: SeenTable, column: &str, to: &str) -> SeenTable {
    table.references.push(Foreign {
        columns: vec![column.to_owned()],
        table: to.to_owned(),
        to: vec!["id".to_owned()],
    });
    table
}
