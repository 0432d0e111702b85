//! Texts that are made anew for each row, in the place of what it said.

use std::fmt;

use app::model::IdentifierKind;

use crate::secret::{DIGITS, Masks};

/// How long the text around what is made may be.
const TEXT_MAX: usize = 200;

/// A text that is made for each row: 20 hex digits, and what stands before and after them. By that it is known again: what has this
/// form is erased already, and is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub by: MadeBy,
    pub before: String,
    pub after: String,
}

/// What the digits come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeBy {
    /// Chance: others in every row, also where it said nothing else.
    Random,
    /// HMAC-SHA-256 of the value under a key of this installation: equal values get equal digits, in all systems. It is a pseudonym
    /// and not anonymous as long as the key lives. In a unique column, a value that was erased and comes back can't be erased again:
    /// want `random` there.
    Hmac,
    /// SHA-256 of the value. Weak: whoever knows the value, or can try all that it may be, sees that it is this one. It is here
    /// because datasets of Fides ask for it.
    Hash,
}

impl MadeBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Random, Self::Hmac, Self::Hash];

    /// The word in TOML.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Hmac => "hmac",
            Self::Hash => "hash",
        }
    }
}

impl Made {
    /// From a text with one `*` in the place of what is made.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn new(by: MadeBy, text: &str) -> Result<Self, &'static str> {
        let (before, after) = text
            .split_once('*')
            .filter(|(_, after)| !after.contains('*'))
            .ok_or(
                "want one `*` in the place of what is made, e.g. `random:erased-*@example.invalid`",
            )?;
        if text.chars().any(char::is_control) {
            return Err("the text contains a control character");
        }
        if text.chars().count() > TEXT_MAX {
            return Err("want at most 200 characters");
        }
        if text.ends_with(' ') {
            return Err(
                "the text ends with a blank: some columns drop it, and what was made would not be known again",
            );
        }
        // Else any value of 20 hex digits would pass for one that was made.
        if before.is_empty() && after.is_empty() {
            return Err(
                "want more than the `*`: by the text around it, what was made is known again",
            );
        }
        Ok(Self {
            by,
            before: before.to_owned(),
            after: after.to_owned(),
        })
    }

    /// With this text after the digits, and none before them if there is one: what a dataset in fideslang can say.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn with_suffix(by: MadeBy, suffix: &str) -> Result<Self, &'static str> {
        match suffix {
            "" => Self::new(by, &format!("{}-*", by.as_str())),
            _ => Self::new(by, &format!("*{suffix}")),
        }
    }

    /// What takes the place of a value.
    pub fn text(&self, masks: &Masks, value: &[u8]) -> String {
        let digits = match self.by {
            MadeBy::Random => masks.by_chance(),
            MadeBy::Hmac => masks.keyed(value),
            MadeBy::Hash => masks.hashed(value),
        };
        format!("{}{digits}{}", self.before, self.after)
    }

    /// How many characters it makes.
    pub fn length(&self) -> usize {
        self.before.chars().count() + DIGITS + self.after.chars().count()
    }

    /// By chance, in the form of what the column holds, as long as it takes; nothing if it is too short for any.
    pub fn fitting(holds: Option<IdentifierKind>, most: Option<usize>) -> Option<Self> {
        let mail = (holds == Some(IdentifierKind::Email)).then_some("@example.invalid");
        let forms = [("erased-", mail), ("erased-", Some("")), ("x", Some(""))];
        let made = forms.into_iter().filter_map(|(before, after)| {
            Some(Self {
                by: MadeBy::Random,
                before: before.to_owned(),
                after: after?.to_owned(),
            })
        });
        let mut fitting = made.filter(|made| most.is_none_or(|most| made.length() <= most));
        fitting.next()
    }
}

/// As in TOML.
impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, before, after } = self;
        write!(f, "{}:{before}*{after}", by.as_str())
    }
}
