//! The list of requests as a file, and its page's address.

use axum::body::Body;
use axum::http::StatusCode;

use crate::world::{Answer, CANARY, MEMBER, ROOT, World, ask};

async fn get(world: &World, path: &str, cookie: &str) -> Answer {
    let request = ask("GET", path)
        .header("cookie", cookie)
        .header("accept", "text/html");
    world
        .send(request.body(Body::empty()).expect("request"))
        .await
}

#[tokio::test]
async fn the_whole_list_is_one_file_that_names_nobody_and_runs_nothing() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    let file = get(&world, "/requests.csv?state=sleeping&after=r-9", &cookie).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("cache-control"), "no-store");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"habeas-requests.csv\""
    );
    let lines: Vec<_> = file.body.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "head, two pages of one, end: {lines:?}");
    assert!(lines[0].starts_with("\u{feff}request,right,"), "{lines:?}");
    assert!(lines[1].starts_with(ROOT) && lines[2].starts_with(MEMBER));
    assert!(lines[1].ends_with(",'=Ana"), "{lines:?}");
    assert!(!file.body.contains(CANARY));
    let nobody = world.get("/requests.csv").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_address_that_says_nonsense_shows_the_list_and_what_it_left_out() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    for query in [
        "state=sleeping",
        "sort=size&cols=mood",
        "after=A%20B",
        "ended=days_7&sort=due",
        "right=%ff&right",
    ] {
        let page = get(&world, &format!("/requests?{query}"), &cookie).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert!(page.body.contains("not one of the choices"), "{query}");
        assert!(page.body.contains(CANARY), "{query}: the list is there");
    }
    let page = get(&world, "/requests?state=&sort=oldest&cols=due", &cookie).await;
    assert!(!page.body.contains("not one of the choices"));
}
