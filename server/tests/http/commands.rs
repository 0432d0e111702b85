//! Commands that must not do harm: to another installation, to a real database, or to who reads along on the machine.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use server::store::{Db, StoreError};

use crate::databases::fresh;
use crate::process::{Server, folder, habeas, run, text};

#[test]
fn the_printed_command_makes_a_link_for_this_installation_from_anywhere() {
    let parent = folder();
    let data = parent.path().join("it's here");
    let server = Server::start(&data);
    let hint = server
        .said
        .lines()
        .find(|line| line.contains("habeas sign-in-link"));
    let command = hint
        .and_then(|line| line.split_once(": "))
        .expect("a command")
        .1;
    let made = Command::new("sh")
        .args(["-c", command])
        .env_clear()
        .output();
    let made = made.expect("runs");
    let link = text(&made.stdout);
    let begin = format!("http://{}/sign-in?token=", server.address);
    assert!(link.starts_with(&begin), "{link}{}", text(&made.stderr));
    let token = link
        .trim()
        .split_once("token=")
        .expect("a token")
        .1
        .to_owned();
    assert!(
        server
            .get(&format!("/sign-in?token={token}"))
            .contains(&token)
    );
    server.signal("-TERM");
    assert!(server.end().0.success());
}

#[test]
fn a_later_start_says_how_to_get_a_link_and_prints_one_if_asked_to() {
    let data = folder();
    let first = Server::start(data.path());
    assert!(first.sign_in().starts_with("HTTP/1.1 303"));
    first.signal("-TERM");
    assert!(first.end().0.success());
    for (arguments, printed) in [(&["serve"][..], false), (&["serve", "--link"], true)] {
        let server = Server::start_with(data.path(), arguments);
        assert_eq!(server.said.contains("token="), printed, "{}", server.said);
        assert!(
            server.said.contains("habeas sign-in-link --data"),
            "{}",
            server.said
        );
        server.signal("-TERM");
        assert!(server.end().0.success());
    }
}

#[test]
fn short_commands_make_no_installation_by_the_way() {
    let parent = folder();
    let data = parent.path().join("elsewhere");
    for command in [
        &["sign-in-link"][..],
        &["create-client", "--name", "x"],
        &["add-system", "/dev/null"],
    ] {
        let refused = run(&data, command);
        let why = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{why}");
        assert!(why.contains("--data") && why.contains("elsewhere"), "{why}");
        assert!(!data.exists(), "{command:?}");
    }
}

#[test]
fn files_are_for_their_owner_only() {
    let data = folder();
    let server = Server::start(data.path());
    let open: Vec<_> = std::fs::read_dir(data.path())
        .expect("folder")
        .map(|entry| entry.expect("entry"))
        .filter(|entry| entry.metadata().expect("there").permissions().mode() & 0o077 != 0)
        .map(|entry| entry.file_name())
        .collect();
    assert!(open.is_empty(), "others can read {open:?}");
    let config = data.path().join("habeas.toml");
    std::fs::write(&config, "country = 'DE'\n").expect("file");
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o604)).expect("mode");
    let doctor = text(&run(data.path(), &["doctor"]).stdout);
    assert!(
        doctor.contains("NOT OK  files") && doctor.contains("chmod o="),
        "{doctor}"
    );
    server.signal("-TERM");
    assert!(server.end().0.success());
}

#[test]
fn a_wrong_configuration_is_shown_all_the_same() {
    let data = folder();
    let shown = run(
        data.path(),
        &["config", "--set", "lisen=1", "--set", "tasks.workers=0"],
    );
    assert_eq!(shown.status.code(), Some(1));
    assert!(text(&shown.stdout).contains("tasks.workers = \"0\"  # --set tasks.workers"));
    let why = text(&shown.stderr);
    assert!(
        why.contains("lisen") && why.contains("want a whole number"),
        "{why}"
    );
}

#[test]
fn the_sample_is_not_made_in_a_file_elsewhere() {
    let (data, other) = (folder(), folder());
    for file in [
        other.path().join("real.db").to_string_lossy().into_owned(),
        "../real.db".to_owned(),
    ] {
        let url = format!("database.url=sqlite:{file}");
        let refused = run(data.path(), &["demo", "--persons", "60", "--set", &url]);
        let why = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{why}");
        assert!(why.contains("database.url"), "{why}");
        assert_eq!(std::fs::read_dir(data.path()).expect("folder").count(), 0);
    }
}

async fn rows(db: &Db, sql: &'static str) -> i64 {
    let row = db.one(sql, &[]).await.expect("reads").expect("a row");
    row.int("n").expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_is_not_mixed_into_a_database_that_is_used() {
    let key = server::secret::sha256(b"a key of this test alone");
    // Nothing to be had without a PostgreSQL server.
    for fresh in fresh()
        .await
        .into_iter()
        .filter(|fresh| fresh.name == "postgres")
    {
        let write = fresh.db.write(|tx| {
            Box::pin(async move {
                let real = "INSERT INTO system (id, name, spec_sealed, created_at) VALUES ('billing', 'Real', '', 0)";
                tx.run(real, &[]).await.map(drop)
            })
        });
        write.await.map_err(|why: StoreError| why).expect("writes");
        let demo = |name: &str| {
            let data = fresh.folder.path().join(name);
            let mut command = habeas(&data, &["demo", "--persons", "60"]);
            command
                .env("HABEAS__DATABASE__URL", &fresh.url)
                .env("HABEAS__KEY", &key);
            command.output().expect("runs")
        };
        let refused = demo("1");
        let why = text(&refused.stderr);
        assert!(
            !refused.status.success() && why.contains("database.url"),
            "{why}"
        );
        let contacts = "SELECT COUNT(*) AS n FROM contact";
        assert_eq!(rows(&fresh.db, contacts).await, 0, "nothing was added");
        let write = fresh
            .db
            .write(|tx| Box::pin(async move { tx.run("DELETE FROM system", &[]).await.map(drop) }));
        write.await.map_err(|why: StoreError| why).expect("writes");
        let made = demo("2");
        assert!(made.status.success(), "{}", text(&made.stderr));
        assert!(rows(&fresh.db, contacts).await > 0, "an empty one will do");
        assert!(!demo("3").status.success(), "and then it is used");
    }
}
