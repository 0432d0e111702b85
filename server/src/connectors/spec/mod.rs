//! The description of one system, as its operator writes it in TOML.
//!
//! Unknown keys are refused, and every error names the key and the reason. What a description can say is in the
//! types below; what it must not say is in `check`.

mod check;
mod dataset;
mod inventory;
mod made;
mod parent;
mod place;
#[cfg(test)]
mod tests;

use std::fmt;
use std::num::NonZeroU32;

use app::model::{CollectionName, Disposition, IdentifierKind, OfWhom, SubjectKey, SystemId};
use serde::{Deserialize, Deserializer, Serialize};

pub use check::check_name;
pub use dataset::Export;
pub use made::{Made, MadeBy};
pub use parent::{Parent, WAYS_MAX};
pub use place::{Engine, Server, SqlPlace, Tls, Typed, Whereabouts};

/// Why a description is refused. Holds no personal data: a description has none.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// Not TOML, or not of the right shape. The text names line and key.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// The right shape, but it makes no sense.
    #[error("{key}: {reason}")]
    Invalid {
        /// E.g. `collections.users.found_by[1].compare`.
        key: String,
        reason: String,
    },
}

/// One system.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemSpec {
    pub id: SystemId,
    /// What staff call it.
    pub name: String,
    pub kind: Kind,
    /// Who answers for it in the organisation.
    pub owner: String,
    pub region: String,
    /// The default country of its telephone numbers: ISO 3166-1 alpha-2, capitals.
    pub country: String,
    /// How many calls it allows in any one second, from all replicas together; no limit if left out.
    pub per_second: Option<NonZeroU32>,
    /// How many tasks of it may be worked on at a time, by all replicas together; as many as there are workers if left out.
    pub concurrency: Option<NonZeroU32>,
    /// May be made slow, failing or cut off on demand. Only for a sample organisation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub misbehaves: bool,
    pub sql: Option<SqlPlace>,
    pub files: Option<FilesPlace>,
    /// Parents before children.
    #[serde(default)]
    pub collections: Vec<CollectionSpec>,
}

/// Which connector speaks to a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Sql,
    Files,
    Directory,
}

impl Kind {
    /// The word in TOML and in the UI's catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sql => "sql",
            Self::Files => "files",
            Self::Directory => "directory",
        }
    }
}

/// Where a tree of files is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesPlace {
    /// A path, relative to the data folder.
    pub root: String,
}

/// One table with personal data.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectionSpec {
    pub name: CollectionName,
    /// The table, if it is not called as the collection.
    pub table: Option<String>,
    /// What staff call it.
    pub title: String,
    /// The columns of the primary key or of a unique index.
    pub key: Vec<String>,
    #[serde(deserialize_with = "disposition")]
    pub disposition: Disposition,
    /// Whom a row shows. Rows where the column is NULL or empty show nobody and are left out of searches, unless `otherwise`
    /// is there.
    pub subject: Option<IdColumn>,
    /// The row's own id, by which it is known where `subject` is NULL or empty: an e-mail of somebody who is no contact.
    pub otherwise: Option<IdColumn>,
    /// The columns that make the name to show, joined by a space.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name_columns: Vec<String>,
    pub employment: Option<EmploymentSpec>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found_by: Vec<FoundBy>,
    /// The collections whose rows own these: a row is hers if any of the references leads to it from a row of hers. In TOML one
    /// table, or a list of them.
    #[serde(
        rename = "parent",
        default,
        deserialize_with = "parent::read",
        serialize_with = "parent::write",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub parents: Vec<Parent>,
    /// Rows are reached only through the linked subject.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_subject: bool,
    pub fields: Vec<FieldSpec>,
}

/// A column that holds ids of subjects.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdColumn {
    pub kind: IdentifierKind,
    pub column: String,
    /// For dialer contacts: the column with the id of the contact list.
    pub list_column: Option<String>,
    /// For external ids: what the id carries in front of the column's value, e.g. `help-desk:`.
    pub prefix: Option<String>,
    /// For a row's own id: the column that shows nobody where the row is known by it.
    #[serde(skip)]
    pub unless: Option<String>,
}

/// One column by which rows are found.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundBy {
    pub kind: IdentifierKind,
    pub column: String,
    pub compare: Compare,
    pub list_column: Option<String>,
    pub prefix: Option<String>,
}

