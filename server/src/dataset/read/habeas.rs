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

const COLLECTION: [&str; 3] = ["name", "disposition", "ground"];

#[derive(Clone, Copy)]
enum Do {
    Delete,
    Anonymise,
    Keep,
}

impl Reader {
    /// What erasure does to collections, by their names.
    pub(super) fn dispositions(
        &mut self,
        node: &Node,
        path: Path<'_>,
        dataset: &Dataset,
    ) -> Vec<(String, Disposition)> {
        let Some(own) = self.entries(node, path, "what Habeas adds", &["collections"]) else {
            return Vec::new();
        };
        let all = self.list_of(&own, path, "collections", |r, node, at| {
            let name = label(node, "name");
            let at = name.map_or(at, |name| Path::Key(&path, name));
            let entries = r.entries(node, at, "what Habeas adds to a collection", &COLLECTION)?;
            let name = r.there(&entries, at, dataset)?;
            let disposition = r.disposition(&entries, at)?;
            Some((name, disposition, node.place))
        });
        let names = all.iter().map(|(name, _, place)| (name.as_str(), *place));
        self.once(names, path);
        all.into_iter().map(|(name, d, _)| (name, d)).collect()
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
