//! What datasets say of one another: every reference leads somewhere, and nothing waits for itself.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::model::{Address, Collection, Dataset, Field, FieldPath, Reference};
use super::nearest::nearest;
use super::problem::{Place, Problem, Problems, Reason};

/// One dataset, and where it was read.
pub(super) struct Source<'a> {
    /// Its position among all.
    pub(super) order: usize,
    pub(super) file: &'a Arc<str>,
    pub(super) dataset: &'a Dataset,
    pub(super) places: &'a HashMap<String, Place>,
}

/// Notes all that is wrong between them, in the order of the files.
pub(super) fn check(sources: &[Source<'_>], problems: &mut Problems) {
    let mut found = Check {
        known: HashMap::new(),
        problems: Vec::new(),
    };
    for (i, source) in sources.iter().enumerate() {
        let first = found.known.get(source.dataset.key.as_str()).copied();
        match first {
            Some(first) => found.same(source, &sources[first]),
            None => {
                found.known.insert(&source.dataset.key, i);
            }
        }
    }
    for source in sources {
        found.dataset(source, sources);
    }
    found.circles(sources);
    // Stable: files stay in their order.
    found.problems.sort_by_key(|(i, p)| (*i, p.place));
    for (_, problem) in found.problems {
        problems.add(problem);
    }
}

struct Check<'a> {
    /// Key → position.
    known: HashMap<&'a str, usize>,
    /// With the position of its file.
    problems: Vec<(usize, Problem)>,
}

impl<'a> Check<'a> {
    fn error(&mut self, source: &Source<'_>, key: String, reason: Reason) {
        let place = source.places.get(&key).copied().unwrap_or(Place::START);
        let file = source.file.clone();
        let problem = Problem {
            file,
            place,
            key,
            reason,
        };
        self.problems.push((source.order, problem));
    }

    fn same(&mut self, source: &Source<'_>, first: &Source<'_>) {
        let key = &source.dataset.key;
        let reason = Reason::SameDataset {
            file: first.file.clone(),
            line: first.places.get(key).map_or(1, |place| place.line),
        };
        self.error(source, key.clone(), reason);
    }

