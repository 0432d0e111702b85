//! Datasets and their collections.

use super::super::model::{Address, Collection, Dataset};
use super::super::problem::Reason;
use super::super::yaml::{Node, What};
use super::habeas::Added;
use super::{Entries, Path, Reader, label};

const DATASET: [&str; 11] = [
    "fides_key",
    "organization_fides_key",
    "tags",
    "name",
    "description",
    "meta",
    "data_categories",
    "data_purposes",
    "fides_meta",
    "fidesops_meta",
    "collections",
];
const DATASET_META: [&str; 4] = ["resource_id", "after", "namespace", "redact"];
const COLLECTION: [&str; 7] = [
    "name",
    "description",
    "data_categories",
    "data_purposes",
    "fields",
    "fides_meta",
    "fidesops_meta",
];
const COLLECTION_META: [&str; 6] = [
    "after",
    "erase_after",
    "skip_processing",
    "masking_strategy_override",
    "partitioning",
    "redact",
];

impl Reader {
    pub(super) fn dataset(&mut self, node: &Node, path: Path<'_>) -> Option<Dataset> {
        let key = label(node, "fides_key");
        let path = key.map_or(path, |key| Path::Key(&Path::Root, key));
        self.remember(node.place, path);
        let entries = self.entries(node, path, "a dataset", &DATASET)?;
        let key = self.value(&entries, path, "fides_key", Self::key);
        if entries.get("fides_key").is_none() {
            let reason = Reason::Missing("`fides_key`, the name by which others refer to it");
            self.error(node.place, path, reason);
        }
        let mut dataset = Dataset {
            key: key.unwrap_or_default(),
            organization: self.value(&entries, path, "organization_fides_key", Self::key),
            name: self.value(&entries, path, "name", Self::text),
            description: self.value(&entries, path, "description", Self::text),
            tags: self.list_of(&entries, path, "tags", Self::text),
            about: self.about(&entries, path),
            ..Dataset::default()
        };
        self.dataset_meta(&entries, path, &mut dataset);
        dataset.collections = self.collections(&entries, path);
        let free = self.value(&entries, path, "meta", Self::free_map);
        dataset.meta = free.unwrap_or_default();
        self.own_part(&entries, path, &mut dataset);
        Some(dataset)
    }

    fn dataset_meta(&mut self, entries: &Entries<'_>, path: Path<'_>, dataset: &mut Dataset) {
        let Some(meta) = self.meta(entries, path, &DATASET_META) else {
            return;
        };
        dataset.resource_id = self.value(&meta, path, "resource_id", Self::text);
        dataset.after = self.list_of(&meta, path, "after", |r, node, path| {
            r.remember(node.place, path);
            r.key(node, path)
        });
        dataset.namespace = self.value(&meta, path, "namespace", Self::free_map);
        dataset.redact = self.redact(&meta, path);
    }

    fn collections(&mut self, entries: &Entries<'_>, path: Path<'_>) -> Vec<Collection> {
        let Some(list) = entries.get("collections") else {
            let reason = Reason::Missing("`collections`, a list that may be empty");
            self.error(entries.place, path, reason);
            return Vec::new();
        };
        if let What::List(items) = &list.what {
            let named = |item: &Node| label(item, "name").map(str::to_owned);
            let names: Vec<_> = items.iter().map(|item| (named(item), item.place)).collect();
            let names = names
                .iter()
                .filter_map(|(name, place)| Some((name.as_deref()?, *place)));
            self.once(names, path);
        }
        let inside = Path::Key(&path, "collections");
        self.list(list, inside, |r, node, inside| {
            let name = label(node, "name");
            let path = name.map_or(inside, |name| Path::Key(&path, name));
            r.collection(node, path)
        })
    }

    fn collection(&mut self, node: &Node, path: Path<'_>) -> Option<Collection> {
        self.remember(node.place, path);
        let entries = self.entries(node, path, "a collection", &COLLECTION)?;
        let mut collection = Collection {
            name: self.named(&entries, path),
            description: self.value(&entries, path, "description", Self::text),
            about: self.about(&entries, path),
            ..Collection::default()
        };
        if let Some(meta) = self.meta(&entries, path, &COLLECTION_META) {
            self.collection_meta(&meta, path, &mut collection);
        }
        match entries.get("fields") {
            Some(list) => collection.fields = self.fields(list, path),
            None => {
                let reason = Reason::Missing("`fields`, a list that may be empty");
                self.error(node.place, path, reason);
            }
        }
        Some(collection)
    }

    fn collection_meta(&mut self, meta: &Entries<'_>, path: Path<'_>, c: &mut Collection) {
        c.after = self.list_of(meta, path, "after", Self::address);
        c.erase_after = self.list_of(meta, path, "erase_after", Self::address);
        let skip = self.value(meta, path, "skip_processing", Self::flag);
        c.skip_processing = skip.unwrap_or(false);
        let masking = self.value(meta, path, "masking_strategy_override", |r, node, path| {
            let entries = r.entries(node, path, "a collection's masking", &["strategy"])?;
            r.value(&entries, path, "strategy", |r, node, path| {
                r.word(node, path, &[("delete", true)])
            })
        });
        c.delete_rows = masking.unwrap_or(false);
        c.partitioning = self.value(meta, path, "partitioning", Self::free);
        c.redact = self.redact(meta, path);
    }

    /// The `name` that a collection or field must have.
    pub(super) fn named(&mut self, entries: &Entries<'_>, path: Path<'_>) -> String {
        if entries.get("name").is_none() {
            self.error(entries.place, path, Reason::Missing("`name`"));
        }
        let name = self.value(entries, path, "name", Self::name);
        name.unwrap_or_default()
    }

    /// `dataset.collection`
    fn address(&mut self, node: &Node, path: Path<'_>) -> Option<Address> {
        self.remember(node.place, path);
        let text = self.key(node, path)?;
        match text.split_once('.') {
            Some((dataset, collection))
                if !(dataset.is_empty() || collection.is_empty() || collection.contains('.')) =>
            {
                Some(Address::new(dataset, collection))
            }
            _ => self.refuse(node, path, Reason::Address),
        }
    }

    /// What Habeas adds, once the rest is read.
    fn own_part(&mut self, entries: &Entries<'_>, path: Path<'_>, dataset: &mut Dataset) {
        let Some(What::Map(meta)) = entries.get("meta").map(|node| &node.what) else {
            return;
        };
        let Some((_, own)) = meta.iter().find(|(key, _)| key.text == super::habeas::OWN) else {
            return;
        };
        dataset.meta.remove(super::habeas::OWN);
        let path = Path::Key(&path, "meta");
        for added in self.added(own, Path::Key(&path, super::habeas::OWN), dataset) {
            set(dataset, added);
        }
    }
}

fn set(dataset: &mut Dataset, added: Added) {
    let mut collections = dataset.collections.iter_mut();
    if let Some(collection) = collections.find(|c| c.name == added.name) {
        collection.disposition = added.disposition;
        collection.of_another = added.of_another;
    }
}
