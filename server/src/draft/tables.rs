//! Tables as a description would list them: key, fields with their categories, and what is left out, each with its reason.

use std::collections::HashSet;

use app::model::{CollectionName, IdentifierKind, OfWhom};
use serde::{Deserialize, Serialize};

use super::another;
use super::guess::{self, Around, Sure};
use super::rules::Is;
use super::said;
use super::words::{self};
use crate::connectors::spec::check_name;
use crate::connectors::sql::{SeenColumn, SeenTable, Survey, Unusable};
use crate::dataset::{Collection, Dataset, is_personal};

/// How much a person must look at a line of the draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// A fact.
    Plain,
    /// A guess: `# ?`.
    Guess,
    /// Wants a decision: `# !`.
    Decide,
}

/// A line for the person who reads the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note(pub Mark, pub String);

/// One table that can be described.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub(super) seen: &'a SeenTable,
    pub(super) name: CollectionName,
    pub(super) key: Vec<String>,
    pub(super) said: Option<&'a Collection>,
    pub(super) around: Around,
    pub(super) fields: Vec<Listed<'a>>,
    /// Columns that are no fields: name and why.
    pub(super) left: Vec<(String, String)>,
    pub(super) notes: Vec<Note>,
}

/// One column that becomes a field.
#[derive(Debug, Clone)]
pub(super) struct Listed<'a> {
    pub(super) seen: &'a SeenColumn,
    pub(super) category: String,
    pub(super) holds: Option<IdentifierKind>,
    pub(super) of: OfWhom,
    pub(super) is: Option<Is>,
    /// Nothing where it is no guess.
    pub(super) sure: Option<Sure>,
    pub(super) why: String,
    pub(super) said: Option<&'a crate::dataset::Field>,
}

impl Listed<'_> {
    /// The same, as a guess that it says something of somebody else: nobody is found by it.
    pub(super) fn anothers(mut self, why: &str) -> Self {
        self.of = OfWhom::Another;
        (self.holds, self.is) = (None, None);
        self.sure = Some(Sure::Low);
        why.clone_into(&mut self.why);
        self
    }
}

impl<'a> Table<'a> {
    pub(super) fn name_of(&self) -> &'a str {
        &self.seen.name
    }

    pub(super) fn field(&self, column: &str) -> Option<&Listed<'a>> {
        self.fields
            .iter()
            .find(|field| field.seen.column.name == column)
    }

    /// The column that alone is the key, if ids can be told apart in it.
    pub(super) fn id(&self) -> Option<&'a SeenColumn> {
        let [only] = self.key.as_slice() else {
            return None;
        };
        self.seen.column(only).filter(|seen| seen.holds_ids())
    }

    /// What tells rows apart can't be another's.
    fn keep_key(&mut self, column: &str) {
        let is_it = |field: &&mut Listed<'_>| field.seen.column.name == column;
        let field = self.fields.iter_mut().find(is_it);
        if let Some(field) = field.filter(|field| field.of.is_another()) {
            field.of = OfWhom::Her;
            let text = format!("{column:?} says something of another, but is part of the key");
            self.notes.push(Note(Mark::Decide, text));
        }
    }

    /// A column that the draft needs, whatever it holds; nothing if it is a field already.
    pub(super) fn linking(&self, column: &str) -> Option<Listed<'a>> {
        self.needed(column, "links rows to their owner")
    }

    fn needed(&self, column: &str, why: &str) -> Option<Listed<'a>> {
        let seen = self.seen.column(column)?;
        if self.field(column).is_some() {
            return None;
        }
        let said = self.said.and_then(|said| said::field(said, column));
        let category = said.and_then(said::category).unwrap_or("user.unique_id");
        Some(Listed {
            seen,
            category: category.to_owned(),
            holds: None,
            of: OfWhom::Her,
            is: None,
            sure: None,
            why: why.to_owned(),
            said,
        })
    }

    /// A column that is no field yet, and says something of somebody else.
    pub(super) fn naming_another(&self, column: &str) -> Option<Listed<'a>> {
        self.needed(column, "").map(|listed| listed.anothers(""))
    }
}

