//! `habeas draft-inventory`: the draft of a system's description on standard output, what to do with it beside.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use app::model::SystemId;
use clap::Args;

use super::dataset;
use crate::connectors::kinds::{self, OpenError};
use crate::connectors::spec::SqlPlace;
use crate::connectors::sql::survey;
use crate::dataset::Dataset;
use crate::draft::{About, Draft, draft};
use crate::matching::Country;
use crate::secret::Masks;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The database: a file of SQLite, or postgres://USER@HOST:PORT/DATABASE, and the same with mysql:// or mariadb://
    place: String,
    /// The environment variable that holds the password
    #[arg(long, value_name = "NAME", conflicts_with = "password_file")]
    password_env: Option<String>,
    /// The file that holds the password, relative to the data folder
    #[arg(long, value_name = "FILE")]
    password_file: Option<String>,
    /// What the system is called in requests and evidence, e.g. crm [default: made of the database's name]
    #[arg(long)]
    id: Option<SystemId>,
    /// What staff call it
    #[arg(long)]
    name: Option<String>,
    /// Who answers for it in the organisation
    #[arg(long)]
    owner: Option<String>,
    /// Where its data lies, e.g. eu-central
    #[arg(long)]
    region: Option<String>,
    /// Whose telephone numbers are meant where no country code is given, e.g. JP [default: the organisation's]
    #[arg(long)]
    country: Option<Country>,
    /// A dataset in fideslang, YAML; what it says is not guessed
    #[arg(long, value_name = "FILE")]
    dataset: Option<PathBuf>,
    /// Which dataset of that file, if it has several
    #[arg(long, value_name = "KEY", requires = "dataset")]
    dataset_key: Option<String>,
    /// Look at names and types alone, at no values
    #[arg(long)]
    no_samples: bool,
}

/// Prints the draft; status 1 if there is none, or if it does not fit the database.
pub(super) async fn run(
    arguments: Arguments,
    data: &Path,
    country: Country,
) -> anyhow::Result<ExitCode> {
    let dataset = match &arguments.dataset {
        Some(file) => match read(file, arguments.dataset_key.as_deref())? {
            Some(dataset) => Some(dataset),
            // What is wrong with it was printed.
            None => return Ok(ExitCode::FAILURE),
        },
        None => None,
    };
    let about = About {
        id: arguments.id,
        name: arguments.name,
        owner: arguments.owner,
        region: arguments.region,
        country: arguments.country.unwrap_or(country).to_string(),
        place: SqlPlace {
            url: url(&arguments.place)?,
            password_env: arguments.password_env,
            password_file: arguments.password_file,
            typed: None,
        },
    };
    let survey = survey(&about.place, data, !arguments.no_samples).await?;
    let draft = draft(&survey, dataset.as_ref(), &about)?;
    std::io::stdout().lock().write_all(draft.text.as_bytes())?;
    tell(&draft);
    fits(&draft, data).await
}

/// A plain path is a file of SQLite. The description names it in full: others are relative to the data folder.
fn url(place: &str) -> anyhow::Result<String> {
    if place.contains("://") || place.starts_with("sqlite:") {
        return Ok(place.to_owned());
    }
    let path = std::path::absolute(place)?;
    if !path.is_file() {
        bail!(
            "{} is no file: name a file of SQLite, or a URL as postgres://USER@HOST/DATABASE",
            path.display()
        );
    }
    Ok(format!("sqlite:{}", path.display()))
}

/// The dataset of that key, or the only one; nothing if its file can't be used.
fn read(file: &Path, key: Option<&str>) -> anyhow::Result<Option<Dataset>> {
    let Some(loaded) = dataset::load(&[file.to_owned()])? else {
        return Ok(None);
    };
    let all = loaded.datasets.all();
    let found = match (key, all) {
        (Some(key), _) => all.iter().find(|one| one.key == key),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let keys: Vec<&str> = all.iter().map(|one| one.key.as_str()).collect();
    let missing = || {
        format!(
            "{} has these datasets: {}; name one with --dataset-key",
            file.display(),
            keys.join(", ")
        )
    };
    found.cloned().map(Some).with_context(missing)
}

fn tell(draft: &Draft) {
    let lines = |mark: &str| {
        let marked = draft
            .text
            .lines()
            .skip(3)
            .filter(|line| line.contains(mark));
        marked.count()
    };
    eprintln!(
        "{} tables are drafted, {} are not and named at its end. {} lines want a decision (# !), {} are weak guesses (# ?).\n\
         Read and correct it, then: habeas add-system FILE",
        draft.spec.collections.len(),
        draft.left_out.len(),
        lines("# !"),
        lines("# ?"),
    );
}

/// The database may have changed meanwhile, or hold what we did not think of.
async fn fits(draft: &Draft, data: &Path) -> anyhow::Result<ExitCode> {
    match kinds::open(&draft.spec, data, &Masks::unkept()).await {
        Ok(_) => Ok(ExitCode::SUCCESS),
        Err(OpenError::Differs { differences }) => {
            eprintln!("The draft does not fit the database as it is:");
            differences.iter().for_each(|one| eprintln!("  {one}"));
            Ok(ExitCode::FAILURE)
        }
        Err(why) => Err(why.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_of_sqlite_and_must_be_there() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("a b.db");
        std::fs::write(&file, "").expect("file");
        let path = file.display().to_string();
        assert_eq!(url(&path).expect("a file"), format!("sqlite:{path}"));
        assert_eq!(url("postgres://u@h/d").expect("a url"), "postgres://u@h/d");
        assert_eq!(url("sqlite:a.db").expect("a url"), "sqlite:a.db");
        let why = url("nothing.db").expect_err("is not there").to_string();
        assert!(why.contains("is no file"), "{why}");
    }

    #[test]
    fn a_dataset_is_named_where_there_are_several() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("d.yml");
        let one = |key: &str| {
            format!("  - {{fides_key: {key}, collections: [{{name: c, fields: [{{name: f}}]}}]}}\n")
        };
        std::fs::write(&file, format!("dataset:\n{}{}", one("a"), one("b"))).expect("file");
        let key = |key| read(&file, key).map(|found| found.map(|dataset| dataset.key));
        assert_eq!(key(Some("b")).expect("named"), Some("b".to_owned()));
        let why = key(None).expect_err("two").to_string();
        assert!(why.contains("a, b"), "{why}");
        assert!(key(Some("c")).is_err());
    }
}
