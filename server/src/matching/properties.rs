//! What holds for every input: seeded random ones, and hostile ones by hand.

use app::model::{
    CollectionName, Employment, Found, Identifier, IdentifierKind, LinkId, LinkKind, Seen, Subject,
    SubjectKey, SystemId,
};

use super::*;

/// A small seeded generator (SplitMix64), so that a failure can be run again.
struct Dice(u64);

impl Dice {
    /// 0 up to, and without, `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from(z ^ (z >> 31)).unwrap_or(usize::MAX) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    /// Any scalar value, most of them of the scripts and signs that the rules know.
    fn char(&mut self) -> char {
        const KNOWN: &[(usize, usize)] = &[
            (0x20, 0x5f),
            (0x30, 10),
            (0xa0, 0x160),
            (0x300, 0x70),
            (0x370, 0x160),
            (0x5b0, 0x100),
            (0x900, 0x80),
            (0x1e00, 0x100),
            (0x2000, 0x70),
            (0x3000, 0x100),
            (0x4e00, 0x5200),
            (0xac00, 0x100),
            (0xf900, 0x100),
            (0xfb00, 0x10),
            (0xfe00, 0x30),
            (0xff00, 0xf0),
            (0x1f600, 0x40),
            (0xe0100, 0x10),
            (0, 0x11_0000),
        ];
        let (start, length) = KNOWN[self.roll(KNOWN.len())];
        let scalar = u32::try_from(start + self.roll(length)).ok();
        scalar.and_then(char::from_u32).unwrap_or('\u{fffd}')
    }

    fn text(&mut self, most: usize) -> String {
        let length = self.roll(most) + 1;
        (0..length).map(|_| self.char()).collect()
    }

    /// Something like a number: digits, signs, prefixes, words.
    fn number(&mut self) -> String {
        const PARTS: &[&str] = &[
            "0", "00", "1", "49", "81", "+", "(0)", "-", " ", "/", "30", "90", "1234", "5678",
            "０", "９", "ー", "010", "011", "x", "ext.", "内線", "55", "39", "06", "52", "54", "9",
            "15", "7", "44", "#", "*", ";", "tel:", "a",
        ];
        let length = self.roll(10) + 1;
        (0..length).map(|_| self.pick(PARTS)).collect()
    }
}

/// Something like an address or a name.
fn address(dice: &mut Dice) -> String {
    const PARTS: &[&str] = &[
        "1", "23", "三", "十", "丁目", "番地", "番", "号", "室", "の", "町", "線", "ー", "-", " ",
        "・", "〒", "ﾞ", "゛", "か", "カ", "渋谷", "髙", "Haupt", "straße", "str.", "STR", "street",
        "Av.", "é", "e\u{301}", "'", "´", "ß", "İ", "\u{3099}", "ヶ", "\u{fe00}",
    ];
    let length = dice.roll(10) + 1;
    (0..length).map(|_| dice.pick(PARTS)).collect()
}

#[test]
fn random_addresses_and_names_have_a_stable_form() {
    let (mut dice, [jp, ..]) = (Dice(5), countries());
    for _ in 0..20_000 {
        let raw = address(&mut dice);
        assert_stable(IdentifierKind::Address, &raw, jp);
        assert_stable(IdentifierKind::Name, &raw, jp);
    }
}

fn countries() -> [Country; 4] {
    ["JP", "DE", "US", "IT"].map(|code| Country::parse(code).expect("a country"))
}

fn assert_stable(kind: IdentifierKind, raw: &str, country: Country) {
    let Some(key) = normal_value(kind, raw, country) else {
        return;
    };
    assert!(!key.is_empty());
    let again = normal_value(kind, &key, country);
    assert_eq!(
        again.as_ref(),
        Some(&key),
        "{kind:?} of {raw:?} in {country}"
    );
    if let Ok(identifier) = Identifier::new(kind, raw) {
        let normal = normal(&identifier, country);
        assert!(
            !normal.key.is_empty()
                && !normal.forms.is_empty()
                && !normal.forms.contains(&String::new())
        );
        assert!(
            equal(kind, &normal, raw, country),
            "{kind:?} of {raw:?} is not itself"
        );
    }
}

