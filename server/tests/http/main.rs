//! The HTTP server from outside: tower's oneshot over a real SQLite file, and real processes.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "test helpers fail by panicking, and wait for a process"
)]

mod backup;
mod commands;
#[path = "../common/databases.rs"]
mod databases;
mod events;
mod headers;
mod health;
mod listed;
mod listen;
mod policy;
mod process;
mod routes;
mod sessions;
mod stopping;
mod world;
