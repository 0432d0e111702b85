//! References by which a row belongs to rows of other collections: one table in TOML, or a list of them.

use std::fmt;

use app::model::{CollectionName, Disposition};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::check::{Checked, check_hers, check_name, require};
use super::{CollectionSpec, SystemSpec};

/// How a row is linked to the row that owns it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parent {
    pub collection: CollectionName,
    /// The column here.
    pub column: String,
    /// The column there.
    pub references: String,
}

/// Ways from a row to those whose ids tell whose it is, at most. Statements grow with their square.
pub const WAYS_MAX: usize = 24;

/// Reads one table or a list of tables.
pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Parent>, D::Error> {
    struct OneOrMany;

    impl<'de> Visitor<'de> for OneOrMany {
        type Value = Vec<Parent>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table with `collection`, `column` and `references`, or a list of them")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<Parent>, A::Error> {
            Parent::deserialize(MapAccessDeserializer::new(map)).map(|parent| vec![parent])
        }

        /// So drafts say none that were stored when there could be one at most.
        fn visit_unit<E: serde::de::Error>(self) -> Result<Vec<Parent>, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Parent>, A::Error> {
            let mut parents = Vec::new();
            while let Some(parent) = seq.next_element()? {
                parents.push(parent);
            }
            if parents.is_empty() {
                let reason = "an empty list belongs to nobody: leave `parent` out";
                return Err(serde::de::Error::custom(reason));
            }
            Ok(parents)
        }
    }

    from.deserialize_any(OneOrMany)
}

/// Writes one as a table, and several as a list.
pub(super) fn write<S: Serializer>(parents: &[Parent], to: S) -> Result<S::Ok, S::Error> {
    match parents {
        [one] => one.serialize(to),
        several => several.serialize(to),
    }
}

/// Checks every reference of one collection. Parents stand before their children, so that no way goes round.
pub(super) fn check(spec: &SystemSpec, key: &str, c: &CollectionSpec) -> Checked {
    let at = |i: usize| match c.parents.len() {
        1 => format!("{key}.parent"),
        _ => format!("{key}.parent[{i}]"),
    };
    for (i, parent) in c.parents.iter().enumerate() {
        let same = c.parents[..i].iter().position(|other| other == parent);
        if let Some(first) = same {
            let reason = format!("is the same as parent[{first}]");
            return require(false, &at(i), &reason);
        }
        check_one(spec, &at(i), c, parent)?;
    }
    let ways = spec.ways(c);
    let reason = format!(
        "{ways} ways lead from here to whose the rows are, through the parents of its parents: want {WAYS_MAX} at most"
    );
    require(ways <= WAYS_MAX, &format!("{key}.parent"), &reason)
}

fn check_one(spec: &SystemSpec, key: &str, c: &CollectionSpec, parent: &Parent) -> Checked {
    check_name(&format!("{key}.column"), &parent.column)?;
    check_name(&format!("{key}.references"), &parent.references)?;
    check_hers(&format!("{key}.column"), c, &parent.column)?;
    let above = |name: &CollectionName| spec.above(c).iter().find(|other| other.name == *name);
    let Some(owner) = above(&parent.collection) else {
        return require(
            false,
            &format!("{key}.collection"),
            &why_not(spec, c, parent),
        );
    };
    // A row that is named by what is said of another is not hers.
    check_hers(&format!("{key}.references"), owner, &parent.references)?;
    require(
        !owner.clears(&parent.references),
        &format!("{key}.references"),
        "anonymising clears that column: its rows would be nobody's. Want a column of the parent's key, or one with \
         `erase = \"keep\"`",
    )?;
    if !matches!(c.disposition, Disposition::Keep { .. }) {
        return Ok(());
    }
    // By whichever way a row is hers, it must stay hers.
    let deleted = spec.ancestors(&parent.collection);
    let deleted = deleted
        .into_iter()
        .find(|one| one.disposition == Disposition::Delete);
    deleted.map_or(Ok(()), |deleted| {
        let reason = format!(
            "its rows are kept, but would be nobody's once `{}` is deleted: want `anonymise` or `keep` there",
            deleted.name
        );
        require(false, &format!("{key}.collection"), &reason)
    })
}

/// Why a reference leads to nothing that is described above.
fn why_not(spec: &SystemSpec, c: &CollectionSpec, parent: &Parent) -> String {
    let to = &parent.collection;
    if *to == c.name {
        return "is the collection itself: rows can't tell whose they are by rows of their own"
            .to_owned();
    }
    if spec.ancestors(to).iter().any(|one| one.name == c.name) {
        return format!(
            "goes round: `{to}` belongs to `{}` already, itself or by its parents. Want one way only",
            c.name
        );
    }
    "is not described above: parents come before children".to_owned()
}

impl SystemSpec {
    /// The collections that are described before this one.
    fn above(&self, c: &CollectionSpec) -> &[CollectionSpec] {
        let at = self
            .collections
            .iter()
            .position(|other| other.name == c.name);
        &self.collections[..at.unwrap_or(0)]
    }

    /// The collection and all that its rows belong to, each once.
    fn ancestors(&self, name: &CollectionName) -> Vec<&CollectionSpec> {
        let mut found: Vec<&CollectionSpec> = self.collection(name).into_iter().collect();
        let mut next = 0;
        while let Some(one) = found.get(next) {
            for parent in &one.parents {
                let owner = self.collection(&parent.collection);
                found.extend(
                    owner.filter(|owner| found.iter().all(|known| known.name != owner.name)),
                );
            }
            next += 1;
        }
        found
    }

    /// How many ways lead from a row of the collection to whose it is: an id in the row itself, and each id by each way of its
    /// parents.
    pub(super) fn ways(&self, c: &CollectionSpec) -> usize {
        let mut all: Vec<(&CollectionName, usize)> = Vec::new();
        for one in self.above(c).iter().chain([c]) {
            let through = one.parents.iter().filter_map(|parent| {
                let (_, ways) = all.iter().find(|(name, _)| **name == parent.collection)?;
                Some(*ways)
            });
            let direct = usize::from(one.id_columns().next().is_some());
            let ways = through.fold(direct, usize::saturating_add);
            all.push((&one.name, ways));
        }
        all.last().map_or(0, |(_, ways)| *ways)
    }
}
