//! From the tree to the model. Every mistake is noted and the rest read on, so that all are said at once.

mod dataset;
mod field;
mod free;
mod habeas;

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU64;
use std::rc::Rc;
use std::sync::Arc;

use super::model::{About, Dataset};
use super::nearest::nearest;
use super::problem::{Place, Problem, Problems, Reason};
use super::yaml::{self, Key, Node, What};

pub(super) use habeas::OWN;

/// The longest name of a dataset, collection, field or identity.
pub(super) const NAME: usize = 255;

/// What one file says, and where.
pub(super) struct Read {
    pub(super) datasets: Vec<Dataset>,
    pub(super) errors: Problems,
    pub(super) warnings: Problems,
    /// Where what others may look for stands, by its key.
    pub(super) places: HashMap<String, Place>,
}

/// Reads a file.
pub(super) fn read(file: &Arc<str>, bytes: &[u8]) -> Read {
    let mut reader = Reader {
        file: file.clone(),
        errors: Problems::default(),
        warnings: Problems::default(),
        places: HashMap::new(),
    };
    let datasets = match yaml::parse(bytes) {
        Ok(Some(root)) => reader.file(&root),
        Ok(None) => {
            reader.error(Place::START, Path::Root, Reason::Missing(DATASET));
            Vec::new()
        }
        Err((place, reason)) => {
            reader.error(place, Path::Root, reason);
            Vec::new()
        }
    };
    reader.errors.all.sort_by_key(|problem| problem.place);
    reader.warnings.all.sort_by_key(|problem| problem.place);
    Read {
        datasets,
        errors: reader.errors,
        warnings: reader.warnings,
        places: reader.places,
    }
}

/// Keys that older versions of the format had, on datasets, collections or fields.
const RETIRED: [&str; 5] = [
    "data_qualifier",
    "fidesctl_meta",
    "joint_controller",
    "retention",
    "third_country_transfers",
];

const DATASET: &str = "begin the file with `dataset:` and a list of datasets";

/// What else a file of the format may hold, beside datasets.
const OTHERS: [&str; 7] = [
    "data_category",
    "data_subject",
    "data_use",
    "evaluation",
    "organization",
    "policy",
    "system",
];

const FLAG: &str = "`true` or `false`";
const COUNT: &str = "a whole number from 1";

/// The key of a value, as problems show it: names instead of positions, and without `fides_meta`.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Key(Path::Root, name) => f.write_str(name),
            Path::Key(above, name) => write!(f, "{above}.{name}"),
            Path::Item(above, i) => write!(f, "{above}[{i}]"),
        }
    }
}

struct Reader {
    file: Arc<str>,
    errors: Problems,
    warnings: Problems,
    places: HashMap<String, Place>,
}

/// A map whose keys are known.
struct Entries<'a> {
    place: Place,
    found: HashMap<&'a str, (&'a Key, &'a Rc<Node>)>,
}

impl<'a> Entries<'a> {
    /// The value, unless it is null.
    fn get(&self, key: &str) -> Option<&'a Node> {
        let (_, node) = *self.found.get(key)?;
        if node.is_null() { None } else { Some(node) }
    }

    fn place_of(&self, key: &str) -> Place {
        self.found.get(key).map_or(self.place, |(key, _)| key.place)
    }
}

impl Reader {
    fn problem(&self, place: Place, path: Path<'_>, reason: Reason) -> Problem {
        Problem {
            file: self.file.clone(),
            place,
            key: path.to_string(),
            reason,
        }
    }

    fn error(&mut self, place: Place, path: Path<'_>, reason: Reason) {
        let problem = self.problem(place, path, reason);
        self.errors.add(problem);
    }

    fn warn(&mut self, place: Place, path: Path<'_>, reason: Reason) {
        let problem = self.problem(place, path, reason);
        self.warnings.add(problem);
    }

    /// Refuses, and has nothing to give.
    fn refuse<T>(&mut self, node: &Node, path: Path<'_>, reason: Reason) -> Option<T> {
        self.error(node.place, path, reason);
        None
    }

    fn shape<T>(&mut self, node: &Node, path: Path<'_>, want: &'static str) -> Option<T> {
        let found = node.shape();
        self.refuse(node, path, Reason::Shape { want, found })
    }

