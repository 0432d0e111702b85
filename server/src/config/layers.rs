//! Lays the sources over each other: defaults < file < environment < flags. Remembers where each value came from.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::ConfigError;
use super::settings::{self, Setting};

const PREFIX: &str = "HABEAS__";

/// What the command line says of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config`: the file; `DATA/habeas.toml`, where there is one, if not given.
    pub config: Option<PathBuf>,
    /// Settings by name: `--listen` and the like, and `--set name=value`.
    pub set: Vec<(String, String)>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    File(PathBuf),
    Variable(String),
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(flag) => f.write_str(flag),
        }
    }
}

/// The settings as texts, each with its origin.
#[derive(Clone, Default)]
pub struct Values {
    all: BTreeMap<&'static str, (String, Origin)>,
    file: Option<PathBuf>,
}

impl Values {
    /// Reads all sources; the first thing that is wrong is the error. `environment` is the process's, given so that tests can
    /// give another.
    pub fn load(flags: &Flags, environment: &[(String, String)]) -> Result<Self, ConfigError> {
        let (values, wrong) = Self::read(flags, environment);
        wrong.into_iter().next().map_or(Ok(values), Err)
    }

    /// Reads what can be read, for whoever is looking for a mistake; and all that is wrong.
    pub fn read(flags: &Flags, environment: &[(String, String)]) -> (Self, Vec<ConfigError>) {
        let mut values = Self::default();
        let (mut said, mut wrong) = (Vec::new(), Vec::new());
        values.defaults(environment);
        for one in variables(environment).chain(named_flags(flags)) {
            match one {
                Ok(named) => said.push(named),
                Err(why) => wrong.push(why),
            }
        }
        // The folder must be known before the file in it can be read.
        for (setting, text, origin) in &said {
            if setting.name == "data" {
                values.put(setting, text.clone(), origin.clone());
            }
        }
        values.read_file(flags.config.as_deref(), &mut wrong);
        for (setting, text, origin) in said {
            values.put(setting, text, origin);
        }
        (values, wrong)
    }

    fn defaults(&mut self, environment: &[(String, String)]) {
        for setting in &settings::ALL {
            if let Some(text) = setting.default {
                self.put(setting, text.to_owned(), Origin::Default);
            }
        }
        let variable = |name: &str| {
            environment
                .iter()
                .find(|(known, value)| known == name && !value.is_empty())
                .map(|(_, value)| PathBuf::from(value))
        };
        let home = variable("XDG_DATA_HOME")
            .or_else(|| variable("HOME").map(|home| home.join(".local/share")))
            .unwrap_or_else(|| PathBuf::from("."));
        let folder = home.join("habeas").to_string_lossy().into_owned();
        self.all.insert("data", (folder, Origin::Default));
    }

    fn read_file(&mut self, given: Option<&Path>, wrong: &mut Vec<ConfigError>) {
        let own = Path::new(self.text("data")).join("habeas.toml");
        let path = given.map_or(own.clone(), Path::to_path_buf);
        let place = path.display().to_string();
        let mut refuse = |what| {
            let place = place.clone();
            wrong.push(ConfigError { place, what });
        };
        let table = match table(&path) {
            Ok(Some(table)) => table,
            Ok(None) if given.is_none() => return,
            Ok(None) => return refuse("there is no such file".to_owned()),
            Err(what) => return refuse(what),
        };
        for one in flat(&table) {
            match one.and_then(|(name, text)| Ok((in_file(&name, given.is_none())?, text))) {
                Ok((setting, text)) => self.put(setting, text, Origin::File(path.clone())),
                Err(what) => refuse(what),
            }
        }
        self.file = Some(path);
    }

    fn put(&mut self, setting: &Setting, text: String, origin: Origin) {
        self.all.insert(setting.name, (text, origin));
    }

    /// The file that was read, if there was one.
    pub(super) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The value and its origin, if there is one.
    pub fn get(&self, name: &str) -> Option<(&str, &Origin)> {
        self.all
            .get(name)
            .map(|(text, origin)| (text.as_str(), origin))
    }

    pub(super) fn set(&self, name: &str) -> Option<&str> {
        self.get(name).map(|(text, _)| text)
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.set(name).unwrap_or_default()
    }

    /// The error for a setting, naming it and its place. Values are not repeated: they may be secret.
    pub(super) fn wrong(&self, name: &str, why: &str) -> ConfigError {
        let place = self
            .get(name)
            .map_or("default".to_owned(), |(_, origin)| origin.to_string());
        ConfigError {
            place,
            what: format!("{name}: {why}"),
        }
    }

    pub(super) fn parsed<T: FromStr>(&self, name: &str, wanted: &str) -> Result<T, ConfigError> {
        let text = self.text(name);
        text.parse()
            .map_err(|_| self.wrong(name, &format!("want {wanted}")))
    }

