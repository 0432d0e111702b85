//! Datasets in fideslang, the format in which users of Fides describe what their systems hold.
//!
//! [`load`] reads files and checks them, each alone and one against the other; [`write`] writes what was read, so that Fides
//! reads it too. [`graph`] says which collections a person is found in by which of her identities, in which order, and
//! [`walk`] goes that way over any source of rows. Nothing here knows a database or a connector.
//!
//! What Habeas adds (what erasure does to a collection, and on which legal ground it is kept) stands in `meta.habeas` of a
//! dataset. `meta` is free content in the format: Fides loads, keeps and exports it untouched.
//!
//! To add a key of the format: name it in the list at the top of its file in `read`, read it there, hold it in `model`, and write
//! it in `write`. The round trip test does the rest.

mod check;
mod elements;
pub mod graph;
mod model;
mod nearest;
mod problem;
mod read;
mod value;
pub mod walk;
mod write;
mod yaml;

use std::collections::HashMap;
use std::sync::Arc;

pub use model::{
    About, Address, Collection, DataType, Dataset, Direction, Field, FieldPath, Free, Identity,
    Masking, Reference, Scalar, Strategy, is_personal,
};
pub use problem::{Place, Problem, Problems, Reason};
pub use value::{Float, Row, Value};
pub use write::write;

/// The largest file that is read, in bytes.
pub const LARGEST: usize = yaml::LARGEST;

/// A file to read.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// What messages call it.
    pub name: &'a str,
    pub bytes: &'a [u8],
}

/// Datasets that fit together: every reference leads to a field that there is, and no `after` goes round.
#[derive(Debug, Clone, PartialEq)]
pub struct Datasets(Vec<Dataset>);

impl Datasets {
    /// Checks datasets that come from no file.
    pub fn new(datasets: Vec<Dataset>) -> Result<Self, Problems> {
        let (file, places) = (Arc::from(""), HashMap::new());
        let sources = datasets.iter().map(|dataset| (&file, dataset, &places));
        let mut problems = Problems::default();
        check_all(sources, &mut problems);
        if problems.is_empty() {
            Ok(Self(datasets))
        } else {
            Err(problems)
        }
    }

    /// In the order of the files.
    pub fn all(&self) -> &[Dataset] {
        &self.0
    }

    /// The collection of that address.
    pub fn collection(&self, address: &Address) -> Option<&Collection> {
        let dataset = self.0.iter().find(|d| d.key == address.dataset)?;
        let mut collections = dataset.collections.iter();
        collections.find(|c| c.name == address.collection)
    }
}

/// What files say, once nothing is wrong with them.
#[derive(Debug)]
pub struct Loaded {
    pub datasets: Datasets,
    /// What is read, but not as Fides reads it.
    pub warnings: Problems,
    places: HashMap<Address, (Arc<str>, Place)>,
}

impl Loaded {
    /// Where a collection stands: file and place.
    pub fn place(&self, address: &Address) -> Option<(&str, Place)> {
        let (file, place) = self.places.get(address)?;
        Some((file, *place))
    }
}

/// Reads files that belong together. All that is wrong is said at once.
pub fn load(files: &[File<'_>]) -> Result<Loaded, Problems> {
    let names: Vec<Arc<str>> = files.iter().map(|file| Arc::from(file.name)).collect();
    let read = names.iter().zip(files);
    let mut read: Vec<_> = read.map(|(name, f)| read::read(name, f.bytes)).collect();
    let (mut problems, mut warnings) = (Problems::default(), Problems::default());
    for file in &mut read {
        problems.append(std::mem::take(&mut file.errors));
        warnings.append(std::mem::take(&mut file.warnings));
    }
    // What a file with a mistake says to others is not known: it would only be said twice.
    if problems.is_empty() {
        let files = names.iter().zip(&read);
        let sources = files.flat_map(|(file, read)| {
            let datasets = read.datasets.iter();
            datasets.map(move |dataset| (file, dataset, &read.places))
        });
        check_all(sources, &mut problems);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let places = places(&names, &read);
    let datasets = Datasets(read.into_iter().flat_map(|r| r.datasets).collect());
    Ok(Loaded {
        datasets,
        warnings,
        places,
    })
}

type Placed<'a> = (&'a Arc<str>, &'a Dataset, &'a HashMap<String, Place>);

fn check_all<'a>(read: impl Iterator<Item = Placed<'a>>, problems: &mut Problems) {
    let sources = read
        .enumerate()
        .map(|(order, (file, dataset, places))| check::Source {
            order,
            file,
            dataset,
            places,
        });
    check::check(&sources.collect::<Vec<_>>(), problems);
}

fn places(names: &[Arc<str>], read: &[read::Read]) -> HashMap<Address, (Arc<str>, Place)> {
    let mut places = HashMap::new();
    for (file, read) in names.iter().zip(read) {
        for dataset in &read.datasets {
            for collection in &dataset.collections {
                let key = format!("{}.{}", dataset.key, collection.name);
                let place = read.places.get(&key).copied().unwrap_or(Place::START);
                let address = Address::new(&dataset.key, &collection.name);
                places.insert(address, (file.clone(), place));
            }
        }
    }
    places
}
