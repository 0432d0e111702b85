//! The example files.

use std::path::{Path, PathBuf};

use server::dataset::{File, Loaded, Problems, load};

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fides")
}

/// A file of it, e.g. `dataset/postgres_example_test_dataset.yml`.
pub(crate) fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).expect("a fixture")
}

/// All datasets: name and text.
pub(crate) fn all() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for part in ["dataset", "graph_cases", "saas/dataset"] {
        let files = std::fs::read_dir(folder().join(part)).expect("a folder");
        for file in files {
            let file = file.expect("a file").file_name();
            let name = format!("{part}/{}", file.to_string_lossy());
            let text = text(&name);
            all.push((name, text));
        }
    }
    assert!(all.len() > 15, "{} fixtures", all.len());
    all
}

/// Loads one text.
pub(crate) fn read(name: &str, text: &str) -> Result<Loaded, Problems> {
    let bytes = text.as_bytes();
    load(&[File { name, bytes }])
}

/// What is wrong with a text, line by line.
pub(crate) fn wrong(text: &str) -> Vec<String> {
    let problems = read("f.yml", text).expect_err("is wrong");
    problems.to_string().lines().map(str::to_owned).collect()
}
