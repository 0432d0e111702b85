//! What is wrong with a file: where, at which key, why, and what to write instead.

use std::fmt;
use std::sync::Arc;

/// A place in a file, both from 1; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

impl Place {
    /// The begin of a file.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// One mistake. Holds no personal data: a dataset has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's name, as its reader called it.
    pub file: Arc<str>,
    pub place: Place,
    /// E.g. `shop.customer.fields.email.identity`; empty for the file as a whole.
    pub key: String,
    pub reason: Reason,
}

impl Problem {
    /// Key and reason, without file and place.
    pub fn says(&self) -> String {
        match self.key.as_str() {
            "" => self.reason.to_string(),
            key => format!("{key}: {}", self.reason),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self.place;
        write!(f, "{}:{line}:{column}: {}", self.file, self.says())
    }
}

/// Why, with the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("is larger than {} MiB: split it", .most >> 20)]
    TooLarge { most: usize },
    #[error("is not UTF-8 from here on: save it as UTF-8")]
    NotText,
    /// The parser's words.
    #[error("is not YAML: {0}")]
    NotYaml(String),
    #[error("is nested deeper than {most} levels")]
    TooDeep { most: usize },
    #[error("says more than {most} values, aliases counted as what they stand for: split the file")]
    TooMuch { most: usize },
    #[error("stands for the value that it is part of: write it out")]
    EndlessAlias,
    #[error("carries a tag, which the format does not have: leave the `!` and its word out")]
    Tag,
    #[error("want a plain key, not a list or a map")]
    KeyShape,
    #[error("want 1 to {most} characters, none of them a control character")]
    Name { most: usize },
    #[error("want {want}, not {found}")]
    Shape {
        want: &'static str,
        found: &'static str,
    },
    #[error("want {0}")]
    Value(&'static str),
    #[error("is not a key of {of}{}", hint(.nearest, .known))]
    UnknownKey {
        of: &'static str,
        /// The one that was meant, by its letters.
        nearest: Option<String>,
        known: Vec<&'static str>,
    },
    #[error("want {}{}", .want, meant(.nearest))]
    Word {
        /// The words, or what makes one.
        want: String,
        nearest: Option<String>,
    },
    #[error("stands here twice, first in line {first}: keep one")]
    Twice { first: u32 },
    #[error("is missing: {0}")]
    Missing(&'static str),
    #[error("want letters, digits and any of `.`, `_`, `-`, `<`, `>`")]
    Key,
    #[error(
        "want a data category, e.g. `user.contact.email` or `system.operations`: words joined by dots, the first `user` or `system`"
    )]
    Category,
    #[error(
        "belongs to arrays only: give the field a `data_type` that ends with `[]`, or leave it out"
    )]
    NoArray,
    #[error("has `fields` inside, so its `data_type` is `object` or `object[]`, not `{0}`")]
    NoObject(String),
    #[error("want `dataset.collection`, e.g. `shop.customer`")]
    Address,
    #[error("want `collection.field`, e.g. `customer.id`")]
    Target,
    #[error("`keep` needs the legal `ground` that it is kept on")]
    NoGround,
    #[error("only `keep` has a `ground`: leave it out")]
    Ground,
    #[error("there is no dataset `{name}` here: give its file too{}", meant(.nearest))]
    NoDataset {
        name: String,
        nearest: Option<String>,
    },
    #[error("there is no collection `{name}` in `{dataset}`{}", meant(.nearest))]
    NoCollection {
        dataset: String,
        name: String,
        nearest: Option<String>,
    },
    #[error("there is no field `{path}` in `{address}`{}", meant(.nearest))]
    NoField {
        address: String,
        path: String,
        nearest: Option<String>,
    },
    #[error("leads to `{0}`, which is left out by `skip_processing`: leave out one of the two")]
    Skipped(String),
    #[error("leads to its own collection, which can't be followed: leave it out")]
    OwnCollection,
    #[error("is another dataset's key already, in {file}:{line}: choose another")]
    SameDataset { file: Arc<str>, line: u32 },
    /// The way round, first and last the same.
    #[error("waits for itself: {}. Take one of these out", .0.join(" after "))]
    Circle(Vec<String>),
    /// Only warned of.
    #[error(
        "stands beside `fides_meta` and belongs inside it; Fides overlooks it here, Habeas does not"
    )]
    Misplaced,
    /// Only warned of.
    #[error(
        "stands inside `fides_meta` and belongs beside it; Fides overlooks it here, Habeas does not"
    )]
    MisplacedInside,
    /// Only warned of.
    #[error("is overlooked by Fides; Habeas reads it as `data_type`: write that")]
    OldWord,
    /// Only warned of.
    #[error("holds no datasets: Habeas leaves it aside")]
    NoDatasets,
    /// Only warned of.
    #[error(
        "is not part of the format any more; Fides overlooks it, and so does Habeas: leave it out"
    )]
    Retired,
    /// Only warned of.
    #[error("`{0}` needs a secret, and Fides refuses it for a single field; Habeas has one")]
    Secret(&'static str),
}

fn meant(nearest: &Option<String>) -> String {
    nearest
        .as_ref()
        .map_or_else(String::new, |word| format!("; did you mean `{word}`?"))
}

fn hint(nearest: &Option<String>, known: &[&str]) -> String {
    match nearest {
        Some(word) => format!("; did you mean `{word}`?"),
        None => format!("; it has `{}`", known.join("`, `")),
    }
}

/// Everything that is wrong, in the order of the files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems {
    pub all: Vec<Problem>,
    /// So many more are not listed.
    pub more: usize,
}

impl Problems {
    /// Nobody reads more.
    pub const MOST: usize = 100;

    pub(super) fn add(&mut self, problem: Problem) {
        if self.all.len() < Self::MOST {
            self.all.push(problem);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn append(&mut self, other: Self) {
        self.more += other.more;
        other.all.into_iter().for_each(|problem| self.add(problem));
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// One line each.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.all.iter().enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            write!(f, "{end}{problem}")?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