#[test]
fn a_hundred_thousand_random_texts_have_a_stable_form() {
    let (mut dice, countries) = (Dice(1), countries());
    for round in 0..100_000_usize {
        let kind = IdentifierKind::ALL[round % IdentifierKind::ALL.len()];
        let raw = dice.text(24);
        assert_stable(kind, &raw, countries[round % 4]);
        assert!(digits(&raw).bytes().all(|b| b.is_ascii_digit()));
    }
}

#[test]
fn random_numbers_have_a_stable_form() {
    let (mut dice, countries) = (Dice(2), countries());
    for round in 0..10_000 {
        let raw = if round % 4 == 0 {
            dice.text(20)
        } else {
            dice.number()
        };
        assert_stable(IdentifierKind::Phone, &raw, countries[round % 4]);
    }
}

#[test]
fn every_form_of_a_number_but_the_bare_one_reads_as_that_number() {
    let (mut dice, countries) = (Dice(3), countries());
    for round in 0..4_000 {
        let country = countries[round % 4];
        let Ok(identifier) = Identifier::new(IdentifierKind::Phone, &dice.number()) else {
            continue;
        };
        let normal = normal(&identifier, country);
        if !normal.key.starts_with('+') {
            continue;
        }
        assert_eq!(format!("+{}", normal.forms[0]), normal.key);
        for form in &normal.forms[1..] {
            assert!(
                equal(IdentifierKind::Phone, &normal, form, country),
                "{form} is not {}",
                normal.key
            );
        }
    }
}

#[test]
fn hostile_texts_have_a_stable_form() {
    let texts = [
        "x".repeat(512),
        "9".repeat(512),
        format!("+{}", "0".repeat(511)),
        "\u{301}".repeat(512),
        "\u{3099}\u{309a}".repeat(256),
        "か\u{3099}\u{3099}\u{3099}".to_owned(),
        "山 \u{3099}田".to_owned(),
        "👩‍👩‍👧‍👦🏳️‍🌈".repeat(20),
        "\u{202e}neila\u{202c} ١٢٣ שלום".to_owned(),
        "\u{1}\u{7f}\u{9b}".repeat(100),
        "ﷺ".repeat(512),
        "İ".repeat(512),
        "丁目".repeat(256),
        "1の".repeat(256),
        "〒".repeat(512),
        "@".repeat(512),
        "https://x.com/".repeat(30),
        "/".to_owned(),
        "ext".repeat(170),
        "\u{10ffff}\u{e000}".repeat(256),
    ];
    let countries = countries();
    for text in &texts {
        for kind in IdentifierKind::ALL {
            for country in countries {
                assert_stable(kind, text, country);
            }
        }
    }
}

const IDS: &[&str] = &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

fn key(id: &str) -> SubjectKey {
    let identifier = Identifier::new(IdentifierKind::ExternalContactId, id).expect("valid");
    SubjectKey::try_from(identifier).expect("an id")
}

fn random_subjects(dice: &mut Dice) -> Vec<Subject> {
    let count = dice.roll(12);
    let mut subject = || Subject {
        key: key(dice.pick(IDS)),
        name: (dice.roll(2) == 0).then(|| dice.pick(&["Anna", "Berta"]).to_owned()),
        fields: (0..dice.roll(3))
            .map(|_| Found {
                field: dice.pick(&["mail", "phone"]).to_owned(),
                value: dice.pick(&["1", "2"]).to_owned(),
                holds: None,
                matched: dice.roll(2) == 0,
                in_full: None,
            })
            .collect(),
        seen_in: vec![Seen {
            system: SystemId::parse(dice.pick(&["s1", "s2"])).expect("valid"),
            collection: CollectionName::parse("c").expect("valid"),
        }],
        canonical: (dice.roll(2) == 0).then(|| key(dice.pick(IDS))),
        employment: [None, Some(Employment::Active), Some(Employment::Former)][dice.roll(3)],
    };
    (0..count).map(|_| subject()).collect()
}

