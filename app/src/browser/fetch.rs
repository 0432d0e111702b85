//! Pages as the browser itself would load them, fetched without leaving the one that is shown.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, DomParser, Element, Headers, RequestInit, Response, SupportedType, Url,
    UrlSearchParams,
};

use super::dom;
use crate::pace::FOLLOWED;

/// A page, and where the server led to.
pub(super) struct Answer {
    /// After all redirections.
    pub(super) url: Url,
    pub(super) page: Document,
    /// When its text was there, to be read.
    pub(super) came: f64,
}

impl Answer {
    /// Path and query.
    pub(super) fn address(&self) -> String {
        self.url.pathname() + &self.url.search()
    }

    pub(super) fn main(&self) -> Option<Element> {
        self.page.get_element_by_id("main")
    }
}

/// The page at an address; nothing if there is no network, or what came is no page of ours.
pub(super) async fn get(address: &str) -> Option<Answer> {
    send(address, &RequestInit::new(), None).await
}

/// The page that is shown, once more; `followed` is the stream that told of a change.
pub(super) async fn get_again(address: &str, followed: Option<&str>) -> Option<Answer> {
    send(address, &RequestInit::new(), followed).await
}

/// The page that a form leads to.
pub(super) async fn post(address: &str, fields: &UrlSearchParams) -> Option<Answer> {
    let how = RequestInit::new();
    how.set_method("POST");
    how.set_body(fields);
    send(address, &how, None).await
}

async fn send(address: &str, how: &RequestInit, followed: Option<&str>) -> Option<Answer> {
    let headers = Headers::new().ok()?;
    headers.set("accept", "text/html").ok()?;
    if let Some(followed) = followed {
        headers.set(FOLLOWED, followed).ok()?;
    }
    how.set_headers(&headers);
    let answer = dom::window()?.fetch_with_str_and_init(address, how);
    let answer: Response = wait(answer).await?.dyn_into().ok()?;
    let text = wait(answer.text().ok()?).await?.as_string()?;
    let came = js_sys::Date::now();
    let page = DomParser::new()
        .ok()?
        .parse_from_string(&text, SupportedType::TextHtml)
        .ok()?;
    let url = Url::new(&answer.url()).ok()?;
    let answer = Answer { url, page, came };
    answer.main().is_some().then_some(answer)
}

/// A part of a page, as a server function answers to those fields: what it holds. Nothing where it refuses.
pub(super) async fn part(address: &str, fields: &UrlSearchParams) -> Option<Element> {
    let how = RequestInit::new();
    how.set_method("POST");
    how.set_body(fields);
    let headers = Headers::new().ok()?;
    headers.set("accept", "application/json").ok()?;
    how.set_headers(&headers);
    let answer = dom::window()?.fetch_with_str_and_init(address, &how);
    let answer: Response = wait(answer).await?.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    let html = wait(answer.json().ok()?).await?.as_string()?;
    let parser = DomParser::new().ok()?;
    let page = parser.parse_from_string(&html, SupportedType::TextHtml);
    page.ok()?.body().map(Element::from)
}

async fn wait(promise: js_sys::Promise) -> Option<JsValue> {
    JsFuture::from(promise).await.ok()
}
