//! The store: one SQL text for SQLite and PostgreSQL, methods named by resource first. Row structs stay private to their file
//! unless a use case needs all of a row.

mod call_slot;
pub mod client;
pub mod contact;
pub mod db;
pub mod draft;
mod event;
pub mod health;
pub mod link;
mod migrations;
pub mod package;
pub mod part;
pub mod recheck;
pub mod request;
pub mod search;
pub mod session;
pub mod skip;
pub mod staff;
pub mod system;
pub mod task;
mod task_of_system;
pub mod view;
mod whole;

pub use call_slot::{SlotRow, TakeSlot};
pub use client::ClientRow;
pub use contact::ContactKeys;
pub(crate) use db::over_list;
pub use db::{Db, Dialect, Row, Schema, StoreError, Tx, Value};
