//! `habeas serve`: opens the installation, serves, and stops without losing anything.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::organise::organisation;
use super::{FIRST, LINK, SignInCommand, logs, sessions};
use crate::backend::clients::Clients;
use crate::backend::sessions::Sessions;
use crate::backend::{Habeas, Parts};
use crate::config::Config;
use crate::http::genesys::limit::Limits;
use crate::http::genesys::{self, Api};
use crate::http::listen::{self, Bounds};
use crate::http::{self, Web};
use crate::installation::Installation;
use crate::ledger;
use crate::organisation::Organisation;
use crate::pulse;
use crate::workflow::{Engine, worker};

/// How long answers in progress may take once the server stops.
const DRAIN: Duration = Duration::from_secs(25);
/// How long connections to the database, and workers that were cut off, may take to end.
const CLOSE: Duration = Duration::from_secs(5);
/// How often old measures are put together, so that they take no more room when nobody asks for them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or SIGINT: then it is no longer ready, claims no work and ends streams; a little later it takes no more
/// connections, answers what has begun, lets go of leases and checkpoints. A second signal ends it at once.
pub(super) async fn serve(
    mut config: Config,
    again: SignInCommand,
    link: bool,
) -> anyhow::Result<()> {
    logs::start(&config)?;
    let metrics = measure()?;
    let installation = Installation::open(&config).await?;
    let listener = bind(config.listen, "listen").await?;
    config.bound(listener.local_addr()?);
    let stop = Stop::default();
    stop.watch()?;
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
        stopping: stop.stopping.clone(),
    });
    let router = http::router(&web, &http::options(&site(&config)), app::shell);
    let owner = habeas.clock.id();
    let workers = worker::start_cuttable(&habeas.engine, &owner, &stop.stopping, &stop.cut);
    tokio::spawn(pulse::watch(
        habeas.systems.clone(),
        habeas.clock.clone(),
        stop.stopping.clone(),
    ));
    let follower = (
        organisation.clone(),
        habeas.systems.clone(),
        stop.stopping.clone(),
    );
    tokio::spawn(async move {
        let (organisation, systems, stopping) = follower;
        organisation.follow(&systems, &stopping).await;
    });
    let metrics = metrics_listener(&config).await?;
    announce(&config, &sessions, &again, link).await?;
    tokio::join!(
        stop.close_after(config.stop_delay),
        stop.drained(listener, router),
        async {
            if let Some(listener) = metrics {
                stop.drained(listener, http::metrics_router(&web)).await;
            }
        },
        stop.end_work(workers, &habeas, &owner),
        pulse::keep(
            habeas.systems.clone(),
            habeas.db.clone(),
            stop.stopping.clone(),
        ),
    );
    if timeout(CLOSE, installation.close()).await.is_err() {
        tracing::warn!("the database was still in use; its log is replayed on the next start");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Begins to measure.
fn measure() -> anyhow::Result<PrometheusHandle> {
    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .context("metrics do not start")?;
    let handle = metrics.clone();
    tokio::spawn(async move {
        loop {
            sleep(UPKEEP).await;
            handle.run_upkeep();
        }
    });
    Ok(metrics)
}

async fn habeas(config: &Config, organisation: &Organisation) -> anyhow::Result<Habeas> {
    let Organisation {
        db, keys, clock, ..
    } = organisation.clone();
    let engine = Engine {
        systems: organisation.systems().await?,
        calendar: config.calendar.clone(),
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

async fn bind(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("can't listen on {address}: set {setting} to a free address and port, e.g. --set {setting}=127.0.0.1:7879")
    })
}

async fn metrics_listener(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = config.metrics else {
        return Ok(None);
    };
    let listener = bind(address, "metrics.listen").await?;
    let address = listener.local_addr()?;
    eprintln!("Metrics are at http://{address}/metrics");
    Ok(Some(listener))
}

fn site(config: &Config) -> std::path::PathBuf {
    http::find_site(config.site.as_deref()).unwrap_or_else(|| {
        tracing::warn!(
            "no styles and scripts found: pages are plain. Build them, or set site to their folder"
        );
        config.data.join("site")
    })
}

/// Says where it serves and how to sign in: by a link as long as nobody ever has, or where one is wanted.
async fn announce(
    config: &Config,
    sessions: &Sessions,
    again: &SignInCommand,
    link: bool,
) -> anyhow::Result<()> {
    let url = &config.public_url;
    tracing::info!(listen = %config.listen, url = %url, "serving");
    eprintln!("Habeas is at {url}");
    if link || !sessions.is_used().await? {
        let token = sessions.make_link(FIRST, LINK).await?;
        eprintln!(
            "Sign in, once and within an hour, by this link:\n\n    {url}/sign-in?token={token}\n"
        );
    }
    eprintln!("A sign-in link any time: {}", again.text(url));
    Ok(())
}

/// The order in which the server stops.
#[derive(Debug, Default)]
struct Stop {
    /// Not ready any more: no new work, and streams end.
    stopping: CancellationToken,
    /// No new connections.
    closing: CancellationToken,
    /// Work in hand is dropped.
    cut: CancellationToken,
}

impl Stop {
    #[expect(clippy::disallowed_methods, reason = "a second signal means: at once")]
    fn watch(&self) -> anyhow::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stopping = self.stopping.clone();
        tokio::spawn(async move {
            either(&mut terminate, &mut interrupt).await;
            tracing::info!("stopping");
            stopping.cancel();
            either(&mut terminate, &mut interrupt).await;
            std::process::exit(130);
        });
        Ok(())
    }

    /// Whoever sends requests here learns that it is not ready before it is refused.
    async fn close_after(&self, delay: Duration) {
        self.stopping.cancelled().await;
        sleep(delay).await;
        self.closing.cancel();
    }

    /// Answers requests until it closes and what has begun is done, or [`DRAIN`] is over.
    async fn drained(&self, listener: TcpListener, router: Router) {
        let served = listen::serve(listener, router, Bounds::default(), &self.closing);
        if !within(&self.closing, DRAIN, served).await {
            tracing::warn!("some answers were cut off");
        }
    }

    /// Lets workers finish what they have in hand. Whatever takes longer than [`DRAIN`] is cut off; only then are its leases let go
    /// of, for a task must not be in two hands.
    async fn end_work(&self, workers: TaskTracker, habeas: &Habeas, owner: &str) {
        if within(&self.stopping, DRAIN, workers.wait()).await {
            return;
        }
        tracing::warn!("work was still in progress; it is begun again");
        self.cut.cancel();
        if timeout(CLOSE, workers.wait()).await.is_err() {
            tracing::warn!("some work did not end; its leases run out");
        } else if let Err(why) = ledger::release(&habeas.db, owner).await {
            tracing::warn!(error = %why, "leases were not released; they run out");
        }
    }
}

/// Whether something ended, at the latest so long after the token was cancelled.
async fn within(token: &CancellationToken, long: Duration, work: impl Future<Output = ()>) -> bool {
    let too_long = async {
        token.cancelled().await;
        sleep(long).await;
    };
    tokio::select! {
        () = work => true,
        () = too_long => false,
    }
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}