    pub(super) fn number(
        &self,
        name: &str,
        range: RangeInclusive<u32>,
    ) -> Result<u32, ConfigError> {
        let wanted = format!(
            "want a whole number from {} to {}",
            range.start(),
            range.end()
        );
        match self.text(name).parse::<u32>() {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => Err(self.wrong(name, &wanted)),
        }
    }

    pub(super) fn minutes(
        &self,
        name: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Duration, ConfigError> {
        let number = self.number(name, range)?;
        Ok(Duration::from_secs(u64::from(number) * 60))
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, ConfigError> {
        self.parsed(name, "true or false")
    }

    /// The effective configuration for people: each setting with its value, origin and meaning; secrets hidden.
    pub fn explained(&self) -> String {
        settings::ALL
            .iter()
            .map(|setting| self.line(setting))
            .collect()
    }

    fn line(&self, setting: &Setting) -> String {
        let (value, origin) = match self.get(setting.name) {
            Some((_, origin)) if setting.secret => ("(hidden)".to_owned(), origin.to_string()),
            Some((text, origin)) => (format!("{text:?}"), origin.to_string()),
            None => ("(not set)".to_owned(), "default".to_owned()),
        };
        let Setting { name, help, .. } = setting;
        format!(
            "# {help}\n{name} = {value}  # {origin}; {}\n\n",
            setting.variable()
        )
    }
}

type Named = (&'static Setting, String, Origin);

fn variables(environment: &[(String, String)]) -> impl Iterator<Item = Result<Named, ConfigError>> {
    // First, so that our own variable wins.
    let filter = environment
        .iter()
        .filter(|(name, text)| name == "RUST_LOG" && !text.is_empty())
        .filter_map(|(name, text)| {
            let origin = Origin::Variable(name.clone());
            Some(Ok((settings::named("log.filter")?, text.clone(), origin)))
        });
    let ours = environment
        .iter()
        .filter(|(name, _)| name.starts_with(PREFIX));
    filter.chain(ours.map(|(name, text)| variable(name, text)))
}

fn variable(name: &str, text: &str) -> Result<Named, ConfigError> {
    let wrong = |what: String| ConfigError {
        place: name.to_owned(),
        what,
    };
    let origin = Origin::Variable(name.to_owned());
    let dotted = name[PREFIX.len()..].to_lowercase().replace("__", ".");
    if let Some(setting) = settings::named(&dotted) {
        return Ok((setting, text.to_owned(), origin));
    }
    let secret = dotted.strip_suffix("_file").and_then(settings::named);
    let Some(setting) = secret.filter(|setting| setting.secret) else {
        return Err(wrong(unknown(&dotted)));
    };
    let content = std::fs::read_to_string(text)
        .map_err(|why| wrong(format!("can't read that file: {why}")))?;
    Ok((setting, content.trim_end().to_owned(), origin))
}

fn named_flags(flags: &Flags) -> impl Iterator<Item = Result<Named, ConfigError>> {
    flags.set.iter().map(|(name, text)| {
        let place = format!("--set {name}");
        match settings::named(name) {
            Some(setting) => Ok((setting, text.clone(), Origin::Flag(place))),
            None => Err(ConfigError {
                place,
                what: unknown(name),
            }),
        }
    })
}

/// The file's content; nothing where there is no file.
fn table(path: &Path) -> Result<Option<toml::Table>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(format!("can't be read: {why}")),
    };
    let table = toml::from_str(&text).map_err(|why| {
        let upto = why.span().map_or(0, |span| span.start.min(text.len()));
        let before = &text.as_bytes()[..upto];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        // The message alone: the line itself may hold a secret.
        format!("line {line}: {}", why.message())
    })?;
    Ok(Some(table))
}

/// The setting of that name, where a file may set it.
fn in_file(name: &str, own: bool) -> Result<&'static Setting, String> {
    let setting = settings::named(name).ok_or_else(|| unknown(name))?;
    if setting.name == "data" && own {
        return Err("data can't be set in the file that lies in the data folder".to_owned());
    }
    Ok(setting)
}

/// `section.key` → text, of a file with one level of sections.
fn flat(table: &toml::Table) -> Vec<Result<(String, String), String>> {
    let mut all = Vec::new();
    for (name, value) in table {
        match value {
            toml::Value::Table(section) => {
                let keys = section.iter();
                all.extend(keys.map(|(key, value)| scalar(format!("{name}.{key}"), value)));
            }
            value => all.push(scalar(name.clone(), value)),
        }
    }
    all
}

fn scalar(name: String, value: &toml::Value) -> Result<(String, String), String> {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        _ => {
            return Err(format!(
                "{name}: want a text, a whole number, true or false"
            ));
        }
    };
    Ok((name, text))
}

fn unknown(name: &str) -> String {
    format!("{name}: there is no such setting; `habeas config` lists all")
}
