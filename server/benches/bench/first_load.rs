//! What a browser loads first, with any page: WASM, script and styles, as compressed beforehand by the release build.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use crate::report::Line;

const WHAT: &str = "first load, brotli";
const GOAL_KB: f64 = 250.0;
/// An empty routed page that Leptos hydrates, as the design measured it.
const EMPTY: &str = "138 KB (an empty routed page)";

pub(crate) fn measure() -> anyhow::Result<Vec<Line>> {
    let Some(site) = Site::find()? else {
        let note = "HABEAS_BIN and LEPTOS_SITE_ROOT name no release; .ci/build makes it";
        return Ok(vec![Line::absent(WHAT, "not built", note)]);
    };
    let mut each = Vec::new();
    let mut bytes = 0;
    for kind in ["wasm", "js", "css"] {
        let size = site.bytes(kind)?;
        bytes += size;
        each.push(format!("{kind} {:.0} KB", size as f64 / 1000.0));
    }
    let kb = bytes as f64 / 1000.0;
    Ok(vec![Line {
        what: WHAT.to_owned(),
        figure: format!("{kb:.0} KB"),
        floor: EMPTY.to_owned(),
        goal: "≤ 250 KB".to_owned(),
        reached: Some(kb <= GOAL_KB),
        note: format!("{}; the same for every page", each.join(", ")),
        ..Line::default()
    }])
}

/// The files of a release.
struct Site {
    package: PathBuf,
    /// By the kind of file, as cargo-leptos noted them beside the program.
    hashes: BTreeMap<String, String>,
}

impl Site {
    fn find() -> anyhow::Result<Option<Self>> {
        let place = |name| PathBuf::from(std::env::var_os(name).unwrap_or_default());
        let package = place("LEPTOS_SITE_ROOT").join("pkg");
        let noted = place("HABEAS_BIN").with_file_name("hash.txt");
        if !package.is_dir() || !noted.is_file() {
            return Ok(None);
        }
        let noted = fs::read_to_string(noted)?;
        let pair = |line: &str| {
            let (kind, hash) = line.split_once(':')?;
            Some((kind.trim().to_owned(), hash.trim().to_owned()))
        };
        let hashes = noted.lines().filter_map(pair).collect();
        Ok(Some(Self { package, hashes }))
    }

    fn hash(&self, kind: &str) -> anyhow::Result<&str> {
        let hash = self.hashes.get(kind);
        hash.map(String::as_str)
            .with_context(|| format!("hash.txt has no {kind}"))
    }

    /// The size of a file as it is sent: compressed, where it could be.
    fn bytes(&self, kind: &str) -> anyhow::Result<u64> {
        let name = format!("habeas.{}.{kind}", self.hash(kind)?);
        let compressed = self.package.join(format!("{name}.br"));
        let sent = if compressed.is_file() {
            compressed
        } else {
            self.package.join(&name)
        };
        let about = fs::metadata(&sent).with_context(|| format!("{name} is not there"))?;
        Ok(about.len())
    }
}
