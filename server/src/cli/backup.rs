//! `habeas backup FILE`: a consistent copy of the database, made while the server goes on; and how to restore it.

use std::fs::{self, OpenOptions};
use std::path::Path;

use anyhow::{Context, bail};

use super::typed;
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
        "Nor are sessions, access tokens and unused sign-in links: whoever restores it makes new ones."
    );
    println!(
        "Packages that can be downloaded are not in it either: they expire and can be made again."
    );
    println!("\n{}", restoring(database, file));
    Ok(())
}

/// The steps, as they can be typed. The write-ahead log must go too: it belongs to the file that was there, and would be replayed
/// into the copy.
fn restoring(database: &Path, file: &Path) -> String {
    let beside = |end: &str| {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        typed(Path::new(&name))
    };
    let (database, wal, shm, file) = (beside(""), beside("-wal"), beside("-shm"), typed(file));
    format!(
        "To restore it: stop habeas, then\n\n    rm -f {database} {wal} {shm}\n    install -m 600 {file} {database}\n\n\
         put the key back to its place if it is not there, check with habeas doctor, and start habeas."
    )
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
    Db::sqlite_forget_logins(file)
        .await
        .context("sessions could not be taken out of the copy")?;
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