/// All tables that can be described, and those that can't with the reason.
pub(super) fn tables<'a>(
    survey: &'a Survey,
    dataset: Option<&'a Dataset>,
) -> (Vec<Table<'a>>, Vec<(String, String)>) {
    let mut given = HashSet::new();
    let mut out: Vec<(String, String)> = Vec::new();
    let mut tables = Vec::new();
    for seen in &survey.tables {
        let said = dataset.and_then(|dataset| said::collection(dataset, survey, &seen.name));
        if said.is_some_and(|said| said.skip_processing) {
            out.push((seen.name.clone(), "the dataset leaves it alone".to_owned()));
            continue;
        }
        if check_name("", &seen.name).is_err() {
            out.push((seen.name.clone(), Unusable::Name.to_string()));
            continue;
        }
        let mut notes = Vec::new();
        let Some(key) = key(seen, said, &mut notes) else {
            let why = "no primary key, and no unique index of columns that must not be NULL";
            out.push((seen.name.clone(), why.to_owned()));
            continue;
        };
        let around = Around::of(seen);
        let (fields, left) = fields(seen, said, around);
        let mut table = Table {
            name: words::collection_name(&seen.name, &mut given),
            seen,
            key,
            said,
            around,
            fields,
            left,
            notes,
        };
        for column in table.key.clone() {
            table.left.retain(|(name, _)| *name != column);
            let key = table.needed(&column, "the key");
            table.fields.extend(key);
            table.keep_key(&column);
        }
        tables.push(table);
    }
    let others = survey.others.iter();
    out.extend(others.map(|(name, why)| (name.clone(), why.to_string())));
    (tables, out)
}

fn key(seen: &SeenTable, said: Option<&Collection>, notes: &mut Vec<Note>) -> Option<Vec<String>> {
    let same = |one: &[String], other: &[String]| {
        one.len() == other.len() && one.iter().all(|column| other.contains(column))
    };
    let usable = |key: &&[String]| {
        let indexed = seen.unique.iter().any(|unique| same(unique, key));
        let named = key.iter().all(|name| check_name("", name).is_ok());
        let there = key.iter().all(|name| seen.column(name).is_some());
        !key.is_empty() && indexed && named && there
    };
    let wanted: Vec<String> = said.map_or(Vec::new(), |said| {
        let fields = said.fields.iter().filter(|field| field.primary_key);
        fields.map(|field| field.name.clone()).collect()
    });
    if !wanted.is_empty() && !usable(&wanted.as_slice()) {
        let text = format!("the dataset has another key, {wanted:?}, which no unique index has");
        notes.push(Note(Mark::Decide, text));
    }
    let filled = |key: &&[String]| {
        let must = |name: &String| seen.column(name).is_some_and(|seen| seen.column.not_null);
        key.iter().all(must)
    };
    let mut unique: Vec<&[String]> = seen
        .unique
        .iter()
        .map(Vec::as_slice)
        .filter(filled)
        .collect();
    let ids = |key: &[String]| {
        let holds = |name: &String| seen.column(name).is_some_and(SeenColumn::holds_ids);
        key.iter().all(holds)
    };
    unique.sort_by_key(|key| (key.len(), !ids(key)));
    let mut all = [wanted.as_slice(), seen.primary.as_slice()]
        .into_iter()
        .chain(unique);
    all.find(|key| usable(key)).map(<[String]>::to_vec)
}

type Fields<'a> = (Vec<Listed<'a>>, Vec<(String, String)>);

fn fields<'a>(seen: &'a SeenTable, said: Option<&'a Collection>, around: Around) -> Fields<'a> {
    let (mut fields, mut left) = (Vec::new(), Vec::new());
    for column in &seen.columns {
        let name = column.column.name.clone();
        if check_name("", &name).is_err() {
            let why = "its name is too long, or has a control character";
            left.push((name, why.to_owned()));
            continue;
        }
        let listed = match said {
            None => guessed(seen, column, around).ok_or_else(String::new),
            Some(said) => match said::field(said, &name) {
                Some(_) if said.of_another.contains(&name) => Ok(said_of_another(column, said)),
                Some(field) => of_dataset((seen, column), field, around),
                None => guessed(seen, column, around)
                    .map(|listed| Listed {
                        sure: Some(Sure::Low),
                        why: format!("not in the dataset; {}", listed.why),
                        ..listed
                    })
                    .ok_or_else(|| "not in the dataset".to_owned()),
            },
        };
        match listed {
            Ok(listed) => fields.push(listed),
            Err(why) => left.push((name, why)),
        }
    }
    (fields, left)
}

