//! Reads queries and bodies to the letter: bytes that are not UTF-8, names said twice and unknown names are refused, not guessed at.

use std::fmt;

use axum::body::{Body, HttpBody as _};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::BytesMut;
use serde::Deserialize;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::error::{ApiError, WRONG_PARAM};
use super::routes::Param;
use super::shape::{Shape, text_fault, word_fault};
use crate::percent;

/// The largest body, in bytes.
pub(super) const MAX_BODY: usize = 128 * 1024;

/// A query's parameters, checked; the words of lists are joined by commas.
#[derive(Debug, Default)]
pub(super) struct Query(Vec<(&'static str, String)>);

impl Query {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A flag, or what it is when it is not said.
    pub(super) fn flag(&self, name: &str, else_it_is: bool) -> bool {
        self.text(name)
            .map_or(else_it_is, |value| value.eq_ignore_ascii_case("true"))
    }

    /// A number, or what it is when it is not said.
    pub(super) fn count(&self, name: &str, else_it_is: u32) -> u32 {
        self.text(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or(else_it_is)
    }
}

/// Reads a query by its route's parameters.
pub(super) fn query(params: &'static [Param], raw: Option<&str>) -> Result<Query, ApiError> {
    let mut read = Query::default();
    for pair in raw
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
    {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent::decoded(name, true)
            .ok_or_else(|| ApiError::unreadable("a query parameter's name is not UTF-8"))?;
        let Some(param) = params.iter().find(|param| param.name == name) else {
            let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
            return Err(ApiError::field(
                &shown,
                WRONG_PARAM,
                "is not a parameter of this call",
            ));
        };
        let wrong = |why: String| ApiError::field(param.name, WRONG_PARAM, why);
        let value =
            percent::decoded(value, true).ok_or_else(|| wrong("is not UTF-8".to_owned()))?;
        let before = read.0.iter_mut().find(|(known, _)| *known == param.name);
        match (param_fault(&param.shape, &value), before) {
            (Some(why), _) => return Err(wrong(why)),
            (None, Some((_, words))) if matches!(param.shape, Shape::List { .. }) => {
                words.push(',');
                words.push_str(&value);
            }
            (None, Some(_)) => {
                return Err(wrong(
                    "is given more than once: one term per request".to_owned(),
                ));
            }
            (None, None) => read.0.push((param.name, value)),
        }
    }
    match params
        .iter()
        .find(|param| param.required && read.text(param.name).is_none())
    {
        Some(param) => Err(ApiError::field(param.name, WRONG_PARAM, "is missing")),
        None => Ok(read),
    }
}

fn param_fault(shape: &Shape, value: &str) -> Option<String> {
    match shape {
        Shape::Word(words) => word_fault(words, value),
        Shape::Flag => word_fault(&["true", "false"], value),
        Shape::Count { min, max } => {
            let fits = value
                .parse::<u32>()
                .is_ok_and(|n| (*min..=*max).contains(&n));
            (!fits).then(|| format!("must be a whole number from {min} to {max}"))
        }
        Shape::List { of, max } => {
            let words: Vec<&str> = value.split(',').collect();
            let long = (words.len() > *max).then(|| format!("has more than {max} entries"));
            long.or_else(|| words.iter().find_map(|word| param_fault(of, word)))
        }
        Shape::Text { max } => text_fault(value, *max),
        Shape::Known { .. } | Shape::Date | Shape::Object(_) | Shape::Free => {
            text_fault(value, 100)
        }
    }
}

/// Reads a body to its end, up to [`MAX_BODY`].
pub(super) async fn bytes(mut body: Body) -> Result<Vec<u8>, ApiError> {
    let mut bytes = BytesMut::new();
    let too_large = || {
        let message = format!("the body is larger than {MAX_BODY} bytes");
        ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request.entity.too.large",
            message,
        )
    };
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(too_large());
    }
    while let Some(frame) =
        std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await
    {
        let frame = frame.map_err(|_| ApiError::unreadable("the body was cut off"))?;
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.len() > MAX_BODY {
                return Err(too_large());
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.to_vec())
}

/// Refuses a body that is not of this media type, or in another charset than UTF-8.
pub(super) fn check_type(headers: &HeaderMap, wanted: &str) -> Result<(), ApiError> {
    let said = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = said.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"'))
    });
    if essence.eq_ignore_ascii_case(wanted)
        && charset.is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8"))
    {
        return Ok(());
    }
    let message = format!("Content-Type must be {wanted}, in UTF-8");
    Err(ApiError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported.media.type",
        message,
    ))
}

/// Reads a JSON object. A list is refused with a code of its own: this API acts for one person at a time.
pub(super) fn json(bytes: &[u8]) -> Result<Json, ApiError> {
    if bytes.is_empty() {
        return Err(ApiError::field("body", "bad.request", "is missing"));
    }
    let text =
        std::str::from_utf8(bytes).map_err(|_| ApiError::unreadable("the body is not UTF-8"))?;
    let Strict(value) = serde_json::from_str(text).map_err(|why| unreadable_json(&why))?;
    match value {
        Json::Object(_) => Ok(value),
        Json::Array(_) => {
            let why =
                "is a list: this API takes one request at a time, bulk requests are not supported";
            Err(ApiError::field("body", "bulk.not.supported", why))
        }
        _ => Err(ApiError::field(
            "body",
            "bad.request",
            "must be a JSON object",
        )),
    }
}

/// Says where, never what: serde's own text quotes the body.
fn unreadable_json(why: &serde_json::Error) -> ApiError {
    let what = if why.classify() == serde_json::error::Category::Data {
        "a field is given more than once"
    } else {
        "the body is not valid JSON"
    };
    ApiError::unreadable(&format!(
        "{what}: line {}, column {}",
        why.line(),
        why.column()
    ))
}

/// JSON in which no name of an object comes twice: which of two values is meant must not be guessed.
struct Strict(Json);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(value)) = seq.next_element()? {
            list.push(value);
        }
        Ok(list.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut map = Map::new();
        while let Some((name, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom("given more than once"));
            }
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_comes_twice_is_refused_at_any_depth() {
        for text in [
            r#"{"a":1,"a":2}"#,
            r#"{"b":{"a":1,"a":1}}"#,
            r#"{"b":[{"a":1,"a":1}]}"#,
        ] {
            assert!(
                json(text.as_bytes())
                    .expect_err(text)
                    .message
                    .contains("more than once"),
                "{text}"
            );
        }
        assert!(json(br#"{"a":{"a":[1,-2,0.5,true,null,"x"]}}"#).is_ok());
    }

    #[test]
    fn an_answer_to_bad_json_quotes_none_of_it() {
        let why = json(br#"{"name": "Maria" oops}"#).expect_err("not JSON");
        assert!(!why.message.contains("Maria"), "{}", why.message);
    }
}
