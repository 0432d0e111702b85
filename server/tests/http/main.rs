//! The HTTP server from outside: tower's oneshot over a real SQLite file, and one real process.

mod events;
mod headers;
mod process;
mod routes;
mod sessions;
mod world;
