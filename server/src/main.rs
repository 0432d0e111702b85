//! The `habeas` binary: puts the parts together and runs the command line.

use std::process::ExitCode;

use server::backend::Habeas;
use server::cli::{self, Wired};
use server::config::Config;
use tokio_util::sync::CancellationToken;

fn main() -> ExitCode {
    cli::main(std::env::args_os(), |habeas, config, stopping| {
        Box::pin(wire(habeas, config, stopping))
    })
}

async fn wire(
    _habeas: Habeas,
    _config: Config,
    _stopping: CancellationToken,
) -> anyhow::Result<Wired> {
    anyhow::bail!("this build has no backend to serve")
}
