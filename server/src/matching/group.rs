//! Merge sets: records joined by equal ids, then by the canonical links that systems declare, then by what staff confirmed.
//! Nothing else joins anyone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::model::{Employment, Found, LinkId, LinkKind, Subject, SubjectKey};

/// What a staff member confirmed of two records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// Follows time.
    pub id: LinkId,
    pub kind: LinkKind,
    pub one: SubjectKey,
    /// Of a join: in the set that leads.
    pub other: SubjectKey,
}

/// Joins subjects of the same key to one, then subjects by their canonical links, to any depth. Each set is led by its canonical
/// member (the end of the chain), or by who is nearest to it if it was not found; then by distance and key. Sets are in
/// the order of their first members' keys. The order of the input does not count.
///
/// Subjects that name each other in a cycle are one set; the cycle's smallest key counts as its canonical.
/// A key that several name joins them though it was not itself found. If two systems name different canonicals for one key,
/// both links join, and the smaller key is kept as her canonical.
///
/// A confirmed parting takes away the declared link between its two records, and no other: what was merged into either stays with
/// it. Confirmed joins are applied one after the other, in the order in which they were made: each puts a whole set behind the
/// one that leads. One that joins what is one set already changes nothing.
pub fn group(mut subjects: Vec<Subject>, confirmed: &[Confirmed]) -> Vec<Vec<Subject>> {
    part(&mut subjects, confirmed);
    let mut links = Links::default();
    for subject in &subjects {
        links.add(&subject.key, subject.canonical.as_ref());
    }
    let mut sets: BTreeMap<usize, Vec<(u32, Subject)>> = BTreeMap::new();
    let records = by_key(subjects);
    let distances = distances(&records, &links);
    for (subject, distance) in records.into_iter().zip(distances) {
        let root = links.root_of(&subject.key);
        sets.entry(root).or_default().push((distance, subject));
    }
    let sets = sets.into_iter();
    let declared = sets.map(|(root, members)| (root, canonical_first(members)));
    let mut sets = joined(declared.collect(), links, confirmed);
    sets.sort_by(|a, b| first_key(a).cmp(&first_key(b)));
    sets
}

fn first_key(set: &[Subject]) -> Option<&SubjectKey> {
    set.first().map(|subject| &subject.key)
}

/// Takes away the declared links that do not hold.
fn part(subjects: &mut [Subject], confirmed: &[Confirmed]) {
    let parted = confirmed.iter().filter(|link| link.kind == LinkKind::Part);
    let parted: BTreeSet<_> = parted
        .flat_map(|link| [(&link.one, &link.other), (&link.other, &link.one)])
        .collect();
    for subject in subjects {
        let declared = subject.canonical.as_ref();
        if declared.is_some_and(|canonical| parted.contains(&(&subject.key, canonical))) {
            subject.canonical = None;
        }
    }
}

/// Declared sets, each under its root, put together as staff confirmed: what was put behind comes after what led it then.
fn joined(
    mut sets: BTreeMap<usize, Vec<Subject>>,
    mut links: Links,
    confirmed: &[Confirmed],
) -> Vec<Vec<Subject>> {
    // The roots of what is one set by now, under the root of the one that leads.
    let mut orders: HashMap<usize, Vec<usize>> = HashMap::new();
    for link in in_order(confirmed) {
        let (one, other) = (links.root_of(&link.one), links.root_of(&link.other));
        if one == other {
            continue;
        }
        links.add(&link.one, Some(&link.other));
        let behind = orders.remove(&one).unwrap_or_else(|| vec![one]);
        let order = orders.entry(other).or_insert_with(|| vec![other]);
        order.extend(behind);
    }
    let mut whole = Vec::new();
    for order in orders.into_values() {
        let found = order.iter().filter_map(|root| sets.remove(root));
        let set: Vec<Subject> = found.flatten().collect();
        // Some are only named by links, and nobody was found.
        if !set.is_empty() {
            whole.push(set);
        }
    }
    whole.extend(sets.into_values());
    whole
}

