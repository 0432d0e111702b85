//! Which rows may own which: links by foreign keys, by a dataset's references and, as guesses, by names.

use super::guess::bare;
use super::rules;
use super::tables::{Mark, Note, Table};
use super::words::Words;
use crate::connectors::spec::check_name;
use crate::connectors::sql::Survey;
use crate::dataset::{Dataset, Direction};

/// Where a link comes from. The surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    Dataset,
    ForeignKey,
    /// `customer_id` beside a table `customers`.
    Name,
}

/// Rows of `child` may belong to rows of `parent`. Both are places in the list of tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) child: usize,
    pub(super) column: String,
    pub(super) parent: usize,
    pub(super) references: String,
    pub(super) how: How,
    /// The parent names the child: a customer her address.
    pub(super) reversed: bool,
    /// The column names who did something with the row.
    pub(super) role: bool,
    pub(super) not_null: bool,
}

/// Every link that a description could have; what it can't is noted at its table.
pub(super) fn links(
    survey: &Survey,
    tables: &mut [Table<'_>],
    dataset: Option<&Dataset>,
) -> Vec<Link> {
    let mut found = Vec::new();
    let mut notes: Vec<(usize, Note)> = Vec::new();
    for child in 0..tables.len() {
        by_dataset(survey, tables, dataset, child, &mut found, &mut notes);
        by_foreign_keys(survey, tables, child, &mut found, &mut notes);
        by_names(survey, tables, child, &mut found);
    }
    for (at, note) in notes {
        if let Some(table) = tables.get_mut(at) {
            table.notes.push(note);
        }
    }
    found
}

/// Where a link leads: table and column there.
struct Ends<'e> {
    child: usize,
    column: &'e str,
    parent: usize,
    references: &'e str,
}

fn add(
    survey: &Survey,
    tables: &[Table<'_>],
    ends: Ends<'_>,
    how: How,
    found: &mut Vec<Link>,
) -> Result<(), String> {
    let Ends {
        child,
        column,
        parent,
        references,
    } = ends;
    let (Some(here), Some(there)) = (tables.get(child), tables.get(parent)) else {
        return Ok(());
    };
    let to = format!("{:?} by {column:?}", there.name_of());
    if child == parent {
        return Err(format!("refers to itself by {column:?}: not followed"));
    }
    let (Some(from), Some(at)) = (here.seen.column(column), there.seen.column(references)) else {
        return Err(format!(
            "refers to {to}, where there is no {references:?}: not followed"
        ));
    };
    if [column, references]
        .iter()
        .any(|name| check_name("", name).is_err())
    {
        return Err(format!(
            "refers to {to}, a name that can't be described: not followed"
        ));
    }
    if !survey.links(&from.column, &at.column) {
        return Err(format!(
            "refers to {to}, which has another type than {references:?}: not followed"
        ));
    }
    // Whoever erases what it says of her would lose the link.
    if is_cleared(there, references) {
        return Err(format!(
            "refers to {to} and {references:?}, which erasure clears: not followed"
        ));
    }
    let link = |child, column: &str, parent, references: &str, reversed| Link {
        child,
        column: column.to_owned(),
        parent,
        references: references.to_owned(),
        how,
        reversed,
        role: is_role(if reversed { references } else { column }),
        not_null: !reversed && from.column.not_null,
    };
    let known = |one: &Link, other: &Link| {
        (one.child, &one.column, one.parent, &one.references)
            == (other.child, &other.column, other.parent, &other.references)
    };
    let forward = link(child, column, parent, references, false);
    let back = link(parent, references, child, column, true);
    let back = Some(back).filter(|_| !is_cleared(here, column));
    for one in std::iter::once(forward).chain(back) {
        if !found.iter().any(|other| known(&one, other)) {
            found.push(one);
        }
    }
    Ok(())
}

/// Whether erasure may take what the column says.
fn is_cleared(table: &Table<'_>, column: &str) -> bool {
    let personal = table.field(column).is_some_and(|field| {
        field.holds.is_some() || field.said.is_some_and(|said| said.identity.is_some())
    });
    personal && !table.key.iter().any(|key| key == column)
}

fn is_role(column: &str) -> bool {
    role_of(column).next().is_some()
}

/// The words by which a column names who did something with a row.
pub(super) fn role_of(column: &str) -> impl Iterator<Item = &'static str> {
    let words = Words::of(column);
    rules::ROLES.iter().copied().filter(move |role| {
        words.all.iter().any(|word| word == role) || !role.is_ascii() && words.whole.contains(role)
    })
}

