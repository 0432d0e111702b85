//! What a browser loads first: WASM, scripts and styles, as compressed beforehand by the release build.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::report::Line;

const WHAT: &str = "first load, brotli";
const GOAL_KB: f64 = 300.0;

pub(crate) fn measure() -> anyhow::Result<Vec<Line>> {
    let site = std::env::var("LEPTOS_SITE_ROOT").unwrap_or_default();
    let folder = Path::new(&site).join("pkg");
    let mut parts = Vec::new();
    for kind in ["wasm", "js", "css"] {
        match newest(&folder, kind)? {
            Some(bytes) => parts.push((kind, bytes as f64 / 1000.0)),
            None => {
                let note = "LEPTOS_SITE_ROOT has no compressed site; .ci/build makes it";
                return Ok(vec![Line::absent(WHAT, "not built", note)]);
            }
        }
    }
    let all: f64 = parts.iter().map(|(_, kb)| kb).sum();
    let each: Vec<_> = parts
        .iter()
        .map(|(kind, kb)| format!("{kind} {kb:.1} KB"))
        .collect();
    Ok(vec![Line {
        what: WHAT.to_owned(),
        figure: format!("{all:.0} KB"),
        goal: "≤ 300 KB".to_owned(),
        reached: Some(all <= GOAL_KB),
        note: each.join(", "),
        ..Line::default()
    }])
}

/// The size of the newest file of a kind: older builds leave theirs behind, under other hashes.
fn newest(folder: &Path, kind: &str) -> anyhow::Result<Option<u64>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(None);
    };
    let ending = format!(".{kind}.br");
    let mut found: Option<(SystemTime, u64)> = None;
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(&ending) {
            let about = entry.metadata()?;
            found = found.max(Some((about.modified()?, about.len())));
        }
    }
    Ok(found.map(|(_, bytes)| bytes))
}
