//! Downloads as a browser sees them.

use std::path::Path as FsPath;

use app::model::Millis;
use axum::http::Request;
use futures::StreamExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::*;
use crate::backend::Parts;
use crate::clock::Clock;
use crate::matching::Country;
use crate::secret::sha256;
use crate::store::Db;
use crate::store::package::tests::{insert, request};
use crate::workflow::Engine;
use crate::workflow::package::tests::{keys, packaged};

const NOW: Millis = 1_800_000_000_000;

/// A server with one package; it and its signed links end at `NOW + 1000`.
struct Stage {
    habeas: Habeas,
    request: RequestId,
    package: PackageRow,
    _folder: TempDir,
}

impl Stage {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::sqlite(&folder.path().join("db")).await.expect("opens");
        let request = request(&db).await;
        let made = packaged(folder.path(), &request).await;
        let package = PackageRow {
            request: request.clone(),
            file: made.file.as_str().to_owned(),
            bytes: made.bytes,
            sha256: made.sha256,
            made_at: NOW,
            expires_at: NOW + 1_000,
        };
        insert(&db, &package).await.expect("inserts");
        let habeas = Habeas::new(Parts {
            engine: Engine::new(db, keys(), Clock::set_to(NOW), folder.path().to_owned()),
            public_url: String::new(),
            country: Country::parse("DE").expect("a country"),
            search_timeout: std::time::Duration::from_secs(5),
        });
        Self {
            habeas,
            request,
            package,
            _folder: folder,
        }
    }

    fn link(&self) -> String {
        package::link(
            &self.habeas.keys,
            "",
            &self.request,
            self.package.expires_at,
        )
    }

    async fn ask(&self, method: &str, url: &str) -> Response {
        let asked = Request::builder().method(method).uri(url);
        let asked = asked.body(Body::empty()).expect("is a request");
        let router = router().with_state(self.habeas.clone());
        router.oneshot(asked).await.expect("answers")
    }

    async fn status(&self, url: &str) -> StatusCode {
        self.ask("GET", url).await.status()
    }

    fn file(&self) -> std::path::PathBuf {
        FsPath::new(&self.habeas.folder)
            .join("packages")
            .join(&self.package.file)
    }
}

/// The body's bytes, and whether it ended well.
async fn received(response: Response) -> (Vec<u8>, bool) {
    let (mut bytes, mut body) = (Vec::new(), response.into_body().into_data_stream());
    while let Some(piece) = body.next().await {
        match piece {
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(_) => return (bytes, false),
        }
    }
    (bytes, true)
}

#[tokio::test]
async fn a_signed_link_gives_the_zip_that_was_made() {
    let stage = Stage::new().await;
    let head = stage.ask("HEAD", &stage.link()).await;
    let whole = stage.ask("GET", &stage.link()).await;
    for response in [&head, &whole] {
        assert_eq!(response.status(), StatusCode::OK);
        let text = |name: &str| {
            response.headers()[name]
                .to_str()
                .expect("is text")
                .to_owned()
        };
        assert_eq!(text("content-type"), "application/zip");
        assert_eq!(text("content-length"), stage.package.bytes.to_string());
        let name = format!(
            "attachment; filename=\"habeas-export-{}.zip\"",
            stage.request
        );
        assert_eq!(text("content-disposition"), name);
        assert_eq!(text("x-content-type-options"), "nosniff");
        assert!(text("content-security-policy").contains("sandbox"));
        assert!(text("cache-control").contains("no-store"));
    }
    assert_eq!(received(head).await, (vec![], true));
    let (bytes, whole) = received(whole).await;
    assert!(whole);
    assert!(bytes.len() > 2 * PIECE, "too small to be sent in pieces");
    assert_eq!(sha256(&bytes), stage.package.sha256);
}

#[tokio::test]
async fn a_wrong_link_is_not_found_whatever_is_behind_it() {
    let stage = Stage::new().await;
    let link = stage.link();
    let other = package::link(
        &stage.habeas.keys,
        "",
        &RequestId::parse("x").expect("an id"),
        NOW,
    );
    let later = link.replace(&stage.package.expires_at.to_string(), "9900000000000");
    let (path, _) = link.split_once('?').expect("has a query");
    for wrong in [
        later.as_str(),
        &link[..link.len() - 1],
        &format!("{link}A"),
        path,
        &format!("{path}?expires=abc&signature=x"),
        &format!("{path}?expires=1&expires=2&signature=x"),
        &format!("{path}?expires={}&signature=", stage.package.expires_at),
        &format!("{path}?{}", other.split_once('?').expect("has a query").1),
        "/downloads/%FF?expires=1&signature=x",
        "/downloads/..?expires=1&signature=x",
        "/downloads/A%00?expires=1&signature=x",
    ] {
        let response = stage.ask("GET", wrong).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(received(response).await.0, NOT_FOUND.as_bytes());
    }
}

#[tokio::test]
async fn a_link_ends_and_says_so() {
    let stage = Stage::new().await;
    stage.habeas.clock.advance(999);
    assert_eq!(stage.status(&stage.link()).await, StatusCode::OK);
    stage.habeas.clock.advance(1);
    let ended = stage.ask("GET", &stage.link()).await;
    assert_eq!(ended.status(), StatusCode::GONE);
    assert_eq!(ended.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(received(ended).await.0, ENDED.as_bytes());
    let longer = package::link(&stage.habeas.keys, "", &stage.request, NOW + 99_000);
    assert_eq!(
        stage.status(&longer).await,
        StatusCode::GONE,
        "a link outlived its package"
    );
    let none = RequestId::parse("x").expect("an id");
    let none = package::link(&stage.habeas.keys, "", &none, NOW + 99_000);
    assert_eq!(stage.status(&none).await, StatusCode::GONE);
}

#[tokio::test]
async fn a_changed_byte_breaks_the_transfer_off() {
    let stage = Stage::new().await;
    let good = std::fs::read(stage.file()).expect("is there");
    let spoil = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        std::fs::write(stage.file(), bytes).expect("writes");
    };
    spoil(good.len() - 1);
    let response = stage.ask("GET", &stage.link()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let (bytes, whole) = received(response).await;
    assert!(!whole && (bytes.len() as u64) < stage.package.bytes);

    std::fs::write(stage.file(), &good[..good.len() - 20]).expect("cuts");
    let (_, whole) = received(stage.ask("GET", &stage.link()).await).await;
    assert!(!whole, "a cut file was sent as whole");

    spoil(100);
    let broken = StatusCode::INTERNAL_SERVER_ERROR;
    assert_eq!(stage.status(&stage.link()).await, broken);
    std::fs::remove_file(stage.file()).expect("removes");
    assert_eq!(stage.status(&stage.link()).await, broken);
}
