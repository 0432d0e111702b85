//! `habeas doctor`: looks at everything an installation stands on and changes nothing. One line each; what is not well has its remedy.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use app::model::Millis;
use tokio::time::timeout;

use super::organise::organisation;
use crate::clock::Clock;
use crate::config::{Config, KeySource, Location};
use crate::evidence::{self, Audit, Verdict};
use crate::http::find_site;
use crate::installation::{Installation, Lock, keys};
use crate::registry::System;
use crate::store::{Db, Schema};

/// Below this, in bytes, a disk counts as nearly full.
const ROOM: u64 = 1 << 30;
/// A database is asked for so long.
const PATIENCE: Duration = Duration::from_secs(10);

const UNREADABLE: &str = "it can't be read to its end: check the disk, and restore a backup";

type Finding = Result<String, String>;

/// Prints the findings; status 1 if one is not well.
pub(super) async fn doctor(config: &Config) -> ExitCode {
    let mut findings = vec![
        ("data folder".to_owned(), folder(&config.data).await),
        ("process".to_owned(), process(config)),
        ("key".to_owned(), key(config)),
        ("files".to_owned(), files(config)),
        ("database".to_owned(), database(config).await),
        ("disk".to_owned(), disk(&config.data)),
        ("clock".to_owned(), clock(config).await),
        ("site".to_owned(), site(config)),
    ];
    // Evidence and the systems' descriptions are in the database; looking must not bring it up to date.
    if is_current(config).await {
        findings.extend(inside(config).await);
    }
    let mut well = true;
    for (what, finding) in &findings {
        match finding {
            Ok(text) => println!("ok      {what}: {text}"),
            Err(text) => println!("NOT OK  {what}: {text}"),
        }
        well &= finding.is_ok();
    }
    if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn folder(data: &Path) -> Finding {
    let name = data.display();
    if !data.exists() {
        return Ok(format!("{name} is made on the first start"));
    }
    if crate::http::is_writable(data).await {
        Ok(format!("{name} is writable"))
    } else {
        Err(format!(
            "{name} is not writable: give this user the right to, or free the disk"
        ))
    }
}

fn process(config: &Config) -> Finding {
    let Location::Sqlite(file) = &config.database else {
        return Ok("PostgreSQL may be shared by several".to_owned());
    };
    if !file.exists() {
        return Ok("none is running".to_owned());
    }
    match Lock::holder(file) {
        Ok(None) => Ok("none is running".to_owned()),
        Ok(Some(pid)) => Ok(format!("process {pid} is serving")),
        Err(why) => Err(why.to_string()),
    }
}

fn key(config: &Config) -> Finding {
    match &config.key {
        KeySource::Own(file) if !file.exists() && crate::installation::is_fresh(config) => {
            return Ok(format!("{} is made on the first start", file.display()));
        }
        KeySource::Own(file) | KeySource::File(file) => private(file, OWNER)?,
        KeySource::Text(_) => {}
    }
    keys(config)
        .map(|_| "it is there and strong. Keep a copy apart from backups".to_owned())
        .map_err(|why| why.to_string())
}

/// The database and the configuration, which may hold a password.
fn files(config: &Config) -> Finding {
    if let Location::Sqlite(file) = &config.database {
        private(file, OWNER)?;
    }
    if let Some(file) = &config.file {
        private(file, GROUP)?;
    }
    Ok("others can't read the database and the configuration".to_owned())
}

/// Who may have rights to a file: its mode's other bits, and what takes them away.
type Readers = (u32, &'static str);
const OWNER: Readers = (0o077, "chmod 600");
const GROUP: Readers = (0o007, "chmod o=");

/// Others must not read it.
fn private(file: &Path, (others, remedy): Readers) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    match file.metadata() {
        Ok(about) if about.permissions().mode() & others != 0 => {
            Err(format!("others can read {0}: {remedy} {0}", file.display()))
        }
        // A missing file is told by who reads it.
        _ => Ok(()),
    }
}

async fn database(config: &Config) -> Finding {
    let schema = async {
        match &config.database {
            Location::Sqlite(file) => Db::sqlite_schema(file).await,
            Location::Postgres(url) => Db::postgres_schema(url).await,
        }
    };
    match timeout(PATIENCE, schema).await {
        Ok(Ok(schema)) => schema_finding(schema),
        _ => Err("it does not open: check database.url, that the server is up, and that this user may read it".to_owned()),
    }
}

fn schema_finding(Schema { found, known }: Schema) -> Finding {
    if found > known {
        return Err(format!(
            "schema {found} is newer than this program's {known}: run the newer program"
        ));
    }
    if found < known {
        return Ok(format!(
            "schema {found}; the next start brings it to {known}"
        ));
    }
    Ok(format!("it opens, schema {found}"))
}

/// Whether there is a database that this program can read as it is.
async fn is_current(config: &Config) -> bool {
    let schema = match &config.database {
        Location::Sqlite(file) => Db::sqlite_schema(file).await,
        Location::Postgres(url) => Db::postgres_schema(url).await,
    };
    schema.is_ok_and(|schema| schema.found == schema.known)
}

/// What the database holds.
async fn inside(config: &Config) -> Vec<(String, Finding)> {
    let installation = match Installation::visit(config).await {
        Ok(installation) => installation,
        Err(why) => return vec![("systems".to_owned(), Err(why.to_string()))],
    };
    let mut findings = match evidence::verify_all(&installation.db).await {
        Ok(audit) => chains(audit),
        Err(_) => vec![("evidence".to_owned(), Err(UNREADABLE.to_owned()))],
    };
    findings.extend(systems(config, &installation).await);
    installation.close().await;
    findings
}

/// Every chain of evidence: whether it is what was written.
fn chains(audit: Audit) -> Vec<(String, Finding)> {
    if audit.broken.is_empty() {
        let (chains, entries) = (audit.chains, audit.entries);
        let text = format!("chains {chains}, entries {entries}: all as they were written");
        return vec![("evidence".to_owned(), Ok(text))];
    }
    let finding = |(chain, verdict): (String, Verdict)| {
        let what = match verdict {
            Verdict::Replaced { noted } => format!(
                "it is not the one that entry {noted} of {} noted",
                evidence::MAIN
            ),
            Verdict::Broken { seq } => format!("entry {seq} is not as it was written"),
            Verdict::Whole { entries } => format!("{entries} entries"),
        };
        let remedy = "keep the database as it is, and compare it with a backup";
        (
            format!("evidence {chain}"),
            Err(format!("{what}: {remedy}")),
        )
    };
    audit.broken.into_iter().map(finding).collect()
}

/// Every described system: whether it is as described, and answers.
async fn systems(config: &Config, installation: &Installation) -> Vec<(String, Finding)> {
    let opened = organisation(config, installation).systems().await;
    match opened {
        Err(why) => vec![(
            "systems".to_owned(),
            Err(format!(
                "{why}: mend it, or describe it anew with add-system"
            )),
        )],
        Ok(registry) => {
            let asked = registry.all().into_iter().map(|system| async move {
                (format!("system {}", system.id), health(&system).await)
            });
            futures::future::join_all(asked).await
        }
    }
}

async fn health(system: &System) -> Finding {
    match timeout(PATIENCE, system.connector.health()).await {
        Ok(Ok(())) => Ok("it answers".to_owned()),
        Ok(Err(fault)) => Err(format!(
            "it does not answer ({fault}): check that it is up and that its description's place and account are right"
        )),
        Err(_) => Err(format!(
            "no answer within {} s: check that it is up",
            PATIENCE.as_secs()
        )),
    }
}

fn disk(data: &Path) -> Finding {
    let there = data.ancestors().find(|folder| folder.exists());
    let stat = there.and_then(|folder| rustix::fs::statvfs(folder).ok());
    let Some(stat) = stat else {
        return Err(format!(
            "the disk of {} can't be asked: check that it is mounted",
            data.display()
        ));
    };
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let mib = free >> 20;
    if free < ROOM {
        Err(format!(
            "{mib} MiB free: free some, or move data to a larger disk"
        ))
    } else {
        Ok(format!("{mib} MiB free"))
    }
}

/// What was written last can't lie ahead; a database server's clock can't be another. Leases and deadlines hang on the clock.
async fn clock(config: &Config) -> Finding {
    let now = Clock::machine().now();
    match &config.database {
        Location::Sqlite(file) => {
            let now =
                SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(now).unwrap_or(0));
            match file.metadata().and_then(|about| about.modified()) {
                Ok(written) if written > now + Duration::from_secs(300) => {
                    Err("it is behind the database's last change: set it, best by NTP".to_owned())
                }
                _ => Ok("plausible".to_owned()),
            }
        }
        Location::Postgres(url) => match timeout(PATIENCE, Db::postgres_now(url)).await {
            Ok(Ok(theirs)) => together(now, theirs),
            _ => Err("the database server can't be asked for its time: see database".to_owned()),
        },
    }
}

