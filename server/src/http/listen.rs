//! Accepts connections: so many at a time, and each may take so long to say what it wants.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How much of the server connections may take.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Open at a time; the next ones wait.
    pub connections: usize,
    /// Until a request's head is there, from the first byte or the answer before.
    pub head: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 1024,
            head: Duration::from_secs(15),
        }
    }
}

/// Answers until `closing` is cancelled and what has begun by then is done. `axum::serve` knows no bounds.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    bounds: Bounds,
    closing: &CancellationToken,
) {
    let places = Arc::new(Semaphore::new(bounds.connections));
    let open = TaskTracker::new();
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head);
    loop {
        let next = async {
            let place = places.clone().acquire_owned().await.ok()?;
            // Listener's accept waits where the system has no sockets left.
            let (stream, _) = Listener::accept(&mut listener).await;
            Some((place, stream))
        };
        let Some(Some((place, stream))) = closing.run_until_cancelled(next).await else {
            break;
        };
        let talk = talk(builder.clone(), stream, router.clone(), closing.clone());
        open.spawn(async move {
            talk.await;
            drop(place);
        });
    }
    drop(listener);
    open.close();
    open.wait().await;
}

/// One connection; once the server closes, its answer in progress is the last.
async fn talk(
    builder: Builder<TokioExecutor>,
    stream: TcpStream,
    router: Router,
    closing: CancellationToken,
) {
    let service = TowerToHyperService::new(router);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // How it ends is the client's matter: it may go away at any time.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
