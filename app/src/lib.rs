//! What browser and server both know of Habeas: the model, the error, the backend's traits, server functions and pages.
//!
//! Dependencies point one way: model ← error ← backend ← components ← views ← api ← pages. Every page is rendered whole on the server
//! and reads without JavaScript; searching, planning, creating and retrying are plain forms. What runs in the browser, [`browser`],
//! makes pages live and changes them in place; it has no code of a page, so nothing of Leptos is downloaded.
//!
//! # To add a page
//! 1. Give it a URL in [`paths`], its parts a file in `views`, and a file in [`pages`] that fetches them through [`api`].
//! 2. Name its route in `shell.rs`, with `SsrMode::Async`: its data must be in the HTML.
//! 3. Put its texts into [`i18n`], in both languages: a missing one fails the build.

// The types of views nest deeply.
#![recursion_limit = "512"]

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod backend;
#[cfg(feature = "hydrate")]
pub mod browser;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod error;
#[cfg(feature = "ssr")]
pub mod format;
pub mod guess;
#[cfg(feature = "ssr")]
pub mod html;
#[cfg(feature = "ssr")]
pub mod i18n;
#[cfg(any(feature = "hydrate", test))]
mod keymap;
pub mod model;
mod pace;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod paths;
#[cfg(feature = "ssr")]
pub mod session;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod testing;
#[cfg(feature = "ssr")]
pub mod views;
#[cfg(feature = "ssr")]
pub mod wire;

#[cfg(feature = "ssr")]
pub use shell::shell;
#[cfg(feature = "ssr")]
#[cfg(debug_assertions)]
pub use shell::styleguide;
