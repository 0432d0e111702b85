//! From a description to the inventory that the rest of Habeas sees.

use app::model::{Collection, Field, IdentifierKind, Inventory};

use super::{CollectionSpec, SystemSpec};

impl SystemSpec {
    /// What the system holds, by what it is found, and what erasure does to it.
    pub fn inventory(&self) -> Inventory {
        Inventory {
            collections: self.collections.iter().map(|c| self.listed(c)).collect(),
        }
    }

    fn listed(&self, collection: &CollectionSpec) -> Collection {
        Collection {
            name: collection.name.clone(),
            title: collection.title.clone(),
            fields: collection.fields.iter().map(listed_field).collect(),
            found_by: self.found_by(collection),
            parents: collection.parent_names(),
            needs_subject: collection.needs_subject,
            disposition: collection.disposition.clone(),
        }
    }

    /// Kinds that find rows of the collection, directly or through its parents.
    pub fn found_by(&self, collection: &CollectionSpec) -> Vec<IdentifierKind> {
        let own = collection
            .found_by
            .iter()
            .map(|f| f.kind)
            .chain(collection.subject.iter().map(|s| s.kind))
            .chain(collection.otherwise.iter().map(|own| own.kind));
        let parents = collection
            .parents
            .iter()
            .filter_map(|p| self.collection(&p.collection));
        let inherited = parents.flat_map(|p| self.found_by(p));
        let mut kinds: Vec<_> = own
            .chain(inherited.filter(|kind| kind.is_id() || !collection.needs_subject))
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }
}

fn listed_field(field: &super::FieldSpec) -> Field {
    Field {
        name: field.name.clone(),
        category: field.category.clone(),
        holds: field.holds,
        of: field.of,
    }
}
