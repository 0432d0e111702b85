//! In which order collections are erased.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::Address;
use super::Graph;

impl Graph<'_> {
    /// `erase_after` always holds; else what was found through a collection goes before it: as long as it is there, what it
    /// leads to can be found again.
    pub(super) fn erasure(&self, stages: &[Vec<usize>]) -> Vec<Vec<Address>> {
        let order: Vec<usize> = stages.iter().flatten().copied().collect();
        let mut first = self.erase_after(&order);
        let turn: BTreeMap<usize, usize> = order.iter().enumerate().map(|(i, &n)| (n, i)).collect();
        let said = first.values().any(|all| !all.is_empty());
        for &node in order.iter().rev() {
            let links = self.out[node].iter().map(|&i| self.links[i].to);
            let children: BTreeSet<usize> = links
                .filter(|child| turn.get(child) > turn.get(&node))
                .collect();
            for child in children {
                // Not where `erase_after` says the contrary, itself or by way of others.
                if !said || !leads(&first, child, node) {
                    first.entry(node).or_default().insert(child);
                }
            }
        }
        self.layers(&order, &first)
    }

    /// Node → those erased before it.
    fn erase_after(&self, order: &[usize]) -> BTreeMap<usize, BTreeSet<usize>> {
        let find = |address: &Address| {
            let mut nodes = order.iter().copied();
            nodes.find(|&node| self.nodes[node].address == *address)
        };
        let first = |&node: &usize| {
            let said = self.nodes[node].collection.erase_after.iter();
            (node, said.filter_map(find).collect())
        };
        order.iter().map(first).collect()
    }

    fn layers(
        &self,
        order: &[usize],
        first: &BTreeMap<usize, BTreeSet<usize>>,
    ) -> Vec<Vec<Address>> {
        let mut done = BTreeSet::new();
        let mut layers = Vec::new();
        while done.len() < order.len() {
            let ready = order.iter().copied().filter(|node| {
                let waits = first.get(node);
                !done.contains(node) && waits.is_none_or(|all| all.is_subset(&done))
            });
            let ready: Vec<usize> = ready.collect();
            if ready.is_empty() {
                break; // checked: `erase_after` does not go round
            }
            let layer = ready.iter().map(|&node| self.nodes[node].address.clone());
            layers.push(layer.collect());
            done.extend(ready);
        }
        layers
    }
}

/// Whether a node waits for another, over any number of steps.
fn leads(first: &BTreeMap<usize, BTreeSet<usize>>, node: usize, other: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut left = vec![node];
    while let Some(at) = left.pop() {
        if at == other {
            return true;
        }
        if seen.insert(at) {
            left.extend(first.get(&at).into_iter().flatten());
        }
    }
    false
}
