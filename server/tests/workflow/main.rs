//! Requests from plan to end on both databases: order, faults at every border, retries, kills.

#![expect(clippy::expect_used, reason = "what a test can't go on without")]

#[path = "../common/databases.rs"]
mod databases;
mod faults;
mod flow;
mod house;
mod kill;
mod scripted;
mod stories;
mod world;