/// Joins in the order in which they were made.
fn in_order(confirmed: &[Confirmed]) -> Vec<&Confirmed> {
    let joins = confirmed.iter().filter(|link| link.kind == LinkKind::Join);
    let mut joins: Vec<_> = joins.collect();
    joins.sort_by_key(|link| &link.id);
    joins
}

/// For each member of a set that [`group`] made: the join by which it is there; none where its systems' links say so.
pub fn brought_by(set: &[Subject], confirmed: &[Confirmed]) -> Vec<Option<LinkId>> {
    let joins = in_order(confirmed);
    if joins.is_empty() {
        return vec![None; set.len()];
    }
    let declared = group(set.to_vec(), &[]);
    let leading = first_key(set);
    let mut brought = HashMap::new();
    for part in &declared {
        let canonicals = part.iter().filter_map(|s| s.canonical.as_ref());
        let keys: BTreeSet<_> = part.iter().map(|s| &s.key).chain(canonicals).collect();
        if leading.is_some_and(|key| keys.contains(key)) {
            continue;
        }
        let mut joins = joins.iter();
        let join = joins.find(|link| keys.contains(&link.one) || keys.contains(&link.other));
        let id = join.map(|link| &link.id);
        brought.extend(part.iter().map(|s| (s.key.clone(), id.cloned())));
    }
    let by = |subject: &Subject| brought.get(&subject.key).cloned().flatten();
    set.iter().map(by).collect()
}