    fn dataset(&mut self, source: &Source<'_>, sources: &[Source<'a>]) {
        let dataset = source.dataset;
        for (i, name) in dataset.after.iter().enumerate() {
            if !self.known.contains_key(name.as_str()) {
                let reason = self.no_dataset(name);
                self.error(source, format!("{}.after[{i}]", dataset.key), reason);
            }
        }
        for collection in &dataset.collections {
            let key = format!("{}.{}", dataset.key, collection.name);
            for (list, addresses) in [
                ("after", &collection.after),
                ("erase_after", &collection.erase_after),
            ] {
                for (i, address) in addresses.iter().enumerate() {
                    if let Err(reason) = self.find(address, sources) {
                        self.error(source, format!("{key}.{list}[{i}]"), reason);
                    }
                }
            }
            for (path, field) in collection.walk() {
                self.references(source, collection, &path, field, sources);
            }
        }
    }

    fn references(
        &mut self,
        source: &Source<'_>,
        collection: &Collection,
        path: &FieldPath,
        field: &Field,
        sources: &[Source<'a>],
    ) {
        let own = Address::new(&source.dataset.key, &collection.name);
        for (i, reference) in field.references.iter().enumerate() {
            if let Err((part, reason)) = self.reference(reference, &own, sources) {
                let key = format!(
                    "{}.{}.{path}.references[{i}].{part}",
                    own.dataset, own.collection
                );
                self.error(source, key, reason);
            }
        }
    }

    fn reference(
        &self,
        reference: &Reference,
        own: &Address,
        sources: &[Source<'a>],
    ) -> Result<(), (&'static str, Reason)> {
        let address = reference.address();
        let there = self.find(&address, sources).map_err(|reason| {
            let part = match reason {
                Reason::NoDataset { .. } => "dataset",
                _ => "field",
            };
            (part, reason)
        })?;
        if there.skip_processing {
            return Err(("field", Reason::Skipped(address.to_string())));
        }
        if there.field(&reference.path).is_none() {
            let paths: Vec<_> = there.walk().map(|(path, _)| path.to_string()).collect();
            let path = reference.path.to_string();
            let reason = Reason::NoField {
                address: address.to_string(),
                nearest: nearest(&path, paths.iter().map(String::as_str)),
                path,
            };
            return Err(("field", reason));
        }
        if address == *own {
            return Err(("field", Reason::OwnCollection));
        }
        Ok(())
    }

    fn find(&self, address: &Address, sources: &[Source<'a>]) -> Result<&'a Collection, Reason> {
        let position = self.known.get(address.dataset.as_str());
        let Some(&position) = position else {
            return Err(self.no_dataset(&address.dataset));
        };
        let collections = &sources[position].dataset.collections;
        let name = address.collection.as_str();
        let found = collections.iter().find(|c| c.name == name);
        found.ok_or_else(|| Reason::NoCollection {
            dataset: address.dataset.clone(),
            name: name.to_owned(),
            nearest: nearest(name, collections.iter().map(|c| c.name.as_str())),
        })
    }

    fn no_dataset(&self, name: &str) -> Reason {
        Reason::NoDataset {
            name: name.to_owned(),
            nearest: nearest(name, self.known.keys().copied()),
        }
    }

    /// Collections that wait for themselves.
    fn circles(&mut self, sources: &[Source<'_>]) {
        for (list, waits) in [
            ("after", waits_to_ask(sources)),
            ("erase_after", waits_to_erase(sources)),
        ] {
            if let Some(circle) = circle(&waits) {
                let first = &circle[0];
                let names = circle.iter().map(ToString::to_string).collect();
                let position = self.known.get(first.dataset.as_str()).copied();
                let Some(source) = position.map(|i| &sources[i]) else {
                    continue;
                };
                let own = format!("{}.{}.{list}[0]", first.dataset, first.collection);
                let key = if source.places.contains_key(&own) {
                    own
                } else {
                    // It waits because its dataset does.
                    format!("{}.{list}[0]", first.dataset)
                };
                self.error(source, key, Reason::Circle(names));
            }
        }
    }
}

/// Collection → those that come before it.
pub(super) type Waits = BTreeMap<Address, Vec<Address>>;

fn waits_to_ask(sources: &[Source<'_>]) -> Waits {
    waits(sources.iter().map(|s| s.dataset))
}

/// Whom each collection waits for before it is asked.
pub(super) fn waits<'d>(datasets: impl Iterator<Item = &'d Dataset> + Clone) -> Waits {
    let mut waits = Waits::new();
    for dataset in datasets.clone() {
        let others = datasets.clone().filter(|d| dataset.after.contains(&d.key));
        let others: Vec<_> = others
            .flat_map(|d| d.collections.iter().map(|c| Address::new(&d.key, &c.name)))
            .collect();
        for collection in &dataset.collections {
            let own = Address::new(&dataset.key, &collection.name);
            let all = collection.after.iter().chain(&others).cloned();
            let all: Vec<_> = all.collect();
            if !all.is_empty() {
                waits.insert(own, all);
            }
        }
    }
    waits
}

fn waits_to_erase(sources: &[Source<'_>]) -> Waits {
    let collections = sources.iter().flat_map(|s| {
        let key = &s.dataset.key;
        s.dataset.collections.iter().map(move |c| (key, c))
    });
    collections
        .filter(|(_, c)| !c.erase_after.is_empty())
        .map(|(key, c)| (Address::new(key, &c.name), c.erase_after.clone()))
        .collect()
}

/// The first way round, its first also at its end.
fn circle(waits: &Waits) -> Option<Vec<&Address>> {
    let mut done: HashSet<&Address> = HashSet::new();
    for start in waits.keys() {
        let mut on_way: Vec<(&Address, usize)> = vec![(start, 0)];
        let mut inside: HashSet<&Address> = HashSet::from([start]);
        while let Some((at, next)) = on_way.last_mut() {
            let at: &Address = at;
            let before = waits.get(at).and_then(|all| all.get(*next));
            *next += 1;
            match before {
                None => {
                    inside.remove(at);
                    done.insert(at);
                    on_way.pop();
                }
                Some(before) if inside.contains(before) => {
                    let from = on_way.iter().position(|(a, _)| *a == before)?;
                    let mut round: Vec<_> = on_way[from..].iter().map(|(a, _)| *a).collect();
                    round.push(before);
                    return Some(round);
                }
                Some(before) if !done.contains(before) => {
                    inside.insert(before);
                    on_way.push((before, 0));
                }
                Some(_) => {}
            }
        }
    }
    None
}
