//! What a dataset says, typed. One value for one meaning: what is left out and what is null are the same.

use std::fmt;
use std::num::NonZeroU64;

use app::model::{Disposition, IdentifierKind};
use serde_json::{Map, Value as Json};

/// Free content, which the format passes on without a look inside.
pub type Free = Map<String, Json>;

/// One dataset: what one system holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dataset {
    /// `fides_key`: what other datasets call it.
    pub key: String,
    /// `organization_fides_key`.
    pub organization: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub about: About,
    /// Datasets whose collections are all asked before these.
    pub after: Vec<String>,
    /// Where its creator knows it.
    pub resource_id: Option<String>,
    /// What tells it from others of its name in one database, e.g. a schema.
    pub namespace: Option<Free>,
    /// Its name must not be shown.
    pub redact: bool,
    /// `meta`, as its owner filled it, without the part that is Habeas'.
    pub meta: Free,
    pub collections: Vec<Collection>,
}

/// What datasets, collections and fields may say alike.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// `data_categories`: what it says of people, e.g. `user.contact.email`.
    pub categories: Vec<String>,
    /// `data_purposes`: what it is used for.
    pub purposes: Vec<String>,
}

/// One table, or whatever its system has instead.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Collection {
    pub name: String,
    pub description: Option<String>,
    pub about: About,
    /// Collections that are asked before this one.
    pub after: Vec<Address>,
    /// Collections that are erased before this one.
    pub erase_after: Vec<Address>,
    /// It is left alone.
    pub skip_processing: bool,
    /// `masking_strategy_override: delete`: erasure deletes its rows.
    pub delete_rows: bool,
    /// How to ask for it in parts, e.g. day by day; as it is written.
    pub partitioning: Option<Json>,
    /// Its name must not be shown.
    pub redact: bool,
    /// What erasure does to its rows. Habeas' own word: it stands in the dataset's `meta`, where others let it pass.
    pub disposition: Option<Disposition>,
    /// The fields that say something of somebody else than whom the row is of, by their names. Habeas' own word too.
    pub of_another: Vec<String>,
    pub fields: Vec<Field>,
}

/// One column, or one part of a document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    pub name: String,
    pub description: Option<String>,
    pub about: About,
    /// Belongs to the key of its collection.
    pub primary_key: bool,
    /// Which of a person's identities it holds.
    pub identity: Option<Identity>,
    pub references: Vec<Reference>,
    pub data_type: Option<DataType>,
    /// The most characters that it takes.
    pub length: Option<NonZeroU64>,
    /// Of an array in which one element was found, all belong to her, and not only that one. Said only of arrays.
    pub return_all_elements: Option<bool>,
    /// Erasure and correction leave it as it is.
    pub read_only: bool,
    /// It is compared with a field of the request form, of that name.
    pub custom_request_field: Option<String>,
    /// What erasure writes into it.
    pub masking: Option<Masking>,
    /// Its name must not be shown.
    pub redact: bool,
    /// The parts of an object.
    pub fields: Vec<Field>,
}

/// The name of an identity, e.g. `email`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(pub String);

impl Identity {
    /// The kind of identifier that it is. A name that Habeas does not know is an external id that carries the name in front,
    /// e.g. `loyalty_id:42`.
    pub fn kind(&self) -> IdentifierKind {
        match self.0.as_str() {
            "phone_number" => IdentifierKind::Phone,
            word => IdentifierKind::parse(word).unwrap_or(IdentifierKind::ExternalId),
        }
    }

    /// The name for a kind of identifier; none for external ids, which have names of their own.
    pub fn of(kind: IdentifierKind) -> Option<Self> {
        match kind {
            IdentifierKind::ExternalId => None,
            IdentifierKind::Phone => Some(Self("phone_number".to_owned())),
            kind => Some(Self(kind.as_str().to_owned())),
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A field elsewhere that holds the same values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub dataset: String,
    pub collection: String,
    pub path: FieldPath,
    /// Both ways if left out.
    pub direction: Option<Direction>,
}

impl Reference {
    /// The collection that it names.
    pub fn address(&self) -> Address {
        Address::new(&self.dataset, &self.collection)
    }
}

/// Which way a reference is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the field that is named to the one that names it.
    From,
    /// From the field that names to the one that is named.
    To,
}

/// A collection of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub dataset: String,
    pub collection: String,
}

