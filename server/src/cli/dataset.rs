//! `habeas dataset`: checks inventories in fideslang, says the way through them, and writes one from a description.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;

use crate::connectors::spec::SystemSpec;
use crate::dataset::graph::{Graph, Plan, PlanError};
use crate::dataset::{self, Address, Identity, Loaded, Place, Problem};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check datasets, each alone and one against the other; mistakes are printed as file:line:column: what to do
    Check {
        /// The datasets, YAML; all that refer to one another
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Print in which order collections are asked for a person, and by what
    Graph {
        /// The datasets, YAML; all that refer to one another
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// What is known of the person, e.g. email; may be given several times
        #[arg(long = "identity", value_name = "NAME", required = true)]
        identities: Vec<String>,
    },
    /// Write the description of a system as a dataset, on standard output
    Export {
        /// The description, TOML
        file: PathBuf,
    },
}

/// Status 1 if something is wrong, which is then printed.
pub(super) fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match command {
        Command::Check { files } => check(files, &mut out),
        Command::Graph { files, identities } => graph(files, identities, &mut out),
        Command::Export { file } => export(file, &mut out),
    }
}

fn check(files: &[PathBuf], out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let Some(loaded) = load(files)? else {
        return Ok(ExitCode::FAILURE);
    };
    let graph = Graph::new(&loaded.datasets);
    let identities: BTreeSet<Identity> = graph.identities().into_iter().cloned().collect();
    let datasets = loaded.datasets.all();
    let collections = datasets.iter().map(|d| d.collections.len()).sum::<usize>();
    write!(
        out,
        "{} and {}",
        counted(datasets.len(), "dataset"),
        counted(collections, "collection"),
    )?;
    if identities.is_empty() {
        writeln!(
            out,
            "; no field has an `identity`, so nobody is found in them alone"
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let plan = match graph.plan(&identities) {
        Ok(plan) => plan,
        Err(why) => {
            writeln!(out)?;
            unplanned(&loaded, &why);
            return Ok(ExitCode::FAILURE);
        }
    };
    let names: Vec<_> = identities.iter().map(ToString::to_string).collect();
    let reached = plan.visits().count();
    writeln!(out, "; {reached} reached by {}", names.join(", "))?;
    rest(&plan, out)?;
    Ok(ExitCode::SUCCESS)
}

fn graph(files: &[PathBuf], names: &[String], out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let Some(loaded) = load(files)? else {
        return Ok(ExitCode::FAILURE);
    };
    let given = names.iter().cloned().map(Identity).collect();
    let plan = match Graph::new(&loaded.datasets).plan(&given) {
        Ok(plan) => plan,
        Err(why) => {
            unplanned(&loaded, &why);
            return Ok(ExitCode::FAILURE);
        }
    };
    if plan.stages.is_empty() {
        writeln!(out, "Nothing is asked.")?;
    }
    for (i, stage) in plan.stages.iter().enumerate() {
        writeln!(out, "Stage {}", i + 1)?;
        for visit in stage {
            writeln!(out, "  {}", visit.collection)?;
            for (n, via) in visit.by.iter().enumerate() {
                let or = if n == 0 { "by" } else { "or" };
                writeln!(out, "    {or} {} = {}", via.to, via.from)?;
            }
        }
    }
    rest(&plan, out)?;
    for (i, layer) in plan.erasure.iter().enumerate() {
        let names: Vec<_> = layer.iter().map(ToString::to_string).collect();
        writeln!(out, "Erasure {}: {}", i + 1, names.join(", "))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is not asked, and what is not followed.
fn rest(plan: &Plan, out: &mut impl Write) -> io::Result<()> {
    for skipped in &plan.skipped {
        writeln!(out, "{skipped}")?;
    }
    for back in &plan.back {
        let ((from, field), (to, its)) = (&back.from, &back.to);
        writeln!(
            out,
            "{from}.{field} leads back to {to}.{its}, which is asked before it: not followed"
        )?;
    }
    Ok(())
}

fn export(file: &Path, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("{name} can't be read"))?;
    let spec = SystemSpec::parse(&text).with_context(|| format!("{name} describes no system"))?;
    let export = spec.dataset();
    for line in &export.left_out {
        eprintln!("left out, since the format has no word for it: {line}");
    }
    out.write_all(dataset::write(&[export.dataset]).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Reads files and prints what is wrong with them; nothing if they can't be used.
pub(super) fn load(files: &[PathBuf]) -> anyhow::Result<Option<Loaded>> {
    let mut read = Vec::new();
    for path in files {
        let name = path.display().to_string();
        let bytes = bytes(path).with_context(|| format!("{name} can't be read"))?;
        read.push((name, bytes));
    }
    let files: Vec<_> = read
        .iter()
        .map(|(name, bytes)| dataset::File { name, bytes })
        .collect();
    match dataset::load(&files) {
        Ok(loaded) => {
            loaded.warnings.all.iter().for_each(warn);
            Ok(Some(loaded))
        }
        Err(problems) => {
            eprintln!("{problems}");
            Ok(None)
        }
    }
}

/// One byte more than is allowed is enough to be refused.
fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(dataset::LARGEST).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path)?
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn warn(problem: &Problem) {
    let Place { line, column } = problem.place;
    eprintln!(
        "{}:{line}:{column}: warning: {}",
        problem.file,
        problem.says()
    );
}

fn unplanned(loaded: &Loaded, why: &PlanError) {
    let say = |collection: &Address, text: &dyn std::fmt::Display| {
        let (file, Place { line, column }) = loaded.place(collection).unwrap_or(("", Place::START));
        eprintln!("{file}:{line}:{column}: {text}");
    };
    match why {
        PlanError::Unreached(all) => all.iter().for_each(|one| say(&one.collection, one)),
        PlanError::Stuck { waiting, .. } => say(waiting, why),
    }
}

fn counted(n: usize, what: &str) -> String {
    let many = if n == 1 { "" } else { "s" };
    format!("{n} {what}{many}")
}
