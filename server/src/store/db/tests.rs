//! Which errors are worth another try.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use sqlx::error::{DatabaseError, ErrorKind};

use super::*;

/// What a database says, as far as it matters here.
#[derive(Debug)]
struct Said(&'static str);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Said {}

impl DatabaseError for Said {
    fn message(&self) -> &str {
        self.0
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.0.into())
    }
    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }
    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }
    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

#[test]
fn what_passes_by_itself_is_tried_again_and_nothing_else() {
    let is_passing =
        |code| StoreError::from(sqlx::Error::Database(Box::new(Said(code)))).is_passing();
    for code in [
        "40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "08000", "08003", "08006",
        "5", "6", "261", "517",
    ] {
        assert!(is_passing(code), "{code}");
    }
    // A unique value, cancelled by us, a full disk, a syntax error; SQLite: a full disk, a unique value, 08 of no class.
    for code in ["23505", "57014", "53100", "42601", "13", "2067", "08"] {
        assert!(!is_passing(code), "{code}");
    }
}
