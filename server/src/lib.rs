//! What only the server knows of Habeas. Dependencies point one way:
//! clock, secret, store ← evidence, ledger, policy ← workflow (uses connectors) ← backend ← http ← main.
//! Connectors never see the store; `http` never sees SQL.

pub mod backend;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connectors;
pub mod http;
pub mod hub;
pub mod installation;
pub mod policy;
pub mod secret;
pub mod store;
