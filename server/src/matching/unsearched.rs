//! Identifiers that found records show and that nobody has searched. They are listed; a person decides.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use app::model::{Found, Identifier, IdentifierKind, Subject, SubjectKey};

use super::normalise::normal;
use super::phone::Country;

/// Identifiers that records hold and whose normal form was not searched, with the records that show them: by the order of
/// [`IdentifierKind::ALL`], then by value. Each once in normal form, as the smallest of its spellings. Values that are no
/// identifier, or mere punctuation (a "-" for "none"), are left out.
pub fn unsearched(
    searched: &[Identifier],
    sets: &[Vec<Subject>],
    country: Country,
) -> Vec<(Identifier, Vec<SubjectKey>)> {
    let searched: HashSet<_> = searched
        .iter()
        .map(|i| (i.kind(), normal(i, country).key))
        .collect();
    let mut open: BTreeMap<_, (Identifier, BTreeSet<&SubjectKey>)> = BTreeMap::new();
    for subject in sets.iter().flatten() {
        for identifier in subject.fields.iter().filter_map(held) {
            let form = (identifier.kind(), normal(&identifier, country).key);
            if searched.contains(&form) {
                continue;
            }
            let (spelling, keys) = open
                .entry(form)
                .or_insert_with(|| (identifier.clone(), BTreeSet::new()));
            keys.insert(&subject.key);
            if identifier < *spelling {
                *spelling = identifier;
            }
        }
    }
    let mut open: Vec<_> = open.into_values().collect();
    open.sort_by(|(a, _), (b, _)| (place(a.kind()), a).cmp(&(place(b.kind()), b)));
    open.into_iter()
        .map(|(identifier, keys)| (identifier, keys.into_iter().cloned().collect()))
        .collect()
}

fn held(found: &Found) -> Option<Identifier> {
    let value = found.in_full.as_ref().unwrap_or(&found.value);
    let identifier = Identifier::new(found.holds?, value).ok()?;
    identifier
        .value()
        .contains(char::is_alphanumeric)
        .then_some(identifier)
}

fn place(kind: IdentifierKind) -> Option<usize> {
    IdentifierKind::ALL.iter().position(|other| *other == kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use IdentifierKind::{Email, ExternalContactId, Name, Phone};

    fn jp() -> Country {
        Country::parse("JP").expect("a country")
    }

    fn identifier(kind: IdentifierKind, value: &str) -> Identifier {
        Identifier::new(kind, value).expect("valid")
    }

    fn subject(id: &str, held: &[(Option<IdentifierKind>, &str)]) -> Subject {
        let field = |(holds, value): &(Option<IdentifierKind>, &str)| Found {
            field: "field".into(),
            value: (*value).into(),
            holds: *holds,
            matched: false,
            in_full: None,
        };
        Subject {
            key: SubjectKey::try_from(identifier(ExternalContactId, id)).expect("an id"),
            name: None,
            fields: held.iter().map(field).collect(),
            seen_in: Vec::new(),
            canonical: None,
            employment: None,
        }
    }

    /// `value: id id` per line.
    fn listed(searched: &[Identifier], sets: &[Vec<Subject>]) -> Vec<String> {
        let line = |(identifier, keys): &(Identifier, Vec<SubjectKey>)| {
            let ids: Vec<&str> = keys.iter().map(SubjectKey::id).collect();
            format!("{}: {}", identifier.value(), ids.join(" "))
        };
        unsearched(searched, sets, jp()).iter().map(line).collect()
    }

    #[test]
    fn what_was_searched_in_any_spelling_is_not_listed() {
        let sets = [vec![subject(
            "1",
            &[
                (Some(Phone), "+81 90 1234 5678"),
                (Some(Email), "MARIA@example.org"),
                (Some(Name), "Maria Schmidt"),
            ],
        )]];
        let searched = [
            identifier(Phone, "090-1234-5678"),
            identifier(Name, "schmidt maria"),
        ];
        assert_eq!(listed(&searched, &sets), ["MARIA@example.org: 1"]);
    }

    #[test]
    fn a_number_is_read_as_its_system_means_it() {
        let mut british = subject("1", &[(Some(Phone), "020 7946 0123")]);
        british.fields[0].in_full = Some("+442079460123".to_owned());
        let sets = [vec![british]];
        assert_eq!(
            listed(&[identifier(Phone, "+44 20 7946 0123")], &sets),
            [""; 0]
        );
        assert_eq!(
            listed(&[identifier(Phone, "020 7946 0123")], &sets),
            ["+442079460123: 1"],
            "another number where nobody is British"
        );
    }

    #[test]
    fn the_same_value_of_another_kind_is_not_the_same() {
        let sets = [vec![subject(
            "1",
            &[(Some(IdentifierKind::Whatsapp), "090-1234-5678")],
        )]];
        assert_eq!(
            listed(&[identifier(Phone, "090-1234-5678")], &sets),
            ["090-1234-5678: 1"]
        );
    }

    #[test]
    fn each_is_listed_once_with_all_who_show_it() {
        let one = subject(
            "1",
            &[
                (Some(Phone), "090-1234-5678"),
                (Some(Phone), "+819012345678"),
            ],
        );
        let two = subject("2", &[(Some(Phone), "０９０ １２３４ ５６７８")]);
        let want = ["+819012345678: 1 2"];
        assert_eq!(listed(&[], &[vec![one.clone()], vec![two.clone()]]), want);
        assert_eq!(listed(&[], &[vec![two, one]]), want);
    }

    #[test]
    fn what_is_no_identifier_is_left_out() {
        let sets = [vec![subject(
            "1",
            &[
                (Some(Email), "n/a"),
                (Some(Phone), "-"),
                (Some(Name), "--"),
                (Some(Name), ""),
                (None, "a remark"),
            ],
        )]];
        assert!(listed(&[], &sets).is_empty());
    }

    #[test]
    fn they_are_in_the_order_of_kinds_then_values() {
        let sets = [vec![subject(
            "1",
            &[
                (Some(Name), "Anna"),
                (Some(Phone), "03-1234-5678"),
                (Some(Email), "b@example.org"),
                (Some(Email), "a@example.org"),
            ],
        )]];
        let want = [
            "a@example.org: 1",
            "b@example.org: 1",
            "03-1234-5678: 1",
            "Anna: 1",
        ];
        assert_eq!(listed(&[], &sets), want);
    }
}
