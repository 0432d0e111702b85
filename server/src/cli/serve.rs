//! `habeas serve`: opens the installation, serves, and stops without losing anything.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::organise::organisation;
use super::{FIRST, LINK, logs, sessions};
use crate::backend::clients::Clients;
use crate::backend::sessions::Sessions;
use crate::backend::{Habeas, Parts};
use crate::config::Config;
use crate::http::genesys::limit::Limits;
use crate::http::genesys::{self, Api};
use crate::http::{self, Web};
use crate::installation::Installation;
use crate::ledger;
use crate::organisation::Organisation;
use crate::workflow::{Engine, worker};

/// How long answers in progress may take once the server stops.
const DRAIN: Duration = Duration::from_secs(25);
/// How long connections to the database may take to end.
const CLOSE: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or SIGINT: then it is no longer ready, claims no work, ends streams, answers what has begun, lets go of leases
/// and checkpoints. A second signal ends it at once.
pub(super) async fn serve(mut config: Config) -> anyhow::Result<()> {
    logs::start(&config)?;
    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .context("metrics do not start")?;
    let installation = Installation::open(&config).await?;
    let listener = listen(&config).await?;
    config.bound(listener.local_addr()?);
    let stopping = CancellationToken::new();
    watch(stopping.clone())?;
    let organisation = organisation(&config, &installation);
    let habeas = habeas(&config, &organisation).await?;
    let sessions = sessions(&config, &installation);
    let web = Web::new(http::Parts {
        habeas: habeas.clone(),
        api: api(&config, &habeas, &organisation),
        backend: habeas.for_pages(),
        sessions: sessions.clone(),
        public_url: config.public_url.clone(),
        data: config.data.clone(),
        metrics,
        stopping: stopping.clone(),
    });
    let router = http::router(&web, &http::options(&site(&config)), app::shell);
    let owner = habeas.clock.id();
    let workers = worker::start(&habeas.engine, &owner, &stopping);
    announce(&config, &sessions).await?;
    let (served, worked) = tokio::join!(
        drained(listener, router, &stopping),
        within(&stopping, DRAIN, workers.wait())
    );
    if !worked {
        tracing::warn!("work was still in progress; it is begun again");
        if let Err(why) = ledger::release(&habeas.db, &owner).await {
            tracing::warn!(error = %why, "leases were not released; they run out");
        }
    }
    if timeout(CLOSE, installation.close()).await.is_err() {
        tracing::warn!("the database was still in use; its log is replayed on the next start");
    }
    tracing::info!("stopped");
    served
}

async fn habeas(config: &Config, organisation: &Organisation) -> anyhow::Result<Habeas> {
    let Organisation {
        db, keys, clock, ..
    } = organisation.clone();
    let engine = Engine {
        systems: organisation.systems().await?,
        workers: config.workers,
        lease: config.lease,
        package_days: config.package_days,
        ..Engine::new(db, keys, clock, config.data.clone())
    };
    Ok(Habeas::new(Parts {
        engine,
        public_url: config.public_url.as_str().to_owned(),
        country: config.country,
        search_timeout: config.search_timeout,
    }))
}

fn api(config: &Config, habeas: &Habeas, organisation: &Organisation) -> Api {
    Api::new(genesys::Parts {
        gdpr: Arc::new(habeas.clone()),
        contacts: organisation.contacts(),
        clients: Clients {
            db: habeas.db.clone(),
            clock: habeas.clock.clone(),
        },
        clock: habeas.clock.clone(),
        limits: Limits::new(config.rates),
        public_url: config.public_url.as_str().to_owned(),
    })
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
    let server =
        axum::serve(listener, router).with_graceful_shutdown(stopping.clone().cancelled_owned());
    let mut ended = Ok(());
    if !within(stopping, DRAIN, async { ended = server.await }).await {
        tracing::warn!("some answers were cut off");
    }
    ended.context("the server ended")
}

/// Whether something ended, at the latest so long after the token was cancelled.
async fn within(
    stopping: &CancellationToken,
    long: Duration,
    work: impl Future<Output = ()>,
) -> bool {
    let too_long = async {
        stopping.cancelled().await;
        sleep(long).await;
    };
    tokio::select! {
        () = work => true,
        () = too_long => false,
    }
}

#[expect(clippy::disallowed_methods, reason = "a second signal means: at once")]
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
