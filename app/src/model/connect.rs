//! A database that is being connected: where it is, what was drafted of it, and what staff decide.

use serde::{Deserialize, Serialize};

use super::{CollectionName, Disposition, DraftId, IdentifierKind, Millis, OfWhom};

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatabaseKind {
    Postgres,
    MySql,
    MariaDb,
    Sqlite,
}

impl DatabaseKind {
    pub const ALL: [Self; 4] = [Self::Postgres, Self::MySql, Self::MariaDb, Self::Sqlite];

    /// The word in forms, and the scheme of its URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
            Self::MariaDb => "mariadb",
            Self::Sqlite => "sqlite",
        }
    }

    /// What it calls itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
            Self::Sqlite => "SQLite",
        }
    }

    /// By the word of [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The port where it usually listens; nothing of one that is a file.
    pub fn port(self) -> Option<u16> {
        match self {
            Self::Postgres => Some(5432),
            Self::MySql | Self::MariaDb => Some(3306),
            Self::Sqlite => None,
        }
    }
}

/// How sure a connection must be of the server. In the order of strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// Encrypted, and its certificate is made out to its host.
    #[default]
    VerifyFull,
    /// Encrypted, to whoever answers.
    Require,
    /// As the server likes: for this machine.
    Prefer,
}

impl Encryption {
    pub const ALL: [Self; 3] = [Self::VerifyFull, Self::Require, Self::Prefer];

    /// The word in forms, and of `sslmode`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VerifyFull => "verify-full",
            Self::Require => "require",
            Self::Prefer => "prefer",
        }
    }

    /// By the word of [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// Where a database is, without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabasePlace {
    pub kind: DatabaseKind,
    /// Empty of a file.
    pub host: String,
    pub port: Option<u16>,
    /// Its name; of SQLite the file, relative to the data folder.
    pub database: String,
    /// Empty of a file.
    pub user: String,
    pub encryption: Encryption,
    /// The file with the authority that signed the server's certificate, relative to the data folder; empty: a public one did.
    pub authority: String,
}

/// A database as staff name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDatabase {
    /// What staff call it.
    pub name: String,
    /// Who answers for it.
    pub owner: String,
    pub region: String,
    pub place: DatabasePlace,
    /// Whether a few values may be looked at, to tell what a column holds.
    pub samples: bool,
}

/// What an account may that Habeas has no need of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// It is a superuser: there is nothing that it may not.
    Everything,
    /// Making accounts, or giving others what it may itself.
    Accounts,
    /// Making databases.
    Databases,
    /// Changing tables, or dropping them.
    Tables,
    /// Reading or writing the server's files, or running programs there.
    Files,
    /// Reading all that is written, as a replica does.
    Replication,
}

impl Power {
    pub const ALL: [Self; 6] = [
        Self::Everything,
        Self::Accounts,
        Self::Databases,
        Self::Tables,
        Self::Files,
        Self::Replication,
    ];

    /// The word in what databases are asked.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Accounts => "accounts",
            Self::Databases => "databases",
            Self::Tables => "tables",
            Self::Files => "files",
            Self::Replication => "replication",
        }
    }

    /// By the word of [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// A database that was looked through, or that could not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Looked {
    Done {
        at: Millis,
        /// Those that its account has too many.
        #[serde(default)]
        powers: Vec<Power>,
    },
    /// The code of a fault.
    Failed { code: String, at: Millis },
    /// It was read, but shows no person: a sentence a table.
    Nobody { why: Vec<String>, at: Millis },
}

/// How much a note wants somebody to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    Fact,
    Guess,
    Decide,
}

/// How sure it is what a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sureness {
    /// It is no guess.
    Said,
    High,
    Medium,
    Low,
}

/// A database that is being connected, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftView {
    pub id: DraftId,
    pub new: NewDatabase,
    pub has_password: bool,
    pub looked: Looked,
    /// What was drafted of it, parents before children. Those that were left out too.
    pub collections: Vec<DraftCollection>,
    /// Tables that are not in the draft, each with why.
    pub left_out: Vec<DraftLeftOut>,
    /// The description that it makes, without the password; empty before it was looked through.
    pub text: String,
    /// What stands in the way of enabling it: names of collections and columns at most.
    pub problems: Vec<String>,
    pub tried: Option<DraftTried>,
    /// When it is thrown away, unless somebody goes on with it.
    pub forgotten_at: Millis,
}

impl DraftView {
    /// The collections that somebody has to look at before.
    pub fn undecided(&self) -> impl Iterator<Item = &DraftCollection> {
        self.collections.iter().filter(|one| one.is_open())
    }
}

/// A table as it was drafted and decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftCollection {
    pub name: CollectionName,
    pub title: String,
    pub table: String,
    pub disposition: Disposition,
    pub found_by: Vec<IdentifierKind>,
    /// Each once.
    pub parents: Vec<CollectionName>,
    pub fields: Vec<DraftField>,
    pub notes: Vec<(NoteKind, String)>,
    pub left_out: bool,
    /// Somebody looked at it and saved it.
    pub decided: bool,
}

impl DraftCollection {
    /// Whether somebody has to look at it.
    pub fn wants(&self) -> bool {
        let decide = self.notes.iter().any(|(kind, _)| *kind == NoteKind::Decide);
        decide || self.fields.iter().any(|field| field.sure == Sureness::Low)
    }

    /// Whether that is yet to be done.
    pub fn is_open(&self) -> bool {
        self.wants() && !self.decided && !self.left_out
    }
}

/// A column as it was drafted and decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftField {
    pub name: String,
    /// A fideslang data category.
    pub category: String,
    pub of: OfWhom,
    /// What anonymising does to it, in the word of a description; nothing: as is usual for it.
    pub erase: Option<String>,
    pub sure: Sureness,
    pub why: String,
    /// The key, or what links rows: it can't be left out.
    pub needed: bool,
    pub left_out: bool,
}

/// A table that is not in a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLeftOut {
    pub table: String,
    pub why: String,
    /// Columns that look personal all the same: name and category.
    pub personal: Vec<(String, String)>,
}

/// What a search by the draft found. Nothing was written there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftTried {
    pub kind: IdentifierKind,
    pub at: Millis,
    /// The code of a fault.
    pub failed: Option<String>,
    /// The first of the records that were found.
    pub found: Vec<DraftFound>,
    /// More were found than these.
    pub more: bool,
}

/// A record that a search by a draft found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftFound {
    pub name: Option<String>,
    /// Rows that are hers, by collection.
    pub rows: Vec<(CollectionName, u64)>,
}

/// A draft in the list of those that nobody finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine {
    pub id: DraftId,
    pub name: String,
    pub kind: DatabaseKind,
    pub changed_at: Millis,
    pub looked: Looked,
    /// Collections that somebody has to look at.
    pub undecided: u32,
}

/// What somebody decided of one collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionChoice {
    pub collection: CollectionName,
    /// Whether it becomes part of the description.
    pub take: bool,
    pub title: String,
    pub disposition: Disposition,
    pub fields: Vec<FieldChoice>,
}

/// What somebody decided of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChoice {
    pub name: String,
    pub take: bool,
    pub category: String,
    pub of: OfWhom,
    /// In the word of a description; nothing: as is usual for it.
    pub erase: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for kind in DatabaseKind::ALL {
            assert_eq!(DatabaseKind::parse(kind.as_str()), Some(kind));
        }
        for one in Encryption::ALL {
            assert_eq!(Encryption::parse(one.as_str()), Some(one));
        }
        assert_eq!(DatabaseKind::parse("oracle"), None);
        assert_eq!(Encryption::parse("disable"), None);
    }
}
