//! What a browser loads first: WASM, scripts and styles of a page, as compressed beforehand by the release build.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::report::Line;

const WHAT: &str = "first load, brotli";
const GOAL_KB: f64 = 300.0;
/// An empty routed page of Leptos, as the design measured it, in KB.
const EMPTY: &str = "138 KB (an empty routed page)";

pub(crate) fn measure() -> anyhow::Result<Vec<Line>> {
    let Some(site) = Site::find()? else {
        let note = "HABEAS_BIN and LEPTOS_SITE_ROOT name no release; .ci/build makes it";
        return Ok(vec![Line::absent(WHAT, "not built", note)]);
    };
    let frame = site.frame()?;
    let mut pages = Vec::new();
    for (page, pieces) in site.pages()? {
        let mut bytes = frame;
        for piece in pieces {
            bytes += site.bytes(&format!("{piece}.wasm"))?;
        }
        pages.push((bytes as f64 / 1000.0, page));
    }
    pages.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (largest, page) = pages.first().context("no page in the manifest")?;
    let each: Vec<_> = pages
        .iter()
        .map(|(kb, page)| format!("{page} {kb:.0} KB"))
        .collect();
    let frame = frame as f64 / 1000.0;
    Ok(vec![Line {
        what: format!("{WHAT}, largest page ({page})"),
        figure: format!("{largest:.0} KB"),
        floor: EMPTY.to_owned(),
        goal: "≤ 300 KB".to_owned(),
        reached: Some(*largest <= GOAL_KB),
        note: format!(
            "{}; the frame that all share {frame:.0} KB",
            each.join(", ")
        ),
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

    /// What every page loads.
    fn frame(&self) -> anyhow::Result<u64> {
        let mut bytes = self.bytes(&format!("__wasm_split.{}.js", self.hash("split")?))?;
        for kind in ["wasm", "js", "css"] {
            bytes += self.bytes(&format!("habeas.{}.{kind}", self.hash(kind)?))?;
        }
        Ok(bytes)
    }

    /// The pieces of each page, by the page's name.
    fn pages(&self) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
        let name = format!("__wasm_split_manifest.{}.json", self.hash("manifest")?);
        let manifest = fs::read_to_string(self.package.join(name))?;
        let pages: BTreeMap<String, Vec<String>> = serde_json::from_str(&manifest)?;
        let short = |name: String| {
            let name = name.trim_start_matches('_');
            name.split("_route").next().unwrap_or(name).to_owned()
        };
        Ok(pages
            .into_iter()
            .map(|(name, pieces)| (short(name), pieces))
            .collect())
    }

    /// The size of a file as it is sent: compressed, where it could be.
    fn bytes(&self, name: &str) -> anyhow::Result<u64> {
        let compressed = self.package.join(format!("{name}.br"));
        let path: &Path = &compressed;
        let sent = if path.is_file() {
            compressed
        } else {
            self.package.join(name)
        };
        let about = fs::metadata(&sent).with_context(|| format!("{name} is not there"))?;
        Ok(about.len())
    }
}
