//! Commands that set an organisation up: the sample, systems, API clients.

use std::path::{Component, Path};

use anyhow::{Context, bail};

use crate::backend::clients::Clients;
use crate::config::{Config, Location};
use crate::demo::{self, DemoError, Options};
use crate::installation::Installation;
use crate::organisation::Organisation;
use crate::store::Db;

/// The actor of what is done on the command line, in evidence.
const OPERATOR: &str = "operator";

/// The organisation of an opened installation.
pub(super) fn organisation(config: &Config, installation: &Installation) -> Organisation {
    Organisation {
        db: installation.db.clone(),
        keys: installation.keys.clone(),
        clock: installation.clock.clone(),
        data: config.data.clone(),
        country: config.country,
    }
}

/// Makes the sample organisation in an empty data folder, ready to be served.
pub(super) async fn demo(config: &Config, options: Options) -> anyhow::Result<()> {
    let folder = config.data.display();
    refuse_real_database(config).await?;
    let made = match demo::make(&config.data, options).await {
        Err(DemoError::NotEmpty) => {
            bail!("{folder} holds something already: name an empty folder with --data")
        }
        made => made.with_context(|| {
            format!("the sample can't be made in {folder}; remove what is left of it")
        })?,
    };
    let installation = Installation::open(config).await?;
    let filled = organisation(config, &installation)
        .fill(&config.data.join("systems"), made.contacts())
        .await;
    installation.close().await;
    filled?;
    println!(
        "{} persons, {} records in {folder}",
        made.persons, made.records
    );
    Ok(())
}

/// Invented people must not get among real ones: the sample wants a database of its own.
async fn refuse_real_database(config: &Config) -> anyhow::Result<()> {
    match &config.database {
        Location::Sqlite(file) if is_inside(file, &config.data) => Ok(()),
        Location::Sqlite(_) => bail!(
            "the sample is made in an empty folder, its database too: leave database.url out, or name a file in {}",
            config.data.display()
        ),
        Location::Postgres(url) if is_used(url).await? => bail!(
            "the database holds something already, and the sample would be mixed into it: set database.url to an empty one"
        ),
        Location::Postgres(_) => Ok(()),
    }
}

fn is_inside(file: &Path, folder: &Path) -> bool {
    let rest = file.strip_prefix(folder);
    rest.is_ok_and(|rest| {
        rest.components()
            .all(|part| matches!(part, Component::Normal(_)))
    })
}

/// Looks without changing anything: a database of an older program is in use too, and is not brought up to date for this.
async fn is_used(url: &str) -> anyhow::Result<bool> {
    let unreachable = "the database does not open: check database.url and that the server is up";
    let schema = Db::postgres_schema(url).await.context(unreachable)?;
    if schema.found != schema.known {
        return Ok(schema.found != 0);
    }
    let db = Db::postgres(url).await.context(unreachable)?;
    let used = db.is_used().await;
    db.close().await;
    Ok(used?)
}

/// Stores the description of a system, once the system has been found to be as described.
pub(super) async fn add_system(config: &Config, file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} can't be read", file.display()))?;
    let installation = Installation::visit(config).await?;
    let put = organisation(config, &installation)
        .put_system(&text, OPERATOR)
        .await;
    installation.close().await;
    let spec = put.with_context(|| file.display().to_string())?;
    println!(
        "{} ({}) is described. A running server knows it within seconds.",
        spec.id, spec.name
    );
    Ok(())
}

/// Makes an API client; its secret is shown this once.
pub(super) async fn create_client(
    config: &Config,
    name: &str,
    permissions: &[String],
) -> anyhow::Result<()> {
    let installation = Installation::visit(config).await?;
    let clients = Clients {
        db: installation.db.clone(),
        clock: installation.clock.clone(),
    };
    let made = clients.create(name, permissions).await;
    installation.close().await;
    let client = made?;
    println!("id      {}\nsecret  {}", client.id, client.secret);
    eprintln!("The secret can't be shown again.");
    Ok(())
}
