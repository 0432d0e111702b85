//! What is reached, what may be left aside, and why the rest is not reached.

use std::collections::BTreeSet;
use std::fmt;

use super::super::model::{Address, Identity};
use super::{Graph, PlanError};

/// A collection that is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub collection: Address,
    pub why: Skip,
}

/// Why a collection need not be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// Nothing in it says anything of a person.
    NoPersonalData,
    /// It is found by a field of the request form, not by an identity.
    RequestField,
    /// Other identities would lead to it.
    Identity {
        reaching: Vec<Identity>,
        given: Vec<Identity>,
    },
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let collection = &self.collection;
        match &self.why {
            Skip::NoPersonalData => write!(
                f,
                "Skipping the \"{collection}\" collection, it is not reachable and holds no personal data"
            ),
            Skip::RequestField => write!(
                f,
                "Skipping the \"{collection}\" collection, it is found by a field of the request and not by an identity"
            ),
            // Word for word what Fides says.
            Skip::Identity { reaching, given } => {
                let (ids, id) = (quoted(reaching), identity(reaching));
                let (known, word) = (quoted(given), identity(given));
                let were = if given.len() == 1 { "was" } else { "were" };
                write!(
                    f,
                    "Skipping the \"{collection}\" collection, it is reachable by the {ids} {id} but only the {known} {word} {were} provided"
                )
            }
        }
    }
}

fn quoted(identities: &[Identity]) -> String {
    let all: Vec<_> = identities.iter().map(|i| format!("\"{i}\"")).collect();
    all.join(", ")
}

fn identity(identities: &[Identity]) -> &'static str {
    if identities.len() == 1 {
        "identity"
    } else {
        "identities"
    }
}

/// A collection with personal data to which no identity leads at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    pub collection: Address,
    /// A category that it holds.
    pub category: String,
    pub why: Why,
}

/// What is missing on the way to a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is linked with nothing.
    Alone,
    /// A reference leads from it to a collection that is found, and not back.
    Away { field: String, to: String },
    /// It is linked only with collections that are not found either.
    Behind(Vec<Address>),
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (collection, category) = (&self.collection, &self.category);
        write!(
            f,
            "{collection} is not reachable, though it holds `{category}`: "
        )?;
        match &self.why {
            Why::Alone => f.write_str(
                "give one of its fields an `identity`, or a reference to a field of a collection that is found",
            ),
            Why::Away { field, to } => write!(
                f,
                "`{field}` leads to `{to}` and not back; turn that reference's `direction` round, or leave it out to go both ways"
            ),
            Why::Behind(others) => {
                let others: Vec<_> = others.iter().map(ToString::to_string).collect();
                let others = others.join(", ");
                write!(f, "it is linked only with {others}, not reachable either")
            }
        }
    }
}

impl Graph<'_> {
    /// By node: whether these identities lead to it.
    pub(super) fn reached(&self, given: impl Fn(&Identity) -> bool) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        let seeds = self.seeds.iter().filter(|seed| given(&seed.identity));
        let mut left: Vec<usize> = seeds.map(|seed| seed.node).collect();
        while let Some(node) = left.pop() {
            if !std::mem::replace(&mut reached[node], true) {
                left.extend(self.out[node].iter().map(|&i| self.links[i].to));
            }
        }
        reached
    }

    /// Why each collection that is not reached need not be; an error if one must.
    pub(super) fn skipped(
        &self,
        reached: &[bool],
        given: &BTreeSet<Identity>,
    ) -> Result<Vec<Skipped>, PlanError> {
        let others = self.identities().into_iter();
        let others = others.filter(|identity| !given.contains(*identity));
        let others: Vec<_> = others
            .map(|identity| (identity, self.reached(|i| i == identity)))
            .collect();
        let (mut skipped, mut missing) = (Vec::new(), Vec::new());
        for (i, node) in self.nodes.iter().enumerate().filter(|(i, _)| !reached[*i]) {
            let reaching = others.iter().filter(|(_, reached)| reached[i]);
            let reaching: Vec<Identity> = reaching.map(|(id, _)| (*id).clone()).collect();
            let mut fields = node.collection.walk();
            let why = if !reaching.is_empty() {
                Skip::Identity {
                    reaching,
                    given: given.iter().cloned().collect(),
                }
            } else if fields.any(|(_, field)| field.custom_request_field.is_some()) {
                Skip::RequestField
            } else if let Some(category) = node.personal() {
                missing.push(Unreached {
                    collection: node.address.clone(),
                    category,
                    why: self.why(i),
                });
                continue;
            } else {
                Skip::NoPersonalData
            };
            skipped.push(Skipped {
                collection: node.address.clone(),
                why,
            });
        }
        if missing.is_empty() {
            Ok(skipped)
        } else {
            Err(PlanError::Unreached(missing))
        }
    }

    fn why(&self, node: usize) -> Why {
        let all = self.reached(|_| true);
        let out = self.out[node].iter().map(|&i| &self.links[i]);
        if let Some(link) = out.clone().find(|link| all[link.to]) {
            return Why::Away {
                field: link.from_path.to_string(),
                to: format!("{}.{}", self.nodes[link.to].address, link.to_path),
            };
        }
        let into = self.into[node].iter().map(|&i| self.links[i].from);
        let linked: BTreeSet<usize> = out.map(|link| link.to).chain(into).collect();
        if linked.is_empty() {
            return Why::Alone;
        }
        let linked = linked.into_iter();
        Why::Behind(linked.map(|i| self.nodes[i].address.clone()).collect())
    }
}
