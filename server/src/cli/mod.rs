//! The command line: what each command is called, takes and does. Errors say what to do and end with status 1.

mod backup;
mod dataset;
mod doctor;
mod draft;
mod logs;
mod organise;
mod serve;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use rustix::fs::Mode;

use crate::backend::sessions::{Lasting, Sessions};
use crate::config::{Config, ConfigError, Flags, PublicUrl, Values};
use crate::demo;
use crate::installation::Installation;

/// A self-hosted portal for data-subject requests.
#[derive(Debug, Parser)]
#[command(name = "habeas", version, about)]
pub struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What all commands take.
#[derive(Debug, Args)]
struct Options {
    /// Configuration file [default: DATA/habeas.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder for the database, the key and packages
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<String>,
    /// Address and port to listen on
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// What links start with
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// Any setting, e.g. --set tasks.workers=8; `habeas config` lists all
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (this is what happens without a command)
    Serve {
        /// Print a one-time sign-in link, also if somebody has signed in before
        #[arg(long)]
        link: bool,
    },
    /// Print a one-time link that signs a member of staff in; works beside a running server
    SignInLink {
        /// Whose link it is; she is added if there is nobody of that name
        #[arg(long, default_value = FIRST, value_parser = name)]
        name: String,
    },
    /// Make the sample organisation in an empty data folder
    Demo {
        /// How many persons there are
        #[arg(long, default_value_t = demo::Options::default().persons)]
        persons: u32,
        /// Other seeds give other people
        #[arg(long, default_value_t = demo::Options::default().seed)]
        seed: u64,
    },
    /// Store the description of a system, once it was found to be as described
    AddSystem {
        /// The description, TOML
        file: PathBuf,
    },
    /// Look through a database and write a draft of its description, on standard output
    DraftInventory(Box<draft::Arguments>),
    /// Make an API client and print its id and secret; works beside a running server
    CreateClient {
        /// What the client is called in the list of requests
        #[arg(long, value_parser = name)]
        name: String,
        /// A permission, e.g. gdpr:request:add; may be given several times. Without: all that there are
        #[arg(long = "permission", value_name = "PERMISSION")]
        permissions: Vec<String>,
    },
    /// Check this installation and say what to mend
    Doctor,
    /// Copy the database into a new file; works beside a running server
    Backup {
        /// The file to make; it must not exist
        file: PathBuf,
    },
    /// Print the settings in force: value, where it comes from, what it does
    Config,
    /// Look at inventories in fideslang, the format of Fides
    Dataset {
        #[command(subcommand)]
        what: dataset::Command,
    },
}

/// The name of the first member of staff, until the operator says another.
const FIRST: &str = "Privacy officer";
/// How long a sign-in link can be used.
const LINK: Duration = Duration::from_secs(3600);

/// Runs the command that the arguments, the program's name first, ask for.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // What is written, also by SQLite, is for this user only.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    match run(Cli::parse_from(arguments)) {
        Ok(code) => code,
        Err(why) => {
            // The whole chain: the first says what was tried, the last why not.
            eprintln!("habeas: {why:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    // Files alone, no installation.
    if let Some(Command::Dataset { what }) = &cli.command {
        return dataset::run(what);
    }
    let environment: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let flags: Flags = cli.options.into();
    let command = cli.command.unwrap_or(Command::Serve { link: false });
    let (values, wrong) = Values::read(&flags, &environment);
    if matches!(command, Command::Config) {
        return Ok(explain(&values, wrong));
    }
    wrong.into_iter().next().map_or(Ok(()), Err)?;
    let config = Config::new(&values)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Serve { link } => {
                let again = SignInCommand::new(&flags, &config)?;
                serve::serve(config, again, link).await?;
            }
            Command::SignInLink { name } => sign_in_link(&config, &name).await?,
            Command::Demo { persons, seed } => {
                organise::demo(&config, demo::Options { seed, persons }).await?;
            }
            Command::AddSystem { file } => organise::add_system(&config, &file).await?,
            Command::DraftInventory(arguments) => {
                return draft::run(*arguments, &config.data, config.country).await;
            }
            Command::CreateClient { name, permissions } => {
                organise::create_client(&config, &name, &permissions).await?;
            }
            Command::Doctor => return Ok(doctor::doctor(&config).await),
            Command::Backup { file } => backup::backup(&config, &file).await?,
            // Answered above, also where a configuration is of no use.
            Command::Config | Command::Dataset { .. } => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Prints the settings, and then all that is wrong with them: who looks for a mistake wants to see both.
fn explain(values: &Values, mut wrong: Vec<ConfigError>) -> ExitCode {
    print!("{}", values.explained());
    wrong.extend(Config::new(values).err());
    wrong.iter().for_each(|why| eprintln!("habeas: {why}"));
    if wrong.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

impl From<Options> for Flags {
    fn from(options: Options) -> Self {
        let named = [
            ("data", options.data),
            ("listen", options.listen),
            ("public_url", options.public_url),
        ];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Self {
            config: options.config,
            set: options.set.into_iter().chain(named).collect(),
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err("want NAME=VALUE".to_owned()),
    }
}

fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err("want 1 to 100 characters".to_owned())
    }
}

fn sessions(config: &Config, installation: &Installation) -> Sessions {
    let lasting = Lasting {
        idle: config.session_idle,
        absolute: config.session_absolute,
    };
    Sessions::new(installation.db.clone(), installation.clock.clone(), lasting)
}

/// The command that makes a sign-in link for this installation, as it can be typed anywhere on this machine.
struct SignInCommand(String);

impl SignInCommand {
    fn new(flags: &Flags, config: &Config) -> anyhow::Result<Self> {
        let program = std::env::current_exe()?;
        let data = std::path::absolute(&config.data)?;
        let mut text = format!("{} sign-in-link --data {}", typed(&program), typed(&data));
        if let Some(file) = &flags.config {
            let file = std::path::absolute(file)?;
            text.push_str(&format!(" --config {}", typed(&file)));
        }
        Ok(Self(text))
    }

    /// With what links start with: it may have been said to the server alone.
    fn text(&self, url: &PublicUrl) -> String {
        format!("{} --public-url {url}", self.0)
    }
}

/// A path as a shell reads it.
fn typed(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%".contains(c);
    if text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

async fn sign_in_link(config: &Config, name: &str) -> anyhow::Result<()> {
    let installation = Installation::visit(config).await?;
    let token = sessions(config, &installation)
        .make_link(name, LINK)
        .await?;
    println!("{}/sign-in?token={token}", config.public_url);
    eprintln!("It signs {name} in once, within an hour.");
    installation.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn named_flags_win_over_set() {
        let cli = Cli::parse_from([
            "habeas",
            "doctor",
            "--set",
            "listen=127.0.0.1:1",
            "--listen",
            "127.0.0.1:2",
        ]);
        let values = Values::load(&cli.options.into(), &[]).expect("loads");
        assert_eq!(
            values.get("listen").map(|(text, _)| text),
            Some("127.0.0.1:2")
        );
    }

    #[test]
    fn paths_are_shown_as_a_shell_reads_them() {
        assert_eq!(typed(Path::new("/srv/habeas-1")), "/srv/habeas-1");
        assert_eq!(typed(Path::new("/it's here")), r"'/it'\''s here'");
    }

    #[test]
    fn names_are_short_and_printable() {
        assert_eq!(name(" Ana "), Ok("Ana".to_owned()));
        assert!(name(" ").is_err() && name("a\nb").is_err() && name(&"x".repeat(101)).is_err());
    }
}
