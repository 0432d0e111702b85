//! What becomes of each table, as a proposal: children first, since what stays of them decides for their parents.

use app::model::{CollectionName, Disposition};

use super::another;
use super::erase::{erased, stays};
use super::found::{self, FoundBy, Subject};
use super::links::{How, Link};
use super::place::Placed;
use super::rules;
use super::tables::{Listed, Mark, Note, Table};
use super::words::Words;
use crate::connectors::spec::Erase;
use crate::connectors::sql::{SeenTable, Survey};

/// Stands where a person has to fill something in.
pub const PLACEHOLDER: &str = "TO BE FILLED IN";
/// The ground of what is kept, until a person fills it in.
pub(super) const GROUND: &str =
    "TO BE FILLED IN: the law that wants these rows kept, and for how long";

/// One collection of the draft.
#[derive(Debug)]
pub(super) struct Drafted<'a> {
    pub(super) name: CollectionName,
    pub(super) table: &'a str,
    pub(super) key: &'a [String],
    pub(super) disposition: Disposition,
    /// Rows of it are kept, or of a table below it.
    pub(super) keeps: bool,
    pub(super) subject: Option<Subject>,
    pub(super) name_columns: Vec<String>,
    pub(super) found_by: Vec<FoundBy>,
    /// The collection, the column here, the column there.
    pub(super) parent: Option<(CollectionName, String, String)>,
    pub(super) fields: Vec<(Listed<'a>, Option<Erase>)>,
    pub(super) left: &'a [(String, String)],
    pub(super) notes: Vec<Note>,
}

/// What a plan is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole<'a> {
    pub(super) survey: &'a Survey,
    pub(super) tables: &'a [Table<'a>],
    pub(super) links: &'a [Link],
    /// The system's id, which ids of its people carry in front.
    pub(super) system: &'a str,
    pub(super) country: &'a str,
}

/// All collections, parents before children.
pub(super) fn plan<'a>(whole: Whole<'a>, placed: &[Placed]) -> Vec<Drafted<'a>> {
    let mut drafted: Vec<Drafted<'a>> = Vec::new();
    // Children first.
    for one in placed.iter().rev() {
        if let Some(table) = whole.tables.get(one.table) {
            let children = children(whole.tables, placed, &drafted, one.table);
            drafted.push(collection(whole, one, table, &children));
        }
    }
    drafted.reverse();
    drafted
}

/// A child of a table: its link, and what becomes of its rows.
struct Child<'d> {
    link: &'d Link,
    name: &'d CollectionName,
    table: &'d str,
    disposition: &'d Disposition,
    keeps: bool,
}

fn children<'d>(
    tables: &[Table<'_>],
    placed: &'d [Placed],
    drafted: &'d [Drafted<'_>],
    parent: usize,
) -> Vec<Child<'d>> {
    let links = placed.iter().filter_map(|one| one.parent.as_ref());
    let hers = links.filter(|link| link.parent == parent);
    let child = |link: &'d Link| {
        let name = &tables.get(link.child)?.name;
        let done = drafted.iter().find(|one| one.name == *name)?;
        Some(Child {
            link,
            name: &done.name,
            table: done.table,
            disposition: &done.disposition,
            keeps: done.keeps,
        })
    };
    hers.filter_map(child).collect()
}

fn collection<'a>(
    whole: Whole<'a>,
    placed: &Placed,
    table: &'a Table<'a>,
    children: &[Child<'_>],
) -> Drafted<'a> {
    let Whole {
        tables,
        links,
        country,
        ..
    } = whole;
    let mut notes = table.notes.clone();
    let own = placed.parent.as_ref().map(|link| link.column.clone());
    let referred = children.iter().map(|child| child.link.references.clone());
    let linking: Vec<String> = own.into_iter().chain(referred).collect();
    let subject = placed
        .subject
        .then(|| found::subject(table, whole.system))
        .flatten();
    let mut found_by = match &subject {
        Some(subject) => found::found_by(table, subject, country, &mut notes),
        None => Vec::new(),
    };
    let wish = disposition(whole.survey, placed, table, children, &mut notes);
    let mut chosen = wish;
    let others = another::links(whole, placed, table, &linking);
    let columns = (linking.as_slice(), others.as_slice());
    let mut fields = erased(table, columns, &found_by, &chosen, &mut notes);
    if chosen == Disposition::Anonymise
        && fields
            .iter()
            .all(|(listed, erase)| stays(table, listed, erase))
    {
        let text =
            "other rows need these, and there is nothing in them that could be anonymised: kept";
        notes.push(Note(Mark::Decide, text.to_owned()));
        chosen = Disposition::Keep {
            ground: GROUND.to_owned(),
        };
        fields = erased(table, columns, &found_by, &chosen, &mut notes);
    }
    let kept = |column: &str| {
        let field = fields
            .iter()
            .find(|(listed, _)| listed.seen.column.name == column);
        chosen == Disposition::Anonymise
            && field.is_some_and(|(listed, erase)| stays(table, listed, erase))
    };
    found_by.retain(|one| {
        let seen = table
            .seen
            .column(&one.column)
            .filter(|_| chosen == Disposition::Anonymise);
        let filled =
            seen.is_some_and(|seen| seen.column.not_null) && !table.key.contains(&one.column);
        let fits = if one.kind.is_id() {
            !filled
        } else {
            !kept(&one.column)
        };
        if !fits {
            let text = format!(
                "{:?} would find her, but anonymising leaves it as it is: not in `found_by`",
                one.column
            );
            notes.push(Note(Mark::Decide, text));
        }
        fits
    });
    let unmasked: Vec<&str> = masked(table).collect();
    if chosen != Disposition::Anonymise && !unmasked.is_empty() {
        let text = format!("the dataset masks {unmasked:?}, which only anonymising does");
        notes.push(Note(Mark::Decide, text));
    }
    let mut name_columns = found::name_columns(table, country);
    name_columns.retain(|column| !kept(column));
    notes.extend(unfollowed(tables, links, placed));
    if subject.is_some() && another::is_staff(table) {
        let text = "if these people work for you, say by which column who left: \
                    employment = { column = \"…\", former = [\"…\"] }";
        notes.push(Note(Mark::Decide, text.to_owned()));
    }
    let parent = placed.parent.as_ref().and_then(|link| {
        let name = tables.get(link.parent)?.name.clone();
        if link.reversed {
            let text = "others may refer to the same rows: what is done to hers is done to theirs";
            notes.push(Note(Mark::Decide, text.to_owned()));
        }
        if link.how == How::Name {
            notes.push(Note(
                Mark::Guess,
                "low: whose the rows are is told by a column's name alone".to_owned(),
            ));
        }
        Some((name, link.column.clone(), link.references.clone()))
    });
    Drafted {
        name: table.name.clone(),
        table: table.name_of(),
        key: &table.key,
        keeps: matches!(chosen, Disposition::Keep { .. })
            || children.iter().any(|child| child.keeps),
        disposition: chosen,
        subject,
        name_columns,
        found_by,
        parent,
        fields,
        left: &table.left,
        notes,
    }
}

