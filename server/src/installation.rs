//! One installation, opened: its folder, lock, key and database. What is wrong is said with what to do about it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::Clock;
use crate::config::{Config, KeySource, Location};
use crate::secret::{Keys, SecretError};
use crate::store::{Db, StoreError};

/// Why an installation can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the data folder {} can't be used: {why}. Make it writable for this user, or set data to another", folder.display())]
    Folder { folder: PathBuf, why: io::Error },
    #[error("there is no installation in {}: start one with habeas serve, or name its folder with --data", data.display())]
    Nothing { data: PathBuf },
    #[error("the lock {} can't be taken: {why}. Make the folder writable for this user", file.display())]
    Lock { file: PathBuf, why: io::Error },
    #[error(
        "another habeas (process {pid}) uses this database already; two can't share a SQLite file. Stop it, or set data to another folder"
    )]
    Taken { pid: String },
    #[error("{place}: {why}. Keys are 64 hex digits; make one with: openssl rand -hex 32")]
    Key { place: String, why: SecretError },
    #[error("the key file {} is missing. Put it back (without it nothing stored can be read), or make one: openssl rand -hex 32 > FILE", file.display())]
    KeyMissing { file: PathBuf },
    #[error(
        "the database is newer than this program (schema {found}, this program knows up to {known}). Run the newer program, or restore the backup from before the upgrade"
    )]
    Newer { found: i64, known: i64 },
    #[error(
        "the database needs this program's schema ({known}; it has {found}) while an older habeas (process {pid}) is running. Stop that one first"
    )]
    Running { pid: String, found: i64, known: i64 },
    #[error("the database does not open. Check database.url and that the server is up")]
    Database(#[source] StoreError),
}

/// How often, and after how long, a lock is tried again: somebody may just be looking at it.
const TRIES: (u32, Duration) = (10, Duration::from_millis(50));

/// Keeps other processes away from a SQLite file for as long as it lives.
#[derive(Debug)]
pub struct Lock(
    #[expect(
        dead_code,
        reason = "the operating system lets go of the lock when it is closed"
    )]
    File,
);

impl Lock {
    /// The process that holds the lock of a database file; nothing if none does. Leaves everything as it is.
    pub fn holder(database: &Path) -> Result<Option<String>, OpenError> {
        let path = lock_path(database);
        let failed = |why| OpenError::Lock {
            file: path.clone(),
            why,
        };
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(failed(why)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(holder(&mut file))),
            Err(TryLockError::Error(why)) => Err(failed(why)),
        }
    }

    /// Takes the lock beside a database file, also if another process lets go of it only in a moment.
    async fn take_soon(database: &Path) -> Result<Self, OpenError> {
        let (tries, pause) = TRIES;
        for _ in 1..tries {
            match Self::take(database) {
                Err(OpenError::Taken { .. }) => tokio::time::sleep(pause).await,
                taken => return taken,
            }
        }
        Self::take(database)
    }

    /// Takes the lock beside a database file, and notes this process in it.
    fn take(database: &Path) -> Result<Self, OpenError> {
        let path = lock_path(database);
        let failed = |why| OpenError::Lock {
            file: path.clone(),
            why,
        };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Taken {
                    pid: holder(&mut file),
                });
            }
            Err(TryLockError::Error(why)) => return Err(failed(why)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()))
            .map_err(failed)?;
        Ok(Self(file))
    }
}

/// The lock's file of a database file.
pub fn lock_path(database: &Path) -> PathBuf {
    database.with_extension("lock")
}

fn holder(file: &mut File) -> String {
    let mut pid = String::new();
    match file.take(20).read_to_string(&mut pid) {
        Ok(_) if !pid.trim().is_empty() => pid.trim().to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// An installation, opened.
#[derive(Debug)]
pub struct Installation {
    pub keys: Keys,
    pub db: Db,
    pub clock: Clock,
    lock: Option<Lock>,
}

impl Installation {
    /// For a server: alone on a SQLite file; the schema is brought up to date.
    pub async fn open(config: &Config) -> Result<Self, OpenError> {
        make_folder(&config.data)?;
        let lock = match &config.database {
            Location::Sqlite(file) => Some(Lock::take_soon(file).await?),
            Location::Postgres(_) => None,
        };
        Self::with(config, lock).await
    }

    /// For a short command on what is there, also beside a running server: then the schema must be as this program knows it.
    pub async fn visit(config: &Config) -> Result<Self, OpenError> {
        let lock = match &config.database {
            Location::Sqlite(file) if !file.exists() => {
                let data = config.data.clone();
                return Err(OpenError::Nothing { data });
            }
            Location::Sqlite(file) => beside(file).await?,
            Location::Postgres(_) => None,
        };
        Self::with(config, lock).await
    }

    async fn with(config: &Config, lock: Option<Lock>) -> Result<Self, OpenError> {
        let keys = keys(config)?;
        let db = match &config.database {
            Location::Sqlite(file) => Db::sqlite(file).await,
            Location::Postgres(url) => Db::postgres(url).await,
        };
        Ok(Self {
            keys,
            db: db.map_err(not_open)?,
            clock: Clock::machine(),
            lock,
        })
    }

    /// Ends the connections and lets go of the lock, in this order.
    pub async fn close(self) {
        self.db.close().await;
        drop(self.lock);
    }
}

/// The lock, if the schema must be brought up to date. It is not taken without need: a server that starts just then would be
/// refused.
async fn beside(file: &Path) -> Result<Option<Lock>, OpenError> {
    let schema = Db::sqlite_schema(file).await.map_err(not_open)?;
    if schema.found == schema.known {
        return Ok(None);
    }
    match Lock::take(file) {
        Ok(lock) => Ok(Some(lock)),
        Err(OpenError::Taken { pid }) => Err(OpenError::Running {
            pid,
            found: schema.found,
            known: schema.known,
        }),
        Err(other) => Err(other),
    }
}

fn make_folder(folder: &Path) -> Result<(), OpenError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|why| OpenError::Folder {
        folder: folder.to_owned(),
        why,
    })
}

