//! Logs on stdout, text or JSON. Lines hold ids, codes and numbers; never a person's data.

use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Begins logging. A panic is logged by its place alone: its message may hold a value.
pub(super) fn start(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log_filter)
        .map_err(|why| anyhow::anyhow!("log.filter: {why}"))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false);
    let started = if config.log_json {
        lines.json().flatten_event(true).try_init()
    } else {
        lines.with_ansi(false).try_init()
    };
    started.map_err(|why| anyhow::anyhow!("logging does not start: {why}"))?;
    std::panic::set_hook(Box::new(|panic| match panic.location() {
        Some(place) => tracing::error!(file = place.file(), line = place.line(), "panic"),
        None => tracing::error!("panic"),
    }));
    Ok(())
}