/// How candidates are looked up. Whether a candidate really is the one is always decided in normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// By an index on the column. For ids; for content that is stored in normal form.
    Exact,
    /// By an index on `lower(column)`. Databases differ beyond ASCII: where other letters occur, use `fold`.
    Lower,
    /// By an index on the column without `+ - ( ) / .` and space; see `sql::dialect`. For telephone numbers.
    Digits,
    /// As `digits`, for columns that also hold full-width digits and signs (０３－１２３４); see `sql::dialect`.
    WideDigits,
    /// Reads the column of every row. Sees through case, accents, width and kana.
    Fold,
}

/// Tells who works for the organisation no more.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmploymentSpec {
    pub column: String,
    /// The column's values for those who left. Anyone else works here, on leave or in a state that nobody thought of:
    /// what is unclear blocks an erasure.
    pub former: Vec<String>,
}

/// One column with personal data.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    pub name: String,
    /// A fideslang data category.
    pub category: String,
    pub holds: Option<IdentifierKind>,
    /// Whom it says something of. What it says of another is in no copy for her: only that there was something.
    #[serde(default, skip_serializing_if = "OfWhom::is_her")]
    pub of: OfWhom,
    /// What anonymising does to it; NULL if left out, nothing if it belongs to the key.
    pub erase: Option<Erase>,
}

/// What anonymising does to one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Erase {
    /// `null`
    Null,
    /// `fixed:` and the text that takes its place.
    Fixed(String),
    /// `random:`, `hmac:` or `hash:` and a text with one `*`, which becomes 20 hex digits: `random:erased-*@example.invalid`. What
    /// each is good for is said at [`MadeBy`]. Fields that are NULL stay so.
    Made(Made),
    /// `keep`: says nothing about the person by itself. Never for ids that tell whose the row is.
    Keep,
}

impl TryFrom<String> for Erase {
    type Error = &'static str;
    fn try_from(word: String) -> Result<Self, &'static str> {
        match word.as_str() {
            "null" => Ok(Self::Null),
            "keep" => Ok(Self::Keep),
            _ => Self::with_text(&word),
        }
    }
}

impl Erase {
    fn with_text(word: &str) -> Result<Self, &'static str> {
        let unknown = "want `null`, `keep`, `fixed:` and a text, or `random:`, `hmac:` or `hash:` and a text with one `*`";
        let (how, text) = word.split_once(':').ok_or(unknown)?;
        if how == "fixed" {
            return Ok(Self::Fixed(text.to_owned()));
        }
        let by = MadeBy::ALL.into_iter().find(|by| by.as_str() == how);
        Made::new(by.ok_or(unknown)?, text).map(Self::Made)
    }
}

/// As in TOML.
impl fmt::Display for Erase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Keep => f.write_str("keep"),
            Self::Fixed(text) => write!(f, "fixed:{text}"),
            Self::Made(made) => made.fmt(f),
        }
    }
}

