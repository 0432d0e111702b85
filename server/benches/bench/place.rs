//! Where measures happen: the big sample, made once and kept in the cache; folders and databases that go when a measure ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use app::backend::{Caller, Who};
use app::model::{Identifier, IdentifierKind, Right, SubjectKey};
use server::backend::{Habeas, Parts};
use server::clock::Clock;
use server::connectors::Trace;
use server::demo;
use server::matching::Country;
use server::organisation::Organisation;
use server::params;
use server::secret::{Keys, sha256};
use server::store::{Db, StoreError};
use server::workflow::create::{self, NewMember, NewSet};
use server::workflow::target::{Target, handle};
use server::workflow::{Engine, work};
use sqlx::Connection as _;
use tempfile::TempDir;

/// How many persons searches go over.
pub(crate) const PERSONS: u32 = 100_000;
/// What the sample is made by: when one of these changes, it is made anew.
const MAKERS: [&str; 5] = [
    "src/demo",
    "src/organisation.rs",
    "src/backend/contacts",
    "src/store/contact",
    "migrations/sqlite",
];

/// The folder for all that measures write: on a disk, as the temporary folder may not be.
pub(crate) fn cache() -> anyhow::Result<PathBuf> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let folder = base.or_else(home).context("HOME is not set")?;
    Ok(folder.join("habeas"))
}

/// An empty folder, removed when dropped.
pub(crate) fn folder() -> anyhow::Result<TempDir> {
    fs::create_dir_all(cache()?)?;
    Ok(tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(cache()?)?)
}

pub(crate) fn keys() -> anyhow::Result<Keys> {
    Ok(Keys::new(&std::array::from_fn(|at| {
        (at * at * 31 + 17) as u8
    }))?)
}

/// A member of staff.
pub(crate) fn ada() -> Caller {
    let (id, name) = ("1".to_owned(), "Ada".to_owned());
    Caller {
        who: Who::Staff { id, name },
        correlation: "bench".to_owned(),
    }
}

/// The key of an external contact.
pub(crate) fn key(id: &str) -> anyhow::Result<SubjectKey> {
    let id = Identifier::new(IdentifierKind::ExternalContactId, id)?;
    SubjectKey::try_from(id).map_err(|_| anyhow::anyhow!("not an id"))
}

/// The big sample, opened: its systems in the cache, only read; Habeas's own database a copy.
pub(crate) struct House {
    pub(crate) habeas: Habeas,
    pub(crate) organisation: Organisation,
    /// The folder with the systems' databases.
    pub(crate) sample: PathBuf,
    _folder: TempDir,
}

/// Opens the big sample, and makes it if it is not there or was made by other code.
pub(crate) async fn house() -> anyhow::Result<House> {
    let sample = cache()?.join("bench-100k");
    let (stamp, made_by) = (sample.join("made-by"), makers()?);
    if fs::read_to_string(&stamp).ok().as_deref() != Some(&made_by) {
        eprintln!("making the sample of {PERSONS} persons, once …");
        if sample.exists() {
            fs::remove_dir_all(&sample)?;
        }
        make(&sample).await?;
        fs::write(&stamp, made_by)?;
    }
    let folder = folder()?;
    let file = folder.path().join("habeas.db");
    fs::copy(sample.join("habeas.db"), &file)?;
    let organisation = organisation(&file, &sample).await?;
    let engine = Engine {
        systems: organisation.systems().await?,
        ..Engine::new(
            organisation.db.clone(),
            organisation.keys.clone(),
            organisation.clock.clone(),
            folder.path().to_owned(),
        )
    };
    let habeas = Habeas::new(Parts {
        engine,
        public_url: "http://127.0.0.1:7878".to_owned(),
        country: organisation.country,
        search_timeout: Duration::from_secs(20),
    });
    Ok(House {
        habeas,
        organisation,
        sample,
        _folder: folder,
    })
}

async fn make(sample: &Path) -> anyhow::Result<()> {
    let options = demo::Options {
        persons: PERSONS,
        ..demo::Options::default()
    };
    let made = demo::make(sample, options).await?;
    let descriptions = sample.join("systems");
    for entry in fs::read_dir(&descriptions)? {
        // The sample has a system that allows 5 calls a second: that would be all that there is to measure.
        let file = entry?.path();
        let text = fs::read_to_string(&file)?;
        let unpaced = text.lines().filter(|line| !line.starts_with("per_second"));
        fs::write(&file, unpaced.collect::<Vec<_>>().join("\n"))?;
    }
    let organisation = organisation(&sample.join("habeas.db"), sample).await?;
    organisation.fill(&descriptions, made.contacts()).await?;
    organisation.db.close().await;
    Ok(())
}

async fn organisation(file: &Path, sample: &Path) -> anyhow::Result<Organisation> {
    Ok(Organisation {
        db: Db::sqlite(file).await?,
        keys: keys()?,
        clock: Clock::machine(),
        data: sample.to_owned(),
        country: Country::parse("DE")?,
    })
}

fn makers() -> anyhow::Result<String> {
    let mut files = Vec::new();
    for maker in MAKERS {
        gather(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(maker),
            &mut files,
        )?;
    }
    files.sort();
    let mut all = format!("{PERSONS}").into_bytes();
    for file in files {
        all.extend(fs::read(file)?);
    }
    Ok(sha256(&all))
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            gather(&entry?.path(), files)?;
        }
    } else {
        ensure!(path.exists(), "{} is no longer there", path.display());
        files.push(path.to_owned());
    }
    Ok(())
}