/// All keys that joins put together with these, through however many of them; these too.
pub fn reached(keys: BTreeSet<SubjectKey>, confirmed: &[Confirmed]) -> BTreeSet<SubjectKey> {
    let joins = in_order(confirmed);
    let mut reached = keys;
    loop {
        let before = reached.len();
        for link in &joins {
            if reached.contains(&link.one) || reached.contains(&link.other) {
                reached.extend([link.one.clone(), link.other.clone()]);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

fn canonical_first(mut members: Vec<(u32, Subject)>) -> Vec<Subject> {
    members.sort_by(|(a, one), (b, other)| (a, &one.key).cmp(&(b, &other.key)));
    members.into_iter().map(|(_, subject)| subject).collect()
}

/// One subject per key, in the order of keys.
fn by_key(subjects: Vec<Subject>) -> Vec<Subject> {
    let mut same: BTreeMap<SubjectKey, Vec<Subject>> = BTreeMap::new();
    for subject in subjects {
        same.entry(subject.key.clone()).or_default().push(subject);
    }
    same.into_values().filter_map(union).collect()
}

/// All that records of one key say. They are taken in an order of their own, so that the order of answers does not count.
fn union(mut records: Vec<Subject>) -> Option<Subject> {
    records.sort_by_cached_key(order);
    let mut records = records.into_iter();
    let mut whole = records.next()?;
    let mut fields = Vec::new();
    add_fields(&mut fields, std::mem::take(&mut whole.fields));
    whole.canonical = whole.canonical.filter(|canonical| *canonical != whole.key);
    for record in records {
        add_fields(&mut fields, record.fields);
        for seen in record.seen_in {
            if !whole.seen_in.contains(&seen) {
                whole.seen_in.push(seen);
            }
        }
        whole.name = whole.name.or(record.name);
        let canonical = record.canonical.filter(|canonical| *canonical != whole.key);
        whole.canonical = whole.canonical.into_iter().chain(canonical).min();
        whole.employment = employment(whole.employment, record.employment);
    }
    whole.fields = fields;
    Some(whole)
}

/// Where a record was seen, then all that it says: equal only for records that are interchangeable.
fn order(record: &Subject) -> impl Ord + use<> {
    let seen: Vec<_> = record
        .seen_in
        .iter()
        .map(|s| (s.system.clone(), s.collection.clone()))
        .collect();
    let fields: Vec<_> = record
        .fields
        .iter()
        .map(|f| {
            let (field, value, in_full) = (f.field.clone(), f.value.clone(), f.in_full.clone());
            (field, value, f.holds, f.matched, in_full)
        })
        .collect();
    (seen, record.name.is_none(), record.name.clone(), fields)
}

fn add_fields(fields: &mut Vec<Found>, more: Vec<Found>) {
    for found in more {
        let says = |f: &Found| (f.field.clone(), f.value.clone(), f.holds, f.in_full.clone());
        let known = fields.iter_mut().find(|known| says(known) == says(&found));
        match known {
            Some(known) => known.matched |= found.matched,
            None => fields.push(found),
        }
    }
}

/// Who works here in any record works here: erasing an employee by mistake is the worse error.
fn employment(one: Option<Employment>, other: Option<Employment>) -> Option<Employment> {
    match (one, other) {
        (Some(Employment::Active), _) | (_, Some(Employment::Active)) => Some(Employment::Active),
        (one, other) => one.or(other),
    }
}

/// How many links each record is away from the end of its chain; 0 for a canonical one. In a cycle the smallest key is the end.
fn distances(records: &[Subject], links: &Links) -> Vec<u32> {
    let next: HashMap<usize, usize> = records
        .iter()
        .filter_map(|s| Some((links.index(&s.key)?, links.index(s.canonical.as_ref()?)?)))
        .collect();
    let mut known: HashMap<usize, u32> = HashMap::new();
    let indices = records.iter().map(|s| links.index(&s.key));
    indices
        .map(|at| at.map_or(0, |at| distance(at, &next, &mut known, links)))
        .collect()
}

/// Walks from `start` to the end, or to what is known; notes every step. Every key is walked over once.
fn distance(
    start: usize,
    next: &HashMap<usize, usize>,
    known: &mut HashMap<usize, u32>,
    links: &Links,
) -> u32 {
    let mut path = Vec::new();
    let mut place = HashMap::new();
    let mut at = start;
    let mut far = loop {
        if let Some(far) = known.get(&at) {
            break *far;
        }
        if let Some(entered) = place.insert(at, path.len()) {
            let cycle = path.split_off(entered);
            note_cycle(&cycle, known, links);
            break known.get(&at).copied().unwrap_or(0);
        }
        path.push(at);
        match next.get(&at) {
            Some(to) => at = *to,
            None => {
                path.pop();
                known.insert(at, 0);
                break 0;
            }
        }
    };
    for step in path.into_iter().rev() {
        far += 1;
        known.insert(step, far);
    }
    known.get(&start).copied().unwrap_or(0)
}

fn note_cycle(cycle: &[usize], known: &mut HashMap<usize, u32>, links: &Links) {
    let smallest = cycle.iter().min_by_key(|index| links.keys.get(**index));
    let Some(end) = cycle.iter().position(|index| Some(index) == smallest) else {
        return;
    };
    // From the end on, the rest of the cycle leads back to it in falling steps.
    let after = cycle.iter().cycle().skip(end).take(cycle.len());
    for (index, steps) in after.zip(std::iter::once(0).chain((1..cycle.len()).rev())) {
        known.insert(*index, u32::try_from(steps).unwrap_or(u32::MAX));
    }
}

/// Which keys belong together: a union-find over keys, those included that were only named.
#[derive(Default)]
struct Links {
    keys: Vec<SubjectKey>,
    indices: HashMap<SubjectKey, usize>,
    parents: Vec<usize>,
}

impl Links {
    fn add(&mut self, key: &SubjectKey, canonical: Option<&SubjectKey>) {
        let one = self.enter(key);
        if let Some(canonical) = canonical {
            let other = self.enter(canonical);
            let (one, other) = (self.root(one), self.root(other));
            self.parents[one] = other;
        }
    }

    fn enter(&mut self, key: &SubjectKey) -> usize {
        if let Some(index) = self.indices.get(key) {
            return *index;
        }
        let index = self.keys.len();
        self.keys.push(key.clone());
        self.indices.insert(key.clone(), index);
        self.parents.push(index);
        index
    }

    fn index(&self, key: &SubjectKey) -> Option<usize> {
        self.indices.get(key).copied()
    }

    /// Halves the path on its way, so that long chains stay cheap.
    fn root(&mut self, mut index: usize) -> usize {
        while self.parents[index] != index {
            self.parents[index] = self.parents[self.parents[index]];
            index = self.parents[index];
        }
        index
    }

    fn root_of(&mut self, key: &SubjectKey) -> usize {
        let index = self.enter(key);
        self.root(index)
    }
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
