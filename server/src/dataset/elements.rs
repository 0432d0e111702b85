//! A row that was found by one element of an array: the other elements are other people's, and are left out.

use std::collections::{BTreeMap, BTreeSet};

use super::model::FieldPath;
use super::value::{Row, Value};

/// Where a list is in its row: the positions on the way to it.
type Way = Vec<usize>;

/// List → positions of elements that match.
type Matches = BTreeMap<Way, BTreeSet<usize>>;

/// Leaves out elements that match nothing, of each list by which the row was looked for and in which something matches.
pub(super) fn keep_hers(mut row: Row, by: &[(&FieldPath, &BTreeSet<Value>)]) -> Row {
    let mut matches = Matches::new();
    for (path, wanted) in by {
        let Some((name, rest)) = path.0.split_first() else {
            continue;
        };
        let position = row.iter().position(|(n, _)| n == name);
        if let Some((i, (_, value))) = position.map(|i| (i, &row[i])) {
            // Most rows have no lists where they are found.
            if has_list(value, rest) {
                let spelt: BTreeSet<String> = wanted.iter().filter_map(Value::spelt).collect();
                note(value, rest, &spelt, &mut vec![i], &mut matches);
            }
        }
    }
    if !matches.is_empty() {
        for (i, (_, value)) in row.iter_mut().enumerate() {
            cut(value, &mut vec![i], &matches);
        }
    }
    row
}

fn has_list(value: &Value, path: &[String]) -> bool {
    match (value, path.split_first()) {
        (Value::List(_), _) => true,
        (Value::Map(row), Some((name, rest))) => {
            let part = row.iter().find(|(n, _)| n == name);
            part.is_some_and(|(_, value)| has_list(value, rest))
        }
        _ => false,
    }
}

/// Whether something matches here; notes the elements that lead to it.
fn note(
    value: &Value,
    path: &[String],
    wanted: &BTreeSet<String>,
    way: &mut Way,
    matches: &mut Matches,
) -> bool {
    match (value, path.split_first()) {
        (Value::List(items), _) => {
            let mut hers = BTreeSet::new();
            for (i, item) in items.iter().enumerate() {
                way.push(i);
                if note(item, path, wanted, way, matches) {
                    hers.insert(i);
                }
                way.pop();
            }
            let any = !hers.is_empty();
            if any {
                matches.entry(way.clone()).or_default().extend(hers);
            }
            any
        }
        (Value::Map(row), Some((name, rest))) => {
            let Some(i) = row.iter().position(|(n, _)| n == name) else {
                return false;
            };
            way.push(i);
            let any = note(&row[i].1, rest, wanted, way, matches);
            way.pop();
            any
        }
        (value, None) => value.spelt().is_some_and(|text| wanted.contains(&text)),
        _ => false,
    }
}

fn cut(value: &mut Value, way: &mut Way, matches: &Matches) {
    match value {
        Value::List(items) => {
            // The positions noted are those before anything is cut.
            for (i, item) in items.iter_mut().enumerate() {
                way.push(i);
                cut(item, way, matches);
                way.pop();
            }
            if let Some(hers) = matches.get(way) {
                let mut i = 0;
                items.retain(|_| {
                    i += 1;
                    hers.contains(&(i - 1))
                });
            }
        }
        Value::Map(row) => {
            for (i, (_, value)) in row.iter_mut().enumerate() {
                way.push(i);
                cut(value, way, matches);
                way.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(parts: &[(&str, Value)]) -> Row {
        let parts = parts.iter().cloned();
        parts
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    fn ints(all: &[i64]) -> Value {
        Value::List(all.iter().copied().map(Value::Int).collect())
    }

    /// The row that is left, found by these fields and numbers.
    fn kept(row: Row, by: &[(&str, i64)]) -> Row {
        let by: Vec<_> = by
            .iter()
            .map(|(path, n)| (FieldPath::parse(path), BTreeSet::from([Value::Int(*n)])))
            .collect();
        let by: Vec<_> = by.iter().map(|(path, values)| (path, values)).collect();
        keep_hers(row, &by)
    }

    #[test]
    fn elements_of_others_are_left_out() {
        let part = |d, e| Value::Map(map(&[("d", Value::Int(d)), ("e", Value::Int(e))]));
        let of = |a: &[i64], c: Vec<Value>| {
            map(&[("a", ints(a)), ("b", Value::Int(2)), ("c", Value::List(c))])
        };
        let row = of(&[1, 2, 3], vec![part(3, 4), part(5, 6), part(5, 7)]);
        let left = of(&[2], vec![part(5, 6), part(5, 7)]);
        assert_eq!(kept(row.clone(), &[("a", 2), ("c.d", 5)]), left);
        assert_eq!(kept(row.clone(), &[("b", 2)]), row, "found by no array");
        assert_eq!(
            kept(row.clone(), &[("b", 2), ("a", 9)]),
            row,
            "found by another field"
        );
        let both = of(&[1, 2, 3], vec![part(3, 4), part(5, 7)]);
        assert_eq!(kept(row, &[("c.d", 3), ("c.e", 7)]), both, "either will do");
    }

    #[test]
    fn lists_in_lists_are_cut_inside() {
        let row = map(&[(
            "a",
            Value::List(vec![ints(&[1, 2]), ints(&[3]), ints(&[2, 4])]),
        )]);
        let left = map(&[("a", Value::List(vec![ints(&[2]), ints(&[2])]))]);
        assert_eq!(kept(row, &[("a", 2)]), left);
    }

    #[test]
    fn numbers_and_their_texts_are_the_same() {
        let text = |t: &str| Value::Text(t.to_owned());
        let row = map(&[("a", Value::List(vec![text("1"), text("2")]))]);
        assert_eq!(
            kept(row, &[("a", 2)]),
            map(&[("a", Value::List(vec![text("2")]))])
        );
    }
}
