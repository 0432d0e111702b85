//! Who may: every route as nobody, as a client without the permission, with tokens that are none; and the limits.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::middleware::from_fn_with_state;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use server::http::genesys::error_bodies;
use server::http::genesys::limit::Rates;
use server::http::genesys::routes::{Access, Route, routes};
use server::policy::{Act, permissions};
use tower::ServiceExt as _;

use crate::world::{Answer, World};

fn request(route: &Route, headers: &[(header::HeaderName, &str)]) -> Request<Body> {
    let mut request = Request::builder()
        .method(route.method.as_str())
        .uri(route.path.replace("{id}", "none"));
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    request.body(Body::from("{}")).expect("a request")
}

fn protected() -> impl Iterator<Item = (&'static Route, Act)> {
    routes().iter().filter_map(|route| match route.access {
        Access::Act(act) => Some((route, act)),
        Access::Secret | Access::Public => None,
    })
}

#[tokio::test]
async fn nobody_is_let_in_anywhere() {
    let world = World::new().await;
    let expired = world.token_of(&world.client).await;
    world.clock.advance(3_600_000);
    let before = world.count().await;
    let basic = format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", world.client.id, world.client.secret))
    );
    let expired = format!("Bearer {expired}");
    let ways: [(&str, Vec<(header::HeaderName, &str)>); 8] = [
        ("authentication.required", vec![]),
        (
            "authentication.required",
            vec![(header::AUTHORIZATION, "Bearer ")],
        ),
        (
            "authentication.required",
            vec![(header::AUTHORIZATION, "Bearer")],
        ),
        (
            "authentication.required",
            vec![(header::AUTHORIZATION, &basic)],
        ),
        (
            "authentication.required",
            vec![(header::COOKIE, "__Host-session=anything; session=anything")],
        ),
        (
            "authentication.required",
            vec![
                (header::AUTHORIZATION, &expired),
                (header::AUTHORIZATION, &expired),
            ],
        ),
        (
            "bad.credentials",
            vec![(header::AUTHORIZATION, "Bearer nonsense")],
        ),
        ("bad.credentials", vec![(header::AUTHORIZATION, &expired)]),
    ];
    for (route, _) in protected() {
        for (code, headers) in &ways {
            let answer = world.ask(request(route, headers)).await;
            assert_eq!(
                (answer.status, answer.code()),
                (401, *code),
                "{route:?} {headers:?}"
            );
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
    }
    assert_eq!(world.count().await, before);
}

#[tokio::test]
async fn a_client_needs_the_permission_of_each_route_and_no_other() {
    let world = World::new().await;
    for (route, act) in protected() {
        let wanted = act.permission().expect("an API route has one");
        let others: Vec<String> = permissions()
            .into_iter()
            .filter(|p| *p != wanted)
            .map(str::to_owned)
            .collect();
        for (permissions, may) in [(others, false), (vec![wanted.to_owned()], true)] {
            let client = world
                .clients
                .create("narrow", &permissions)
                .await
                .expect("made");
            let token = format!("Bearer {}", world.token_of(&client).await);
            let answer = world
                .ask(request(route, &[(header::AUTHORIZATION, &token)]))
                .await;
            if may {
                assert!(
                    !matches!(answer.status, 401 | 403),
                    "{route:?} {}",
                    answer.status
                );
            } else {
                assert_eq!(
                    (answer.status, answer.code()),
                    (403, "missing.any.permissions"),
                    "{route:?}"
                );
                assert_eq!(answer.body["messageParams"]["permissions"], wanted);
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_not_possible_405() {
    let world = World::new().await;
    for path in [
        "/api/v2",
        "/api/v2/",
        "/api/v2/users/me",
        "/api/v2/gdpr/requests/a/b",
        "/oauth",
        "/oauth/authorize",
    ] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, answer.code()), (404, "not.found"), "{path}");
    }
    let paths: BTreeSet<&str> = routes().iter().map(|route| route.path).collect();
    for path in paths {
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
        ] {
            let known = routes()
                .iter()
                .any(|route| route.path == path && route.method.as_str() == method);
            let answer = world
                .send(method, &path.replace("{id}", "none"), None, b"")
                .await;
            assert_eq!(answer.status == 405, !known, "{method} {path}");
            if !known {
                assert_eq!(answer.code(), "method.not.allowed");
                let said: BTreeSet<&str> = answer.header("allow").split(", ").collect();
                let here = routes().iter().filter(|route| route.path == path);
                let possible: BTreeSet<&str> = here.map(|route| route.method.as_str()).collect();
                assert_eq!(said, possible, "{path}");
            }
        }
    }
}

async fn token(world: &World, basic: Option<&str>, kind: &str, form: &str) -> Answer {
    let mut request = Request::builder()
        .method("POST")
        .uri("/oauth/token")
        .header(header::CONTENT_TYPE, kind);
    if let Some(basic) = basic {
        request = request.header(
            header::AUTHORIZATION,
            format!("Basic {}", STANDARD.encode(basic)),
        );
    }
    world
        .ask(
            request
                .body(Body::from(form.to_owned()))
                .expect("a request"),
        )
        .await
}

const FORM: &str = "application/x-www-form-urlencoded";
const GRANT: &str = "grant_type=client_credentials";

#[tokio::test]
async fn a_client_gets_a_token_that_works_for_an_hour_at_most() {
    let mut world = World::new().await;
    let basic = format!("{}:{}", world.client.id, world.client.secret);
    let answer = token(&world, Some(&basic), FORM, GRANT).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["token_type"], "bearer");
    let seconds = answer.body["expires_in"].as_i64().expect("a number");
    assert!((1..=3600).contains(&seconds));
    world.token = answer.body["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    assert_eq!(world.get("/api/v2/gdpr/requests").await.status, 200);
    world.clock.advance(seconds * 1000 - 1);
    assert_eq!(world.get("/api/v2/gdpr/requests").await.status, 200);
    world.clock.advance(1);
    assert_eq!(world.get("/api/v2/gdpr/requests").await.status, 401);
}

