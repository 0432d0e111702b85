//! What is written reads back the same, whatever it is.

use std::num::NonZeroU64;

use app::model::Disposition;
use serde_json::{Value as Json, json};
use server::dataset::{
    About, Address, Collection, DataType, Dataset, Direction, Field, FieldPath, Free, Identity,
    Masking, Reference, Scalar, Strategy, write,
};

use crate::dice::Dice;
use crate::fixtures::{all, read};

#[test]
fn every_example_of_fides_reads_back() {
    for (name, text) in all() {
        let loaded = read(&name, &text).expect("loads");
        let written = write(loaded.datasets.all());
        let again = read(&name, &written).unwrap_or_else(|why| panic!("{why}\n{written}"));
        assert_eq!(again.datasets, loaded.datasets, "{name}");
        assert_eq!(write(again.datasets.all()), written, "{name}");
    }
}

#[test]
fn whatever_can_be_said_reads_back() {
    for seed in 0..400 {
        let dataset = dataset(&mut Dice(seed));
        let written = write(std::slice::from_ref(&dataset));
        let again =
            read("f.yml", &written).unwrap_or_else(|why| panic!("seed {seed}: {why}\n{written}"));
        assert_eq!(again.datasets.all(), [dataset], "seed {seed}\n{written}");
    }
}

#[test]
fn what_yaml_takes_for_something_else_is_quoted() {
    for text in [
        "no",
        "Yes",
        "1.10",
        "2024-01-01",
        "1:30",
        "null",
        "~",
        "",
        " a",
        "a: b",
        "a #b",
        "<<",
        "=",
        "-",
        "0x1f",
        "é",
    ] {
        let dataset = Dataset {
            key: "a".to_owned(),
            name: Some(text.to_owned()),
            ..Dataset::default()
        };
        let written = write(&[dataset]);
        assert!(written.contains(&format!("name: \"{text}\"")), "{written}");
    }
}

const NAMES: [&str; 12] = [
    "id",
    "no",
    "e mail",
    "0",
    "naïve",
    "a:b",
    "- x",
    "\u{2028}",
    "null",
    "\"q\"\\",
    "\u{1f600}",
    "<x>",
];

fn text(dice: &mut Dice) -> String {
    const PARTS: [&str; 16] = [
        "a",
        " ",
        "\n",
        "\t",
        ": ",
        " #",
        "'",
        "\"",
        "\\",
        "é",
        "\u{85}",
        "\u{feff}",
        "-",
        "0",
        "\u{10ffff}",
        "%",
    ];
    (0..dice.roll(8)).map(|_| dice.pick(&PARTS)).collect()
}

fn maybe<T>(dice: &mut Dice, make: impl FnOnce(&mut Dice) -> T) -> Option<T> {
    if dice.one_in(3) {
        Some(make(dice))
    } else {
        None
    }
}

fn several<T>(dice: &mut Dice, make: impl Fn(&mut Dice) -> T) -> Vec<T> {
    (0..dice.roll(3)).map(|_| make(dice)).collect()
}

fn about(dice: &mut Dice) -> About {
    let category =
        |dice: &mut Dice| dice.pick(&["user", "user.contact.email", "system.operations"]);
    About {
        categories: several(dice, |dice| category(dice).to_owned()),
        purposes: several(dice, |_| "billing".to_owned()),
    }
}

fn json(dice: &mut Dice, depth: usize) -> Json {
    match dice.roll(if depth > 3 { 6 } else { 8 }) {
        0 => Json::Null,
        1 => json!(dice.one_in(2)),
        2 => json!(i64::try_from(dice.roll(usize::MAX)).unwrap_or(i64::MIN)),
        3 => json!(u64::MAX),
        4 => json!(dice.pick(&[0.5, -1e300, 1e-7, 1e15, -0.0, 123.456e20])),
        5 => json!(text(dice)),
        6 => Json::Array(several(dice, |dice| json(dice, depth + 1))),
        _ => Json::Object(free(dice, depth + 1)),
    }
}

