//! Drafts of descriptions: from what a database is to a text that a person reads, corrects and accepts.
//!
//! 1. `connectors::sql::survey` reads the catalogue, and counts what values look like. No value comes from there to here.
//! 2. `tables` lists keys and fields, each by a dataset that is at hand (`said`) or by a guess with its reason (`guess`, `rules`).
//! 3. `links` finds whose rows may be whose, and `place` gives each table all parents that lead to it from a person,
//!    so that no way goes round.
//! 4. `plan` proposes what erasure does (`erase`: to each field), children first; `found` by what a person is found.
//! 5. `text` writes it.
//!
//! The draft is read back by [`SystemSpec::parse`] before anybody sees it: one that would be refused is an error of ours.

mod another;
mod erase;
mod found;
mod guess;
mod lead;
mod links;
mod place;
mod plan;
mod rules;
mod said;
#[cfg(test)]
mod sample;
mod tables;
#[cfg(test)]
mod tests;
mod text;
mod words;

use app::model::{CollectionName, Power, SystemId};
use serde::{Deserialize, Serialize};

use crate::connectors::spec::{SpecError, SqlPlace, SystemSpec, Whereabouts};
use crate::connectors::sql::{Sampled, Survey};
use crate::dataset::Dataset;

pub use self::guess::Sure;
use self::place::Placed;
use self::plan::Drafted;
pub use self::plan::PLACEHOLDER;
use self::tables::{Listed, Table};
pub use self::tables::{Mark, Note};
use self::text::Head;
pub use self::text::LeftOut;
pub use self::words::system_id;

/// What a database can't tell of itself.
#[derive(Debug, Clone)]
pub struct About {
    /// Made of the database's name if left out.
    pub id: Option<SystemId>,
    pub name: Option<String>,
    pub owner: Option<String>,
    pub region: Option<String>,
    /// Two capital letters.
    pub country: String,
    pub place: SqlPlace,
}

/// A draft.
#[derive(Debug)]
pub struct Draft {
    /// The description, TOML.
    pub text: String,
    /// The same, read.
    pub spec: SystemSpec,
    /// What is to be said of each collection, in their order.
    pub notes: Vec<Notes>,
    /// Tables and views that are not in it.
    pub left_out: Vec<LeftOut>,
}

/// What is to be said of one collection, for who accepts it. Names and counts, nothing of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    pub collection: CollectionName,
    pub notes: Vec<Note>,
    /// One a field, in their order.
    pub fields: Vec<Guessed>,
}

/// Why a field is what it is said to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guessed {
    pub field: String,
    /// Nothing where it is no guess.
    pub sure: Option<Sure>,
    /// E.g. `its name; 198 of 200 look like an e-mail address`.
    pub why: String,
}

/// Why there is no draft. Holds names of tables and columns at most.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error(
        "the database holds no table that the account may see: check its name, and grant SELECT"
    )]
    Empty,
    #[error(
        "no table of {tables} shows a person: none has a key of one column beside an e-mail address, a telephone number or a \
         name. Describe one by hand, or give a dataset with --dataset. {}", left_out.join("; ")
    )]
    Nobody {
        tables: usize,
        /// One sentence a table.
        left_out: Vec<String>,
    },
    #[error("the database's name makes no id: give one with --id")]
    Id,
    /// Ours to mend.
    #[error(
        "the draft is refused by ourselves; please report it, with the names of the table and its columns"
    )]
    Refused(#[source] SpecError),
}

/// Drafts a description of what a survey saw. Where the dataset says something, it is not guessed.
pub fn draft(
    survey: &Survey,
    dataset: Option<&Dataset>,
    about: &About,
) -> Result<Draft, DraftError> {
    if survey.tables.is_empty() && survey.others.is_empty() {
        return Err(DraftError::Empty);
    }
    let id = id(about, dataset)?;
    let (mut tables, unusable) = tables::tables(survey, dataset);
    let links = links::links(survey, &mut tables, dataset);
    let placed = place::place(&tables, &links);
    let out = left_out(survey, &tables, &placed, unusable);
    if placed.is_empty() {
        let says = |one: &LeftOut| format!("{:?}: {}", one.table, one.why);
        return Err(DraftError::Nobody {
            tables: survey.tables.len(),
            left_out: out.iter().map(says).collect(),
        });
    }
    let whole = plan::Whole {
        survey,
        tables: &tables,
        links: &links,
        system: id.as_str(),
        country: &about.country,
    };
    let mut drafted = plan::plan(whole, &placed);
    for one in &mut drafted {
        one.notes.extend(of_table(survey, dataset, one.table));
    }
    let meta = |key: &str| dataset.and_then(|dataset| dataset.meta.get(key)?.as_str());
    let said =
        |own: &Option<String>, other: Option<&str>| own.as_deref().or(other).and_then(one_line);
    let name = said(
        &about.name,
        dataset.and_then(|dataset| dataset.name.as_deref()),
    );
    let name = name.unwrap_or_else(|| words::title(&id.as_str().replace('-', "_")));
    let (owner, region) = (
        said(&about.owner, meta("owner")),
        said(&about.region, meta("region")),
    );
    let head = Head {
        id: id.as_str(),
        name: &name,
        owner: owner.as_deref(),
        region: region.as_deref(),
        country: &about.country,
        place: &about.place,
        notes: of_account(survey)
            .into_iter()
            .chain(of_dataset(survey, dataset))
            .collect(),
    };
    let text = text::text(&head, &drafted, &out);
    let spec = SystemSpec::parse(&text).map_err(DraftError::Refused)?;
    Ok(Draft {
        text,
        spec,
        notes: drafted.into_iter().map(notes).collect(),
        left_out: out,
    })
}

