//! The way through datasets: which collections a person is found in by which of her identities, by which fields, in which
//! order. Nothing is asked of any system for that.
//!
//! A field with an `identity` is where the way begins. From there it follows references, each in its direction, over all
//! datasets. Where several lead to one collection, a row is hers if any of them matches. Every collection is asked once.

mod erase;
mod order;
mod reach;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::check::waits;
use super::model::{
    Address, Collection, DataType, Dataset, Direction, FieldPath, Identity, is_personal,
};
use super::{Datasets, Field};

pub use reach::{Skip, Skipped, Unreached, Why};

/// Where the values for a field come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Identity(Identity),
    Field(Address, FieldPath),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identity(identity) => identity.fmt(f),
            Self::Field(address, path) => write!(f, "{address}.{path}"),
        }
    }
}

/// One way into a collection: its field, and where the values come from that are looked for in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    pub from: Origin,
    pub to: FieldPath,
    /// What values are turned into first.
    pub data_type: Option<DataType>,
    /// Of an array in which one element matches, all are hers.
    pub all_elements: bool,
}

/// One collection on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub collection: Address,
    /// Never empty. A row is hers if one matches.
    pub by: Vec<Via>,
}

/// A reference that is not followed, since it leads back to a collection that was asked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    pub from: (Address, FieldPath),
    pub to: (Address, FieldPath),
}

/// The whole way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// One after the other; what is in one can be asked side by side.
    pub stages: Vec<Vec<Visit>>,
    /// One after the other, as erasure goes: what was found through a collection is erased before it, unless `erase_after`
    /// says otherwise.
    pub erasure: Vec<Vec<Address>>,
    pub skipped: Vec<Skipped>,
    pub back: Vec<Back>,
}

impl Plan {
    /// All collections on the way, in their order.
    pub fn visits(&self) -> impl Iterator<Item = &Visit> {
        self.stages.iter().flatten()
    }
}

/// Why there is no way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Personal data that no identity leads to.
    #[error("not reachable: {}", names(.0))]
    Unreached(Vec<Unreached>),
    #[error(
        "{waiting} waits for {for_whom} by `after`, but {for_whom} is found only through it: leave that `after` out"
    )]
    Stuck { waiting: Address, for_whom: Address },
}

fn names(all: &[Unreached]) -> String {
    let names: Vec<_> = all.iter().map(|u| u.collection.to_string()).collect();
    names.join(", ")
}

/// What is linked with what, for any identities.
#[derive(Debug)]
pub struct Graph<'d> {
    nodes: Vec<Node<'d>>,
    links: Vec<Link>,
    /// By node: its links, out and in.
    out: Vec<Vec<usize>>,
    into: Vec<Vec<usize>>,
    seeds: Vec<Seed>,
    /// By node: who must be asked before.
    after: Vec<Vec<usize>>,
}

#[derive(Debug)]
struct Node<'d> {
    address: Address,
    dataset: &'d Dataset,
    collection: &'d Collection,
}

/// Values go from one field to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Link {
    from: usize,
    to: usize,
    from_path: FieldPath,
    to_path: FieldPath,
    /// The same reference is a link the other way too: whichever end is asked first leads to the other.
    both: bool,
}

#[derive(Debug)]
struct Seed {
    node: usize,
    path: FieldPath,
    identity: Identity,
}

impl<'d> Graph<'d> {
    /// Collections with `skip_processing` are not part of it.
    pub fn new(datasets: &'d Datasets) -> Self {
        let nodes: Vec<_> = datasets.all().iter().flat_map(nodes).collect();
        let index: BTreeMap<_, _> = nodes
            .iter()
            .enumerate()
            .map(|(i, node)| (node.address.clone(), i))
            .collect();
        let links: Vec<_> = links(&nodes, &index).into_iter().collect();
        let (mut out, mut into) = (vec![Vec::new(); nodes.len()], vec![Vec::new(); nodes.len()]);
        for (i, link) in links.iter().enumerate() {
            out[link.from].push(i);
            into[link.to].push(i);
        }
        let waits = waits(datasets.all().iter());
        let after = nodes.iter().map(|node| {
            let all = waits.get(&node.address).into_iter().flatten();
            all.filter_map(|address| index.get(address).copied())
                .collect()
        });
        let after = after.collect();
        let seeds = seeds(&nodes);
        Self {
            nodes,
            links,
            out,
            into,
            seeds,
            after,
        }
    }

