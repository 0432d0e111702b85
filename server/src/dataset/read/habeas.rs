//! What Habeas adds to a dataset. It stands in the dataset's `meta`, which is free content to everybody else: Fides loads,
//! stores and exports it untouched.

use app::model::Disposition;

use super::super::model::Dataset;
use super::super::nearest::nearest;
use super::super::problem::Reason;
use super::super::yaml::Node;
use super::{Entries, Path, Reader, label};

/// The key in `meta`.
pub(in crate::dataset) const OWN: &str = "habeas";

const COLLECTION: [&str; 4] = ["name", "disposition", "ground", "of_another"];

/// What Habeas adds to one collection.
#[derive(Default)]
pub(super) struct Added {
    pub(super) name: String,
    pub(super) disposition: Option<Disposition>,
    pub(super) of_another: Vec<String>,
}

#[derive(Clone, Copy)]
enum Do {
    Delete,
    Anonymise,
    Keep,
}

impl Reader {
    /// What erasure does to collections, and which of their fields say something of somebody else.
    pub(super) fn added(&mut self, node: &Node, path: Path<'_>, dataset: &Dataset) -> Vec<Added> {
        let Some(own) = self.entries(node, path, "what Habeas adds", &["collections"]) else {
            return Vec::new();
        };
        let all = self.list_of(&own, path, "collections", |r, node, at| {
            let name = label(node, "name");
            let at = name.map_or(at, |name| Path::Key(&path, name));
            let entries = r.entries(node, at, "what Habeas adds to a collection", &COLLECTION)?;
            let name = r.there(&entries, at, dataset)?;
            let of_another = r.of_another(&entries, at, &name, dataset);
            // One of the two is enough.
            let disposition = match entries.get("of_another") {
                Some(_) if entries.get("disposition").is_none() => None,
                _ => Some(r.disposition(&entries, at)?),
            };
            let added = Added {
                name,
                disposition,
                of_another,
            };
            Some((added, node.place))
        });
        let names = all.iter().map(|(one, place)| (one.name.as_str(), *place));
        self.once(names, path);
        all.into_iter().map(|(one, _)| one).collect()
    }

    /// Names of fields that there are, each once.
    fn of_another(
        &mut self,
        entries: &Entries<'_>,
        path: Path<'_>,
        collection: &str,
        dataset: &Dataset,
    ) -> Vec<String> {
        let there = dataset.collections.iter().find(|c| c.name == collection);
        let known: Vec<&str> = there.map_or(Vec::new(), |there| {
            there
                .fields
                .iter()
                .map(|field| field.name.as_str())
                .collect()
        });
        let all = self.list_of(entries, path, "of_another", |r, node, at| {
            let name = r.name(node, at)?;
            if known.contains(&name.as_str()) || there.is_none() {
                return Some((name, node.place));
            }
            let reason = Reason::NoField {
                address: format!("{}:{collection}", dataset.key),
                nearest: nearest(&name, known.iter().copied()),
                path: name,
            };
            r.refuse(node, at, reason)
        });
        let inside = Path::Key(&path, "of_another");
        self.once(
            all.iter().map(|(name, place)| (name.as_str(), *place)),
            inside,
        );
        all.into_iter().map(|(name, _)| name).collect()
    }

    /// The name of a collection that there is.
    fn there(
        &mut self,
        entries: &Entries<'_>,
        path: Path<'_>,
        dataset: &Dataset,
    ) -> Option<String> {
        let name = self.named(entries, path);
        let mut names = dataset.collections.iter().map(|c| c.name.as_str());
        if name.is_empty() || names.clone().any(|known| known == name) {
            return Some(name);
        }
        let reason = Reason::NoCollection {
            dataset: dataset.key.clone(),
            nearest: nearest(&name, names.by_ref()),
            name,
        };
        self.error(entries.place_of("name"), path, reason);
        None
    }

    fn disposition(&mut self, entries: &Entries<'_>, path: Path<'_>) -> Option<Disposition> {
        let words = [
            ("delete", Do::Delete),
            ("anonymise", Do::Anonymise),
            ("keep", Do::Keep),
        ];
        let ground = self.value(entries, path, "ground", Self::name);
        let Some(_) = entries.get("disposition") else {
            let reason = Reason::Missing("`disposition`: `delete`, `anonymise` or `keep`");
            self.error(entries.place, path, reason);
            return None;
        };
        let what = self.value(entries, path, "disposition", |r, node, path| {
            r.word(node, path, &words)
        })?;
        match (what, ground) {
            (Do::Keep, Some(ground)) => Some(Disposition::Keep { ground }),
            (Do::Keep, None) => {
                if entries.get("ground").is_none() {
                    self.error(entries.place_of("disposition"), path, Reason::NoGround);
                }
                None
            }
            (_, Some(_)) => {
                self.error(entries.place_of("ground"), path, Reason::Ground);
                None
            }
            (Do::Delete, None) => Some(Disposition::Delete),
            (Do::Anonymise, None) => Some(Disposition::Anonymise),
        }
    }
}
