//! Security headers on every answer, and what keeps a request from doing harm.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures::stream;
use server::policy::ROUTES;

use crate::world::{Answer, CANARY, World, ask, form};

const STATIC: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    (
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    ),
];

fn assert_hardened(answer: &Answer, what: &str) {
    for (name, value) in STATIC {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
    assert!(
        policy.contains("frame-ancestors 'none'"),
        "{what}: {policy}"
    );
    assert!(
        policy.contains("base-uri 'none'") || policy.contains("sandbox"),
        "{what}: {policy}"
    );
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
        "{what}: {policy}"
    );
    assert!(
        answer.header("permissions-policy").contains("camera=()"),
        "{what}"
    );
    assert!(
        uuid::Uuid::try_parse(answer.header("x-request-id")).is_ok(),
        "{what}"
    );
    assert!(!answer.header("cache-control").is_empty(), "{what}");
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let world = World::at("https://privacy.example.org").await;
    for (method, path, _) in ROUTES {
        let path = path.replace("{*path}", "habeas.css");
        let request = ask(method, &path).body(Body::empty()).expect("request");
        assert_hardened(&world.send(request).await, &path);
    }
    for (method, path) in [
        ("GET", "/nothing"),
        ("GET", "/pkg/nothing"),
        ("GET", "/favicon.svg"),
        ("TRACE", "/"),
        ("PUT", "/find"),
    ] {
        let request = ask(method, path).body(Body::empty()).expect("request");
        assert_hardened(&world.send(request).await, path);
    }
    let large = form("/ui/searches/start", &"x".repeat(2 << 20));
    assert_hardened(&world.send(large).await, "too large");
    let foreign = ask("POST", "/sign-out")
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .expect("request");
    assert_hardened(&world.send(foreign).await, "cross-site");
}

#[tokio::test]
async fn a_page_s_scripts_carry_the_nonce_of_its_policy() {
    let world = World::new().await;
    let first = world.get("/sign-in?token=x").await;
    assert_eq!(first.status, StatusCode::OK);
    let nonce = nonce(&first);
    let scripts: Vec<_> = first
        .body
        .match_indices("<script")
        .map(|(at, _)| tag(&first.body, at))
        .collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{script}");
    }
    assert!(
        !first.body.contains(" style=\""),
        "inline styles are not allowed by the policy"
    );
    let second = world.get("/sign-in?token=x").await;
    assert_ne!(nonce, self::nonce(&second), "each answer has its own");
    assert_eq!(first.header("cache-control"), "no-store");
}

fn nonce(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let rest = policy.split("script-src 'nonce-").nth(1).expect("a nonce");
    let nonce = rest.split('\'').next().expect("an end").to_owned();
    assert!(nonce.len() >= 22, "128 bits at least: {nonce}");
    nonce
}

fn tag(html: &str, at: usize) -> &str {
    let end = html[at..].find('>').expect("closed");
    &html[at..=at + end]
}

