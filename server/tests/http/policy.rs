//! The policy from both sides: the real backend asks it by itself, and its table names every route that there is.

use std::collections::BTreeSet;

use app::backend::{Backend, Caller, Result, Who};
use app::model::{
    Identifier, IdentifierKind, LinkId, ListView, Misbehaviour, NewRequest, NewSkip, PlanAsk,
    PlanId, RequestFilter, RequestId, Right, SearchId, SkipGround, SubjectHandle, SystemId, ViewId,
};
use axum::body::Body;
use axum::http::StatusCode;
use server::policy::ROUTES;

use crate::world::{World, ask};

/// Calls every method of the backend, and gives what each answered.
async fn all(backend: &Backend, caller: &Caller) -> Vec<(&'static str, Result<()>)> {
    let search = SearchId::parse("s-1").expect("id");
    let system = SystemId::parse("crm").expect("id");
    let plan = PlanId::parse("p-1").expect("id");
    let request = RequestId::parse("r-1").expect("id");
    let identifier = Identifier::new(IdentifierKind::Email, "ana@example.org").expect("identifier");
    let ask = PlanAsk {
        right: Right::Delete,
        search: search.clone(),
        subject: SubjectHandle::parse("h-1").expect("id"),
        replacements: Vec::new(),
    };
    let new = NewRequest {
        plan: plan.clone(),
        hash: "0".into(),
        reason: "She asked.".into(),
        confirmed: true,
    };
    let skip = NewSkip {
        request: request.clone(),
        system: system.clone(),
        ground: SkipGround::Other,
        reason: "She knows.".into(),
        confirmed: true,
    };
    let view = ViewId::parse("v-1").expect("id");
    let (people, requests, systems) = (&backend.subjects, &backend.requests, &backend.systems);
    let views = &backend.views;
    let (links, record) = (&backend.links, &ask.subject.clone());
    let link = LinkId::parse("l-1").expect("id");
    let why = "Same passport.";
    vec![
        (
            "start_search",
            people
                .start_search(caller, identifier.clone())
                .await
                .map(drop),
        ),
        ("search", people.search(caller, &search).await.map(drop)),
        (
            "search_beside",
            people
                .search_beside(caller, &search, identifier.clone())
                .await
                .map(drop),
        ),
        (
            "drop_search",
            people.drop_search(caller, &search).await.map(drop),
        ),
        (
            "keep_search",
            people.keep_search(caller, &search, true).await.map(drop),
        ),
        (
            "past_searches",
            people.past_searches(caller).await.map(drop),
        ),
        (
            "search_again",
            people.search_again(caller, &search, &system).await,
        ),
        (
            "join",
            links.join(caller, &search, [record, record], why).await,
        ),
        ("part", links.part(caller, &search, record, why).await),
        ("undo", links.undo(caller, &link, why).await),
        ("make_plan", requests.make_plan(caller, ask).await.map(drop)),
        ("plan", requests.plan(caller, &plan).await.map(drop)),
        ("create", requests.create(caller, new).await.map(drop)),
        ("run", requests.run(caller, &request).await.map(drop)),
        (
            "events",
            requests.events(caller, &request, 0).await.map(drop),
        ),
        (
            "list",
            requests
                .list(caller, RequestFilter::default())
                .await
                .map(drop),
        ),
        (
            "list_again",
            requests
                .list_again(caller, RequestFilter::default(), &[])
                .await
                .map(drop),
        ),
        ("views", views.views(caller).await.map(drop)),
        (
            "save_view",
            views.save_view(caller, "", ListView::default()).await,
        ),
        ("delete_view", views.delete_view(caller, &view).await),
        ("put_view_back", views.put_view_back(caller, &view).await),
        ("retry", requests.retry(caller, &request).await.map(drop)),
        ("skip", requests.skip(caller, skip).await.map(drop)),
        ("systems", systems.list(caller).await.map(drop)),
        ("system", systems.detail(caller, &system).await.map(drop)),
        (
            "set_paused",
            systems.set_paused(caller, &system, true).await,
        ),
        (
            "set_misbehaviour",
            systems
                .set_misbehaviour(caller, &system, Misbehaviour::default())
                .await,
        ),
    ]
}

#[tokio::test]
async fn the_real_backend_refuses_nobody_and_who_may_not_by_itself() {
    let world = World::new().await;
    let backend = world.web.habeas.for_pages();
    let client = Caller {
        who: Who::Client {
            id: "c".into(),
            name: "script".into(),
            permissions: Vec::new(),
        },
        correlation: "x".into(),
    };
    for (caller, status) in [(Caller::nobody("x"), 401), (client, 403)] {
        for (method, answer) in all(&backend, &caller).await {
            let why = answer.expect_err(method);
            assert_eq!(why.status(), status, "{method}: {why:?}");
        }
    }
    let staff = Caller {
        who: Who::Staff {
            id: "1".into(),
            name: "Ana".into(),
        },
        correlation: "x".into(),
    };
    for (method, answer) in all(&backend, &staff).await {
        let status = answer.err().map_or(200, |why| why.status());
        assert!(![401, 403].contains(&status), "{method}: {status}");
    }
}

/// Every path of the router, read from what it shows of itself: axum has no other way to list them.
fn paths(world: &World) -> BTreeSet<String> {
    let shown = format!("{:?}", world.router);
    let texts = shown.split('"').skip(1).step_by(2);
    texts
        .filter(|text| text.starts_with('/'))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_table_names_every_route_of_the_router_and_no_other() {
    let world = World::new().await;
    let api = server::http::genesys::routes();
    let api: BTreeSet<String> = api.iter().map(|route| route.path.to_owned()).collect();
    let table: BTreeSet<String> = ROUTES.iter().map(|route| route.1.to_owned()).collect();
    let routed = paths(&world);
    assert!(api.is_subset(&routed), "they are read right");
    // The API has a table of its own, and answers for all below it; the last is the "not found" page.
    let ours = routed.into_iter().filter(|path| {
        let below = ["/api/v2", "/oauth", "/{*__private__axum_fallback}"];
        !api.contains(path) && !below.iter().any(|above| path.starts_with(above))
    });
    let browsers: BTreeSet<String> = ours.collect();
    assert_eq!(browsers, table);
}

#[tokio::test]
async fn a_method_that_the_table_does_not_name_is_refused() {
    let world = World::new().await;
    let cookie = world.signed_in().await;
    for (_, path, _) in ROUTES {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if ROUTES
                .iter()
                .any(|route| (route.0, route.1) == (method, path))
            {
                continue;
            }
            let request = ask(method, &path.replace(['{', '}', '*'], ""))
                .header("cookie", &cookie)
                .header("sec-fetch-site", "same-origin")
                .body(Body::empty());
            let answer = world.send(request.expect("request")).await;
            assert_eq!(
                answer.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}"
            );
        }
    }
}