/// What erasure should do to a table's rows, as far as that can be told.
fn disposition(
    survey: &Survey,
    placed: &Placed,
    table: &Table<'_>,
    children: &[Child<'_>],
    notes: &mut Vec<Note>,
) -> Disposition {
    let mut decide = |text: String| notes.push(Note(Mark::Decide, text));
    let remains = |child: &&Child<'_>| match child.disposition {
        Disposition::Delete => false,
        Disposition::Anonymise => !child.link.reversed || child.keeps,
        Disposition::Keep { .. } => true,
    };
    let child = children.iter().find(remains).map(|child| child.name);
    let said = table.said.and_then(|said| {
        let delete = said.delete_rows.then_some(Disposition::Delete);
        said.disposition.clone().or(delete)
    });
    match (said, child) {
        (Some(Disposition::Delete), Some(child)) => {
            decide(format!(
                "the dataset deletes these rows, but rows of {child} that stay need them: anonymised"
            ));
            return Disposition::Anonymise;
        }
        (Some(said), _) => return said,
        (None, _) => {}
    }
    // Whoever says how to mask a field wants its row to stay.
    if masked(table).next().is_some() {
        return Disposition::Anonymise;
    }
    if is_ledger(table.name_of()) {
        decide("it looks like accounts, which the law mostly wants kept: fill the ground in, or choose another".to_owned());
        return Disposition::Keep {
            ground: GROUND.to_owned(),
        };
    }
    if let Some(child) = child {
        decide(format!(
            "rows of {child} stay and need these rows: anonymised, and not deleted"
        ));
        return Disposition::Anonymise;
    }
    if let Some(other) = referrer(survey, table, children) {
        decide(format!(
            "rows of {other:?} refer to these rows and may stay: anonymised, and not deleted"
        ));
        return Disposition::Anonymise;
    }
    if placed.parent.as_ref().is_some_and(|link| link.reversed) {
        return Disposition::Anonymise;
    }
    Disposition::Delete
}

/// The fields that the dataset masks.
fn masked<'t>(table: &Table<'t>) -> impl Iterator<Item = &'t str> {
    let fields = table.said.iter().flat_map(|said| &said.fields);
    let masked = fields.filter(|field| field.masking.is_some());
    masked.map(|field| field.name.as_str())
}

fn is_ledger(table: &str) -> bool {
    let words = Words::of(super::guess::bare(table));
    let has = |list: &[&str]| {
        list.iter().any(|word| {
            words.all.iter().any(|one| one == word)
                || !word.is_ascii() && words.whole.contains(word)
        })
    };
    has(rules::LEDGER) && !has(rules::NO_LEDGER)
}

/// A table whose rows refer to these by a foreign key, other than children that are deleted before.
fn referrer<'s>(survey: &'s Survey, table: &Table<'_>, children: &[Child<'_>]) -> Option<&'s str> {
    let refers = |other: &&SeenTable| {
        other.references.iter().any(|foreign| {
            let gone = children.iter().any(|child| {
                !child.link.reversed
                    && child.table == other.name
                    && foreign.columns == [child.link.column.as_str()]
            });
            foreign.table == table.name_of() && !gone
        })
    };
    survey
        .tables
        .iter()
        .find(refers)
        .map(|other| other.name.as_str())
}

/// What else could say whose the rows are: a collection has one parent.
fn unfollowed(tables: &[Table<'_>], links: &[Link], placed: &Placed) -> Vec<Note> {
    let leads = |at: usize| tables.get(at).is_some_and(|table| table.around.people);
    let others = links.iter().filter(|link| {
        let forward = match link.how {
            How::Dataset => true,
            How::ForeignKey => !link.reversed,
            // Of guesses those alone that lead to people.
            How::Name => !link.reversed && leads(link.parent),
        };
        link.child == placed.table && forward && placed.parent.as_ref() != Some(*link)
    });
    let note = |link: &Link| {
        let to = tables.get(link.parent)?.name_of();
        let why = if link.role {
            "it names who did something with the row, not whose it is"
        } else {
            "a collection has one parent, and no way goes round"
        };
        let mark = if link.how == How::Name {
            "perhaps "
        } else {
            ""
        };
        let text = format!(
            "{mark}also belongs to {to:?} by {:?} = {:?}: not followed, {why}",
            link.column, link.references
        );
        Some(Note(Mark::Plain, text))
    };
    others.filter_map(note).collect()
}
