//! `habeas dataset`, as it is typed.

use std::process::{Command, Output};

use crate::fixtures::folder;

fn habeas(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_habeas"));
    command.arg("dataset").args(arguments).env_clear();
    command.current_dir(folder()).output().expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_good_file_is_summed_up() {
    let names = [
        "postgres_example_test_dataset",
        "postgres_example_test_extended_dataset",
    ];
    let files = names.map(|name| format!("dataset/{name}.yml"));
    let out = habeas(&["check", &files[0], &files[1]]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert_eq!(
        text(&out.stdout),
        "2 datasets and 12 collections; 12 reached by email, loyalty_id\n"
    );
    assert_eq!(text(&out.stderr), "");
}

#[test]
fn mistakes_have_a_place_and_status_1() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("bad.yml");
    std::fs::write(&file, "dataset:\n- fides_key: a\n  colections: []\n").expect("written");
    let name = file.display().to_string();
    let out = habeas(&["check", &name]);
    assert_eq!(out.status.code(), Some(1));
    let why = text(&out.stderr);
    let lines: Vec<&str> = why.lines().collect();
    assert_eq!(lines.len(), 2, "{why}");
    assert!(
        lines[0].starts_with(&format!("{name}:2:3: a: is missing: `collections`")),
        "{why}"
    );
    assert_eq!(
        lines[1],
        format!("{name}:3:3: a.colections: is not a key of a dataset; did you mean `collections`?")
    );
    let gone = habeas(&["check", "gone.yml"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(text(&gone.stderr).contains("gone.yml can't be read"));
}

#[test]
fn what_is_not_reached_has_a_place_too() {
    for command in [
        &["check", "graph_cases/unreachable_with_data_categories.yml"][..],
        &[
            "graph",
            "graph_cases/unreachable_with_data_categories.yml",
            "--identity",
            "email",
        ],
    ] {
        let out = habeas(command);
        assert_eq!(out.status.code(), Some(1));
        let why = text(&out.stderr);
        assert!(
            why.starts_with("graph_cases/unreachable_with_data_categories.yml:24:9: unreachable_with_data_categories:address is not reachable"),
            "{why}"
        );
    }
}

#[test]
fn warnings_are_said_and_the_file_is_good() {
    let out = habeas(&[
        "check",
        "dataset/example_field_masking_override_test_dataset.yml",
    ]);
    assert!(out.status.success());
    assert!(
        text(&out.stderr)
            .contains(": warning: field_masking_override_test_dataset.customer.address.state")
    );
    let saas = habeas(&["check", "saas/dataset/stripe_dataset.yml"]);
    assert!(saas.status.success(), "{}", text(&saas.stderr));
    assert!(text(&saas.stdout).contains("no field has an `identity`"));
}

#[test]
fn the_way_is_said_in_words() {
    let file = "graph_cases/reachable_by_reference.yml";
    let out = habeas(&["graph", file, "--identity", "user_id"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert_eq!(
        text(&out.stdout),
        "\
Stage 1
  reachable_by_reference:customer
    by id = user_id
Stage 2
  reachable_by_reference:address
    by id = reachable_by_reference:customer.address_id
Erasure 1: reachable_by_reference:address
Erasure 2: reachable_by_reference:customer
"
    );
    let other = habeas(&["graph", file, "--identity", "email"]);
    assert!(other.status.success());
    assert!(text(&other.stdout).starts_with("Nothing is asked.\nSkipping the"));
}

#[test]
fn a_description_is_written_as_a_dataset() {
    let system = concat!(env!("CARGO_MANIFEST_DIR"), "/src/demo/systems/billing.toml");
    let out = habeas(&["export", system]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("billing.yml");
    std::fs::write(&file, &out.stdout).expect("written");
    let check = habeas(&["check", &file.display().to_string()]);
    assert!(check.status.success(), "{}", text(&check.stderr));
    assert!(text(&check.stdout).starts_with("1 dataset and 2 collections; 2 reached by"));
}
