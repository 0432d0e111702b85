//! The way of every request through the API, and the headers of every answer.

use axum::body::Body as Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header, request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json};

use super::error::{ApiError, FieldFault, WRONG_VALUE};
use super::limit::Standing;
use super::routes::{Access, Body, Op, Route, routes};
use super::shape::{MOST, Need, Shape, check, shown, strip_nulls};
use super::{Api, auth, changes, contacts, gdpr, oauth, openapi, portal, read};
use app::backend::Caller;

use crate::percent;
use crate::policy::{self, Act};

const CONTEXT: HeaderName = HeaderName::from_static("inin-correlation-id");
const COUNT: HeaderName = HeaderName::from_static("inin-ratelimit-count");
const ALLOWED: HeaderName = HeaderName::from_static("inin-ratelimit-allowed");
const RESET: HeaderName = HeaderName::from_static("inin-ratelimit-reset");

/// A request that has passed all checks of its form.
pub(super) struct Call {
    pub(super) caller: Caller,
    /// The id in the path; empty where there is none.
    pub(super) id: String,
    pub(super) query: read::Query,
    /// An object of the route's model; without nulls, but for those that clear a field of a PATCH.
    pub(super) body: Map<String, Json>,
    /// The id and secret that a client shows.
    pub(super) basic: Option<(String, String)>,
}

/// A success.
pub(super) enum Reply {
    Json(StatusCode, Json),
    Redirect(String),
}

impl Reply {
    pub(super) fn ok(body: Json) -> Self {
        Self::Json(StatusCode::OK, body)
    }
}

/// Answers a request to a path of the table.
pub(super) async fn answer(
    path: &'static str,
    State(api): State<Api>,
    request: Request,
) -> Response {
    let context = api.clock.id();
    let mut standing = api.limits.untouched();
    let result = match route_of(path, request.method()) {
        Ok(route) => {
            let result = run(&api, route, request, &context, &mut standing).await;
            result.map_err(|error| match route.op {
                Op::Token => error.of_grant(),
                _ if route.validates() => error.of_validation(),
                _ => error,
            })
        }
        Err(error) => Err(error),
    };
    let mut response = match result {
        Ok(reply) => succeeded(reply),
        Err(error) => failed(path, &error, &context),
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        set(&mut response, header::ALLOW, &methods_of(path).join(", "));
    }
    put_standing(&mut response, standing);
    set(&mut response, CONTEXT, &context);
    response
}

/// Answers what is not in the table.
pub(super) async fn not_found(State(api): State<Api>, request: Request) -> Response {
    let context = api.clock.id();
    let error = ApiError::new(
        StatusCode::NOT_FOUND,
        "not.found",
        "there is nothing at this path",
    );
    let mut response = failed(request.uri().path(), &error, &context);
    put_standing(&mut response, api.limits.untouched());
    set(&mut response, CONTEXT, &context);
    response
}

/// Turns answers of outer layers (time-outs, panics, bodies refused before they reach us) into ErrorBody. The server's router
/// puts it around those layers; it touches nothing outside `/api/v2` and `/oauth`, and no answer that is JSON.
pub async fn error_bodies(State(api): State<Api>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let ours = ["/api/v2", "/oauth"].iter().any(|root| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let response = next.run(request).await;
    let status = response.status();
    let fine =
        status.is_success() || status.is_redirection() || response.headers().contains_key(&CONTEXT);
    if !ours || fine {
        return response;
    }
    let (code, message) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => ("request.entity.too.large", "the body is too large"),
        StatusCode::SERVICE_UNAVAILABLE => ("service.unavailable", "there was no answer in time"),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method.not.allowed", "this method is not possible here")
        }
        StatusCode::NOT_FOUND => ("not.found", "there is nothing at this path"),
        StatusCode::INTERNAL_SERVER_ERROR => ("internal.server.error", "something went wrong here"),
        _ => ("bad.request", "the request can't be read"),
    };
    let context = api.clock.id();
    let mut response = failed("/api/v2", &ApiError::new(status, code, message), &context);
    put_standing(&mut response, api.limits.untouched());
    set(&mut response, CONTEXT, &context);
    response
}

