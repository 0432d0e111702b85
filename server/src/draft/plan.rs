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
use crate::connectors::spec::{Erase, Parent};
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
    pub(super) parents: Vec<Parent>,
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
    /// Whether other references lead to its rows as well, perhaps from somebody else's.
    several: bool,
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
    let links = placed.iter().flat_map(|one| {
        let several = one.parents.len() > 1;
        one.parents.iter().map(move |link| (link, several))
    });
    let hers = links.filter(|(link, _)| link.parent == parent);
    let child = |(link, several): (&'d Link, bool)| {
        let name = &tables.get(link.child)?.name;
        let done = drafted.iter().find(|one| one.name == *name)?;
        Some(Child {
            link,
            several,
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
        tables, country, ..
    } = whole;
    let mut notes = table.notes.clone();
    let own = placed.parents.iter().map(|link| link.column.clone());
    let referred = children.iter().map(|child| child.link.references.clone());
    let linking: Vec<String> = own.chain(referred).collect();
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
    notes.extend(unfollowed(whole, placed, table));
    if subject.is_some() && another::is_staff(table) {
        let text = "if these people work for you, say by which column who left: \
                    employment = { column = \"…\", former = [\"…\"] }";
        notes.push(Note(Mark::Decide, text.to_owned()));
    }
    notes.extend(why_hers(tables, placed));
    let parent = |link: &Link| {
        Some(Parent {
            collection: tables.get(link.parent)?.name.clone(),
            column: link.column.clone(),
            references: link.references.clone(),
        })
    };
    let parents = placed.parents.iter().filter_map(parent).collect();
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
        parents,
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
    let shared = children
        .iter()
        .find(|child| child.several && !child.link.reversed && child.link.how == How::ForeignKey);
    if let Some(Child { name, .. }) = shared {
        decide(format!(
            "rows of {name} may be another's as well, stay then and need these rows: anonymised, and not deleted"
        ));
        return Disposition::Anonymise;
    }
    if let Some(other) = referrer(survey, table, children) {
        decide(format!(
            "rows of {other:?} refer to these rows and may stay: anonymised, and not deleted"
        ));
        return Disposition::Anonymise;
    }
    if placed.parents.iter().any(|link| link.reversed) {
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

/// Why the rows are hers, where that is to be said: what others may have as well, and each of several references.
fn why_hers(tables: &[Table<'_>], placed: &Placed) -> Vec<Note> {
    let mut notes = Vec::new();
    let several = placed.parents.len() > 1;
    if placed.parents.iter().any(|link| link.reversed) {
        let text = "others may refer to the same rows: those stay as long as another has them";
        notes.push(Note(Mark::Decide, text.to_owned()));
    }
    for link in &placed.parents {
        let to = tables.get(link.parent).map_or("", |table| table.name_of());
        let why = match link.how {
            How::Dataset => "the dataset says so",
            How::ForeignKey => "a foreign key",
            How::Name => "by a column's name alone",
        };
        let (column, references) = (&link.column, &link.references);
        if several {
            let mark = if link.how == How::Name { "low: " } else { "" };
            let (says, of) = if link.reversed {
                ("named", references)
            } else {
                ("told", column)
            };
            let other = if link.reversed { column } else { references };
            let text = format!(
                "{mark}whose the rows are is {says} by {of:?} and {other:?} of {to:?}: {why}"
            );
            let mark = if link.how == How::Name {
                Mark::Guess
            } else {
                Mark::Plain
            };
            notes.push(Note(mark, text));
        } else if link.how == How::Name {
            let text = "low: whose the rows are is told by a column's name alone";
            notes.push(Note(Mark::Guess, text.to_owned()));
        }
    }
    notes
}

/// What else could say whose the rows are, and why it does not.
fn unfollowed(whole: Whole<'_>, placed: &Placed, table: &Table<'_>) -> Vec<Note> {
    let tables = whole.tables;
    let leads = |at: usize| tables.get(at).is_some_and(|table| table.around.people);
    let others = whole.links.iter().filter(|link| {
        let forward = match link.how {
            How::Dataset => true,
            How::ForeignKey => !link.reversed,
            // Of guesses those alone that lead to people.
            How::Name => !link.reversed && leads(link.parent),
        };
        link.child == placed.table && forward && !placed.parents.contains(link)
    });
    let note = |link: &Link| {
        let to = tables.get(link.parent)?;
        let mark = if link.how == How::Name {
            "perhaps "
        } else {
            ""
        };
        let why = match another::why(whole, placed, table, (link, to)) {
            Some(why) => format!("it {why}"),
            None => "it would lead round, or to whoever is named by the same rows".to_owned(),
        };
        let text = format!(
            "{mark}also belongs to {:?} by {:?} = {:?}: not followed, {why}",
            to.name_of(),
            link.column,
            link.references
        );
        Some(Note(Mark::Plain, text))
    };
    others.filter_map(note).collect()
}