fn position(tables: &[Table<'_>], name: &str) -> Option<usize> {
    tables.iter().position(|table| table.name_of() == name)
}

fn by_foreign_keys(
    survey: &Survey,
    tables: &[Table<'_>],
    child: usize,
    found: &mut Vec<Link>,
    notes: &mut Vec<(usize, Note)>,
) {
    let Some(table) = tables.get(child) else {
        return;
    };
    for foreign in &table.seen.references {
        let to = &foreign.table;
        let Some(parent) = position(tables, to) else {
            let text = format!(
                "refers to {to:?} by {:?}, which is not described: not followed",
                foreign.columns
            );
            notes.push((child, Note(Mark::Plain, text)));
            continue;
        };
        let ([column], [references]) = (foreign.columns.as_slice(), foreign.to.as_slice()) else {
            let text = format!(
                "refers to {to:?} by {:?}, but a link has one column: not followed",
                foreign.columns
            );
            notes.push((child, Note(Mark::Decide, text)));
            continue;
        };
        let ends = Ends {
            child,
            column,
            parent,
            references,
        };
        if let Err(text) = add(survey, tables, ends, How::ForeignKey, found) {
            notes.push((child, Note(Mark::Plain, text)));
        }
    }
}

/// A reference of the dataset, one way or both.
fn by_dataset(
    survey: &Survey,
    tables: &[Table<'_>],
    dataset: Option<&Dataset>,
    child: usize,
    found: &mut Vec<Link>,
    notes: &mut Vec<(usize, Note)>,
) {
    let Some((dataset, said)) = dataset.zip(tables.get(child).and_then(|table| table.said)) else {
        return;
    };
    for field in &said.fields {
        let inside = field
            .references
            .iter()
            .filter(|to| to.dataset == dataset.key);
        for reference in inside {
            let named = tables.iter().position(|table| {
                table
                    .said
                    .is_some_and(|said| said.name == reference.collection)
            });
            let text = format!(
                "the dataset refers to {}.{} by {:?}",
                reference.collection, reference.path, field.name
            );
            let ([column], Some(named)) = (reference.path.0.as_slice(), named) else {
                let text = format!("{text}, which is not described: not followed");
                notes.push((child, Note(Mark::Plain, text)));
                continue;
            };
            let ends = Ends {
                child,
                column: &field.name,
                parent: named,
                references: column,
            };
            let before = found.len();
            if let Err(text) = add(survey, tables, ends, How::Dataset, found) {
                notes.push((child, Note(Mark::Plain, text)));
            }
            // Only the way that it allows is one.
            let new = found.split_off(before);
            let allowed = |link: &Link| match reference.direction {
                Some(Direction::From) => !link.reversed,
                Some(Direction::To) => link.reversed,
                None => true,
            };
            found.extend(new.into_iter().filter(allowed));
        }
    }
}

/// The schema in a table's name.
fn schema(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(schema, _)| schema)
}

fn by_names(survey: &Survey, tables: &[Table<'_>], child: usize, found: &mut Vec<Link>) {
    let Some(table) = tables.get(child).filter(|table| table.said.is_none()) else {
        return;
    };
    let own = schema(table.name_of());
    for seen in &table.seen.columns {
        let column = &seen.column.name;
        let known = table
            .seen
            .references
            .iter()
            .any(|one| one.columns.contains(column));
        let Some(named) = Words::of(column).before_id().filter(|_| !known) else {
            continue;
        };
        let called = |table: &Table<'_>| {
            schema(table.name_of()) == own && Words::of(bare(table.name_of())).all.concat() == named
        };
        let parent = tables
            .iter()
            .position(|one| called(one) && one.id().is_some());
        let Some((parent, id)) = parent.and_then(|at| Some((at, tables.get(at)?.id()?))) else {
            continue;
        };
        let references = &id.column.name;
        // It is a guess: what does not fit is none.
        let _ = add(
            survey,
            tables,
            Ends {
                child,
                column,
                parent,
                references,
            },
            How::Name,
            found,
        );
    }
}