    /// Every identity that some field holds.
    pub fn identities(&self) -> BTreeSet<&Identity> {
        self.seeds.iter().map(|seed| &seed.identity).collect()
    }

    /// The way for a person of whom these identities are known.
    pub fn plan(&self, given: &BTreeSet<Identity>) -> Result<Plan, PlanError> {
        let reached = self.reached(|identity| given.contains(identity));
        let skipped = self.skipped(&reached, given)?;
        let stages = self.stages(&reached, given)?;
        Ok(Plan {
            erasure: self.erasure(&stages),
            back: self.back(&stages),
            stages: self.visits(&stages, given),
            skipped,
        })
    }

    fn visits(&self, stages: &[Vec<usize>], given: &BTreeSet<Identity>) -> Vec<Vec<Visit>> {
        let mut done = vec![false; self.nodes.len()];
        let mut visits = Vec::new();
        for stage in stages {
            let visit = |&node: &usize| Visit {
                collection: self.nodes[node].address.clone(),
                by: self.ways_into(node, &done, given),
            };
            visits.push(stage.iter().map(visit).collect());
            stage.iter().for_each(|&node| done[node] = true);
        }
        visits
    }

    /// From what is known when the collection is asked.
    fn ways_into(&self, node: usize, done: &[bool], given: &BTreeSet<Identity>) -> Vec<Via> {
        let seeds = self.seeds.iter();
        let seeds = seeds.filter(|seed| seed.node == node && given.contains(&seed.identity));
        let mut by: Vec<Via> = seeds
            .map(|seed| self.via(node, Origin::Identity(seed.identity.clone()), &seed.path))
            .collect();
        let links = self.into[node].iter().map(|&i| &self.links[i]);
        for link in links.filter(|link| done[link.from]) {
            let address = self.nodes[link.from].address.clone();
            let from = Origin::Field(address, link.from_path.clone());
            let via = self.via(node, from, &link.to_path);
            if !by.contains(&via) {
                by.push(via);
            }
        }
        by
    }

    fn via(&self, node: usize, from: Origin, to: &FieldPath) -> Via {
        let collection = self.nodes[node].collection;
        let field = collection.field(to);
        let above = (1..=to.0.len()).map(|n| FieldPath(to.0[..n].to_vec()));
        let mut above = above.filter_map(|path| collection.field(&path));
        Via {
            from,
            to: to.clone(),
            data_type: field.and_then(|f| f.data_type),
            all_elements: above.any(|f| f.return_all_elements == Some(true)),
        }
    }
}

fn nodes(dataset: &Dataset) -> impl Iterator<Item = Node<'_>> {
    let asked = dataset.collections.iter().filter(|c| !c.skip_processing);
    asked.map(move |collection| Node {
        address: Address::new(&dataset.key, &collection.name),
        dataset,
        collection,
    })
}

fn links(nodes: &[Node<'_>], index: &BTreeMap<Address, usize>) -> BTreeSet<Link> {
    let mut links = BTreeSet::new();
    for (own, node) in nodes.iter().enumerate() {
        for (path, field) in node.collection.walk() {
            for reference in &field.references {
                let Some(&other) = index.get(&reference.address()) else {
                    continue; // checked: there is none
                };
                let here = (own, path.clone());
                let there = (other, reference.path.clone());
                let both = reference.direction.is_none();
                if reference.direction != Some(Direction::From) {
                    links.insert(link(here.clone(), there.clone(), both));
                }
                if reference.direction != Some(Direction::To) {
                    links.insert(link(there, here, both));
                }
            }
        }
    }
    links
}

fn link(from: (usize, FieldPath), to: (usize, FieldPath), both: bool) -> Link {
    Link {
        from: from.0,
        to: to.0,
        from_path: from.1,
        to_path: to.1,
        both,
    }
}

fn seeds(nodes: &[Node<'_>]) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (node, of) in nodes.iter().enumerate() {
        for (path, field) in of.collection.walk() {
            if let Some(identity) = field.identity.clone() {
                seeds.push(Seed {
                    node,
                    path,
                    identity,
                });
            }
        }
    }
    seeds
}

impl Node<'_> {
    /// A category of personal data that it holds.
    fn personal(&self) -> Option<String> {
        let above = [&self.dataset.about, &self.collection.about];
        let fields: Vec<&Field> = self.collection.walk().map(|(_, field)| field).collect();
        let about = above.into_iter().chain(fields.iter().map(|f| &f.about));
        let mut categories = about.flat_map(|about| &about.categories);
        categories.find(|category| is_personal(category)).cloned()
    }
}