    fn remember(&mut self, place: Place, path: Path<'_>) {
        self.places.entry(path.to_string()).or_insert(place);
    }

    /// The file as a whole.
    fn file(&mut self, root: &Node) -> Vec<Dataset> {
        let path = Path::Root;
        let Some(file) = self.entries(root, path, "a file of datasets", &["dataset"]) else {
            return Vec::new();
        };
        let Some(list) = file.get("dataset") else {
            self.error(file.place, path, Reason::Missing(DATASET));
            return Vec::new();
        };
        let path = Path::Key(&Path::Root, "dataset");
        self.list(list, path, |r, node, path| r.dataset(node, path))
    }

    /// A map, each key of it known and there once.
    fn entries<'a>(
        &mut self,
        node: &'a Node,
        path: Path<'_>,
        of: &'static str,
        known: &[&'static str],
    ) -> Option<Entries<'a>> {
        let What::Map(entries) = &node.what else {
            return self.shape(node, path, "a map");
        };
        let place = node.place;
        let mut found: HashMap<&str, (&Key, &Rc<Node>)> = HashMap::new();
        for (key, value) in entries {
            let name = key.text.as_str();
            if let Some((first, _)) = found.get(name) {
                let first = first.place.line;
                self.error(key.place, Path::Key(&path, name), Reason::Twice { first });
            } else if known.contains(&name) {
                found.insert(name, (key, value));
            } else {
                self.unknown(key, path, of, known);
            }
        }
        Some(Entries { place, found })
    }

    fn unknown(&mut self, key: &Key, path: Path<'_>, of: &'static str, known: &[&'static str]) {
        if matches!(path, Path::Root) && OTHERS.contains(&key.text.as_str()) {
            self.warn(key.place, Path::Key(&path, &key.text), Reason::NoDatasets);
            return;
        }
        if RETIRED.contains(&key.text.as_str()) {
            self.warn(key.place, Path::Key(&path, &key.text), Reason::Retired);
            return;
        }
        if self.errors.all.len() >= Problems::MOST {
            self.errors.more += 1;
            return;
        }
        let reason = Reason::UnknownKey {
            of,
            nearest: nearest(&key.text, known.iter().copied()),
            known: known.to_vec(),
        };
        let shown: String = key.text.chars().take(NAME).collect();
        self.error(key.place, Path::Key(&path, &shown), reason);
    }

    /// What a key says, read by `read`; nothing if it is left out or null.
    fn value<T>(
        &mut self,
        entries: &Entries<'_>,
        path: Path<'_>,
        key: &str,
        read: impl FnOnce(&mut Self, &Node, Path<'_>) -> Option<T>,
    ) -> Option<T> {
        let node = entries.get(key)?;
        read(self, node, Path::Key(&path, key))
    }

    /// A list, each item read by `read`; what can't be read is left out and noted.
    fn list<T>(
        &mut self,
        node: &Node,
        path: Path<'_>,
        mut read: impl FnMut(&mut Self, &Node, Path<'_>) -> Option<T>,
    ) -> Vec<T> {
        let What::List(items) = &node.what else {
            self.shape::<()>(node, path, "a list");
            return Vec::new();
        };
        let items = items.iter().enumerate();
        items
            .filter_map(|(i, item)| read(self, item, Path::Item(&path, i)))
            .collect()
    }

    /// The list that a key says.
    fn list_of<T>(
        &mut self,
        entries: &Entries<'_>,
        path: Path<'_>,
        key: &str,
        read: impl FnMut(&mut Self, &Node, Path<'_>) -> Option<T>,
    ) -> Vec<T> {
        let list = self.value(entries, path, key, |r, node, path| {
            Some(r.list(node, path, read))
        });
        list.unwrap_or_default()
    }

    /// Any text.
    fn text(&mut self, node: &Node, path: Path<'_>) -> Option<String> {
        match &node.what {
            What::Scalar { text, .. } if !node.is_null() => Some(text.clone()),
            _ => self.shape(node, path, "a text"),
        }
    }

    /// A text that names something.
    fn name(&mut self, node: &Node, path: Path<'_>) -> Option<String> {
        let text = self.text(node, path)?;
        let fits = (1..=NAME).contains(&text.chars().count());
        if fits && !text.chars().any(char::is_control) {
            Some(text)
        } else {
            self.refuse(node, path, Reason::Name { most: NAME })
        }
    }

    /// A name that others can refer to.
    fn key(&mut self, node: &Node, path: Path<'_>) -> Option<String> {
        let text = self.name(node, path)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-<>".contains(&b);
        if text.bytes().all(plain) {
            Some(text)
        } else {
            self.refuse(node, path, Reason::Key)
        }
    }

    fn category(&mut self, node: &Node, path: Path<'_>) -> Option<String> {
        let text = self.text(node, path)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        let mut words = text.split('.');
        let top = words.clone().next();
        let formed = matches!(top, Some("user" | "system"))
            && words.all(|word| !word.is_empty() && word.bytes().all(plain))
            && text.len() <= NAME;
        if formed {
            Some(text)
        } else {
            self.refuse(node, path, Reason::Category)
        }
    }

    fn flag(&mut self, node: &Node, path: Path<'_>) -> Option<bool> {
        let What::Scalar { text, .. } = &node.what else {
            return self.shape(node, path, FLAG);
        };
        let flag = truth(text);
        if flag.is_none() {
            self.error(node.place, path, Reason::Value(FLAG));
        }
        flag
    }

    fn count(&mut self, node: &Node, path: Path<'_>) -> Option<NonZeroU64> {
        let What::Scalar { text, .. } = &node.what else {
            return self.shape(node, path, COUNT);
        };
        let count = text.parse().ok();
        if count.is_none() {
            self.error(node.place, path, Reason::Value(COUNT));
        }
        count
    }

    /// One of a few words.
    fn word<T: Copy>(
        &mut self,
        node: &Node,
        path: Path<'_>,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.text(node, path)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if let Some((_, meaning)) = found {
            return Some(*meaning);
        }
        let all: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let reason = Reason::Word {
            want: all.join(" or "),
            nearest: nearest(&text, words.iter().map(|(word, _)| *word)),
        };
        self.refuse(node, path, reason)
    }

    /// `redact: name`
    fn redact(&mut self, entries: &Entries<'_>, path: Path<'_>) -> bool {
        let redact = self.value(entries, path, "redact", |r, node, path| {
            r.word(node, path, &[("name", true)])
        });
        redact.unwrap_or(false)
    }

    fn about(&mut self, entries: &Entries<'_>, path: Path<'_>) -> About {
        About {
            categories: self.list_of(entries, path, "data_categories", Self::category),
            purposes: self.list_of(entries, path, "data_purposes", Self::key),
        }
    }

    /// `fides_meta`, which was called `fidesops_meta` once.
    fn meta<'a>(
        &mut self,
        entries: &Entries<'a>,
        path: Path<'_>,
        known: &[&'static str],
    ) -> Option<Entries<'a>> {
        let (new, old) = (entries.get("fides_meta"), entries.get("fidesops_meta"));
        if new.is_some() && old.is_some() {
            let first = entries.place_of("fides_meta").line;
            let second = entries.place_of("fidesops_meta");
            let path = Path::Key(&path, "fidesops_meta");
            self.error(second, path, Reason::Twice { first });
        }
        self.entries(new.or(old)?, path, "`fides_meta` here", known)
    }

    /// Notes items of one name, which nothing could tell apart.
    fn once<'n>(&mut self, names: impl Iterator<Item = (&'n str, Place)>, path: Path<'_>) {
        let mut seen: HashMap<&str, u32> = HashMap::new();
        for (name, place) in names {
            match seen.get(name) {
                Some(&first) => {
                    self.error(place, Path::Key(&path, name), Reason::Twice { first });
                }
                None => {
                    seen.insert(name, place.line);
                }
            }
        }
    }
}

/// The words for true and false that users' files hold, as PyYAML reads them.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The `name` of an item, for its key, before it is read.
fn label<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    let What::Map(entries) = &node.what else {
        return None;
    };
    let (_, name) = entries.iter().find(|(k, _)| k.text == key)?;
    match &name.what {
        What::Scalar { text, .. } if !name.is_null() && text.len() <= NAME => Some(text),
        _ => None,
    }
}
