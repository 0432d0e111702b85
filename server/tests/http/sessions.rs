//! Signing in and out: links that work once, cookies, and sessions that end.

use std::time::Duration;

use axum::http::StatusCode;

use crate::world::{Answer, World, ask, form};
use axum::body::Body;

const MINUTE: i64 = 60_000;

async fn link(world: &World) -> String {
    world
        .sessions
        .make_link("Ana", Duration::from_secs(3600))
        .await
        .expect("link")
}

async fn sees_requests(world: &World, cookie: &str) -> bool {
    let request = ask("GET", "/ui/requests/list")
        .header("cookie", cookie)
        .body(Body::empty());
    world.send(request.expect("request")).await.status == StatusCode::OK
}

fn cookie(answer: &Answer) -> String {
    answer
        .header("set-cookie")
        .split(';')
        .next()
        .expect("a cookie")
        .to_owned()
}

#[tokio::test]
async fn opening_a_link_uses_nothing_and_the_button_works_once() {
    let world = World::new().await;
    let token = link(&world).await;
    for _ in 0..3 {
        let page = world.get(&format!("/sign-in?token={token}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&token), "the form carries it on");
        assert_eq!(page.header("set-cookie"), "");
    }
    let first = world
        .send(form("/sign-in", &format!("token={token}")))
        .await;
    assert_eq!(
        (first.status, first.header("location")),
        (StatusCode::SEE_OTHER, "/")
    );
    assert!(sees_requests(&world, &cookie(&first)).await);
    let second = world
        .send(form("/sign-in", &format!("token={token}")))
        .await;
    assert_eq!(
        (second.status, second.header("location")),
        (StatusCode::SEE_OTHER, "/sign-in?error=link")
    );
    assert_eq!(second.header("set-cookie"), "");
}

#[tokio::test]
async fn of_many_that_use_one_link_at_once_one_is_signed_in() {
    let world = World::new().await;
    let token = link(&world).await;
    let all = (0..20).map(|_| world.send(form("/sign-in", &format!("token={token}"))));
    let answers = futures::future::join_all(all).await;
    let signed_in = answers
        .iter()
        .filter(|answer| answer.header("location") == "/")
        .count();
    assert_eq!(signed_in, 1);
}

#[tokio::test]
async fn bad_links_all_get_the_same_answer() {
    let world = World::new().await;
    let late = link(&world).await;
    world.clock.advance(61 * MINUTE);
    for fields in [
        format!("token={late}"),
        "token=".into(),
        "token=x".into(),
        String::new(),
        "token=%00%ff".into(),
    ] {
        let answer = world.send(form("/sign-in", &fields)).await;
        let got = (
            answer.status,
            answer.header("location"),
            answer.header("set-cookie"),
        );
        assert_eq!(
            got,
            (StatusCode::SEE_OTHER, "/sign-in?error=link", ""),
            "{fields}"
        );
    }
    let json = ask("POST", "/sign-in")
        .header("content-type", "application/json")
        .body(Body::from("{}"));
    let answer = world.send(json.expect("request")).await;
    assert_eq!(answer.header("location"), "/sign-in?error=link");
}

#[tokio::test]
async fn wrong_links_are_counted_and_keep_nobody_out() {
    let world = World::new().await;
    let token = link(&world).await;
    let mut refused = 0;
    for at in 0..40 {
        let wrong = format!("token={at:043}");
        let answer = world.send(form("/sign-in", &wrong)).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            let after: u32 = answer.header("retry-after").parse().expect("seconds");
            assert!((1..=60).contains(&after), "{after}");
            refused += 1;
        } else {
            assert_eq!(answer.header("location"), "/sign-in?error=link");
        }
    }
    assert!((5..=10).contains(&refused), "{refused}");
    let right = world.send(form("/sign-in", &format!("token={token}")));
    assert_eq!(right.await.header("location"), "/");
}

/// Runs a statement that stays in force.
async fn run(world: &World, sql: &'static str) {
    let write = world
        .web
        .habeas
        .db
        .write(move |tx| Box::pin(async move { tx.run(sql, &[]).await.map(drop) }));
    write.await.expect("runs");
}

#[tokio::test]
async fn a_wrong_link_waits_for_nobody_who_writes() {
    let world = World::new().await;
    let db = world.web.habeas.db.clone();
    let (begun, ready) = tokio::sync::oneshot::channel();
    let (done, end) = tokio::sync::oneshot::channel::<()>();
    let writer = tokio::spawn(async move {
        let hold = db.write::<_, server::store::StoreError, _>(move |_| {
            Box::pin(async move {
                begun.send(()).expect("is awaited");
                end.await.expect("is ended");
                Ok(())
            })
        });
        hold.await.expect("ends");
    });
    ready.await.expect("begins");
    for wrong in ["token=x".to_owned(), format!("token={:043}", 1)] {
        let answer = world.send(form("/sign-in", &wrong));
        let answer = tokio::time::timeout(Duration::from_secs(2), answer).await;
        let answer = answer.expect("does not wait for who writes");
        assert_eq!(answer.header("location"), "/sign-in?error=link");
    }
    done.send(()).expect("is awaited");
    writer.await.expect("ends");
}

#[tokio::test]
async fn a_database_that_takes_no_writes_can_still_be_read() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    for sql in [
        "CREATE TRIGGER u BEFORE UPDATE ON session BEGIN SELECT RAISE(ABORT, 'full'); END",
        "CREATE TRIGGER d BEFORE DELETE ON session BEGIN SELECT RAISE(ABORT, 'full'); END",
    ] {
        run(&world, sql).await;
    }
    world.clock.advance(5 * MINUTE);
    assert!(sees_requests(&world, &cookie).await);
    world.clock.advance(30 * MINUTE);
    let request = ask("GET", "/ui/requests/list").header("cookie", &cookie);
    let answer = world
        .send(request.body(Body::empty()).expect("request"))
        .await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "it has ended all the same"
    );
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let world = World::new().await;
    let token = link(&world).await;
    let answer = world
        .send(form("/sign-in", &format!("token={token}")))
        .await;
    let line = answer.header("set-cookie");
    assert!(
        line.starts_with("habeas=") && line.contains("HttpOnly") && line.contains("SameSite=Lax"),
        "{line}"
    );
    let world = World::at("https://privacy.example.org").await;
    let token = link(&world).await;
    let answer = world
        .send(form("/sign-in", &format!("token={token}")))
        .await;
    let line = answer.header("set-cookie");
    assert!(
        line.starts_with("__Host-habeas=") && line.contains("; Secure") && line.contains("Path=/"),
        "{line}"
    );
    assert!(!line.contains("Domain"), "{line}");
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let world = World::new().await;
    let old = world.signed_in().await;
    let mut again = form("/sign-in", &format!("token={}", link(&world).await));
    again
        .headers_mut()
        .insert("cookie", old.parse().expect("header"));
    let new = cookie(&world.send(again).await);
    assert_ne!(old, new);
    assert!(!sees_requests(&world, &old).await && sees_requests(&world, &new).await);
}