#[test]
fn grouping_loses_and_doubles_nobody_in_any_order() {
    let mut dice = Dice(4);
    for _ in 0..2_000 {
        let subjects = random_subjects(&mut dice);
        let sets = group(subjects.clone(), &[]);
        let mut out: Vec<&SubjectKey> = sets.iter().flatten().map(|s| &s.key).collect();
        let mut want: Vec<&SubjectKey> = subjects.iter().map(|s| &s.key).collect();
        out.sort();
        want.sort();
        want.dedup();
        assert_eq!(out, want);
        for subject in &subjects {
            let set = sets
                .iter()
                .find(|set| set.iter().any(|s| s.key == subject.key))
                .expect("in a set");
            let linked = subject.canonical.as_ref().filter(|to| want.contains(to));
            assert!(
                linked.is_none_or(|to| set.iter().any(|s| s.key == *to)),
                "a link was cut"
            );
        }
        let mut shuffled = subjects;
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, dice.roll(at + 1));
        }
        assert_eq!(group(shuffled, &[]), sets);
    }
}

fn random_links(dice: &mut Dice, kind: Option<LinkKind>) -> Vec<Confirmed> {
    let count = dice.roll(5);
    let link = |at| Confirmed {
        id: LinkId::parse(format!("l{at}")).expect("valid"),
        kind: kind.unwrap_or_else(|| LinkKind::ALL[dice.roll(2)]),
        one: key(dice.pick(IDS)),
        other: key(dice.pick(IDS)),
    };
    (0..count).map(link).collect()
}

fn shuffled<T>(dice: &mut Dice, mut all: Vec<T>) -> Vec<T> {
    for at in (1..all.len()).rev() {
        all.swap(at, dice.roll(at + 1));
    }
    all
}

#[test]
fn what_staff_confirmed_counts_in_any_order_and_loses_nobody() {
    let mut dice = Dice(5);
    for _ in 0..2_000 {
        let (subjects, links) = (random_subjects(&mut dice), random_links(&mut dice, None));
        let sets = group(subjects.clone(), &links);
        let mut out: Vec<_> = sets.iter().flatten().map(|s| s.key.clone()).collect();
        let mut want: Vec<_> = subjects.iter().map(|s| s.key.clone()).collect();
        out.sort();
        want.sort();
        want.dedup();
        assert_eq!(out, want);
        let other = group(shuffled(&mut dice, subjects), &shuffled(&mut dice, links));
        assert_eq!(other, sets);
    }
}

#[test]
fn joining_unites_two_sets_under_the_one_that_leads_and_undoing_it_restores_both() {
    let mut dice = Dice(6);
    let lead = |sets: &[Vec<Subject>], of: &SubjectKey| {
        let mut sets = sets.iter();
        let set = sets.find(|set| set.iter().any(|s| s.key == *of))?;
        Some(set.first()?.key.clone())
    };
    for _ in 0..2_000 {
        let subjects = random_subjects(&mut dice);
        let mut links = random_links(&mut dice, Some(LinkKind::Join));
        let before = group(subjects.clone(), &links);
        let (one, other) = (key(dice.pick(IDS)), key(dice.pick(IDS)));
        let id = LinkId::parse("last").expect("valid");
        links.push(Confirmed {
            id: id.clone(),
            kind: LinkKind::Join,
            one: one.clone(),
            other: other.clone(),
        });
        let after = group(subjects.clone(), &links);
        if let (Some(_), Some(led)) = (lead(&before, &one), lead(&before, &other)) {
            assert_eq!(lead(&after, &one), Some(led.clone()));
            assert_eq!(lead(&after, &other), Some(led));
        }
        links.retain(|link| link.id != id);
        assert_eq!(group(subjects, &links), before);
    }
}

#[test]
fn parting_takes_one_declared_link_away_and_nothing_else() {
    let mut dice = Dice(7);
    for _ in 0..2_000 {
        let subjects = random_subjects(&mut dice);
        let before = group(subjects.clone(), &[]);
        let parted = random_links(&mut dice, Some(LinkKind::Part));
        let after = group(subjects.clone(), &parted);
        // Just as if the systems had never declared these links.
        let is_parted = |one: &SubjectKey, other: &SubjectKey| {
            let mut parted = parted.iter();
            parted.any(|link| {
                (&link.one, &link.other) == (one, other) || (&link.other, &link.one) == (one, other)
            })
        };
        let undeclared = subjects.iter().cloned().map(|mut subject| {
            let canonical = subject.canonical.take();
            subject.canonical = canonical.filter(|canonical| !is_parted(&subject.key, canonical));
            subject
        });
        assert_eq!(group(undeclared.collect(), &[]), after);
        assert_eq!(group(subjects, &[]), before, "undone, it is as before");
    }
}
