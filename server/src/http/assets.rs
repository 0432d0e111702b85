//! Where styles, scripts and WASM lie, and how pages name them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use leptos::config::LeptosOptions;

/// cargo-leptos notes the hashes of files here, beside the program.
const HASHES: &str = "hash.txt";

/// The folder that `site` names; else `LEPTOS_SITE_ROOT`, as cargo-leptos sets it; else one beside the program or above it.
pub fn find_site(said: Option<&Path>) -> Option<PathBuf> {
    if let Some(said) = said {
        return Some(said.to_owned());
    }
    if let Some(root) = std::env::var_os("LEPTOS_SITE_ROOT") {
        return Some(root.into());
    }
    let program = std::env::current_exe().ok()?;
    let above = program.ancestors().skip(1).take(3);
    above
        .map(|folder| folder.join("site"))
        .find(|site| site.join("pkg").is_dir())
}

/// Leptos' options for that folder.
pub fn options(site: &Path) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("habeas")
        .site_root(site.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .hash_file(Arc::from(HASHES))
        .hash_files(has_hashes())
        .disable_server_fn_hash(true)
        .build()
}

fn has_hashes() -> bool {
    let program = std::env::current_exe().ok();
    program.is_some_and(|program| program.with_file_name(HASHES).is_file())
}