fn free(dice: &mut Dice, depth: usize) -> Free {
    let entries = several(dice, |dice| {
        let key = format!("{}{}", dice.pick(&NAMES), text(dice));
        (key, json(dice, depth))
    });
    entries.into_iter().collect()
}

fn fields(dice: &mut Dice, depth: usize) -> Vec<Field> {
    let mut names = NAMES.to_vec();
    let many = dice.roll(if depth > 3 { 2 } else { 4 });
    (0..many)
        .map(|_| {
            let name = names.swap_remove(dice.roll(names.len()));
            field(dice, name, depth)
        })
        .collect()
}

fn field(dice: &mut Dice, name: &str, depth: usize) -> Field {
    let parts = if dice.one_in(3) {
        fields(dice, depth + 1)
    } else {
        Vec::new()
    };
    let of = if parts.is_empty() {
        dice.pick(&Scalar::ALL)
    } else {
        Scalar::Object
    };
    let data_type = maybe(dice, |dice| DataType {
        of,
        array: dice.one_in(2),
    });
    let array = data_type.is_some_and(|t| t.array);
    Field {
        name: name.to_owned(),
        description: maybe(dice, text),
        about: about(dice),
        primary_key: dice.one_in(2),
        identity: maybe(dice, |dice| Identity(dice.pick(&NAMES).to_owned())),
        references: several(dice, |dice| Reference {
            dataset: "d".to_owned(),
            collection: "to".to_owned(),
            path: FieldPath::parse(dice.pick(&["x", "x.y"])),
            direction: dice.pick(&[None, Some(Direction::From), Some(Direction::To)]),
        }),
        data_type,
        length: maybe(dice, |dice| {
            NonZeroU64::MIN.saturating_add(dice.roll(99) as u64)
        }),
        return_all_elements: if array {
            maybe(dice, |dice| dice.one_in(2))
        } else {
            None
        },
        read_only: dice.one_in(2),
        custom_request_field: maybe(dice, |dice| dice.pick(&NAMES).to_owned()),
        masking: maybe(dice, |dice| Masking {
            strategy: dice.pick(&Strategy::ALL),
            configuration: free(dice, 0),
        }),
        redact: dice.one_in(4),
        fields: parts,
    }
}

fn dataset(dice: &mut Dice) -> Dataset {
    let inner = Field {
        name: "y".to_owned(),
        ..Field::default()
    };
    let there = Field {
        name: "x".to_owned(),
        fields: vec![inner],
        ..Field::default()
    };
    let to = Collection {
        name: "to".to_owned(),
        fields: vec![there],
        ..Collection::default()
    };
    let mut collections = vec![to];
    for name in NAMES.iter().take(dice.roll(4)) {
        let after = vec![Address::new("d", "to")];
        let fields = fields(dice, 0);
        let of_another = fields.iter().filter(|_| dice.one_in(3));
        collections.push(Collection {
            of_another: of_another.map(|field| field.name.clone()).collect(),
            name: (*name).to_owned(),
            description: maybe(dice, text),
            about: about(dice),
            after: maybe(dice, |_| after.clone()).unwrap_or_default(),
            erase_after: maybe(dice, |_| after.clone()).unwrap_or_default(),
            skip_processing: dice.one_in(3),
            delete_rows: dice.one_in(3),
            partitioning: maybe(dice, |dice| json(dice, 0)).filter(|json| !json.is_null()),
            redact: dice.one_in(3),
            disposition: maybe(dice, |dice| match dice.roll(3) {
                0 => Disposition::Delete,
                1 => Disposition::Anonymise,
                _ => Disposition::Keep {
                    ground: "§ 147 AO: 10 years".to_owned(),
                },
            }),
            fields,
        });
    }
    Dataset {
        key: "d".to_owned(),
        organization: maybe(dice, |_| "org_1".to_owned()),
        name: maybe(dice, text),
        description: maybe(dice, text),
        tags: several(dice, text),
        about: about(dice),
        after: Vec::new(),
        resource_id: maybe(dice, text),
        namespace: maybe(dice, |dice| free(dice, 0)),
        redact: dice.one_in(3),
        meta: free(dice, 0),
        collections,
    }
}
