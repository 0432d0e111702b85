//! `GET /downloads/{request}`: a finished package, by a signed link that needs no session.
//!
//! A wrong link is 404 whatever is behind it; a right one that has ended is 410. The ZIP is unsealed piece by piece while
//! it is sent, each piece on a blocking thread only while the receiver is ready for it. A changed byte ends the transfer
//! before its declared length, so that no client takes it for whole.

use std::fs::File;
use std::io::{self, Read};

use app::model::RequestId;
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures::stream;
use serde::Deserialize;
use tokio::task::spawn_blocking;

use crate::backend::Habeas;
use crate::secret::SealedReader;
use crate::store::package::PackageRow;
use crate::workflow::package::{self, PackageName, is_ours};

/// Unsealed and sent at once.
const PIECE: usize = 256 * 1024;

const NOT_FOUND: &str = "There is no download at this address. Please check that the link is complete.\n\
    このアドレスにダウンロードはありません。リンクが途中で切れていないかご確認ください。\n";
const ENDED: &str = "This download has expired and is no longer available. Please ask for your data again.\n\
    このダウンロードは有効期限が切れました。お手数ですが、もう一度ご請求ください。\n";
const BROKEN: &str = "The download can't be read at the moment. Please tell those who sent you the link.\n\
    現在ダウンロードを読み取れません。リンクの送り主にお知らせください。\n";

/// The route. Keep it out of any layer that compresses: a ZIP gains nothing, and the length would go.
pub fn router() -> Router<Habeas> {
    Router::new().route("/downloads/{request}", get(download))
}

/// What the link says; texts, so that a broken link is a wrong link.
#[derive(Deserialize)]
struct Signed {
    #[serde(default)]
    expires: String,
    #[serde(default)]
    signature: String,
}

async fn download(
    State(habeas): State<Habeas>,
    method: Method,
    request: Result<Path<String>, PathRejection>,
    signed: Result<Query<Signed>, QueryRejection>,
) -> Response {
    let (Ok(Path(request)), Ok(Query(signed))) = (request, signed) else {
        return Refused::NotFound.into_response();
    };
    match find(&habeas, request, signed).await {
        Ok((package, _)) if method == Method::HEAD => (headers(&package), ()).into_response(),
        Ok((package, sealed)) => {
            let body = Body::from_stream(pieces(sealed, package.bytes));
            (headers(&package), body).into_response()
        }
        Err(refused) => refused.into_response(),
    }
}

/// Why there is nothing to download.
#[derive(Debug, Clone, Copy)]
enum Refused {
    NotFound,
    Ended,
    Broken,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, NOT_FOUND),
            Self::Ended => (StatusCode::GONE, ENDED),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, BROKEN),
        };
        (status, guards(), text).into_response()
    }
}

async fn find(
    habeas: &Habeas,
    request: String,
    signed: Signed,
) -> Result<(PackageRow, Opened), Refused> {
    let request = RequestId::parse(request).map_err(|_| Refused::NotFound)?;
    let expires = signed.expires.parse().map_err(|_| Refused::NotFound)?;
    if !is_ours(&habeas.keys, &request, expires, &signed.signature) {
        return Err(Refused::NotFound);
    }
    let package = habeas
        .db
        .package_of_request(&request)
        .await
        .map_err(|why| broken(&request, &why))?
        .ok_or(Refused::Ended)?;
    if expires.min(package.expires_at) <= habeas.clock.now() {
        return Err(Refused::Ended);
    }
    let file = PackageName::parse(&package.file).map_err(|why| broken(&request, &why))?;
    let (keys, folder) = (habeas.keys.clone(), habeas.folder.clone());
    let opened = spawn_blocking(move || Opened::new(package::open(&keys, &folder, &file)?))
        .await
        .map_err(io::Error::other)
        .flatten()
        .map_err(|why| broken(&request, &why))?;
    Ok((package, opened))
}

/// Logged here and nowhere else: ids only.
fn broken(request: &RequestId, why: &dyn std::error::Error) -> Refused {
    tracing::error!(request.id = %request, error = %why, "a package can't be read");
    Refused::Broken
}

/// What every answer carries, so that nothing of it runs, is kept or is sent on.
fn guards() -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store, no-transform"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; sandbox",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
}

fn headers(package: &PackageRow) -> HeaderMap {
    let mut headers = guards();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    );
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(package.bytes));
    // An id is plain: it needs no escaping.
    let name = format!(
        "attachment; filename=\"habeas-export-{}.zip\"",
        package.request
    );
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers
}

/// A package whose first piece is known to be good, so that a broken one is refused with a status.
struct Opened {
    first: Bytes,
    rest: SealedReader<File>,
}

impl Opened {
    fn new(mut rest: SealedReader<File>) -> io::Result<Self> {
        let first = read_piece(&mut rest)?;
        Ok(Self { first, rest })
    }
}

fn read_piece(reader: &mut impl Read) -> io::Result<Bytes> {
    let mut piece = Vec::with_capacity(PIECE);
    reader.take(PIECE as u64).read_to_end(&mut piece)?;
    Ok(piece.into())
}

/// The ZIP, piece by piece. An error, also of a length that is not the stored one, ends it as broken.
fn pieces(opened: Opened, bytes: u64) -> impl stream::Stream<Item = io::Result<Bytes>> + Send {
    let start = (Some(opened.first), opened.rest, 0);
    stream::try_unfold(start, move |(first, mut rest, sent)| async move {
        let (piece, rest) = match first {
            Some(first) => (first, rest),
            None => spawn_blocking(move || read_piece(&mut rest).map(|piece| (piece, rest)))
                .await
                .map_err(io::Error::other)??,
        };
        if piece.is_empty() {
            let whole = sent == bytes;
            return if whole {
                Ok(None)
            } else {
                Err(io::ErrorKind::InvalidData.into())
            };
        }
        let sent = sent + piece.len() as u64;
        Ok(Some((piece, (None, rest, sent))))
    })
}

#[cfg(test)]
mod tests;
