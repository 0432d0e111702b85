//! A real process: it starts, says how to sign in, refuses company and weak keys, and stops on SIGTERM without losing anything.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub(crate) fn habeas(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_habeas"));
    command
        .args(arguments)
        .env_clear()
        .env("HABEAS__DATA", data)
        .env("HABEAS__LISTEN", "127.0.0.1:0")
        .env("HABEAS__METRICS__LISTEN", "127.0.0.1:0")
        .env("HABEAS__SITE", data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A running server; killed when the test ends before it does.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) said: String,
    pub(crate) address: String,
    metrics: String,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    pub(crate) fn start_with(data: &Path, arguments: &[&str]) -> Self {
        let mut child = habeas(data, arguments).spawn().expect("starts");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr")).lines();
        let mut said = String::new();
        let (mut address, mut metrics) = (String::new(), String::new());
        for line in lines.by_ref().map_while(Result::ok) {
            said.push_str(&line);
            said.push('\n');
            if let Some(url) = line.strip_prefix("Habeas is at http://") {
                address = url.to_owned();
            }
            if let Some(url) = line.strip_prefix("Metrics are at http://") {
                metrics = url.trim_end_matches("/metrics").to_owned();
            }
            // The last line.
            if line.contains("habeas sign-in-link") {
                break;
            }
        }
        std::thread::spawn(move || lines.for_each(drop));
        assert!(!address.is_empty(), "{said}");
        Self {
            child,
            said,
            address,
            metrics,
        }
    }

    fn pid(&self) -> String {
        self.child.id().to_string()
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([name, &self.pid()])
            .status()
            .expect("kill");
        assert!(sent.success());
    }

    pub(crate) fn get(&self, path: &str) -> String {
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Self::ask(&self.address, &head)
    }

    /// Signs in by the link that it printed.
    pub(crate) fn sign_in(&self) -> String {
        self.sign_in_by(&self.said)
    }

    /// Signs in by a link in a text.
    pub(crate) fn sign_in_by(&self, said: &str) -> String {
        let token = said.split("/sign-in?token=").nth(1).expect("a link");
        let form = format!(
            "token={}",
            token.split_whitespace().next().expect("a token")
        );
        let head = format!(
            "POST /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{form}",
            form.len()
        );
        Self::ask(&self.address, &head)
    }

    fn ask(address: &str, request: &str) -> String {
        let mut stream = TcpStream::connect(address).expect("connects");
        stream.write_all(request.as_bytes()).expect("asks");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answers");
        answer
    }

    /// How it ended, and what it logged.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("waits") {
                break status;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "it does not stop"
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut log = String::new();
        let mut stdout = self.child.stdout.take().expect("stdout");
        stdout.read_to_string(&mut log).expect("text");
        (status, log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already, as a rule.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn run(data: &Path, arguments: &[&str]) -> Output {
    habeas(data, arguments).output().expect("runs")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("folder")
}

#[test]
fn it_starts_says_how_to_sign_in_and_stops_on_sigterm() {
    let data = folder();
    let server = Server::start(data.path());
    let token = server.said.split("/sign-in?token=").nth(1).expect("a link");
    let token = token.split_whitespace().next().expect("a token").to_owned();
    assert!(
        server
            .said
            .contains(&format!("http://{}/sign-in?token=", server.address)),
        "{}",
        server.said
    );
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    assert!(
        server
            .get(&format!("/sign-in?token={token}"))
            .contains(&token)
    );
    assert!(server.get("/metrics").starts_with("HTTP/1.1 404"));
    let head = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let metrics = Server::ask(&server.metrics, head);
    assert!(
        metrics.contains("habeas_tasks{state=\"dead\"} 0"),
        "{metrics}"
    );
    assert!(
        metrics.contains("route=\"/sign-in\"") && !metrics.contains(&token),
        "{metrics}"
    );
    let mut open = TcpStream::connect(&server.address).expect("connects");
    server.signal("-TERM");
    let (status, log) = server.end();
    assert!(status.success(), "{status} {log}");
    assert!(log.contains("stopped") && log.contains("/sign-in"), "{log}");
    assert!(!log.contains(&token), "links are not logged: {log}");
    assert!(
        !data.path().join("habeas.db-wal").exists(),
        "the write-ahead log is in the file"
    );
    let mut rest = Vec::new();
    assert_eq!(
        open.read_to_end(&mut rest).unwrap_or(0),
        0,
        "idle connections are closed"
    );
}

#[test]
fn a_second_process_is_refused_and_short_commands_are_not() {
    let data = folder();
    let server = Server::start(data.path());
    let second = run(data.path(), &["serve"]);
    let why = text(&second.stderr);
    assert_eq!(second.status.code(), Some(1), "{why}");
    assert!(why.contains(&format!("process {}", server.pid())), "{why}");
    let link = run(data.path(), &["sign-in-link", "--name", "Ana"]);
    assert!(
        text(&link.stdout).contains("/sign-in?token="),
        "{}",
        text(&link.stderr)
    );
    let doctor = run(data.path(), &["doctor"]);
    assert!(
        text(&doctor.stdout).contains(&format!("process {} is serving", server.pid())),
        "{}",
        text(&doctor.stdout)
    );
    server.signal("-INT");
    assert!(server.end().0.success());
}

#[test]
fn it_refuses_to_start_with_a_reason_and_a_remedy() {
    let data = folder();
    for (setting, reason, remedy) in [
        ("key=00000000", "64 hex digits", "openssl rand"),
        (
            "key=0000000000000000000000000000000000000000000000000000000000000000",
            "weak",
            "openssl rand",
        ),
        (
            "public_url=http://privacy.example.org",
            "plain http",
            "https",
        ),
        ("listen=0.0.0.0:0", "plain http", "public_url"),
        ("listen=192.0.2.1:1", "public_url", "https"),
        ("tasks.worker=1", "no such setting", "habeas config"),
        ("key_file=/nowhere/key", "is missing", "Put it back"),
    ] {
        let refused = run(data.path(), &["serve", "--set", setting]);
        let why = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{setting}: {why}");
        assert!(
            why.contains(reason) && why.contains(remedy),
            "{setting}: {why}"
        );
    }
    assert!(!data.path().join("habeas.db").exists(), "nothing was made");
}

#[test]
fn the_configuration_is_shown_with_origins_and_without_secrets() {
    let data = folder();
    let key = "00112233445566778899aabbccddeeff".repeat(2);
    let shown = run(data.path(), &["config", "--set", &format!("key={key}")]);
    let shown = text(&shown.stdout);
    assert!(
        shown.contains("listen = \"127.0.0.1:0\"  # HABEAS__LISTEN"),
        "{shown}"
    );
    assert!(
        shown.contains("key = (hidden)") && !shown.contains(&key),
        "{shown}"
    );
}

#[test]
fn the_sample_organisation_is_made_once_and_served() {
    let data = folder();
    let made = run(data.path(), &["demo", "--persons", "150"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let again = run(data.path(), &["demo"]);
    assert!(
        text(&again.stderr).contains("holds something already"),
        "{}",
        text(&again.stderr)
    );
    let client = run(
        data.path(),
        &[
            "create-client",
            "--name",
            "script",
            "--permission",
            "gdpr:request:view",
        ],
    );
    let client = text(&client.stdout);
    assert!(
        client.contains("id ") && client.contains("secret "),
        "{client}"
    );
    let wrong = run(
        data.path(),
        &[
            "create-client",
            "--name",
            "script",
            "--permission",
            "gdpr:all",
        ],
    );
    assert!(
        text(&wrong.stderr).contains("gdpr:request:view"),
        "it says which there are: {}",
        text(&wrong.stderr)
    );
    let doctor = text(&run(data.path(), &["doctor"]).stdout);
    assert!(doctor.contains("ok      system help-desk"), "{doctor}");
    let server = Server::start(data.path());
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    server.signal("-TERM");
    let (status, log) = server.end();
    assert!(status.success(), "{status} {log}");
}

/// Changes the database by hand, as nobody should.
fn tamper(data: &Path, sql: &'static str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let file = data.join("habeas.db");
        let db = server::store::Db::sqlite(&file).await.expect("opens");
        let write = db.write(move |tx| Box::pin(async move { tx.run(sql, &[]).await }));
        let changed: Result<u64, server::store::StoreError> = write.await;
        assert_eq!(changed.expect("writes"), 1);
        db.close().await;
    });
}

#[test]
fn the_doctor_says_which_entry_of_the_evidence_was_changed() {
    let data = folder();
    let made = run(data.path(), &["demo", "--persons", "40"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let doctor = text(&run(data.path(), &["doctor"]).stdout);
    assert!(
        doctor.contains("ok      evidence: chains 1, entries "),
        "{doctor}"
    );
    tamper(
        data.path(),
        "UPDATE evidence SET actor = 'staff:9' WHERE chain = 'habeas' AND seq = 2",
    );
    let doctor = run(data.path(), &["doctor"]);
    let said = text(&doctor.stdout);
    assert!(
        said.contains("NOT OK  evidence habeas: entry 2 is not as it was written"),
        "{said}"
    );
    assert!(said.contains("ok      system help-desk"), "{said}");
    assert!(!doctor.status.success());
}
