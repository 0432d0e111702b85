//! The backend and its store on both databases: systems that are slow, silent or paused; lists; chains of evidence; connections.

#![expect(clippy::expect_used, reason = "what a test can't go on without")]

mod beside;
mod budgets;
mod chains;
mod connect;
#[path = "../common/databases.rs"]
mod databases;
mod links;
mod lists;
mod pool;
mod pulse;
mod replay;
mod searches;
mod sorted;
mod stub;
mod systems;
mod tasks;
mod views;
mod world;
