//! Walks a plan over any source of rows: each collection is asked once, with all values that lead to it, and what its rows say
//! leads on. Rows go on as they come; only values that something else is looked for by are kept.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};

use super::elements::keep_hers;
use super::graph::{Origin, Plan, Via, Visit};
use super::model::{Address, FieldPath, Identity};
use super::value::{Row, Value, values};

/// One question to one collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub collection: Address,
    /// Field → values, at least one. A row is wanted if any field holds any of its values; in a list, if any element does.
    pub by: BTreeMap<FieldPath, BTreeSet<Value>>,
}

/// What can be asked for rows.
pub trait Rows: Sync {
    type Error: Send;
    /// The rows that an [`Ask`] wants, each once, as they come. What can't be read to its end is an error.
    fn rows<'a>(&'a self, ask: &'a Ask) -> BoxStream<'a, Result<Row, Self::Error>>;
}

/// Takes her rows. Collections of one stage come side by side.
#[async_trait]
pub trait Sink<E>: Sync {
    /// Takes one row; of arrays by which it was found, only the elements that are hers are in it.
    async fn row(&self, of: &Address, row: Row) -> Result<(), E>;
}

/// What a collection was asked, and how much it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    /// Without values if nothing led there: then it was not asked.
    pub ask: Ask,
    pub rows: u64,
}

/// What is known of a person.
pub type Known = BTreeMap<Identity, BTreeSet<Value>>;

/// Values that something is looked for by, by where they come from.
type Bound = BTreeMap<Origin, BTreeSet<Value>>;

/// Walks the plan for one person; at most `width` collections are asked at once. The first error ends it.
pub async fn walk<R: Rows, S: Sink<R::Error>>(
    plan: &Plan,
    known: &Known,
    rows: &R,
    sink: &S,
    width: usize,
) -> Result<Vec<Walked>, R::Error> {
    let known = known.iter();
    let mut bound: Bound = known
        .map(|(identity, values)| (Origin::Identity(identity.clone()), values.clone()))
        .collect();
    let wanted = wanted(plan);
    let mut walked = Vec::new();
    for stage in &plan.stages {
        let asks = stage.iter().map(|visit| {
            let next = wanted.get(&visit.collection).map_or(&[][..], Vec::as_slice);
            one(visit, ask(visit, &bound), next, rows, sink)
        });
        let asks = asks.collect::<Vec<_>>();
        let done: Vec<(Walked, Bound)> = stream::iter(asks)
            .buffered(width.max(1))
            .try_collect()
            .await?;
        for (visit, more) in done {
            walked.push(visit);
            bound.extend(more);
        }
    }
    Ok(walked)
}

/// Collection → its fields that lead on.
fn wanted(plan: &Plan) -> BTreeMap<&Address, Vec<&FieldPath>> {
    let mut wanted: BTreeMap<&Address, Vec<&FieldPath>> = BTreeMap::new();
    for via in plan.visits().flat_map(|visit| &visit.by) {
        if let Origin::Field(address, path) = &via.from {
            let paths = wanted.entry(address).or_default();
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    wanted
}

fn ask(visit: &Visit, bound: &Bound) -> Ask {
    let mut by: BTreeMap<FieldPath, BTreeSet<Value>> = BTreeMap::new();
    for via in &visit.by {
        let values = bound.get(&via.from).into_iter().flatten();
        let sought: BTreeSet<Value> = values.filter_map(|v| v.sought(via.data_type)).collect();
        if !sought.is_empty() {
            by.entry(via.to.clone()).or_default().extend(sought);
        }
    }
    Ask {
        collection: visit.collection.clone(),
        by,
    }
}

async fn one<R: Rows, S: Sink<R::Error>>(
    visit: &Visit,
    ask: Ask,
    next: &[&FieldPath],
    rows: &R,
    sink: &S,
) -> Result<(Walked, Bound), R::Error> {
    let mut found = vec![BTreeSet::new(); next.len()];
    let mut count = 0;
    if !ask.by.is_empty() {
        let part = |path: &FieldPath| {
            let mut vias = visit.by.iter().filter(|via: &&Via| via.to == *path);
            !vias.any(|via| via.all_elements)
        };
        let parts: Vec<_> = ask.by.iter().filter(|(path, _)| part(path)).collect();
        let mut rows = rows.rows(&ask);
        while let Some(row) = rows.next().await {
            let row = keep_hers(row?, &parts);
            for (path, found) in next.iter().zip(&mut found) {
                values(&row, &path.0, &mut |value| {
                    if let Some(value) = value.sought(None) {
                        found.insert(value);
                    }
                });
            }
            count += 1;
            sink.row(&visit.collection, row).await?;
        }
    }
    let origins = next
        .iter()
        .map(|path| Origin::Field(visit.collection.clone(), (*path).clone()));
    let bound = origins.zip(found).collect();
    Ok((Walked { ask, rows: count }, bound))
}