fn notes(drafted: Drafted<'_>) -> Notes {
    let guessed = |(listed, _): (Listed<'_>, _)| Guessed {
        field: listed.seen.column.name.clone(),
        sure: listed.sure,
        why: listed.why,
    };
    Notes {
        collection: drafted.name,
        notes: drafted.notes,
        fields: drafted.fields.into_iter().map(guessed).collect(),
    }
}

/// A text as a description takes it; nothing if nothing of it is left.
fn one_line(text: &str) -> Option<String> {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let plain: String = plain.take(200).collect();
    Some(plain.trim().to_owned()).filter(|text| !text.is_empty())
}

fn id(about: &About, dataset: Option<&Dataset>) -> Result<SystemId, DraftError> {
    if let Some(id) = &about.id {
        return Ok(id.clone());
    }
    if let Some(id) = dataset.and_then(|dataset| words::system_id(&dataset.key)) {
        return Ok(id);
    }
    let name = match about.place.whereabouts() {
        Ok(Whereabouts::File(path)) => {
            let stem = std::path::Path::new(&path).file_stem();
            stem.map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default()
        }
        Ok(Whereabouts::Server(server)) => server.database,
        Err(_) => String::new(),
    };
    words::system_id(&name).ok_or(DraftError::Id)
}

/// Tables that no person leads to, and those that can't be described.
fn left_out(
    survey: &Survey,
    tables: &[Table<'_>],
    placed: &[Placed],
    unusable: Vec<(String, String)>,
) -> Vec<LeftOut> {
    let reached = |at: usize| placed.iter().any(|one| one.table == at);
    let apart = tables
        .iter()
        .enumerate()
        .filter(|(at, _)| !reached(*at))
        .map(|(_, table)| LeftOut {
            table: table.name_of().to_owned(),
            why: "nothing links its rows to a person's record".to_owned(),
            personal: table
                .fields
                .iter()
                .filter(|field| {
                    !table.key.contains(&field.seen.column.name) || field.holds.is_some()
                })
                .map(|field| (field.seen.column.name.clone(), field.category.clone()))
                .collect(),
        });
    let unusable = unusable.into_iter().map(|(table, why)| {
        let seen = survey.table(&table);
        let personal = seen.map_or(Vec::new(), |seen| {
            let around = guess::Around::of(seen);
            let guess = |one: &crate::connectors::sql::SeenColumn| {
                let guess = guess::column(around, one)?;
                Some((one.column.name.clone(), guess.is.category().to_owned()))
            };
            seen.columns.iter().filter_map(guess).collect()
        });
        LeftOut {
            table,
            why,
            personal,
        }
    });
    apart.chain(unusable).collect()
}

/// What the account may too much: its operator decides whether that stays so.
fn of_account(survey: &Survey) -> Option<Note> {
    let powers = survey.powers.iter().map(|power| match power {
        Power::Everything => "do everything (it is a superuser)",
        Power::Accounts => "make accounts or give rights on",
        Power::Databases => "make databases",
        Power::Tables => "change or drop tables",
        Power::Files => "use the server's files or run programs there",
        Power::Replication => "read everything by replication",
    });
    let powers = powers.collect::<Vec<_>>().join(", ");
    let text = format!(
        "The account may {powers}: that is more than Habeas needs. Name one that may read these tables, and change or delete rows where erasure does."
    );
    (!survey.powers.is_empty()).then_some(Note(Mark::Decide, text))
}

/// What the dataset says of the whole that has no place in a description.
fn of_dataset(survey: &Survey, dataset: Option<&Dataset>) -> Vec<Note> {
    let Some(dataset) = dataset else {
        return Vec::new();
    };
    let mut notes = vec![Note(
        Mark::Plain,
        format!(
            "Categories, identities and references are those of the dataset {}.",
            dataset.key
        ),
    )];
    for unsaid in said::unsaid(dataset) {
        notes.push(Note(
            Mark::Plain,
            format!("in the dataset, without a word for it here: {unsaid}"),
        ));
    }
    for collection in &dataset.collections {
        let of = |seen: &&crate::connectors::sql::SeenTable| {
            said::collection(dataset, survey, &seen.name)
                .is_some_and(|one| one.name == collection.name)
        };
        if !survey.tables.iter().any(|seen| of(&seen)) {
            let text = format!(
                "in the dataset, but no table of the database: {:?}",
                collection.name
            );
            notes.push(Note(Mark::Decide, text));
        }
    }
    notes
}

/// What else is to be said of a table: that it was not looked into, and what the dataset has no place for.
fn of_table(survey: &Survey, dataset: Option<&Dataset>, table: &str) -> Vec<Note> {
    let mut notes = Vec::new();
    let Some(seen) = survey.table(table) else {
        return notes;
    };
    if let Sampled::Refused(code) = seen.sampled {
        notes.push(Note(
            Mark::Plain,
            format!("its values could not be looked at ({code}): only names and types were"),
        ));
    }
    let Some((dataset, said)) =
        dataset.and_then(|dataset| Some((dataset, said::collection(dataset, survey, table)?)))
    else {
        if dataset.is_some() {
            notes.push(Note(Mark::Guess, "not in the dataset: guessed".to_owned()));
        }
        return notes;
    };
    for unsaid in said::unsaid_of(dataset, said) {
        notes.push(Note(
            Mark::Plain,
            format!("in the dataset, without a word for it here: {unsaid}"),
        ));
    }
    let fields = said
        .fields
        .iter()
        .filter(|field| seen.column(&field.name).is_none());
    for field in fields {
        let category = said::category(field).unwrap_or("no category");
        notes.push(Note(
            Mark::Decide,
            format!(
                "in the dataset, but no column of the table: {:?}, {category}",
                field.name
            ),
        ));
    }
    notes
}
