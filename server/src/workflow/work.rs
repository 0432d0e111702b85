//! What a right means in each system: the work of one member, from the inventories alone.

use app::model::{
    Action, Collection, CollectionName, Disposition, IdentifierKind, Inventory, Operation,
    Replacement, Right, SystemId,
};

use crate::connectors::Repeat;
use crate::registry::{Registry, System};

/// One piece of work: a task to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub system: SystemId,
    pub collection: CollectionName,
    pub title: String,
    pub action: Action,
    pub operation: Operation,
    pub repeat: Repeat,
    /// The piece, by its place in [`Work::pieces`], that has to be done before.
    pub after: Option<usize>,
}

/// All work of one member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Work {
    pub pieces: Vec<Piece>,
    /// Systems that her key finds nothing in by nature, or that hold nothing of what is to be changed.
    pub not_searchable: Vec<SystemId>,
}

/// What a right does for a subject known by a key of that kind.
pub fn of(
    systems: &Registry,
    right: Right,
    kind: IdentifierKind,
    replacements: &[Replacement],
) -> Work {
    let mut work = Work::default();
    for system in systems.all() {
        if !system.connector.inventory().searchable_by(kind) {
            work.not_searchable.push(system.id.clone());
            continue;
        }
        let begin = work.pieces.len();
        work.pieces
            .extend(pieces(&system, right, kind, replacements));
        if work.pieces.len() == begin {
            // An update of what it does not hold: said of it, not passed over.
            work.not_searchable.push(system.id.clone());
        }
        if right == Right::Delete {
            let pieces = &mut work.pieces;
            if system.connector.at_once() {
                in_one_line(pieces, begin);
            } else {
                order_erasure(system.connector.inventory(), pieces, begin);
            }
        }
    }
    work
}

fn pieces<'a>(
    system: &'a System,
    right: Right,
    kind: IdentifierKind,
    replacements: &'a [Replacement],
) -> impl Iterator<Item = Piece> + 'a {
    let operation = operation_of(right);
    let concerned = move |collection: &&Collection| {
        collection.searchable(kind).is_yes()
            && (right != Right::Update || holds_any(collection, replacements))
    };
    system
        .connector
        .inventory()
        .collections
        .iter()
        .filter(concerned)
        .map(move |collection| Piece {
            system: system.id.clone(),
            collection: collection.name.clone(),
            title: collection.title.clone(),
            action: action_of(right, &collection.disposition),
            operation,
            repeat: system.connector.repeat(operation),
            after: None,
        })
}

/// The operation that carries a right out.
pub fn operation_of(right: Right) -> Operation {
    match right {
        Right::Export => Operation::Export,
        Right::Update => Operation::Update,
        Right::Delete => Operation::Delete,
    }
}

fn action_of(right: Right, disposition: &Disposition) -> Action {
    match (right, disposition) {
        (Right::Export, _) => Action::Export,
        (Right::Update, _) => Action::Change,
        (Right::Delete, Disposition::Delete) => Action::Delete,
        (Right::Delete, Disposition::Anonymise) => Action::Anonymise,
        (Right::Delete, Disposition::Keep { ground }) => Action::Keep {
            ground: ground.clone(),
        },
    }
}

fn holds_any(collection: &Collection, replacements: &[Replacement]) -> bool {
    let kinds = |kind| {
        replacements
            .iter()
            .any(|replacement| replacement.kind == kind)
    };
    collection
        .fields
        .iter()
        .any(|field| field.holds.is_some_and(kinds))
}

/// One after the other, children before parents: the first is done together with all that wait for it.
fn in_one_line(pieces: &mut [Piece], begin: usize) {
    for at in begin..pieces.len() {
        pieces[at].after = Some(at + 1).filter(|next| *next < pieces.len());
    }
}

/// Children before parents, one after the other within a family; families side by side.
fn order_erasure(inventory: &Inventory, pieces: &mut [Piece], begin: usize) {
    let families = families(inventory);
    let family = |piece: &Piece| {
        let mut all = families.iter();
        let found = all.find(|(name, _)| **name == piece.collection);
        found.map(|(_, family)| *family)
    };
    // Inventories list parents before children: going backwards meets children first.
    for at in (begin..pieces.len()).rev() {
        let mine = family(&pieces[at]);
        let child = (at + 1..pieces.len()).find(|other| family(&pieces[*other]) == mine);
        pieces[at].after = child;
    }
}

/// Each collection with the number of its family: what belongs to two families makes them one.
fn families(inventory: &Inventory) -> Vec<(&CollectionName, usize)> {
    let mut all: Vec<(&CollectionName, usize)> = Vec::new();
    for (at, collection) in inventory.collections.iter().enumerate() {
        all.push((&collection.name, at));
        for parent in &collection.parents {
            let found = all.iter().find(|(name, _)| *name == parent);
            if let Some(theirs) = found.map(|(_, family)| *family) {
                let mine = all.last().map_or(at, |(_, family)| *family);
                all.iter_mut()
                    .filter(|(_, family)| *family == theirs)
                    .for_each(|(_, family)| *family = mine);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_two_families_makes_them_one() {
        let name = |name: &str| CollectionName::parse(name).expect("a name");
        let collection = |word: &str, parents: &[&str]| Collection {
            name: name(word),
            title: word.to_owned(),
            fields: Vec::new(),
            found_by: Vec::new(),
            parents: parents.iter().map(|parent| name(parent)).collect(),
            needs_subject: false,
            disposition: Disposition::Delete,
        };
        let inventory = Inventory {
            collections: vec![
                collection("customers", &[]),
                collection("calls", &[]),
                collection("contacts", &[]),
                collection("orders", &["customers", "contacts"]),
                collection("recordings", &["calls"]),
            ],
        };
        let mut pieces: Vec<_> = inventory
            .collections
            .iter()
            .map(|collection| Piece {
                system: app::model::SystemId::parse("shop").expect("an id"),
                collection: collection.name.clone(),
                title: String::new(),
                action: Action::Delete,
                operation: Operation::Delete,
                repeat: crate::connectors::Repeat::Natural,
                after: None,
            })
            .collect();
        order_erasure(&inventory, &mut pieces, 0);
        let after: Vec<_> = pieces.iter().map(|piece| piece.after).collect();
        assert_eq!(after, [Some(2), Some(4), Some(3), None, None]);
    }
}