#[tokio::test]
async fn caching_is_for_files_only() {
    let world = World::new().await;
    assert_eq!(
        world.get("/pkg/habeas.css").await.header("cache-control"),
        "no-cache",
        "names without a hash are asked for again"
    );
    assert_eq!(
        world.get("/favicon.svg").await.header("cache-control"),
        "no-cache"
    );
    assert_eq!(
        world.get("/pkg/nothing").await.header("cache-control"),
        "no-store"
    );
    assert_eq!(
        world.get("/ui/systems/list").await.header("cache-control"),
        "no-store"
    );
    assert_eq!(world.get("/pkg/habeas.css").await.status, StatusCode::OK);

    let mut options = world.options.clone();
    options.hash_files = true;
    // A shell that reads no hash file: there is none beside a test.
    let hashed = server::http::router(&world.web, &options, |_| ());
    let request = ask("GET", "/pkg/habeas.css")
        .body(Body::empty())
        .expect("request");
    let answer = tower::ServiceExt::oneshot(hashed, request)
        .await
        .expect("infallible");
    assert_eq!(
        answer.headers()["cache-control"],
        "public, max-age=31536000, immutable"
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_however_it_is_sent() {
    let world = World::new().await;
    for path in ["/ui/searches/start", "/sign-in", "/nothing"] {
        let sized = form(path, &"x".repeat((1 << 20) + 1));
        assert_eq!(
            world.send(sized).await.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{path}"
        );
        let chunks = stream::iter((0..40).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1 << 16])));
        let chunked = ask("POST", path)
            .body(Body::from_stream(chunks))
            .expect("request");
        assert_eq!(
            world.send(chunked).await.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{path}"
        );
    }
    let fits = form("/sign-in", &"x".repeat(1 << 20));
    assert_eq!(world.send(fits).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_panic_ends_one_request_and_tells_nothing() {
    let world = World::new().await;
    let mut request = form("/ui/searches/start", "kind=email&value=panic%40example.org");
    let cookie = world.signed_in().await;
    request
        .headers_mut()
        .insert("cookie", cookie.parse().expect("header"));
    let answer = world.send(request).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        !answer.body.contains(CANARY) && answer.body.is_empty(),
        "{}",
        answer.body
    );
    assert_eq!(world.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_request_id_is_taken_over_only_if_it_is_one() {
    let world = World::new().await;
    let given = "0192d3c4-0000-7000-8000-000000000001";
    let with = |id: &str| -> Request<Body> {
        ask("GET", "/healthz")
            .header("x-request-id", id)
            .body(Body::empty())
            .expect("request")
    };
    assert_eq!(world.send(with(given)).await.header("x-request-id"), given);
    let other = world.send(with("a b; drop")).await;
    assert_ne!(other.header("x-request-id"), "a b; drop");
    assert!(uuid::Uuid::try_parse(other.header("x-request-id")).is_ok());
}

#[tokio::test]
async fn other_sites_can_t_act_for_who_is_signed_in() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let refused: [&[(&str, &str)]; 6] = [
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ],
        &[("sec-fetch-site", "same-site")],
        &[
            ("origin", "https://evil.example"),
            ("host", "127.0.0.1:7878"),
        ],
        &[("origin", "null"), ("host", "127.0.0.1:7878")],
        &[
            ("origin", "http://127.0.0.1:7879"),
            ("host", "127.0.0.1:7878"),
        ],
        &[],
    ];
    for headers in refused {
        for path in ["/ui/searches/start", "/ui/systems/pause", "/sign-out"] {
            let answer = world.send(foreign(path, &cookie, headers)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
    assert!(
        world.people.searched.lock().expect("lock").is_empty(),
        "nothing was done"
    );
    // Behind a proxy that changes Host, the public URL is ours.
    let ours = [("origin", "http://127.0.0.1:7878"), ("host", "inner:1")];
    let answer = world
        .send(foreign("/ui/searches/start", &cookie, &ours))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

fn foreign(path: &str, cookie: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = ask("POST", path)
        .header("cookie", cookie)
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
        .body(Body::from("kind=email&value=a%40example.org"))
        .expect("request")
}

/// Leptos' response options, which carried policy and status before, lost them once in some eighty answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_of_many_at_once_has_its_policy_and_its_status() {
    let world = std::sync::Arc::new(World::new().await);
    let cookie = world.signed_in().await;
    let pages = [
        ("/systems", 200),
        ("/plans/p-1", 404),
        ("/no-such-page", 404),
    ];
    let mut asking = tokio::task::JoinSet::new();
    for at in 0..900 {
        let (path, status) = pages[at % pages.len()];
        let (world, cookie) = (world.clone(), cookie.clone());
        asking.spawn(async move {
            let request = ask("GET", path).header("cookie", cookie);
            let answer = world.send(request.body(Body::empty()).expect("request"));
            (path, status, answer.await)
        });
    }
    while let Some(answered) = asking.join_next().await {
        let (path, status, answer) = answered.expect("answered");
        assert_eq!(answer.status.as_u16(), status, "{path}");
        let policy = answer.header("content-security-policy");
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .unwrap_or_else(|| panic!("{path}: {policy}"));
        let script = format!("nonce=\"{nonce}\"");
        assert!(answer.body.contains(&script), "{path}: another nonce");
    }
}
