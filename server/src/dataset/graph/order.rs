//! In which order collections are asked: each once, and after all that leads to it.

use std::collections::BTreeSet;

use super::super::model::Identity;
use super::{Back, Graph, PlanError};

/// How far we are.
struct State<'a> {
    reached: &'a [bool],
    done: Vec<bool>,
    /// An identity or a collection that is done leads there.
    found: Vec<bool>,
}

impl State<'_> {
    /// Whether it is on the way, and its turn is still to come.
    fn left(&self, node: usize) -> bool {
        self.reached[node] && !self.done[node]
    }
}

impl Graph<'_> {
    /// Stages of what is reached. What is in one stage does not lead to anything else in it.
    pub(super) fn stages(
        &self,
        reached: &[bool],
        given: &BTreeSet<Identity>,
    ) -> Result<Vec<Vec<usize>>, PlanError> {
        let mut state = State {
            reached,
            done: vec![false; self.nodes.len()],
            found: vec![false; self.nodes.len()],
        };
        let seeds = self.seeds.iter();
        for seed in seeds.filter(|seed| given.contains(&seed.identity)) {
            state.found[seed.node] = true;
        }
        let mut stages = Vec::new();
        while (0..self.nodes.len()).any(|node| state.left(node)) {
            let stage = self.next(&state)?;
            for &node in &stage {
                state.done[node] = true;
                for &link in &self.out[node] {
                    state.found[self.links[link].to] = true;
                }
            }
            stages.push(stage);
        }
        Ok(stages)
    }

    fn next(&self, state: &State<'_>) -> Result<Vec<usize>, PlanError> {
        let all = 0..self.nodes.len();
        let may: Vec<usize> = all
            .filter(|&node| state.left(node) && state.found[node])
            .filter(|&node| self.after[node].iter().all(|&other| !state.left(other)))
            .collect();
        let known: Vec<usize> = may
            .iter()
            .copied()
            .filter(|&node| self.before(node, state).next().is_none())
            .collect();
        let apart: Vec<usize> = known
            .iter()
            .copied()
            .filter(|&node| !self.yields(node, &known))
            .collect();
        // The first of `known` yields to nobody, so there is one apart wherever there is one known.
        if !apart.is_empty() {
            return Ok(apart);
        }
        let round = may.into_iter().filter_map(|node| {
            let above = self.above(node, state);
            above.contains(&node).then_some((above.len(), node))
        });
        // References go round. What comes first in the files is asked first, of a round that nothing else leads to.
        match round.min() {
            Some((_, node)) => Ok(vec![node]),
            None => Err(self.stuck(state)),
        }
    }

    /// Collections that lead there and are still to be asked.
    fn before<'a>(&'a self, node: usize, state: &'a State<'_>) -> impl Iterator<Item = usize> + 'a {
        let links = self.into[node].iter().map(|&i| &self.links[i]);
        links
            .filter(|link| !link.both && state.left(link.from))
            .map(|link| link.from)
    }

    /// Whether a reference that goes both ways links it with one that comes first in the files: that one is asked first.
    fn yields(&self, node: usize, others: &[usize]) -> bool {
        let links = self.into[node].iter().map(|&i| &self.links[i]);
        let mut both = links.filter(|link| link.both && link.from < node);
        both.any(|link| others.contains(&link.from))
    }

    /// All that leads there or comes before it, over any number of steps.
    fn above(&self, node: usize, state: &State<'_>) -> BTreeSet<usize> {
        let mut above = BTreeSet::new();
        let mut left = vec![node];
        while let Some(node) = left.pop() {
            let after = self.after[node].iter().copied();
            let after = after.filter(|&other| state.left(other));
            let next = self.before(node, state).chain(after);
            left.extend(next.filter(|&other| above.insert(other)));
        }
        above
    }

    /// Nothing can go on: everything that is found waits for what is found only later.
    fn stuck(&self, state: &State<'_>) -> PlanError {
        let found = (0..self.nodes.len()).filter(|&n| state.left(n) && state.found[n]);
        let mut waiting = found.flat_map(|node| {
            let after = self.after[node].iter().copied();
            after
                .filter(|&other| state.left(other))
                .map(move |other| (node, other))
        });
        let (node, other) = waiting.next().unwrap_or_default();
        PlanError::Stuck {
            waiting: self.nodes[node].address.clone(),
            for_whom: self.nodes[other].address.clone(),
        }
    }

    /// References that would lead back to what was asked already.
    pub(super) fn back(&self, stages: &[Vec<usize>]) -> Vec<Back> {
        let mut turn = vec![None; self.nodes.len()];
        for (i, stage) in stages.iter().enumerate() {
            stage.iter().for_each(|&node| turn[node] = Some(i));
        }
        let back = self.links.iter().filter(|link| {
            let (from, to) = (turn[link.from], turn[link.to]);
            !link.both && from.is_some() && to.is_some() && to <= from
        });
        let end =
            |node: usize, path: &super::FieldPath| (self.nodes[node].address.clone(), path.clone());
        back.map(|link| Back {
            from: end(link.from, &link.from_path),
            to: end(link.to, &link.to_path),
        })
        .collect()
    }
}
