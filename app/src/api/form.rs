//! (ssr) How a server function answers a plain form, and reads its fields.

use axum::http::request::Parts;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;

use crate::error::{Error, Reason};
use crate::session::{go_to, set_status, wants_page};

/// Reads an id out of a form field; [`Error::Invalid`] names the field.
pub(super) fn id<T: std::str::FromStr>(field: &str, text: &str) -> Result<T, Error> {
    if text.is_empty() {
        return Err(Error::invalid(field, Reason::Missing));
    }
    text.parse()
        .map_err(|_| Error::invalid(field, Reason::Unknown))
}

/// Reads a word of a closed list out of a form field.
pub(super) fn word<T>(
    field: &str,
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, Error> {
    if text.is_empty() {
        return Err(Error::invalid(field, Reason::Missing));
    }
    parse(text).ok_or_else(|| Error::invalid(field, Reason::Unknown))
}

/// The same for a field that may be left empty.
pub(super) fn optional<T>(
    field: &str,
    text: &str,
    read: impl Fn(&str, &str) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    if text.is_empty() {
        Ok(None)
    } else {
        read(field, text).map(Some)
    }
}

/// Ends a read: the answer carries the error's status. While a page is rendered, the page decides.
pub(super) fn read<T>(result: Result<T, Error>) -> Result<T, Error> {
    if let Err(error) = &result
        && !from_browser_page()
    {
        set_status(error.status());
    }
    result
}

/// Ends a change that leads to another page.
///
/// With success the browser goes on to it, with and without JavaScript. A plain form that failed goes back to `page`, with the error in
/// the query (it holds no personal data), where the form's action shows it: so nothing depends on a `Referer`.
pub(super) fn go<F>(result: Result<String, Error>, page: &str) -> Result<(), Error>
where
    F: ServerFn<Error = Error>,
{
    match result {
        Ok(next) => {
            go_to(&next);
            Ok(())
        }
        Err(error) => Err(back::<F>(error, page)),
    }
}

/// Ends a change that stays on its page.
pub(super) fn stay<F>(result: Result<(), Error>, page: &str) -> Result<(), Error>
where
    F: ServerFn<Error = Error>,
{
    match result {
        Ok(()) => {
            if from_browser_page() {
                go_to(page);
            }
            Ok(())
        }
        Err(error) => Err(back::<F>(error, page)),
    }
}

fn back<F>(error: Error, page: &str) -> Error
where
    F: ServerFn<Error = Error>,
{
    if !from_browser_page() {
        set_status(error.status());
        return error;
    }
    // The encoder wants a whole URL; the host is not sent on.
    let url = ServerFnUrlError::new(F::PATH, error.clone()).to_url(&format!("http://page{page}"));
    if let Ok(url) = url {
        go_to(&format!(
            "{}?{}",
            url.path(),
            url.query().unwrap_or_default()
        ));
    }
    error
}

/// Whether a browser asked by itself, without our script.
fn from_browser_page() -> bool {
    use_context::<Parts>().is_some_and(|parts| wants_page(&parts.headers))
}
