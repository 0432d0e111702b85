//! What the server answers over HTTP.

pub mod downloads;
pub mod genesys;
