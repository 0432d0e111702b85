//! In what order collections are erased, so that no row goes that another still needs.

use app::model::CollectionName;

use super::change::Piece;

/// What the order depends on, of one collection.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    name: &'a CollectionName,
    /// Among the collections of its system: parents stand before their children.
    at: usize,
    /// Its rows are known by their keys: nothing that tells whose they are is needed any more.
    is_known: bool,
    above: &'a [CollectionName],
    refers: &'a [CollectionName],
}

impl Place<'_> {
    /// Whether its rows have to go before those of the other.
    fn goes_before(&self, other: &Self) -> bool {
        // What a row belongs to is there until it is gone itself.
        let needs = !self.is_known && self.above.contains(other.name);
        needs || self.refers.contains(other.name)
    }
}

/// The places of the pieces, the first to be erased first.
pub(super) fn order(pieces: &[Piece<'_>]) -> Vec<usize> {
    let places: Vec<_> = pieces
        .iter()
        .map(|piece| Place {
            name: &piece.table.spec.name,
            at: piece.table.place,
            is_known: piece.hers.last.is_some(),
            above: &piece.table.above,
            refers: &piece.table.refers,
        })
        .collect();
    ordered(&places)
}

fn ordered(places: &[Place<'_>]) -> Vec<usize> {
    // Children before parents; and what stands in the way of its parents after them.
    let mut waiting: Vec<usize> = (0..places.len()).collect();
    waiting.sort_by_key(|at| {
        let Place { at, is_known, .. } = places[*at];
        (is_known, if is_known { at } else { usize::MAX - at })
    });
    let mut order = Vec::with_capacity(places.len());
    while !waiting.is_empty() {
        let is_free = |at: &usize| {
            let mut others = waiting.iter().filter(|other| *other != at);
            !others.any(|other| places[*other].goes_before(&places[*at]))
        };
        // Tables that refer to one another have no order: the database says whether it minds.
        let next = waiting.iter().position(is_free).unwrap_or(0);
        order.push(waiting.remove(next));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, whether it is known by keys, what it belongs to by any way, to what it refers.
    type Said = (
        &'static str,
        bool,
        &'static [&'static str],
        &'static [&'static str],
    );

    fn order_of(said: &[Said]) -> Vec<&'static str> {
        let names = |all: &[&str]| -> Vec<CollectionName> {
            let parse = |name: &&str| CollectionName::parse(*name).expect("a name");
            all.iter().map(parse).collect()
        };
        let own: Vec<_> = said
            .iter()
            .map(|(name, _, above, refers)| (names(&[name]), names(above), names(refers)))
            .collect();
        let mut places = Vec::new();
        for (at, (name, above, refers)) in own.iter().enumerate() {
            places.push(Place {
                name: &name[0],
                at,
                is_known: said[at].1,
                above,
                refers,
            });
        }
        ordered(&places).into_iter().map(|at| said[at].0).collect()
    }

    #[test]
    fn children_go_before_their_parents_and_what_stands_in_their_way_after() {
        let got = order_of(&[
            ("customers", false, &[], &["addresses"]),
            ("addresses", true, &["customers"], &[]),
            ("notes", false, &["addresses", "customers"], &["addresses"]),
            ("orders", false, &["customers"], &["customers"]),
        ]);
        assert_eq!(got, ["orders", "notes", "customers", "addresses"]);
    }

    #[test]
    fn what_refers_to_one_parent_and_is_named_by_another_goes_between_them() {
        let got = order_of(&[
            ("customers", false, &[], &[]),
            ("orders", false, &["customers"], &["customers", "contacts"]),
            ("contacts", true, &["customers", "orders"], &["customers"]),
        ]);
        assert_eq!(got, ["orders", "contacts", "customers"]);
    }

    #[test]
    fn tables_that_refer_to_one_another_come_to_an_end() {
        let got = order_of(&[
            ("users", false, &[], &["contacts"]),
            ("contacts", false, &["users"], &["users"]),
        ]);
        assert_eq!(got, ["contacts", "users"]);
    }
}
