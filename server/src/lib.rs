//! What only the server knows of Habeas. Dependencies point one way:
//! clock, secret, store ← evidence, ledger, policy ← workflow (uses connectors) ← backend ← http ← main.
//! Connectors never see the store (`budget` counts their calls in it); `http` never sees SQL.

pub mod backend;
pub mod budget;
pub mod cli;
pub mod clock;
pub mod config;
pub mod connectors;
pub mod contact;
pub mod dataset;
pub mod deadline;
pub mod demo;
pub mod draft;
pub mod evidence;
pub mod http;
pub mod hub;
pub mod installation;
pub mod ledger;
pub mod mask;
pub mod matching;
pub mod organisation;
mod percent;
pub mod policy;
pub mod pulse;
pub mod registry;
pub mod secret;
pub mod store;
pub mod workflow;