fn guessed<'a>(table: &SeenTable, seen: &'a SeenColumn, around: Around) -> Option<Listed<'a>> {
    let guess = guess::column(around, seen)?;
    let of = another::of(table, seen, &guess);
    let listed = Listed {
        seen,
        category: guess.is.category().to_owned(),
        holds: guess.is.holds(),
        of,
        is: Some(guess.is),
        sure: Some(guess.sure),
        why: guess.why,
        said: None,
    };
    Some(match of {
        OfWhom::Her => listed,
        OfWhom::Another => listed.anothers(another::BY_NAME),
    })
}

/// As the dataset says, in the part of it that is Habeas'.
fn said_of_another<'a>(seen: &'a SeenColumn, said: &'a Collection) -> Listed<'a> {
    let field = said::field(said, &seen.column.name);
    let category = field.and_then(said::category);
    Listed {
        seen,
        category: category.unwrap_or("user.unique_id").to_owned(),
        holds: None,
        of: OfWhom::Another,
        is: None,
        sure: None,
        why: "the dataset: it says something of another".to_owned(),
        said: field,
    }
}

/// As the dataset says; what it says of no person is left out, unless she is found by it.
fn of_dataset<'a>(
    (table, seen): (&SeenTable, &'a SeenColumn),
    field: &'a crate::dataset::Field,
    around: Around,
) -> Result<Listed<'a>, String> {
    let Some(category) = said::category(field) else {
        return Err("no category in the dataset".to_owned());
    };
    if !is_personal(category) && field.identity.is_none() {
        return Err(category.to_owned());
    }
    let identity = field.identity.as_ref().map(|identity| identity.kind());
    let guess = guess::column(around, seen);
    // Fides has no word for it; by what has an identity, she is found.
    let of = guess.as_ref().filter(|_| field.identity.is_none());
    let of = of.map_or(OfWhom::Her, |guess| another::of(table, seen, guess));
    let by_name = guess.map(|guess| guess.is);
    let listed = Listed {
        seen,
        category: category.to_owned(),
        holds: identity
            .filter(|kind| !kind.is_id())
            .or_else(|| said::holds(category)),
        of,
        is: by_name.filter(|is| is.category() == category),
        sure: None,
        why: "the dataset".to_owned(),
        said: Some(field),
    };
    Ok(match of {
        OfWhom::Her => listed,
        OfWhom::Another => listed.anothers(another::BY_NAME),
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::table;
    use super::*;

    #[test]
    fn a_key_is_the_primary_key_or_a_unique_index_without_nulls() {
        let key = |seen: &SeenTable| key(seen, None, &mut Vec::new());
        let mut seen = table("t", &["id", "code!", "a!", "b"]);
        assert_eq!(key(&seen), Some(vec!["id".to_owned()]));
        seen.primary.clear();
        seen.unique = vec![
            vec!["b".to_owned()],
            vec!["a".to_owned(), "code".to_owned()],
            vec!["code".to_owned()],
        ];
        assert_eq!(key(&seen), Some(vec!["code".to_owned()]));
        seen.unique = vec![vec!["b".to_owned()], vec![String::new()]];
        assert_eq!(key(&seen), None);
    }

    #[test]
    fn a_column_is_a_field_or_is_named_with_why_not() {
        let long = "e".repeat(64);
        let survey = Survey::of(vec![table(
            "customers",
            &["id", "email", "quantity", "e\nmail", &long],
        )]);
        let (tables, out) = tables(&survey, None);
        assert!(out.is_empty());
        let fields: Vec<_> = tables[0]
            .fields
            .iter()
            .map(|f| f.seen.column.name.as_str())
            .collect();
        assert_eq!(fields, ["email", "id"]);
        let left: Vec<_> = tables[0]
            .left
            .iter()
            .map(|(name, why)| (name.as_str(), why.is_empty()))
            .collect();
        assert_eq!(
            left,
            [
                ("quantity", true),
                ("e\nmail", false),
                (long.as_str(), false)
            ]
        );
    }
}
