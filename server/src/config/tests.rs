//! The sources laid over each other, and what is refused.

use super::{Config, ConfigError, Flags, KeySource, Location, Values};

fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect()
}

fn in_folder(
    toml: &str,
    pairs: &[(&str, &str)],
    set: &[(&str, &str)],
) -> Result<Values, ConfigError> {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("habeas.toml"), toml).expect("file");
    let data = folder.path().to_string_lossy().into_owned();
    let mut all = env(pairs);
    all.push(("HABEAS__DATA".to_owned(), data));
    let flags = Flags {
        config: None,
        set: env(set),
    };
    Values::load(&flags, &all)
}

#[test]
fn later_sources_win_and_are_named() {
    let toml = "country = 'DE'\nlisten = '127.0.0.1:1'\n[tasks]\nworkers = 2\nlease_seconds = 7\n";
    let values = in_folder(
        toml,
        &[
            ("HABEAS__TASKS__WORKERS", "3"),
            ("HABEAS__LISTEN", "127.0.0.1:2"),
        ],
        &[("listen", "127.0.0.1:3")],
    )
    .expect("loads");
    let config = Config::new(&values).expect("checks");
    assert_eq!(values.get("country").map(|(text, _)| text), Some("DE"));
    assert_eq!(config.workers, 3);
    assert_eq!(config.lease.as_secs(), 7);
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:3");
    assert_eq!(config.session_absolute.as_secs(), 12 * 3600);
    let explained = values.explained();
    assert!(
        explained.contains("listen = \"127.0.0.1:3\"  # --set listen"),
        "{explained}"
    );
    assert!(
        explained.contains("tasks.workers = \"3\"  # HABEAS__TASKS__WORKERS"),
        "{explained}"
    );
}

#[test]
fn unknown_settings_are_refused_with_their_name_and_place() {
    let file = in_folder("[tasks]\nworker = 2\n", &[], &[])
        .err()
        .expect("refused");
    assert!(
        file.place.ends_with("habeas.toml") && file.what.starts_with("tasks.worker:"),
        "{file}"
    );
    let variable = in_folder("", &[("HABEAS__TASK__WORKERS", "2")], &[])
        .err()
        .expect("refused");
    assert_eq!(variable.place, "HABEAS__TASK__WORKERS");
    let flag = in_folder("", &[], &[("lisen", "x")])
        .err()
        .expect("refused");
    assert!(flag.to_string().contains("--set lisen"), "{flag}");
    let not_secret = in_folder("", &[("HABEAS__LISTEN_FILE", "/etc/hostname")], &[]);
    assert!(not_secret.is_err());
}

#[test]
fn a_wrong_value_is_refused_by_name_without_being_repeated() {
    for (name, value) in [
        ("listen", "7878"),
        ("country", "Deutschland"),
        ("tasks.workers", "0"),
        ("log.format", "xml"),
        ("allow_http", "yes"),
        ("database.url", "mysql://hunter2"),
    ] {
        let values = in_folder("", &[], &[(name, value)]).expect("loads");
        let why = Config::new(&values).expect_err(name).to_string();
        assert!(why.contains(name) && !why.contains("hunter2"), "{why}");
    }
}

#[test]
fn a_syntax_error_names_the_line_and_not_its_content() {
    let why = in_folder("country = 'DE'\nkey = hunter2\n", &[], &[])
        .err()
        .expect("refused");
    assert!(
        why.what.contains("line 2") && !why.what.contains("hunter2"),
        "{why}"
    );
}

