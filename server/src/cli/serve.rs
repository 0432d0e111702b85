//! `habeas serve`: opens the installation, serves, and stops without losing anything.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use anyhow::Context;
use app::backend::Backend;
use axum::Router;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{FIRST, LINK, logs, sessions};
use crate::backend::sessions::Sessions;
use crate::backend::{Habeas, Parts};
use crate::config::Config;
use crate::http::{self, Web};
use crate::hub::Hub;
use crate::installation::Installation;

/// How long answers in progress may take once the server stops.
const DRAIN: Duration = Duration::from_secs(25);
/// How long connections to the database may take to end.
const CLOSE: Duration = Duration::from_secs(5);

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Puts the server's parts together. It stops claiming work when the token is cancelled.
pub type Wire = fn(Habeas, Config, CancellationToken) -> Boxed<anyhow::Result<Wired>>;

/// The parts.
pub struct Wired {
    pub backend: Backend,
    /// The API, with its own authentication.
    pub api: Router,
    /// Works on tasks until the token is cancelled, and then ends with no lease held.
    pub work: Boxed<()>,
}

/// Serves until SIGTERM or SIGINT: then it is no longer ready, claims no work, ends streams, answers what has begun, lets go of leases
/// and checkpoints. A second signal ends it at once.
pub(super) async fn serve(mut config: Config, wire: Wire) -> anyhow::Result<()> {
    logs::start(&config)?;
    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .context("metrics do not start")?;
    let installation = Installation::open(&config).await?;
    let listener = listen(&config).await?;
    config.bound(listener.local_addr()?);
    let stopping = CancellationToken::new();
    watch(stopping.clone())?;
    let hub = Hub::default();
    let habeas = Habeas::new(parts(&config, &installation, &hub));
    let wired = wire(habeas, config.clone(), stopping.clone()).await?;
    let sessions = sessions(&config, &installation);
    let web = Web::new(http::Parts {
        backend: wired.backend,
        sessions: sessions.clone(),
        db: installation.db.clone(),
        clock: installation.clock.clone(),
        hub,
        public_url: config.public_url.clone(),
        data: config.data.clone(),
        metrics,
        stopping: stopping.clone(),
    });
    let options = http::options(&site(&config));
    let router = http::router(&web, &options, wired.api, app::shell);
    let work = tokio::spawn(wired.work);
    announce(&config, &sessions).await?;
    drained(listener, router, &stopping).await?;
    // Work in progress ends by itself or by its lease; a panic in it has been logged.
    if timeout(DRAIN, work).await.is_err() {
        tracing::warn!("work was still in progress; its leases run out");
    }
    if timeout(CLOSE, installation.close()).await.is_err() {
        tracing::warn!("the database was still in use; its log is replayed on the next start");
    }
    tracing::info!("stopped");
    Ok(())
}

fn parts(config: &Config, installation: &Installation, hub: &Hub) -> Parts {
    Parts {
        db: installation.db.clone(),
        keys: installation.keys.clone(),
        clock: installation.clock.clone(),
        hub: hub.clone(),
        folder: config.data.join("packages"),
        public_url: config.public_url.as_str().to_owned(),
    }
}

async fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    let address = config.listen;
    TcpListener::bind(address).await.with_context(|| {
        format!("can't listen on {address}: set listen to a free address and port, e.g. --listen 127.0.0.1:7879")
    })
}

fn site(config: &Config) -> std::path::PathBuf {
    http::find_site(config.site.as_deref()).unwrap_or_else(|| {
        tracing::warn!(
            "no styles and scripts found: pages are plain. Build them, or set site to their folder"
        );
        config.data.join("site")
    })
}

/// Says where it serves, and how to sign in as long as nobody ever has.
async fn announce(config: &Config, sessions: &Sessions) -> anyhow::Result<()> {
    let url = &config.public_url;
    tracing::info!(listen = %config.listen, url = %url, "serving");
    eprintln!("Habeas is at {url}");
    if !sessions.is_used().await? {
        let token = sessions.make_link(FIRST, LINK).await?;
        eprintln!(
            "Sign in, once and within an hour, by this link:\n\n    {url}/sign-in?token={token}\n"
        );
        eprintln!("Another one any time: habeas sign-in-link");
    }
    Ok(())
}

/// Answers requests until the token is cancelled and what has begun is done, or [`DRAIN`] is over.
async fn drained(
    listener: TcpListener,
    router: Router,
    stopping: &CancellationToken,
) -> anyhow::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server =
        axum::serve(listener, service).with_graceful_shutdown(stopping.clone().cancelled_owned());
    let too_long = async {
        stopping.cancelled().await;
        sleep(DRAIN).await;
    };
    tokio::select! {
        ended = server => ended.context("the server ended")?,
        () = too_long => tracing::warn!("some answers were cut off"),
    }
    Ok(())
}

fn watch(stopping: CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        either(&mut terminate, &mut interrupt).await;
        tracing::info!("stopping");
        stopping.cancel();
        either(&mut terminate, &mut interrupt).await;
        std::process::exit(130);
    });
    Ok(())
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}