async fn run(
    api: &Api,
    route: &'static Route,
    request: Request,
    context: &str,
    standing: &mut Standing,
) -> Result<Reply, ApiError> {
    let (parts, body) = request.into_parts();
    let caller = match route.access {
        Access::Act(act) => permitted(api, route, &parts, act, context, standing).await?,
        Access::Secret | Access::Public => Caller::nobody(context),
    };
    let call = Call {
        caller,
        id: id_of(route, &parts)?,
        query: read::query(route.query, parts.uri.query())?,
        body: body_of(route, &parts, body).await?,
        basic: auth::basic(&parts.headers),
    };
    match route.op {
        Op::FindSubjects => gdpr::find_subjects(api, call).await,
        Op::MakeRequest => gdpr::make_request(api, call).await,
        Op::ListRequests => gdpr::list_requests(api, call).await,
        Op::ReadRequest => gdpr::read_request(api, call).await,
        Op::RetryRequest => gdpr::retry_request(api, call).await,
        Op::PlanRequest => portal::plan_request(api, call).await,
        Op::ListSystems => portal::list_systems(api, call).await,
        Op::ReadSystem => portal::read_system(api, call).await,
        Op::PauseSystem => portal::pause_system(api, call, true).await,
        Op::ResumeSystem => portal::pause_system(api, call, false).await,
        Op::Download => gdpr::download(api, call).await,
        Op::ListContacts => contacts::list(api, call).await,
        Op::AddContact => contacts::add(api, call).await,
        Op::ReadContact => contacts::read(api, call).await,
        Op::ReadUnresolved => contacts::read_unresolved(api, call).await,
        Op::PutContact => contacts::put(api, call).await,
        Op::PatchContact => contacts::patch(api, call).await,
        Op::DeleteContact => contacts::delete(api, call).await,
        Op::ReadContacts => contacts::read_many(api, call).await,
        Op::MergeContacts => contacts::merge(api, call).await,
        Op::MergeInto => contacts::merge_into(api, call).await,
        Op::Token => oauth::token(api, call, standing).await,
        Op::OpenApi => Ok(Reply::ok(openapi::document(&api.public_url))),
    }
}

/// A known client, within its limits, with the permission. In this order: what is refused for its permission counts too.
async fn permitted(
    api: &Api,
    route: &Route,
    parts: &request::Parts,
    act: Act,
    context: &str,
    standing: &mut Standing,
) -> Result<Caller, ApiError> {
    let known = auth::bearer(api, &parts.headers, context).await?;
    let (stands, verdict) = api.limits.take(
        &known.client,
        &known.token,
        route.is_gdpr(),
        api.clock.now(),
    );
    *standing = stands;
    verdict?;
    policy::allow(&known.caller, act).map_err(|_| {
        let wanted = act.permission().unwrap_or("staff");
        let message = format!("this client lacks the permission {wanted}");
        let mut error = ApiError::new(StatusCode::FORBIDDEN, "missing.any.permissions", message);
        error.params.push(("permissions", wanted.to_owned()));
        error
    })?;
    Ok(known.caller)
}

fn id_of(route: &Route, parts: &request::Parts) -> Result<String, ApiError> {
    let Some(raw) = route.id_in(parts.uri.path()) else {
        return Ok(String::new());
    };
    let id = percent::decoded(raw, false)
        .filter(|id| id.len() <= 64 && !id.chars().any(char::is_control));
    id.ok_or_else(|| ApiError::no_such("id"))
}

async fn body_of(
    route: &Route,
    parts: &request::Parts,
    body: Bytes,
) -> Result<Map<String, Json>, ApiError> {
    let (model, clears) = match route.body {
        Body::None => return Ok(Map::new()),
        Body::Form(model) => {
            read::check_type(&parts.headers, "application/x-www-form-urlencoded")?;
            return form(&read::bytes(body).await?, model);
        }
        Body::Json(model) => (model, false),
        Body::Patch(model) => (model, true),
    };
    read::check_type(&parts.headers, "application/json")?;
    let mut value = read::json(&read::bytes(body).await?)?;
    if clears {
        value = changes::as_fields(value)?;
    }
    let cleared: Vec<String> = match &value {
        Json::Object(map) if clears => map
            .iter()
            .filter(|(_, v)| v.is_null())
            .map(|(name, _)| name.clone())
            .collect(),
        _ => Vec::new(),
    };
    strip_nulls(&mut value);
    let mut faults = check(&Shape::Object(model), &value, "");
    let known = |name: &String| {
        model
            .properties
            .iter()
            .any(|property| property.name == name)
    };
    let unknown = cleared.iter().filter(|name| !known(name));
    faults.extend(
        unknown.map(|name| FieldFault::new(shown(name), WRONG_VALUE, "is not a known field")),
    );
    faults.truncate(MOST);
    let Json::Object(mut map) = value else {
        return Err(ApiError::internal());
    };
    if !faults.is_empty() {
        return Err(ApiError::fields(faults));
    }
    map.extend(cleared.into_iter().map(|name| (name, Json::Null)));
    Ok(map)
}

