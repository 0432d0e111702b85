//! The release binary over a sample of its own, and just enough of a browser to ask it for pages.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::place;

const READY: Duration = Duration::from_secs(30);

/// A server of our own; killed when dropped.
pub(crate) struct Server {
    binary: PathBuf,
    data: TempDir,
    address: SocketAddr,
    process: Child,
}

/// An answer, whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    /// As sent: it may be compressed.
    pub(crate) body: Vec<u8>,
}

impl Server {
    /// Makes the sample and serves it.
    pub(crate) async fn start(binary: &Path) -> anyhow::Result<Self> {
        let data = place::folder()?;
        let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
        command(binary, data.path(), &["demo"]).await?;
        let (listen, url) = (address.to_string(), format!("http://{address}"));
        let process = Command::new(binary)
            .args(["serve", "--listen", &listen, "--public-url", &url, "--data"])
            .arg(data.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let server = Self {
            binary: binary.to_owned(),
            data,
            address,
            process,
        };
        let began = Instant::now();
        while !matches!(server.get("/readyz", "").await, Ok(answer) if answer.status == 200) {
            ensure!(began.elapsed() < READY, "habeas did not get ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(server)
    }

    /// The process's id, as `/proc` calls it.
    pub(crate) fn process(&self) -> anyhow::Result<String> {
        let id = self.process.id().context("habeas has ended")?;
        Ok(id.to_string())
    }

    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    /// What one of habeas's commands prints.
    pub(crate) async fn command(&self, arguments: &[&str]) -> anyhow::Result<String> {
        command(&self.binary, self.data.path(), arguments).await
    }

    /// Signs a member of staff in; gives her cookie.
    pub(crate) async fn sign_in(&self) -> anyhow::Result<String> {
        let printed = self.command(&["sign-in-link"]).await?;
        let (_, token) = printed
            .trim()
            .split_once("token=")
            .context("printed no link")?;
        let head =
            "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n";
        let body = format!("token={token}");
        let answer = self.send("POST", "/sign-in", head, &body).await?;
        let cookie = answer.header("set-cookie").context("no cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default();
        Ok(cookie.to_owned())
    }

    /// A page, as a browser asks for it.
    pub(crate) async fn get(&self, path: &str, cookie: &str) -> anyhow::Result<Answer> {
        let head = format!(
            "accept: text/html\r\naccept-encoding: gzip, br\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n"
        );
        self.send("GET", path, &head, "").await
    }

    /// Any request, on a connection of its own, until the answer's end. `head`: further lines, each with its end.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        head: &str,
        body: &str,
    ) -> anyhow::Result<Answer> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n{head}\r\n{body}",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Answer::read(&answer)
    }
}

async fn command(binary: &Path, data: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(binary)
        .args(arguments)
        .arg("--data")
        .arg(data)
        .stderr(Stdio::inherit())
        .output()
        .await?;
    if !output.status.success() {
        bail!(
            "habeas {} ended with {}",
            arguments.join(" "),
            output.status
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

impl Answer {
    fn read(bytes: &[u8]) -> anyhow::Result<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.context("an answer without an end of its head")?;
        let head = String::from_utf8(bytes[..end].to_vec())?;
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        Ok(Self {
            status: status.context("an answer without a status")?,
            head,
            body: bytes[end + 4..].to_vec(),
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// The body's JSON. Only of answers that are short enough not to come in chunks.
    pub(crate) fn json(&self) -> anyhow::Result<serde_json::Value> {
        serde_json::from_slice(&self.body).context("an answer that is not JSON")
    }
}