/// The installation's keys. A key is made only where nothing can have been sealed with another.
pub fn keys(config: &Config) -> Result<Keys, OpenError> {
    let (place, keys) = match &config.key {
        KeySource::Text(text) => ("key".to_owned(), Keys::from_text(text)),
        KeySource::File(file) if !file.exists() => {
            return Err(OpenError::KeyMissing { file: file.clone() });
        }
        KeySource::Own(file) if !file.exists() && !is_fresh(config) => {
            return Err(OpenError::KeyMissing { file: file.clone() });
        }
        KeySource::File(file) | KeySource::Own(file) => {
            (file.display().to_string(), Keys::from_file(file))
        }
    };
    keys.map_err(|why| OpenError::Key { place, why })
}

/// Whether there is no database yet. Another replica may have made one on PostgreSQL, so there a key is never made up.
pub(crate) fn is_fresh(config: &Config) -> bool {
    match &config.database {
        Location::Sqlite(file) => !file.exists(),
        Location::Postgres(_) => false,
    }
}

fn not_open(why: StoreError) -> OpenError {
    match why {
        StoreError::Newer { found, known } => OpenError::Newer { found, known },
        why => OpenError::Database(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Flags, Values};

    fn config(folder: &Path, set: &[(&str, &str)]) -> Config {
        let mut set: Vec<_> = set
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        set.push(("data".to_owned(), folder.to_string_lossy().into_owned()));
        let flags = Flags { config: None, set };
        Config::new(&Values::load(&flags, &[]).expect("loads")).expect("checks")
    }

    #[tokio::test]
    async fn a_second_server_is_refused_and_told_who_is_there() {
        let folder = tempfile::tempdir().expect("folder");
        let config = config(folder.path(), &[]);
        let first = Installation::open(&config).await.expect("opens");
        let why = Installation::open(&config)
            .await
            .expect_err("refused")
            .to_string();
        assert!(
            why.contains(&format!("process {}", std::process::id())),
            "{why}"
        );
        Installation::visit(&config)
            .await
            .expect("a short command is let in")
            .close()
            .await;
        first.close().await;
        Installation::open(&config)
            .await
            .expect("opens again")
            .close()
            .await;
    }

    #[tokio::test]
    async fn a_short_command_makes_no_installation() {
        let folder = tempfile::tempdir().expect("folder");
        let config = config(&folder.path().join("habeas"), &[]);
        let why = Installation::visit(&config).await.expect_err("refused");
        assert!(why.to_string().contains("--data"), "{why}");
        assert!(!config.data.exists(), "nothing was made");
    }

    #[tokio::test]
    async fn a_server_that_starts_is_in_nobody_s_way_who_only_looks() {
        let folder = tempfile::tempdir().expect("folder");
        let config = config(folder.path(), &[]);
        let file = folder.path().join("habeas.db");
        let first = Installation::open(&config).await.expect("opens");
        let holder = Lock::holder(&file).expect("looks");
        assert_eq!(holder, Some(std::process::id().to_string()));
        first.close().await;
        assert_eq!(Lock::holder(&file).expect("looks"), None);
        let visitor = Installation::visit(&config).await.expect("is let in");
        let glance = File::open(lock_path(&file)).expect("opens");
        glance.lock_shared().expect("locks");
        let (server, ()) = tokio::join!(Installation::open(&config), async move {
            tokio::time::sleep(Duration::from_millis(120)).await;
            drop(glance);
        });
        server.expect("starts").close().await;
        visitor.close().await;
    }

    #[tokio::test]
    async fn a_lost_key_is_not_replaced() {
        let folder = tempfile::tempdir().expect("folder");
        let config = config(folder.path(), &[]);
        Installation::open(&config)
            .await
            .expect("opens")
            .close()
            .await;
        std::fs::remove_file(folder.path().join("habeas.key")).expect("removed");
        let why = Installation::open(&config).await.expect_err("refused");
        assert!(matches!(why, OpenError::KeyMissing { .. }), "{why}");
        assert!(!folder.path().join("habeas.key").exists());
    }

    #[tokio::test]
    async fn weak_keys_are_refused_with_a_remedy() {
        let folder = tempfile::tempdir().expect("folder");
        for weak in ["", "secret", &"00".repeat(32), &"ab".repeat(31)] {
            let why = Installation::open(&config(folder.path(), &[("key", weak)])).await;
            let why = why.expect_err(weak).to_string();
            assert!(why.contains("openssl rand"), "{why}");
        }
        assert!(
            !folder.path().join("habeas.db").exists(),
            "nothing was made with a weak key"
        );
    }

    #[tokio::test]
    async fn a_newer_database_is_refused() {
        let folder = tempfile::tempdir().expect("folder");
        let config = config(folder.path(), &[]);
        let installation = Installation::open(&config).await.expect("opens");
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (999, 'x', 1, x'00', 0)";
        let write = installation
            .db
            .write::<_, StoreError, _>(move |tx| Box::pin(async move { tx.run(newer, &[]).await }));
        write.await.expect("writes");
        installation.close().await;
        let why = Installation::open(&config).await.expect_err("refused");
        assert!(matches!(why, OpenError::Newer { found: 999, .. }), "{why}");
    }
}
