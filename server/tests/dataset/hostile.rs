//! Files that want to hurt: each is refused soon, or read; nothing panics, nothing hangs.

use std::time::{Duration, Instant};

use server::dataset::{File, load};

use crate::dice::Dice;
use crate::fixtures::{all, read, wrong};

/// In a build without optimisation, on a busy machine.
const SOON: Duration = Duration::from_secs(20);

fn soon<T>(name: &str, run: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = run();
    let took = begun.elapsed();
    assert!(took < SOON, "{name} took {took:?}");
    result
}

#[test]
fn ten_megabytes_are_refused_by_their_size() {
    let text = "#".repeat(10 << 20);
    let found = soon("large", || wrong(&text));
    assert_eq!(found, ["f.yml:1:1: is larger than 8 MiB: split it"]);
}

#[test]
fn anchors_that_stand_for_a_billion_are_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..20 {
        let inside = vec![format!("*a{}", i - 1); 9].join(", ");
        text += &format!("a{i}: &a{i} [{inside}]\n");
    }
    let found = soon("bomb", || wrong(&text));
    assert!(
        found[0].contains("says more than 500000 values"),
        "{found:?}"
    );
    let merged = text
        .replace("a0: &a0 [x, x, x, x, x, x, x, x, x]", "a0: &a0 {x: 1}")
        .replace('[', "{<<: [")
        .replace(']', "]}");
    soon("merge", || wrong(&merged));
    assert!(wrong("a: &a [*a]\n")[0].contains("stands for the value that it is part of"));
}

#[test]
fn depth_ends() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
        let text = open.repeat(100_000) + &close.repeat(100_000);
        let found = soon(open, || wrong(&text));
        assert!(!found.is_empty());
    }
    let mut aliased = "a0: &a0 [x]\n".to_owned();
    for i in 1..100 {
        aliased += &format!("a{i}: &a{i} [*a{}]\n", i - 1);
    }
    assert!(wrong(&aliased)[0].contains("nested deeper than 64 levels"));
}

#[test]
fn many_values_of_one_kind_are_read_or_refused_soon() {
    let keys: String = (0..200_000).map(|i| format!("k{i}: 1\n")).collect();
    soon("keys", || wrong(&keys));
    soon("long key", || wrong(&("a".repeat(7 << 20) + ": 1\n")));
    soon("long line", || {
        wrong(&("dataset: '".to_owned() + &"a\\".repeat(3 << 20) + "'\n"))
    });
    soon("commas", || {
        wrong(&("[".to_owned() + &"a,".repeat(3 << 20) + "]"))
    });
    let merges: String = (0..20_000).map(|i| format!("a{i}: 1, ")).collect();
    let merges = format!("m: &m {{{merges}}}\nn: {{<<: [*m, *m, *m, *m, *m]}}\n");
    soon("merges", || wrong(&merges));
    let fields: String = (0..40_000)
        .map(|i| format!("    - {{name: f{i}}}\n"))
        .collect();
    let text =
        format!("dataset:\n- fides_key: a\n  collections:\n  - name: c\n    fields:\n{fields}");
    soon("fields", || read("f.yml", &text).expect("loads"));
}

#[test]
fn bytes_that_are_no_text_have_a_place() {
    let bytes = b"dataset:\n- fides_key: \xc3\xa9\xff\n";
    let problems = load(&[File {
        name: "f.yml",
        bytes,
    }])
    .expect_err("is no text");
    assert_eq!(
        problems.to_string(),
        "f.yml:2:15: is not UTF-8 from here on: save it as UTF-8"
    );
}

/// Real files, cut, doubled and overwritten anywhere.
#[test]
fn no_file_makes_it_panic() {
    let texts: Vec<_> = all()
        .into_iter()
        .map(|(_, text)| text.into_bytes())
        .collect();
    let texts: Vec<_> = texts.into_iter().filter(|text| text.len() < 9000).collect();
    const BITS: [&[u8]; 16] = [
        b"[", b"]", b"{", b"}", b"&a ", b"*a", b"- ", b": ", b"\n", b"'", b"\"", b"!x ", b"|\n",
        b"\xff", b"<<: ", b"? ",
    ];
    for seed in 0..600 {
        let mut dice = Dice(seed);
        let mut bytes = texts[dice.roll(texts.len())].clone();
        for _ in 0..=dice.roll(6) {
            let (a, b) = (dice.roll(bytes.len()), dice.roll(bytes.len()));
            let (a, b) = (a.min(b), a.max(b));
            match dice.roll(3) {
                0 => drop(bytes.drain(a..b.min(a + 40))),
                1 => {
                    let piece = bytes[a..b.min(a + 200)].to_vec();
                    bytes.splice(b..b, piece);
                }
                _ => drop(bytes.splice(a..a, dice.pick(&BITS).iter().copied())),
            }
        }
        soon("a changed file", || {
            drop(load(&[File {
                name: "f.yml",
                bytes: &bytes,
            }]))
        });
    }
    for seed in 0..600 {
        let mut dice = Dice(seed);
        let bytes: Vec<u8> = (0..dice.roll(200))
            .flat_map(|_| dice.pick(&BITS).to_vec())
            .collect();
        soon("signs", || {
            drop(load(&[File {
                name: "f.yml",
                bytes: &bytes,
            }]))
        });
    }
}
