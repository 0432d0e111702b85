//! Requests from plan to end on both databases: order, faults at every border, retries, kills.

#![expect(clippy::expect_used, reason = "what a test can't go on without")]

mod asked;
mod confirmed;
mod coverage;
mod crowded;
#[path = "../common/databases.rs"]
mod databases;
mod drift;
mod duplicates;
mod durable;
mod elsewhere;
mod faults;
mod flow;
mod forgetting;
mod house;
mod kill;
mod linked;
mod lost;
mod packaging;
mod rechecks;
mod retries;
mod scripted;
mod skipping;
mod stopping;
mod stories;
mod together;
mod turns;
mod waiting;
mod whole;
mod world;
