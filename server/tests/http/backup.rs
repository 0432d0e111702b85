//! A copy is whole, lets nobody in, and is restored by the steps that are printed with it.

use std::path::Path;
use std::process::Command;

use server::store::Db;

use crate::process::{Server, folder, run, text};

#[test]
fn a_backup_opens_and_nothing_is_overwritten() {
    let data = folder();
    let server = Server::start(data.path());
    let file = data.path().join("copy.db");
    let name = file.to_string_lossy().into_owned();
    let first = run(data.path(), &["backup", &name]);
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(
        text(&first.stdout).contains("habeas.key"),
        "it says what is not in it"
    );
    let size = file.metadata().expect("made").len();
    let second = run(data.path(), &["backup", &name]);
    assert!(!second.status.success() && text(&second.stderr).contains("nothing is overwritten"));
    assert_eq!(file.metadata().expect("there").len(), size);
    server.signal("-TERM");
    assert!(server.end().0.success());
    let restored = folder();
    std::fs::copy(&file, restored.path().join("habeas.db")).expect("copied");
    std::fs::copy(
        data.path().join("habeas.key"),
        restored.path().join("habeas.key"),
    )
    .expect("copied");
    let doctor = run(restored.path(), &["doctor"]);
    assert!(
        text(&doctor.stdout).contains("it opens"),
        "{}",
        text(&doctor.stdout)
    );
    let link = run(restored.path(), &["sign-in-link"]);
    assert!(link.status.success(), "{}", text(&link.stderr));
}

async fn count(file: &Path, sql: &'static str) -> i64 {
    let db = Db::sqlite(file).await.expect("opens");
    let row = db.one(sql, &[]).await.expect("reads").expect("a row");
    db.close().await;
    row.int("n").expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_steps_restore_a_backup_over_a_crashed_server_s_files() {
    let data = folder();
    let server = Server::start(data.path());
    assert!(server.sign_in().starts_with("HTTP/1.1 303"));
    let copy = folder();
    let file = copy.path().join("it's a copy.db");
    let backup = run(data.path(), &["backup", &file.to_string_lossy()]);
    let said = text(&backup.stdout);
    assert!(backup.status.success(), "{}", text(&backup.stderr));
    assert_eq!(count(&file, "SELECT COUNT(*) AS n FROM session").await, 0);
    let unused = "SELECT COUNT(*) AS n FROM sign_in_link WHERE used_at IS NULL";
    assert_eq!(count(&file, unused).await, 0);
    assert_eq!(
        count(&file, "SELECT COUNT(*) AS n FROM sign_in_link").await,
        1
    );
    let link = run(data.path(), &["sign-in-link", "--name", "Bo"]);
    let later = server.sign_in_by(&text(&link.stdout));
    assert!(later.starts_with("HTTP/1.1 303"), "{later}");
    server.signal("-KILL");
    server.end();
    let wal = data.path().join("habeas.db-wal");
    assert!(
        wal.metadata().is_ok_and(|about| about.len() > 0),
        "a log is left"
    );
    let steps = said.lines().filter_map(|line| line.strip_prefix("    "));
    let steps = steps.collect::<Vec<_>>().join("\n");
    let done = Command::new("sh").args(["-ec", &steps]).status();
    assert!(done.expect("runs").success(), "{steps}");
    assert!(!wal.exists(), "{steps}");
    let doctor = text(&run(data.path(), &["doctor"]).stdout);
    assert!(
        doctor.contains("ok      files") && doctor.contains("it opens"),
        "{doctor}"
    );
    let staff = "SELECT COUNT(*) AS n FROM staff";
    assert_eq!(
        count(&data.path().join("habeas.db"), staff).await,
        1,
        "as it was then"
    );
}
