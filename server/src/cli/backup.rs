//! `habeas backup FILE`: a consistent copy of the database, made while the server goes on.

use std::fs::{self, OpenOptions};
use std::path::Path;

use anyhow::{Context, bail};

use crate::config::{Config, KeySource, Location};
use crate::store::Db;

/// Copies a SQLite database into a new file, readable by its owner only. PostgreSQL has its own tools.
pub(super) async fn backup(config: &Config, file: &Path) -> anyhow::Result<()> {
    let Location::Sqlite(database) = &config.database else {
        bail!(
            "PostgreSQL is backed up by its own tools, e.g.: pg_dump --format=custom --file={} DATABASE-URL",
            file.display()
        );
    };
    if !database.exists() {
        bail!("there is no database at {} yet", database.display());
    }
    new(file).with_context(|| {
        format!(
            "{}: nothing is overwritten; name a file that does not exist",
            file.display()
        )
    })?;
    if let Err(why) = copy(database, file).await {
        // Half a copy must not be taken for one.
        let _ = fs::remove_file(file);
        return Err(why);
    }
    println!("{} bytes in {}", fs::metadata(file)?.len(), file.display());
    println!(
        "The key is not in it: without {} nobody can read the copy. Keep the two apart.",
        key(config)
    );
    println!(
        "Packages that can be downloaded are not in it either: they expire and can be made again."
    );
    Ok(())
}

/// Makes the empty file: whoever is first has it.
fn new(file: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_| ())
}

async fn copy(database: &Path, file: &Path) -> anyhow::Result<()> {
    Db::sqlite_copy(database, file)
        .await
        .context("the copy could not be made")?;
    // What is not on the disk is no backup.
    fs::File::open(file)?.sync_all()?;
    Ok(())
}

fn key(config: &Config) -> String {
    match &config.key {
        KeySource::Text(_) => "the key in your configuration".to_owned(),
        KeySource::File(file) | KeySource::Own(file) => file.display().to_string(),
    }
}
