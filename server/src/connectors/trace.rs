//! Whose rows an operation touches, and which ones: what a confirmed plan is held to.

use app::model::{CollectionName, SubjectKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Fault, Outcome};

/// A subject, beside the other members of her merge set in the order in which their requests stand. What she shares with those before
/// her only is hers to change: so it is done once, whoever of them is carried out first.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    pub key: &'a SubjectKey,
    pub before: &'a [SubjectKey],
    pub after: &'a [SubjectKey],
}

impl<'a> Whose<'a> {
    /// Hers, whoever else she is.
    pub fn alone(key: &'a SubjectKey) -> Self {
        Self {
            key,
            before: &[],
            after: &[],
        }
    }
}

/// What goes into every mark, so that nobody can find a row's key by trying.
pub type Salt = [u8];

/// Rows that an operation would touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    pub rows: u64,
    /// Which rows they are, where the connector can tell.
    pub marks: Option<Marks>,
    /// How many of hers it leaves as they are because others share them. Nothing where none can be shared.
    pub shared: Option<u64>,
}

/// Rows, each by a mark that is made of its key. In order, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Marks(Vec<u64>);

impl From<Marks> for String {
    fn from(marks: Marks) -> Self {
        STANDARD.encode(marks.to_bytes())
    }
}

impl TryFrom<String> for Marks {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = STANDARD.decode(text).ok();
        bytes
            .and_then(|bytes| Self::of_bytes(&bytes))
            .ok_or("want rows of eight bytes each")
    }
}

impl Marks {
    /// In any order.
    pub fn new(mut marks: Vec<u64>) -> Self {
        marks.sort_unstable();
        marks.dedup();
        Self(marks)
    }

    pub fn contains(&self, mark: u64) -> bool {
        self.0.binary_search(&mark).is_ok()
    }

    pub fn len(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Eight bytes each, as they are stored and hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|mark| mark.to_be_bytes()).collect()
    }

    /// What [`Self::to_bytes`] wrote; nothing if it can't have.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (marks, rest) = bytes.as_chunks::<8>();
        rest.is_empty()
            .then(|| Self::new(marks.iter().copied().map(u64::from_be_bytes).collect()))
    }
}

/// What SHA-256 takes at once, and what stands for a part's length, in bytes.
const BLOCK: usize = 64;
const LENGTH: usize = 8;

/// Makes the marks of one collection's rows.
#[derive(Debug, Clone)]
pub struct Marker(Sha256);

impl Marker {
    pub fn new(salt: &Salt, collection: &CollectionName) -> Self {
        let mut hash = Sha256::new_with_prefix(salt);
        add(&mut hash, collection.as_str().as_bytes());
        // Filled up to whole blocks, so that they are hashed here, and not once more for every row.
        let length = salt.len() + LENGTH + collection.as_str().len();
        hash.update(&[0; BLOCK][..length.next_multiple_of(BLOCK) - length]);
        Self(hash)
    }

    /// The mark of a row by the parts of its key; NULL is none of the texts.
    pub fn mark<'a>(&self, key: impl IntoIterator<Item = Option<&'a [u8]>>) -> u64 {
        let mut hash = self.0.clone();
        for column in key {
            add(&mut hash, if column.is_some() { b"is" } else { b"" });
            add(&mut hash, column.unwrap_or_default());
        }
        let whole: [u8; 32] = hash.finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = whole;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

/// Adds a part, so that no two keys give the same bytes.
fn add(hash: &mut Sha256, part: &[u8]) {
    hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(part);
}

/// A collection that is to be erased together with others.
#[derive(Debug, Clone, Copy)]
pub struct Erasure<'a> {
    pub collection: &'a CollectionName,
    /// The only rows that may be touched, where a plan was confirmed.
    pub planned: Option<&'a Marks>,
}

/// What erasing several collections came to, in their order.
pub type Erased = Result<Vec<Outcome>, Refused>;

/// Why nothing was erased, and where, if that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub at: Option<CollectionName>,
    pub fault: Fault,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { at: None, fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(salt: &Salt, collection: &str, key: &[Option<&str>]) -> u64 {
        let collection = CollectionName::parse(collection).expect("valid");
        let key = key.iter().map(|part| part.map(str::as_bytes));
        Marker::new(salt, &collection).mark(key)
    }

    #[test]
    fn a_row_is_told_from_every_other() {
        let row = mark(b"s", "t", &[Some("a"), Some("b")]);
        assert_eq!(row, mark(b"s", "t", &[Some("a"), Some("b")]));
        for other in [
            mark(b"x", "t", &[Some("a"), Some("b")]),
            mark(b"s", "u", &[Some("a"), Some("b")]),
            mark(b"s", "t", &[Some("ab"), Some("")]),
            mark(b"s", "t", &[Some("a"), None]),
            mark(b"s", "t", &[Some("b"), Some("a")]),
        ] {
            assert_ne!(row, other);
        }
        assert_ne!(mark(b"s", "t", &[None]), mark(b"s", "t", &[Some("")]));
    }

    #[test]
    fn marks_are_a_set_that_is_read_as_it_was_written() {
        let marks = Marks::new(vec![7, 1, 7, u64::MAX]);
        assert_eq!(marks, Marks::new(vec![u64::MAX, 1, 7]));
        assert!(marks.contains(7) && !marks.contains(2));
        assert_eq!(marks.to_bytes().len(), 3 * 8);
        assert_eq!(Marks::of_bytes(&marks.to_bytes()), Some(marks));
        assert_eq!(Marks::of_bytes(&[1, 2, 3]), None);
        assert!(Marks::of_bytes(&[]).is_some_and(|none| none.is_empty()));
    }
}