/// Tasks are due by one clock and claimed by the other.
fn together(ours: Millis, theirs: Millis) -> Finding {
    let apart = (ours - theirs).abs() / 1000;
    if apart <= 10 {
        return Ok("the database server's is the same".to_owned());
    }
    Err(format!(
        "it is {apart} s apart from the database server's: set both, best by NTP"
    ))
}

fn site(config: &Config) -> Finding {
    match find_site(config.site.as_deref()) {
        Some(site) if site.join("pkg").is_dir() => {
            Ok(format!("styles and scripts are in {}", site.display()))
        }
        Some(site) => Err(format!(
            "{} has no pkg folder: build the site, or set site to its folder",
            site.display()
        )),
        None => Err(
            "no styles and scripts beside the program: build the site, or set site to its folder"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_schema_is_not_well_and_an_older_is() {
        assert!(schema_finding(Schema { found: 2, known: 1 }).is_err());
        assert!(schema_finding(Schema { found: 0, known: 1 }).is_ok());
        assert!(schema_finding(Schema { found: 1, known: 1 }).is_ok());
    }

    #[test]
    fn a_key_that_others_can_read_is_not_well() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("key");
        std::fs::write(&file, "x").expect("file");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("mode");
        assert!(private(&file, OWNER).is_err_and(|why| why.contains("chmod 600")));
        assert!(private(&file, GROUP).is_err_and(|why| why.contains("chmod o=")));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("mode");
        assert_eq!(private(&file, GROUP), Ok(()));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("mode");
        assert_eq!(private(&file, OWNER), Ok(()));
    }

    #[test]
    fn two_clocks_must_agree() {
        assert!(together(50_000, 41_000).is_ok() && together(50_000, 59_000).is_ok());
        assert!(together(50_000, 30_000).is_err_and(|why| why.contains("20 s")));
    }
}
