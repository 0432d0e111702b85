//! What browser and server both know of Habeas: the model, the error, the backend's traits, server functions and pages.

#[cfg(feature = "ssr")]
pub mod backend;
pub mod error;
pub mod model;
