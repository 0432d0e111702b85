//! Every route and server function, walked by nobody and by a client without permissions.

use std::collections::BTreeSet;

use app::backend::{Caller, Who};
use axum::Extension;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use server::http::genesys::routes::Access as ApiAccess;
use server::policy::{Access, ROUTES, Route};
use tower::ServiceExt;

use crate::world::{Answer, CANARY, MEMBER, SEARCH, World, ask};

/// A path with ids that exist, so that only the policy can stand in the way.
fn filled(path: &str) -> String {
    path.replace("/searches/{id}", &format!("/searches/{SEARCH}"))
        .replace("{id}", MEMBER)
        .replace("{search}", SEARCH)
        .replace("{request}", MEMBER)
        .replace("{plan}", "p-1")
        .replace("{system}", "s")
        .replace("{*path}", "habeas.css")
}

/// A request that would do something if it were allowed.
fn knock(route: &Route) -> Request<Body> {
    let (method, path, _) = *route;
    let fields = format!(
        "id={MEMBER}&kind=email&value=ana%40example.org&system=s&paused=true&request={MEMBER}&search={SEARCH}"
    );
    let mut path = filled(path);
    if method == "GET" && path.starts_with("/ui/") {
        path = format!("{path}?{fields}");
    }
    ask(method, &path)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(if method == "POST" {
            fields
        } else {
            String::new()
        }))
        .expect("request")
}

#[tokio::test]
async fn the_table_names_every_server_function_and_no_other() {
    let registered: BTreeSet<(String, String)> = server_fn::axum::server_fn_paths()
        .map(|(path, method)| (method.to_string(), path.to_owned()))
        .collect();
    let table: BTreeSet<(String, String)> = ROUTES
        .iter()
        .filter(|(_, path, _)| path.starts_with("/ui/"))
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    assert!(!registered.is_empty());
    assert_eq!(registered, table);
}

#[tokio::test]
async fn the_table_names_every_page_and_no_other() {
    let world = World::new().await;
    let options = world.options.clone();
    let listed = leptos_axum::generate_route_list(move || app::shell(options.clone()));
    let listed: BTreeSet<String> = listed.iter().map(|page| page.path().to_owned()).collect();
    let public = ["/sign-in", "/signed-out"];
    let table: BTreeSet<String> = ROUTES
        .iter()
        .filter(|(method, path, access)| {
            *access == Access::Page || (*method == "GET" && public.contains(path))
        })
        .map(|(_, path, _)| (*path).to_owned())
        .collect();
    assert_eq!(listed, table);
}

#[tokio::test]
async fn nobody_gets_nothing_but_what_is_public() {
    let world = World::new().await;
    for route in ROUTES {
        let answer = world.send(knock(route)).await;
        let what = format!("{route:?}: {} {}", answer.status, answer.body);
        assert!(!answer.body.contains(CANARY), "{what}");
        match route.2 {
            // Without a good signature there is nothing.
            Access::Public if route.1.starts_with("/downloads/") => {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}");
            }
            Access::Public => assert!(answer.status.as_u16() < 400, "{what}"),
            Access::Page => {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
                assert!(
                    answer.header("content-type").starts_with("text/html"),
                    "{what}"
                );
            }
            Access::Needs(_) => {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
                assert_eq!(answer.body, r#""unauthenticated""#, "{what}");
            }
        }
    }
    assert!(
        world.people.searched.lock().expect("lock").is_empty(),
        "nothing was done"
    );
}

#[tokio::test]
async fn a_client_without_permissions_gets_nothing_but_what_is_public() {
    let world = World::new().await;
    let who = Who::Client {
        id: "c".into(),
        name: "script".into(),
        permissions: Vec::new(),
    };
    let caller = Caller {
        who,
        correlation: "x".into(),
    };
    let router = world.router.clone().layer(Extension(caller));
    for route in ROUTES.iter().filter(|route| route.2 != Access::Public) {
        let response = router
            .clone()
            .oneshot(knock(route))
            .await
            .expect("infallible");
        let answer = Answer::of(response).await;
        assert_eq!(
            answer.status,
            StatusCode::FORBIDDEN,
            "{route:?}: {}",
            answer.body
        );
        assert_eq!(answer.body, r#""forbidden""#, "{route:?}");
    }
    assert!(
        world.people.searched.lock().expect("lock").is_empty(),
        "nothing was done"
    );
}

#[tokio::test]
async fn staff_get_what_nobody_does_not() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    for route in ROUTES
        .iter()
        .filter(|route| matches!(route.2, Access::Page | Access::Needs(_)))
    {
        let mut request = knock(route);
        request
            .headers_mut()
            .insert("cookie", cookie.parse().expect("header"));
        let answer = world.send_raw(request).await;
        let status = answer.status().as_u16();
        assert!(
            ![401, 403, 405, 500].contains(&status),
            "{route:?}: {status}"
        );
    }
    let searched = world.people.searched.lock().expect("lock").clone();
    assert_eq!(searched, ["ana@example.org"]);
}