fn form(bytes: &[u8], model: &'static super::shape::Model) -> Result<Map<String, Json>, ApiError> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| ApiError::unreadable("the body is not UTF-8"))?;
    let mut map = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = |text| {
            percent::decoded(text, true)
                .ok_or_else(|| ApiError::unreadable("the form is not UTF-8"))
        };
        let name = decoded(name)?;
        // RFC 6749 has unknown parameters ignored, and none said twice.
        if !model
            .properties
            .iter()
            .any(|property| property.name == name)
        {
            continue;
        }
        if map.insert(name.clone(), decoded(value)?.into()).is_some() {
            return Err(ApiError::field(
                &name,
                "bad.request",
                "is given more than once",
            ));
        }
    }
    // An empty value is one that was left out.
    map.retain(|_, value| value.as_str() != Some(""));
    let faults = check(&Shape::Object(model), &Json::Object(map.clone()), "");
    if faults.is_empty() {
        Ok(map)
    } else {
        Err(ApiError::fields(faults))
    }
}

/// Takes out what is only ours to say.
pub(super) fn writable(
    model: &super::shape::Model,
    mut body: Map<String, Json>,
) -> Map<String, Json> {
    let ours = |name: &String| {
        model
            .properties
            .iter()
            .any(|property| property.name == name && property.need == Need::ReadOnly)
    };
    body.retain(|name, _| !ours(name));
    body
}

fn route_of(path: &str, method: &Method) -> Result<&'static Route, ApiError> {
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let mut routes = routes().iter().filter(|route| route.path == path);
    routes
        .find(|route| route.method.as_str() == method.as_str())
        .ok_or_else(|| {
            let message = format!(
                "this method is not possible here; possible: {}",
                methods_of(path).join(", ")
            );
            ApiError::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method.not.allowed",
                message,
            )
        })
}

fn methods_of(path: &str) -> Vec<&'static str> {
    routes()
        .iter()
        .filter(|route| route.path == path)
        .map(|route| route.method.as_str())
        .collect()
}

fn succeeded(reply: Reply) -> Response {
    match reply {
        Reply::Json(status, body) => {
            let mut response = (status, axum::Json(body)).into_response();
            set(&mut response, header::CACHE_CONTROL, "no-store");
            response
        }
        Reply::Redirect(url) => {
            let mut response = StatusCode::FOUND.into_response();
            set(&mut response, header::LOCATION, &url);
            set(&mut response, header::CACHE_CONTROL, "no-store");
            response
        }
    }
}

fn failed(path: &str, error: &ApiError, context: &str) -> Response {
    let mut response = (error.status, axum::Json(error.body(context))).into_response();
    set(&mut response, header::CACHE_CONTROL, "no-store");
    if let Some(seconds) = error.retry_after {
        set(&mut response, header::RETRY_AFTER, &seconds.to_string());
    }
    if error.status == StatusCode::UNAUTHORIZED {
        let scheme = if path.starts_with("/oauth") {
            "Basic realm=\"habeas\""
        } else {
            "Bearer realm=\"habeas\""
        };
        set(&mut response, header::WWW_AUTHENTICATE, scheme);
    }
    response
}

fn put_standing(response: &mut Response, standing: Standing) {
    for (name, value) in [
        (COUNT, standing.count),
        (ALLOWED, standing.allowed),
        (RESET, standing.reset),
    ] {
        set(response, name, &value.to_string());
    }
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    // Ours are ASCII; a URL that is not could only lead astray.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