impl From<Erase> for String {
    fn from(erase: Erase) -> Self {
        erase.to_string()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDisposition {
    r#do: String,
    ground: Option<String>,
}

fn disposition<'de, D: Deserializer<'de>>(from: D) -> Result<Disposition, D::Error> {
    let raw = RawDisposition::deserialize(from)?;
    match (raw.r#do.as_str(), raw.ground) {
        ("delete", None) => Ok(Disposition::Delete),
        ("anonymise", None) => Ok(Disposition::Anonymise),
        ("keep", Some(ground)) if !ground.trim().is_empty() => Ok(Disposition::Keep { ground }),
        ("keep", _) => Err(serde::de::Error::custom("`keep` needs its legal `ground`")),
        ("delete" | "anonymise", Some(_)) => {
            Err(serde::de::Error::custom("only `keep` has a `ground`"))
        }
        _ => Err(serde::de::Error::custom(
            "`do`: want `delete`, `anonymise` or `keep`",
        )),
    }
}

impl SystemSpec {
    /// Reads and checks a description.
    pub fn parse(text: &str) -> Result<Self, SpecError> {
        let spec: Self = toml::from_str(text)?;
        spec.check()?;
        Ok(spec)
    }

    /// Checks everything that can be known without the system itself.
    pub fn check(&self) -> Result<(), SpecError> {
        check::check(self)
    }

    /// As its operator could have written it; [`Self::parse`] reads it back. Without the password that was typed.
    pub fn text(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// The collection of that name.
    pub fn collection(&self, name: &CollectionName) -> Option<&CollectionSpec> {
        self.collections.iter().find(|c| c.name == *name)
    }

    /// The id kinds whose subjects live here.
    pub fn resolves(&self) -> Vec<IdentifierKind> {
        let homes = self.collections.iter().flat_map(CollectionSpec::homes);
        let mut kinds: Vec<_> = homes.map(|id| id.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The prefixes of the external ids by which rows are found here.
    pub fn id_prefixes(&self) -> Vec<String> {
        let ids = self.collections.iter().flat_map(CollectionSpec::id_columns);
        let external = ids.filter(|id| id.kind == IdentifierKind::ExternalId);
        let mut prefixes: Vec<_> = external.filter_map(|id| id.prefix).collect();
        prefixes.retain(|prefix| !prefix.is_empty());
        prefixes.sort_unstable();
        prefixes.dedup();
        prefixes
    }

    /// Whether a subject of that key can live here: the kind fits, and the prefix.
    pub fn is_home_of(&self, key: &SubjectKey) -> bool {
        let mut homes = self.collections.iter().flat_map(CollectionSpec::homes);
        homes.any(|id| id.fits(key))
    }
}

impl IdColumn {
    /// Whether the column can hold the id.
    pub fn fits(&self, key: &SubjectKey) -> bool {
        let rest = key.id().strip_prefix(self.prefix.as_deref().unwrap_or(""));
        self.kind == key.kind() && rest.is_some_and(|rest| !rest.is_empty())
    }
}

impl CollectionSpec {
    /// The table's name.
    pub fn table(&self) -> &str {
        self.table.as_deref().unwrap_or(self.name.as_str())
    }

    /// The collections that it belongs to, each once.
    pub fn parent_names(&self) -> Vec<CollectionName> {
        let mut names: Vec<CollectionName> = Vec::new();
        for parent in &self.parents {
            if !names.contains(&parent.collection) {
                names.push(parent.collection.clone());
            }
        }
        names
    }

    /// The field that lists this column.
    pub fn field(&self, column: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|f| f.name == column)
    }

    /// The row's own id, which counts where `subject` shows nobody.
    fn own_id(&self) -> Option<IdColumn> {
        self.otherwise.as_ref().map(|id| IdColumn {
            unless: self.subject.as_ref().map(|subject| subject.column.clone()),
            ..id.clone()
        })
    }

    /// The ids whose subjects live here: of her record, or of a row that shows nobody else.
    pub fn homes(&self) -> impl Iterator<Item = IdColumn> + '_ {
        let record = self.subject.iter().filter(|_| self.is_her_record());
        record.cloned().chain(self.own_id())
    }

    /// The columns by whose ids its rows are found directly: the subject's, the row's own and those of `found_by`.
    pub fn id_columns(&self) -> impl Iterator<Item = IdColumn> + '_ {
        let found_by = self
            .found_by
            .iter()
            .filter(|f| f.kind.is_id())
            .map(|f| IdColumn {
                kind: f.kind,
                column: f.column.clone(),
                list_column: f.list_column.clone(),
                prefix: f.prefix.clone(),
                unless: None,
            });
        let subject = self.subject.iter().cloned();
        subject.chain(self.own_id()).chain(found_by)
    }

    /// Whether a row is the record of the subject that it shows, rather than one of many that mention her.
    pub fn is_her_record(&self) -> bool {
        self.subject.as_ref().is_some_and(|subject| {
            let names =
                |c: &String| *c == subject.column || Some(c) == subject.list_column.as_ref();
            self.key.contains(&subject.column) && self.key.iter().all(names)
        })
    }

    /// Whether the column says something of somebody else.
    pub fn is_anothers(&self, column: &str) -> bool {
        self.field(column)
            .is_some_and(|field| field.of.is_another())
    }

    /// Whether anonymising takes what the column says, so that nothing can refer to it any more.
    pub fn clears(&self, column: &str) -> bool {
        let link = !self.key.iter().any(|key| key == column)
            && self.id_columns().any(|id| id.column == column);
        let field = self.field(column).map(|field| self.erase(field));
        self.disposition == Disposition::Anonymise
            && (link || field.is_some_and(|erase| erase != Erase::Keep))
    }

    /// What anonymising does to a field.
    pub fn erase(&self, field: &FieldSpec) -> Erase {
        match &field.erase {
            Some(erase) => erase.clone(),
            None if self.key.contains(&field.name) => Erase::Keep,
            None => Erase::Null,
        }
    }
}
