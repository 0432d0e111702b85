//! Columns that say something of somebody else than whom a row is of: who handled it, the other party of it.

use app::model::OfWhom;

use super::guess::{Guess, bare};
use super::links::{Link, role_of};
use super::place::Placed;
use super::plan::Whole;
use super::rules;
use super::tables::Table;
use super::words::Words;
use crate::connectors::sql::{SeenColumn, SeenTable};

/// Why a column is taken for another's, by its name and what it holds.
pub(super) const BY_NAME: &str =
    "it says who did something with the row, not whose it is: left out of a copy";

/// Words that tell who did something only together with `by`: an `updated_email` is hers.
const DONE: [&str; 4] = ["created", "updated", "modified", "deleted"];
/// Words before a `by` that are no participle by their ending.
const DONE_BY: [&str; 8] = [
    "sold", "sent", "made", "done", "written", "given", "taken", "held",
];

/// Whom the column says something of, as its name tells.
pub(super) fn of(table: &SeenTable, seen: &SeenColumn, guess: &Guess) -> OfWhom {
    let name = &seen.column.name;
    let category = guess.is.category();
    let who = [
        "user.contact",
        "user.name",
        "user.unique_id",
        "user.account",
    ];
    let tells_who = guess.is.holds().is_some() || who.iter().any(|of| category.starts_with(of));
    let tells = |role: &&str| {
        let own = Words::of(bare(&table.name));
        // What an agent's own row says of the agent is hers.
        let is_own = own.all.iter().any(|word| word == role);
        let by = *role == "by" && !is_done_by(name);
        !(is_own || by || DONE.contains(role))
    };
    if tells_who && role_of(name).any(|role| tells(&role)) {
        OfWhom::Another
    } else {
        OfWhom::Her
    }
}

/// Whether something was done by whom it names: not `reply_by_email`.
fn is_done_by(name: &str) -> bool {
    let words = Words::of(name).all;
    words.windows(2).any(|two| match two {
        [done, by] => by == "by" && (done.ends_with("ed") || DONE_BY.contains(&done.as_str())),
        _ => false,
    })
}

/// Columns of the table that link to people whose the row is not, each with why.
pub(super) fn links(
    whole: Whole<'_>,
    placed: &Placed,
    table: &Table<'_>,
    linking: &[String],
) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for link in whole.links {
        let fits = link.child == placed.table && !link.reversed && is_free(table, linking, link);
        let to = whole
            .tables
            .get(link.parent)
            .filter(|to| fits && to.around.people);
        let Some((to, why)) = to.and_then(|to| Some((to, why(whole, placed, table, (link, to))?)))
        else {
            continue;
        };
        if found.iter().all(|(column, _)| *column != link.column) {
            let why = format!(
                "it leads to {:?}, and {why}: left out of a copy",
                to.name_of()
            );
            found.push((link.column.clone(), why));
        }
    }
    found
}

/// Whether nothing of hers is told by the column.
fn is_free(table: &Table<'_>, linking: &[String], link: &Link) -> bool {
    let field = table.field(&link.column);
    let is_identity = field.is_some_and(|field| {
        field.said.is_some_and(|said| said.identity.is_some()) || field.holds.is_some()
    });
    !(table.key.contains(&link.column) || linking.contains(&link.column) || is_identity)
}

/// Why a link leads to somebody whose the row is not.
pub(super) fn why(
    whole: Whole<'_>,
    placed: &Placed,
    table: &Table<'_>,
    (link, to): (&Link, &Table<'_>),
) -> Option<&'static str> {
    let mut owners = placed.parents.iter();
    let staff_owns = |owner: &Link| whole.tables.get(owner.parent).is_some_and(is_staff);
    let among_staff = owners.clone().any(staff_owns) || is_staff(table);
    if link.role {
        Some("names who did something with the row, not whose it is")
    } else if is_staff(to) && !among_staff {
        Some("names who of the staff dealt with the row, not whose it is")
    } else if owners.any(|owner| !owner.reversed && owner.parent == link.parent) {
        Some("names another one than whose the row is")
    } else {
        None
    }
}

/// Whether its rows are people who work there.
pub(super) fn is_staff(table: &Table<'_>) -> bool {
    Words::of(bare(table.name_of())).ends_with(rules::STAFF)
}
