//! What anonymising does to each field: NULL; where it must not be NULL a fixed text, or another for each row; or nothing where none
//! can be.

use app::model::{Disposition, IdentifierKind};

use super::found::FoundBy;
use super::said;
use super::tables::{Listed, Mark, Note, Table};
use crate::connectors::spec::{Erase, Made};
use crate::connectors::sql::misfit;

/// Whether anonymising leaves the field as it is.
pub(super) fn stays(table: &Table<'_>, listed: &Listed<'_>, erase: &Option<Erase>) -> bool {
    let in_key = table.key.contains(&listed.seen.column.name);
    *erase == Some(Erase::Keep) || erase.is_none() && in_key
}

/// The fields in the order of the table, each with what anonymising does to it.
pub(super) fn erased<'a>(
    table: &Table<'a>,
    (linking, another): (&[String], &[(String, String)]),
    found_by: &[FoundBy],
    disposition: &Disposition,
    notes: &mut Vec<Note>,
) -> Vec<(Listed<'a>, Option<Erase>)> {
    let mut with_links = table_fields(table, linking, another);
    let order = |listed: &Listed<'_>| {
        let name = &listed.seen.column.name;
        table
            .seen
            .columns
            .iter()
            .position(|seen| seen.column.name == *name)
    };
    with_links.sort_by_key(order);
    let anonymised = *disposition == Disposition::Anonymise;
    let each = with_links.into_iter().map(|listed| {
        let by_id = found_by
            .iter()
            .any(|one| one.kind.is_id() && one.column == listed.seen.column.name);
        let erase = anonymised
            .then(|| erase(table, &listed, linking, by_id, notes))
            .flatten();
        (listed, erase)
    });
    each.collect()
}

/// The table's fields, the column that links its rows to their owner, and those that lead to somebody else, with why.
fn table_fields<'a>(
    table: &Table<'a>,
    linking: &[String],
    another: &[(String, String)],
) -> Vec<Listed<'a>> {
    let mut fields = table.fields.clone();
    let own = linking.iter().filter_map(|column| table.linking(column));
    fields.extend(own);
    let others = another.iter().map(|(column, _)| column);
    fields.extend(others.filter_map(|column| table.naming_another(column)));
    let why = |listed: &Listed<'_>| {
        let mut all = another.iter();
        all.find(|(column, _)| *column == listed.seen.column.name)
    };
    let marked = fields.into_iter().map(|listed| match why(&listed) {
        // What the dataset says needs no guess.
        Some((_, why)) if listed.of.is_her() || listed.sure.is_some() => listed.anothers(why),
        _ => listed,
    });
    marked.collect()
}

fn erase(
    table: &Table<'_>,
    listed: &Listed<'_>,
    linking: &[String],
    by_id: bool,
    notes: &mut Vec<Note>,
) -> Option<Erase> {
    let column = &listed.seen.column;
    if table.key.contains(&column.name) {
        return None;
    }
    // What says something of another is none of what she wants erased.
    if linking.contains(&column.name) || listed.seen.generated || listed.of.is_another() {
        return Some(Erase::Keep);
    }
    if by_id {
        return Some(Erase::Null);
    }
    let is_unique = table
        .seen
        .unique
        .iter()
        .any(|unique| *unique == [column.name.as_str()]);
    let said = listed.said.and_then(said::erase);
    let wanted = said.clone().unwrap_or(Erase::Null);
    let Some(why) = misfit(column, is_unique, listed.holds, &wanted) else {
        return Some(wanted);
    };
    let instead = if !column.not_null {
        Erase::Null
    } else if !is_unique && column.is_text() {
        Erase::Fixed(fixed(listed))
    } else {
        let made = Made::fitting(listed.holds, column.length());
        made.filter(|_| column.is_text())
            .map_or(Erase::Keep, Erase::Made)
    };
    if said.is_some_and(|said| said != Erase::Null) {
        let text = format!(
            "the dataset has `{wanted}` for {:?}, which {why}",
            column.name
        );
        notes.push(Note(Mark::Decide, text));
    }
    if instead == Erase::Keep {
        let text = format!(
            "{:?} must not be NULL and is {}: anonymising leaves it as it is",
            column.name,
            if column.is_text() {
                "unique, and short"
            } else {
                "no text"
            }
        );
        notes.push(Note(Mark::Decide, text));
    }
    Some(instead)
}

/// A text that takes the place of another, as long as its column takes.
fn fixed(listed: &Listed<'_>) -> String {
    let text = match listed.holds {
        Some(IdentifierKind::Email) => "erased@example.invalid",
        _ => "erased",
    };
    let most = listed.seen.column.length().unwrap_or(usize::MAX);
    let fitting = [text, "erased", "-"];
    let fitting = fitting.into_iter().find(|text| text.len() <= most);
    fitting.unwrap_or_default().to_owned()
}