#[test]
fn secrets_come_from_files_too_and_are_never_shown() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("url");
    std::fs::write(&file, "postgres://habeas:hunter2@db/habeas\n").expect("file");
    let file = file.to_string_lossy().into_owned();
    let values = in_folder("", &[("HABEAS__DATABASE__URL_FILE", &file)], &[]).expect("loads");
    let config = Config::new(&values).expect("checks");
    let url = "postgres://habeas:hunter2@db/habeas".to_owned();
    assert_eq!(config.database, Location::Postgres(url));
    assert!(!values.explained().contains("hunter2"));
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn open_http_needs_to_be_allowed() {
    let refused = |set: &[(&str, &str)]| {
        let values = in_folder("", &[], set).expect("loads");
        Config::new(&values).err().map(|why| why.what)
    };
    assert!(refused(&[("listen", "0.0.0.0:80")]).is_some_and(|why| why.contains("public_url")));
    assert!(refused(&[("public_url", "http://privacy.example.org")]).is_some());
    let mut behind = vec![
        ("listen", "0.0.0.0:80"),
        ("public_url", "http://127.0.0.1:7878"),
    ];
    assert!(
        refused(&behind).is_some_and(|why| why.starts_with("listen") && why.contains("allow_http")),
        "what links start with changes nothing about who can connect"
    );
    behind.push(("allow_http", "true"));
    assert_eq!(refused(&behind), None);
    assert_eq!(
        refused(&[("listen", "[::1]:80"), ("public_url", "http://localhost")]),
        None
    );
    assert_eq!(
        refused(&[
            ("public_url", "http://privacy.example.org"),
            ("allow_http", "true")
        ]),
        None
    );
    assert_eq!(
        refused(&[
            ("public_url", "https://privacy.example.org"),
            ("listen", "0.0.0.0:80")
        ]),
        None
    );
}

#[test]
fn the_environment_wins_over_the_file_with_rust_log_too() {
    let of = |variables: &[(&str, &str)]| {
        let values = in_folder("[log]\nfilter = 'warn'\n", variables, &[]).expect("loads");
        values
            .get("log.filter")
            .map(|(text, origin)| (text.to_owned(), origin.to_string()))
    };
    assert_eq!(of(&[("RUST_LOG", "")]).expect("set").0, "warn");
    let said = of(&[("RUST_LOG", "debug")]).expect("set");
    assert_eq!(said, ("debug".to_owned(), "RUST_LOG".to_owned()));
    let both = of(&[("HABEAS__LOG__FILTER", "error"), ("RUST_LOG", "debug")]);
    assert_eq!(
        both.expect("set").0,
        "error",
        "our own variable is meant more"
    );
}

#[test]
fn what_is_right_is_shown_beside_what_is_wrong() {
    let folder = tempfile::tempdir().expect("folder");
    let toml = "country = 'DE'\nx = 1\n[tasks]\nworkers = 3\nworker = []\n";
    std::fs::write(folder.path().join("habeas.toml"), toml).expect("file");
    let data = folder.path().to_string_lossy().into_owned();
    let flags = Flags {
        config: None,
        set: env(&[("data", &data), ("lisen", "1")]),
    };
    let (values, wrong) = Values::read(&flags, &env(&[("HABEAS__Y", "1")]));
    assert_eq!(wrong.len(), 4, "{wrong:?}");
    let shown = values.explained();
    assert!(
        shown.contains("country = \"DE\"") && shown.contains("tasks.workers = \"3\""),
        "{shown}"
    );
}

#[test]
fn sessions_end_when_they_must() {
    let of = |name: &str, text: &str| {
        let values = in_folder("", &[], &[(name, text)]).expect("loads");
        Config::new(&values).is_ok()
    };
    assert!(of("session.idle_minutes", "30") && !of("session.idle_minutes", "31"));
    assert!(of("session.absolute_hours", "12") && !of("session.absolute_hours", "13"));
}

#[test]
fn there_is_time_to_be_told_of_the_end_where_others_can_take_over() {
    let of = |set: &[(&str, &str)]| {
        let config = Config::new(&in_folder("", &[], set).expect("loads"));
        config.map(|config| config.stop_delay.as_secs())
    };
    let shared = ("database.url", "postgres://db/habeas");
    assert_eq!(of(&[]), Ok(0));
    assert_eq!(of(&[shared]), Ok(5));
    assert_eq!(of(&[shared, ("stop.delay_seconds", "0")]), Ok(0));
    assert!(of(&[("stop.delay_seconds", "121")]).is_err());
}

#[test]
fn the_key_has_one_source() {
    let of =
        |set: &[(&str, &str)]| Config::new(&in_folder("", &[], set).expect("loads")).map(|c| c.key);
    assert!(matches!(of(&[]), Ok(KeySource::Own(_))));
    assert!(matches!(of(&[("key_file", "/k")]), Ok(KeySource::File(_))));
    assert!(of(&[("key_file", "/k"), ("key", "00")]).is_err());
}
