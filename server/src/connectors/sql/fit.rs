//! Whether a column can take what anonymising writes.

use app::model::IdentifierKind;

use super::live::{Column, Shape};
use crate::connectors::spec::{Erase, Made};

/// Why it can't, and what to write instead; as it follows the column's name.
pub fn misfit(
    column: &Column,
    is_unique: bool,
    holds: Option<IdentifierKind>,
    erase: &Erase,
) -> Option<String> {
    let why = match erase {
        Erase::Keep => return None,
        Erase::Null if column.not_null => {
            "must not be NULL, but anonymising makes it so".to_owned()
        }
        Erase::Null => return None,
        Erase::Made(_) if !column.is_text() => {
            format!(
                "has type {:?}, but `{erase}` writes a text",
                column.declared
            )
        }
        Erase::Fixed(_) if is_unique => format!("is unique, so that `{erase}` fits one row only"),
        Erase::Fixed(text) => too_long(column, erase, text.chars().count())?,
        Erase::Made(made) => too_long(column, erase, made.length())?,
    };
    Some(format!("{why}: want {}", instead(column, is_unique, holds)))
}

fn too_long(column: &Column, erase: &Erase, length: usize) -> Option<String> {
    let most = column.length().filter(|most| length > *most)?;
    Some(format!(
        "takes {most} characters, but `{erase}` writes {length}"
    ))
}

fn instead(column: &Column, is_unique: bool, holds: Option<IdentifierKind>) -> String {
    let most = column.length();
    let null = (!column.not_null).then(|| "`null`".to_owned());
    let made = column
        .is_text()
        .then(|| Made::fitting(holds, most))
        .flatten();
    let made = made.map(|made| format!("`{made}`"));
    let fits: Vec<String> = null.into_iter().chain(made).collect();
    match (most, is_unique) {
        _ if !fits.is_empty() => fits.join(" or "),
        (Some(_), true) => "a longer column, or the rows deleted".to_owned(),
        (None, true) => "the rows deleted".to_owned(),
        (Some(most), false) => format!("`fixed:` with at most {most} characters"),
        (None, false) => "`fixed:` with a value of its type".to_owned(),
    }
}

impl Column {
    /// Whether it holds texts.
    pub fn is_text(&self) -> bool {
        matches!(self.shape, Shape::Text | Shape::Loose)
    }

    /// How many characters it takes, if it holds texts and says so.
    pub fn length(&self) -> Option<usize> {
        let (_, rest) = self.declared.split_once('(').filter(|_| self.is_text())?;
        rest.split(')').next()?.trim().parse().ok()
    }
}