#[tokio::test]
async fn a_plain_form_of_nobody_leads_to_signing_in() {
    let world = World::new().await;
    let mut request = knock(&("POST", "/ui/searches/start", Access::Public));
    request
        .headers_mut()
        .insert("accept", "text/html".parse().expect("header"));
    let answer = world.send(request).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/sign-in?error=ended");
}

#[tokio::test]
async fn no_link_leads_through_a_server_function_to_elsewhere() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    for route in ROUTES.iter().filter(|route| route.1.starts_with("/ui/")) {
        for cookie in ["", &cookie] {
            let mut request = knock(route);
            for (name, value) in [
                ("accept", "text/html,*/*"),
                ("referer", "https://evil.example/?x"),
                ("cookie", cookie),
            ] {
                let value = value.parse().expect("header");
                request.headers_mut().insert(name, value);
            }
            let answer = world.send(request).await;
            let to = answer.header("location");
            assert!(!to.contains("evil"), "{route:?}: {} {to}", answer.status);
        }
    }
}

#[tokio::test]
async fn an_address_without_a_route_is_not_found() {
    let world = World::new().await;
    for path in [
        "/nothing",
        "/requests/a/b",
        "/pkg/nothing.js",
        "/../habeas.db",
        "/ui/nothing",
        "/%2e%2e/habeas.db",
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn methods_that_are_not_meant_are_refused() {
    let world = World::new().await;
    for (method, path) in [
        ("TRACE", "/find"),
        ("TRACE", "/nothing"),
        ("PUT", "/sign-in"),
        ("GET", "/sign-out"),
        ("GET", "/ui/searches/start"),
    ] {
        let request = ask(method, path).body(Body::empty()).expect("request");
        let answer = world.send(request).await;
        assert_eq!(
            answer.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn arguments_that_can_t_be_read_are_the_caller_s_fault() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    for (method, path, body) in [
        ("GET", "/ui/requests/get", ""),
        ("POST", "/ui/searches/start", "[]"),
        ("POST", "/ui/searches/start", "kind=email&value=%ff"),
        ("POST", "/ui/searches/start", "kind=email&value=a&value=b"),
    ] {
        let request = ask(method, path)
            .header("cookie", &cookie)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        let answer = world.send(request.expect("request")).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{path} {body}: {}",
            answer.body
        );
        assert!(
            answer.body.contains("\"field\""),
            "{path} {body}: {}",
            answer.body
        );
    }
    assert!(
        world.people.searched.lock().expect("lock").is_empty(),
        "nothing was done"
    );
}

#[tokio::test]
async fn the_api_answers_nobody_and_no_cookie() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let mut walked = 0;
    for route in server::http::genesys::routes() {
        let path = route
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        for cookie in [None, Some(&cookie)] {
            let mut request = ask(route.method.as_str(), &path)
                .header("sec-fetch-site", "same-origin")
                .header("content-type", "application/json");
            if let Some(cookie) = cookie {
                request = request.header("cookie", cookie);
            }
            let answer = world
                .send(request.body(Body::from("{}")).expect("request"))
                .await;
            let status = answer.status.as_u16();
            let expected = match route.access {
                ApiAccess::Act(_) => status == 401,
                ApiAccess::Secret => [400, 401, 415].contains(&status),
                ApiAccess::Public => status == 200,
            };
            assert!(
                expected,
                "{:?} {path}: {status} {}",
                route.method, answer.body
            );
            walked += 1;
        }
    }
    assert!(walked > 20, "{walked}");
}

#[tokio::test]
async fn what_outer_layers_refuse_speaks_the_api_s_language() {
    let world = World::new().await;
    let large = crate::world::form("/api/v2/gdpr/requests", &"x".repeat(2 << 20));
    let answer = world.send(large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("\"code\""), "{}", answer.body);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
}
