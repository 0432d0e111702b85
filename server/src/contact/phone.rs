//! Telephone numbers of a contact, and how one number is told from another in the same field.

use serde::{Deserialize, Serialize};

use crate::matching::digits;

/// A telephone number, in up to three spellings.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Phone {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e164: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
}

impl Phone {
    /// A number as somebody typed it.
    pub fn typed(number: &str) -> Self {
        Self {
            display: Some(number.to_owned()),
            user_input: Some(number.to_owned()),
            ..Self::default()
        }
    }

    /// The number that counts: E.164 before what was typed before what is shown.
    pub fn number(&self) -> Option<&str> {
        self.spellings().first().map(|(number, _)| *number)
    }

    /// Every spelling once, the number that counts first; each with whether it is a number of its own, rather than one before
    /// it in other words. Only such a one is searched: 090-1234-5678 beside its E.164 form would be another country's.
    pub fn spellings(&self) -> Vec<(&str, bool)> {
        let mut all: Vec<(&str, bool)> = Vec::new();
        let said = [&self.e164, &self.user_input, &self.display];
        for text in said.into_iter().flatten() {
            if all.iter().all(|(known, _)| known != text) {
                let known = all.iter().any(|(known, _)| is_same_number(known, text));
                all.push((text, !known));
            }
        }
        all
    }
}

/// Whether one is the other without its country, its area or its zeros, or without any digit.
pub(super) fn is_same_number(one: &str, other: &str) -> bool {
    let (one, other) = (digits(one), digits(other));
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    one.ends_with(other) || other.ends_with(one)
}
