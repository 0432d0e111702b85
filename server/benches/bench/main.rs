//! `make bench`: what Habeas takes, each figure beside the floor that was measured in the same run.
//!
//! Every measure runs in a process of its own, so that none warms or fattens another. With an argument only the measures
//! whose name contains it run, and `results.md` stays as it is.

mod browser;
mod export;
mod first_load;
mod idle;
mod list;
mod machine;
mod pages;
mod place;
mod post;
mod report;
mod search;
mod shop;
mod tasks;
mod timing;

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, bail};

use report::{Line, Report};

/// The measures, in the order of the report.
const MEASURES: [&str; 9] = [
    "search",
    "post",
    "tasks",
    "shop",
    "example",
    "list",
    "export",
    "first-load",
    "pages",
];
/// Before the name of a measure: this process is to run it, alone.
const ALONE: &str = "--alone";

fn main() -> ExitCode {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let done = match &arguments[..] {
        [alone, name] if alone == ALONE => run_here(name),
        filters => run_each(filters),
    };
    match done {
        Ok(code) => code,
        Err(why) => {
            eprintln!("bench: {why:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the measures that are asked for, each in a process of its own. Fails if one could not be taken; a goal that was missed
/// is told, and no failure: a busy machine misses goals.
fn run_each(filters: &[String]) -> anyhow::Result<ExitCode> {
    let wanted =
        |name: &&&str| filters.is_empty() || filters.iter().any(|f| name.contains(f.as_str()));
    let names: Vec<_> = MEASURES.iter().filter(wanted).collect();
    if names.is_empty() {
        bail!("no such measure: there are {}", MEASURES.join(", "));
    }
    let (mut report, mut code) = (Report::default(), ExitCode::SUCCESS);
    for name in names {
        eprintln!("{name} …");
        match run_apart(name) {
            Ok(lines) => report.add(name, lines),
            Err(why) => {
                eprintln!("{name}: {why:#}");
                report.add(name, vec![Line::failed(name)]);
                code = ExitCode::FAILURE;
            }
        }
    }
    println!("{}", report.table());
    if filters.is_empty() {
        report.save()?;
    }
    Ok(code)
}

fn run_apart(name: &str) -> anyhow::Result<Vec<Line>> {
    let output = Command::new(std::env::current_exe()?)
        .args([ALONE, name])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("ended with {}", output.status);
    }
    serde_json::from_slice(&output.stdout).context("no figures")
}

fn run_here(name: &str) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let lines = runtime.block_on(async {
        match name {
            "search" => search::measure().await,
            "post" => post::measure().await,
            "tasks" => tasks::measure().await,
            "shop" => shop::measure().await,
            "example" => shop::example().await,
            "list" => list::measure().await,
            "export" => export::measure().await,
            "first-load" => first_load::measure(),
            "pages" => pages::measure().await,
            other => bail!("no such measure: {other}"),
        }
    })?;
    println!("{}", serde_json::to_string(&lines)?);
    Ok(ExitCode::SUCCESS)
}