#[tokio::test]
async fn a_token_is_not_given_for_less_than_id_and_secret() {
    for world in World::each().await {
        gives_no_token(world).await;
    }
}

async fn gives_no_token(world: World) {
    let other = world.clients.create("other", &[]).await.expect("made");
    let before = world.count().await;
    let (id, secret) = (&world.client.id, &world.client.secret);
    for basic in [
        None,
        Some(format!("{id}:wrong")),
        Some(format!("{id}:{}", other.secret)),
        Some(format!("nobody:{secret}")),
        Some(format!("\0:{secret}")),
        Some(format!("{id}%00:{secret}")),
        Some(format!("{id}:\0")),
        Some(format!("{id}:{secret}%0a")),
        Some(id.clone()),
    ] {
        let answer = token(&world, basic.as_deref(), FORM, GRANT).await;
        assert_eq!(
            (answer.status, &answer.body["error"]),
            (401, &json!("invalid_client"))
        );
        assert!(answer.header("www-authenticate").starts_with("Basic"));
    }
    let basic = format!("{id}:{secret}");
    for (form, error) in [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
    ] {
        let answer = token(&world, Some(&basic), FORM, form).await;
        let said = (answer.status, &answer.body["error"], answer.blamed());
        assert_eq!(said, (400, &json!(error), vec!["grant_type"]), "{form}");
    }
    let twice = format!("{GRANT}&{GRANT}");
    for (kind, form, status) in [
        (FORM, twice.as_str(), 400),
        (FORM, "grant_type=%ff", 400),
        ("application/json", GRANT, 415),
    ] {
        let answer = token(&world, Some(&basic), kind, form).await;
        let said = (answer.status, &answer.body["error"]);
        assert_eq!(said, (status, &json!("invalid_request")), "{form}");
        assert!(answer.body["error_description"].is_string());
    }
    assert_eq!(world.count().await, before);
}

#[tokio::test]
async fn too_many_calls_are_429_until_the_time_that_is_said() {
    let world = World::limited(Rates {
        client: 10,
        token: 20,
        gdpr: 2,
    })
    .await;
    for n in 1..=2 {
        let answer = world.get("/api/v2/gdpr/requests").await;
        assert_eq!(
            (answer.status, answer.header("inin-ratelimit-count")),
            (200, n.to_string().as_str())
        );
        assert_eq!(answer.header("inin-ratelimit-allowed"), "2");
    }
    let answer = world.get("/api/v2/gdpr/requests").await;
    assert_eq!(
        (answer.status, answer.code()),
        (429, "too.many.requests.retry.after")
    );
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(
        world.get("/api/v2/externalcontacts/contacts").await.status,
        200,
        "other calls go on"
    );
    world.clock.advance(59_999);
    assert_eq!(world.get("/api/v2/gdpr/requests").await.status, 429);
    world.clock.advance(1);
    assert_eq!(world.get("/api/v2/gdpr/requests").await.status, 200);
}

#[tokio::test]
async fn a_client_can_not_get_round_its_limit_by_new_tokens() {
    let mut world = World::limited(Rates {
        client: 3,
        token: 3,
        gdpr: 3,
    })
    .await;
    for _ in 0..3 {
        assert_eq!(
            world.get("/api/v2/externalcontacts/contacts").await.status,
            200
        );
    }
    world.token = world.token_of(&world.client).await;
    assert_eq!(
        world.get("/api/v2/externalcontacts/contacts").await.status,
        429
    );
}

#[tokio::test]
async fn no_token_and_no_secret_is_in_the_database() {
    let world = World::new().await;
    let rows = world
        .db
        .all("SELECT token_hash FROM access_token", &[])
        .await
        .expect("read");
    let hash = rows[0].text("token_hash").expect("a hash");
    assert!(hash != world.token && hash.len() == 64);
    let client = world
        .db
        .client_by_id(&world.client.id)
        .await
        .expect("read")
        .expect("there");
    assert_ne!(client.secret_hash, world.client.secret);
}

#[tokio::test]
async fn what_outer_layers_refuse_is_an_error_body_on_the_api_and_untouched_elsewhere() {
    let mut world = World::new().await;
    let plain = |status: u16| {
        axum::routing::any(move || async move {
            (
                StatusCode::from_u16(status).expect("a status"),
                "plain text",
            )
        })
    };
    let codes = [
        (400, "bad.request"),
        (404, "not.found"),
        (405, "method.not.allowed"),
        (408, "bad.request"),
        (413, "request.entity.too.large"),
        (500, "internal.server.error"),
        (503, "service.unavailable"),
    ];
    let mut router = Router::new().route("/api/v2x", plain(404));
    for (status, _) in codes {
        router = router.route(&format!("/api/v2/{status}"), plain(status));
    }
    world.router = router.layer(from_fn_with_state(world.api.clone(), error_bodies));
    for (status, code) in codes {
        let answer = world.get(&format!("/api/v2/{status}")).await;
        assert_eq!((answer.status, answer.code()), (status, code));
    }
    let elsewhere = Request::get("/api/v2x")
        .body(Body::empty())
        .expect("a request");
    let answer = world
        .router
        .clone()
        .oneshot(elsewhere)
        .await
        .expect("answers");
    assert!(!answer.headers().contains_key("inin-correlation-id"));
}
