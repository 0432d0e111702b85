//! The HTTP server from outside: tower's oneshot over a real SQLite file, and one real process.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "test helpers fail by panicking, and wait for a process"
)]

mod events;
mod headers;
mod process;
mod routes;
mod sessions;
mod world;