impl Address {
    pub fn new(dataset: &str, collection: &str) -> Self {
        Self {
            dataset: dataset.to_owned(),
            collection: collection.to_owned(),
        }
    }
}

/// As messages and logs show it: `shop:customer`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.dataset, self.collection)
    }
}

/// The way to a field from its collection, outermost first; never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(pub Vec<String>);

impl FieldPath {
    /// Reads `customer.email`.
    pub fn parse(text: &str) -> Self {
        Self(text.split('.').map(str::to_owned).collect())
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// `data_type`: what a value is turned into before it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataType {
    pub of: Scalar,
    /// Written with `[]` behind it.
    pub array: bool,
}

/// What one value, or one element of an array, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    Text,
    Integer,
    Float,
    Boolean,
    /// The id of a document in MongoDB.
    ObjectId,
    /// A part with fields of its own.
    Object,
}

impl Scalar {
    pub const ALL: [Self; 6] = [
        Self::Text,
        Self::Integer,
        Self::Float,
        Self::Boolean,
        Self::ObjectId,
        Self::Object,
    ];

    /// The word in the format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::ObjectId => "object_id",
            Self::Object => "object",
        }
    }
}

impl DataType {
    /// Reads `string` or `string[]`.
    pub fn parse(text: &str) -> Option<Self> {
        let (word, array) = match text.strip_suffix("[]") {
            Some(word) => (word, true),
            None => (text, false),
        };
        let of = Scalar::ALL.into_iter().find(|s| s.as_str() == word)?;
        Some(Self { of, array })
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.of.as_str())?;
        f.write_str(if self.array { "[]" } else { "" })
    }
}

/// What erasure writes into one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Masking {
    pub strategy: Strategy,
    /// Of the strategy, e.g. `rewrite_value`.
    pub configuration: Free,
}

/// The ways to mask that the format knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    NullRewrite,
    StringRewrite,
    RandomStringRewrite,
    Preserve,
    Hash,
    Hmac,
    AesEncrypt,
}

impl Strategy {
    pub const ALL: [Self; 7] = [
        Self::NullRewrite,
        Self::StringRewrite,
        Self::RandomStringRewrite,
        Self::Preserve,
        Self::Hash,
        Self::Hmac,
        Self::AesEncrypt,
    ];

    /// The word in the format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NullRewrite => "null_rewrite",
            Self::StringRewrite => "string_rewrite",
            Self::RandomStringRewrite => "random_string_rewrite",
            Self::Preserve => "preserve",
            Self::Hash => "hash",
            Self::Hmac => "hmac",
            Self::AesEncrypt => "aes_encrypt",
        }
    }

    /// Fides has no place for the secret of a single field, and refuses these there.
    pub fn needs_secret(self) -> bool {
        matches!(self, Self::Hash | Self::Hmac | Self::AesEncrypt)
    }
}

impl Collection {
    /// The field at that path.
    pub fn field(&self, path: &FieldPath) -> Option<&Field> {
        let (first, rest) = path.0.split_first()?;
        let mut field = self.fields.iter().find(|f| f.name == *first)?;
        for name in rest {
            field = field.fields.iter().find(|f| f.name == *name)?;
        }
        Some(field)
    }

    /// Every field, also inside others, each before its parts.
    pub fn walk(&self) -> impl Iterator<Item = (FieldPath, &Field)> {
        let mut left: Vec<_> = vec![(Vec::new(), self.fields.iter())];
        std::iter::from_fn(move || {
            loop {
                let (above, fields) = left.last_mut()?;
                let Some(field) = fields.next() else {
                    left.pop();
                    continue;
                };
                let mut path = above.clone();
                path.push(field.name.clone());
                left.push((path.clone(), field.fields.iter()));
                return Some((FieldPath(path), field));
            }
        })
    }
}

/// Whether a category says something of a person, rather than of the system.
pub fn is_personal(category: &str) -> bool {
    category == "user" || category.starts_with("user.")
}
