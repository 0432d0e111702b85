//! What only the server knows of Habeas. Dependencies point one way:
//! clock, secret, store ← evidence, ledger, policy ← workflow (uses connectors) ← backend ← http ← main.
//! Connectors never see the store; `http` never sees SQL.

pub mod connectors;
pub mod demo;
pub mod matching;
