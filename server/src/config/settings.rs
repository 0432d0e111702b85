//! Every setting: its name, its default and what it does. Names are those of `habeas.toml`; a dot stands for a section.

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// As in the file, e.g. `session.idle_minutes`; in the environment `HABEAS__SESSION__IDLE_MINUTES`.
    pub name: &'static str,
    /// What holds where nothing is said; nothing: it is derived, as `help` says.
    pub default: Option<&'static str>,
    /// One line for the operator.
    pub help: &'static str,
    /// Never shown. In the environment also by file: `…_FILE`.
    pub secret: bool,
}

impl Setting {
    /// The environment variable that sets it.
    pub fn variable(&self) -> String {
        format!("HABEAS__{}", self.name.to_uppercase().replace('.', "__"))
    }
}

const fn plain(name: &'static str, default: Option<&'static str>, help: &'static str) -> Setting {
    Setting {
        name,
        default,
        help,
        secret: false,
    }
}

const fn secret(name: &'static str, help: &'static str) -> Setting {
    Setting {
        name,
        default: None,
        help,
        secret: true,
    }
}

/// All, in the order in which `habeas config` shows them.
pub const ALL: [Setting; 24] = [
    plain(
        "listen",
        Some("127.0.0.1:7878"),
        "address and port that Habeas listens on",
    ),
    plain(
        "public_url",
        None,
        "what links start with and browsers see; http://LISTEN if not set",
    ),
    plain(
        "allow_http",
        Some("false"),
        "true: a public_url with plain http may be reached from other machines",
    ),
    plain(
        "data",
        None,
        "folder for the database, the key and packages; one per installation",
    ),
    plain(
        "site",
        None,
        "folder with styles, scripts and WASM; found beside the program if not set",
    ),
    secret(
        "key",
        "64 hex digits that everything stored is sealed with; better in a file: key_file",
    ),
    plain(
        "key_file",
        None,
        "file that holds the key; DATA/habeas.key, made on the first start, if not set",
    ),
    plain(
        "country",
        Some("US"),
        "country of telephone numbers written without one, e.g. DE or JP",
    ),
    plain(
        "clock.zone",
        Some("UTC"),
        "time zone in whose days legal deadlines are counted, e.g. Europe/Berlin or Asia/Tokyo",
    ),
    plain(
        "clock.holidays",
        None,
        "days on which no deadline ends, with commas between, e.g. 2026-12-25,2027-01-01",
    ),
    secret(
        "database.url",
        "postgres://… or sqlite:FILE; DATA/habeas.db if not set",
    ),
    plain(
        "log.filter",
        Some("info"),
        "what is logged, in the form of RUST_LOG, e.g. info,server=debug",
    ),
    plain(
        "log.format",
        Some("text"),
        "text for people, json for machines",
    ),
    plain(
        "metrics.listen",
        None,
        "address and port that answers /metrics to whoever reaches it, e.g. 127.0.0.1:7880; nothing does if not set",
    ),
    plain(
        "stop.delay_seconds",
        None,
        "a server that stops says so at /readyz for so long before it takes no more connections; 5 with PostgreSQL, else 0, if not set",
    ),
    plain(
        "session.idle_minutes",
        Some("30"),
        "a staff session ends after so long without use; 30 at most",
    ),
    plain(
        "session.absolute_hours",
        Some("12"),
        "a staff session ends after so long in any case; 12 at most",
    ),
    plain(
        "api.client_per_minute",
        Some("180"),
        "calls that one API client may make in a minute",
    ),
    plain(
        "api.token_per_minute",
        Some("300"),
        "calls that may be made with one access token in a minute",
    ),
    plain(
        "api.gdpr_per_minute",
        Some("60"),
        "calls that one API client may make under /api/v2/gdpr/ in a minute",
    ),
    plain(
        "tasks.workers",
        Some("4"),
        "tasks of one system that a server works on side by side; a system's concurrency limits those of all servers",
    ),
    plain(
        "tasks.lease_seconds",
        Some("30"),
        "a task whose worker is not heard of for so long is given to another",
    ),
    plain(
        "package.days",
        Some("7"),
        "an export's package can be downloaded for so long",
    ),
    plain(
        "search.timeout_seconds",
        Some("20"),
        "a search waits so long for a system",
    ),
];

/// The setting of that name.
pub fn named(name: &str) -> Option<&'static Setting> {
    ALL.iter().find(|setting| setting.name == name)
}