/// A fresh database of our own, and what has to be cleared away afterwards.
pub(crate) struct Fresh {
    pub(crate) name: &'static str,
    pub(crate) db: Db,
    pub(crate) folder: TempDir,
    /// Where it lies, if not in the folder.
    database: Option<Database>,
}

impl Fresh {
    pub(crate) async fn sqlite() -> anyhow::Result<Self> {
        let folder = folder()?;
        let db = Db::sqlite(&folder.path().join("habeas.db")).await?;
        Ok(Self {
            name: "SQLite",
            db,
            folder,
            database: None,
        })
    }

    /// Nothing if `HABEAS_TEST_POSTGRES` names no server.
    pub(crate) async fn postgres() -> anyhow::Result<Option<Self>> {
        let Some(database) = Database::create("bench").await? else {
            return Ok(None);
        };
        Ok(Some(Self {
            name: "PostgreSQL",
            db: Db::postgres(&database.url).await?,
            folder: folder()?,
            database: Some(database),
        }))
    }

    pub(crate) async fn clear(self) -> anyhow::Result<()> {
        self.db.close().await;
        match self.database {
            Some(database) => database.drop().await,
            None => Ok(()),
        }
    }
}

/// An empty database on the server that `HABEAS_TEST_POSTGRES` names.
pub(crate) struct Database {
    pub(crate) url: String,
    server: String,
    name: String,
}

impl Database {
    /// Nothing if no server is named.
    pub(crate) async fn create(what: &str) -> anyhow::Result<Option<Self>> {
        let Ok(server) = std::env::var("HABEAS_TEST_POSTGRES") else {
            return Ok(None);
        };
        let name = format!("{what}_{}", std::process::id());
        administer(&server, format!("CREATE DATABASE {name}")).await?;
        let (base, _) = server
            .rsplit_once('/')
            .context("HABEAS_TEST_POSTGRES names no database")?;
        let url = format!("{base}/{name}");
        Ok(Some(Self { url, server, name }))
    }

    /// Removes it, whoever is still connected.
    pub(crate) async fn drop(self) -> anyhow::Result<()> {
        administer(
            &self.server,
            format!("DROP DATABASE {} WITH (FORCE)", self.name),
        )
        .await
    }
}

async fn administer(server: &str, statement: String) -> anyhow::Result<()> {
    let mut admin = sqlx::PgConnection::connect(server).await?;
    // Names no database but one that this process made up.
    sqlx::query(sqlx::AssertSqlSafe(statement))
        .execute(&mut admin)
        .await?;
    Ok(admin.close().await?)
}

/// Rows to commit changes of: as little as a transaction can be.
pub(crate) async fn make_counters(db: &Db, rows: u32) -> anyhow::Result<()> {
    let write = db.write(move |tx| {
        Box::pin(async move {
            let table = "CREATE TABLE bench_counter (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)";
            tx.run(table, &[]).await?;
            for id in 0..rows {
                let row = "INSERT INTO bench_counter (id, n) VALUES ($1, 0)";
                tx.run(row, params![id]).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    Ok(write.await?)
}

/// One bare commit: one row changed, by the helper that all of Habeas's transactions go through.
pub(crate) async fn commit(db: &Db, id: u32) -> anyhow::Result<()> {
    let write = db.write(move |tx| {
        Box::pin(async move {
            let change = "UPDATE bench_counter SET n = n + 1 WHERE id = $1";
            tx.run(change, params![id]).await?;
            Ok::<_, StoreError>(())
        })
    });
    Ok(write.await?)
}

/// Makes a request about somebody of whom nothing is known but her key.
pub(crate) async fn ask(
    engine: &Engine,
    right: Right,
    key: SubjectKey,
    planned: Vec<Option<Trace>>,
) -> anyhow::Result<()> {
    let member = NewMember {
        handle: handle(&engine.keys, &key)?,
        work: work::of(&engine.systems, right, key.kind(), &[]),
        target: Target {
            key,
            before: Vec::new(),
            after: Vec::new(),
            subject: None,
            canonical: true,
            replacements: Vec::new(),
        },
        planned,
        exceptions: 0,
    };
    let set = NewSet {
        right,
        actor: "staff:1".to_owned(),
        actor_name: "Ada".to_owned(),
        reason: "She asked.".to_owned(),
        plan: None,
        plan_hash: "0".repeat(64),
        retry_of: None,
        due_at: None,
        links: None,
        members: vec![member],
    };
    create::make(engine, set).await?;
    Ok(())
}

/// Shared by measures that go through the API.
pub(crate) fn api(house: &House) -> server::http::genesys::Api {
    use server::backend::clients::Clients;
    use server::http::genesys::limit::{Limits, Rates};
    let (habeas, organisation) = (&house.habeas, &house.organisation);
    let unlimited = 1_000_000; // a minute
    server::http::genesys::Api::new(server::http::genesys::Parts {
        gdpr: Arc::new(habeas.clone()),
        contacts: organisation.contacts(),
        clients: Clients {
            db: habeas.db.clone(),
            clock: habeas.clock.clone(),
        },
        clock: habeas.clock.clone(),
        limits: Limits::new(Rates {
            client: unlimited,
            token: unlimited,
            gdpr: unlimited,
        }),
        public_url: habeas.public_url.clone(),
    })
}