#[tokio::test]
async fn a_session_ends_idle_after_half_an_hour_and_goes_on_while_used() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    for _ in 0..4 {
        world.clock.advance(29 * MINUTE);
        assert!(sees_requests(&world, &cookie).await);
    }
    world.clock.advance(30 * MINUTE);
    assert!(!sees_requests(&world, &cookie).await);
    world.clock.advance(-30 * MINUTE);
    assert!(
        !sees_requests(&world, &cookie).await,
        "what has ended stays so"
    );
}

#[tokio::test]
async fn a_session_ends_after_half_a_day_in_any_case() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    for _ in 0..35 {
        world.clock.advance(20 * MINUTE);
        assert!(sees_requests(&world, &cookie).await);
    }
    world.clock.advance(20 * MINUTE);
    assert!(!sees_requests(&world, &cookie).await);
}

#[tokio::test]
async fn use_is_written_down_once_a_minute_at_most() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let seen = async || {
        let row = world
            .web
            .habeas
            .db
            .one("SELECT seen_at FROM session", &[])
            .await
            .expect("reads");
        row.expect("a session").int("seen_at").expect("a number")
    };
    let begun = seen().await;
    world.clock.advance(59_999);
    assert!(sees_requests(&world, &cookie).await);
    assert_eq!(seen().await, begun);
    world.clock.advance(1);
    assert!(sees_requests(&world, &cookie).await);
    assert_eq!(seen().await, begun + MINUTE);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_clears_the_browser() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let mut request = form("/sign-out", "");
    request
        .headers_mut()
        .insert("cookie", cookie.parse().expect("header"));
    let answer = world.send(request).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/signed-out")
    );
    assert!(answer.header("clear-site-data").contains("\"cache\""));
    assert!(
        answer.header("set-cookie").starts_with("habeas=;")
            && answer.header("set-cookie").contains("Max-Age=0")
    );
    assert!(!sees_requests(&world, &cookie).await);
}

#[tokio::test]
async fn a_stolen_database_is_no_way_in() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let token = cookie.strip_prefix("habeas=").expect("name");
    let unused = link(&world).await;
    world.web.habeas.db.close().await;
    let file = std::fs::read(world.folder.path().join("habeas.db")).expect("file");
    for secret in [token, &unused] {
        assert!(
            !file
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        );
    }
}

#[tokio::test]
async fn a_language_is_remembered_and_leads_back_here_only() {
    let world = World::new().await;
    let answer = world
        .get("/language?to=ja&back=%2Ffind%3Fkind%3Demail")
        .await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/find?kind=email")
    );
    assert!(
        answer.header("set-cookie").starts_with("habeas_lang=ja;"),
        "{}",
        answer.header("set-cookie")
    );
    let elsewhere = world
        .get("/language?to=xx%0d%0aSet-Cookie:a=b&back=%2F%2Fevil.example")
        .await;
    assert_eq!(elsewhere.header("location"), "/");
    assert_eq!(elsewhere.header("set-cookie"), "");
}
