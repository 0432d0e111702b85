//! What is ours alone under `/api/v2/gdpr`: retries, dry runs and systems; and that the screen can do nothing that it can't.

use app::error::{Conflict, Error};
use app::model::Blocked;
use serde_json::json;
use server::http::genesys::routes::{Access, routes};
use server::policy;

use crate::desk::{MARIA, export_of};
use crate::world::World;

const REQUESTS: &str = "/api/v2/gdpr/requests";
const PLANS: &str = "/api/v2/gdpr/plans";
const SYSTEMS: &str = "/api/v2/gdpr/systems";

/// Which operations of the API do what one of the screen does.
const SAME: &[(&str, &[(&str, &str)])] = &[
    ("/ui/searches/start", &[("GET", "/api/v2/gdpr/subjects")]),
    ("/ui/searches/get", &[("GET", "/api/v2/gdpr/subjects")]),
    ("/ui/searches/again", &[("GET", "/api/v2/gdpr/subjects")]),
    // Which searches stand side by side on one person's screen, and which of hers are kept.
    ("/ui/searches/drop", &[]),
    ("/ui/searches/keep", &[]),
    ("/ui/searches/past", &[]),
    // Whose records these are, a person decides: no script links people.
    ("/ui/links/join", &[]),
    ("/ui/links/part", &[]),
    ("/ui/links/undo", &[]),
    ("/ui/plans/make", &[("POST", PLANS)]),
    ("/ui/plans/new", &[("GET", "/api/v2/gdpr/subjects")]),
    ("/ui/plans/get", &[("POST", PLANS)]),
    ("/ui/requests/create", &[("POST", REQUESTS)]),
    ("/ui/requests/get", &[("GET", "/api/v2/gdpr/requests/{id}")]),
    ("/ui/requests/list", &[("GET", REQUESTS)]),
    ("/ui/requests/today", &[("GET", REQUESTS)]),
    (
        "/ui/requests/retry",
        &[("POST", "/api/v2/gdpr/requests/{id}/retry")],
    ),
    // What is left undone is decided by a person of the staff.
    ("/ui/requests/skip", &[]),
    ("/ui/systems/list", &[("GET", SYSTEMS)]),
    ("/ui/systems/get", &[("GET", "/api/v2/gdpr/systems/{id}")]),
    (
        "/ui/systems/pause",
        &[
            ("POST", "/api/v2/gdpr/systems/{id}/pause"),
            ("POST", "/api/v2/gdpr/systems/{id}/resume"),
        ],
    ),
    // What a database holds of people is guessed, and decided by a person of the staff.
    ("/ui/connect/new", &[]),
    ("/ui/connect/get", &[]),
    ("/ui/connect/test", &[]),
    ("/ui/connect/start", &[]),
    ("/ui/connect/again", &[]),
    ("/ui/connect/decide", &[]),
    ("/ui/connect/try", &[]),
    ("/ui/connect/enable", &[]),
    ("/ui/connect/discard", &[]),
    // How one person looks at the list of her screen.
    ("/ui/views/save", &[]),
    ("/ui/views/delete", &[]),
    ("/ui/views/put-back", &[]),
    // A lever of the sample organisation, for demonstrations and tests.
    ("/ui/systems/misbehave", &[]),
];

#[test]
fn all_that_the_screen_can_do_is_reachable_by_api_with_the_same_right() {
    let screen = policy::ROUTES
        .iter()
        .filter(|(_, path, _)| path.starts_with("/ui/"));
    for (_, path, access) in screen {
        let same = SAME.iter().find(|(screen, _)| screen == path);
        let (_, same) = same.unwrap_or_else(|| panic!("{path} is not reachable by API"));
        for (method, path) in *same {
            let mut all = routes().iter();
            let route = all.find(|r| r.method.as_str() == *method && r.path == *path);
            let route = route.unwrap_or_else(|| panic!("there is no {method} {path}"));
            let policy::Access::Needs(act) = access else {
                panic!("{path} asks the policy");
            };
            assert_eq!(route.access, Access::Act(*act), "{path}");
        }
    }
}

#[tokio::test]
async fn a_retry_gives_the_new_request_or_says_why_not() {
    let world = World::new().await;
    let made = world.json("POST", REQUESTS, &export_of(MARIA)).await.body;
    let uri = format!("{REQUESTS}/{}/retry", made["id"].as_str().expect("an id"));
    let again = world.send("POST", &uri, None, b"").await;
    assert_eq!(
        (again.status, &again.body["requestType"]),
        (202, &made["requestType"])
    );
    let none = world
        .send("POST", &format!("{REQUESTS}/none/retry"), None, b"")
        .await;
    assert_eq!((none.status, none.code()), (404, "entity.not.found"));
    world.gdpr.refuse(Error::Conflict {
        why: Conflict::Retry {
            blocked: Blocked::NothingFailed,
        },
    });
    let refused = world.send("POST", &uri, None, b"").await;
    assert_eq!((refused.status, refused.code()), (409, "request.conflict"));
}

#[tokio::test]
async fn a_plan_says_what_would_be_done_and_makes_nothing() {
    let world = World::new().await;
    let before = world.count().await;
    let mut delete = export_of(MARIA);
    delete["requestType"] = json!("GDPR_DELETE");
    let plan = world.json("POST", PLANS, &delete).await;
    assert_eq!(plan.status, 200, "needs no confirmation: {}", plan.body);
    assert_eq!(plan.body["requestType"], "GDPR_DELETE");
    let blocked = json!([{ "why": "UNREACHABLE", "system": "help-desk" }]);
    assert_eq!(plan.body["blocked"], blocked);
    let member = &plan.body["members"][0];
    assert_eq!(member["subject"]["externalContactId"], MARIA);
    let collections = json!([
        { "id": "tickets", "title": "tickets", "action": "EXPORT", "rows": 2 },
        { "id": "invoices", "title": "invoices", "action": "KEEP", "ground": "Art. 17(3)(b)", "rows": 1 },
        { "id": "chats", "title": "chats", "action": "NOT_SEARCHABLE" },
    ]);
    assert_eq!(member["systems"][0]["collections"], collections);
    assert_eq!(world.count().await, before);
}

#[tokio::test]
async fn systems_are_listed_paused_and_resumed() {
    let world = World::new().await;
    let paused = async || world.get(SYSTEMS).await.body["entities"][0]["paused"].clone();
    assert_eq!(paused().await, false);
    for (word, is) in [("pause", true), ("pause", true), ("resume", false)] {
        let uri = format!("{SYSTEMS}/help-desk/{word}");
        let answer = world.send("POST", &uri, None, b"").await;
        let state = json!({ "id": "help-desk", "paused": is });
        assert_eq!((answer.status, answer.body), (200, state));
        assert_eq!(paused().await, is);
        let uri = format!("{SYSTEMS}/none/{word}");
        assert_eq!(world.send("POST", &uri, None, b"").await.status, 404);
    }
}

#[tokio::test]
async fn one_system_says_how_it_was_and_what_waits_for_it() {
    let world = World::new().await;
    let read = world.get(&format!("{SYSTEMS}/help-desk")).await;
    assert_eq!((read.status, &read.body["waitingTotal"]), (200, &json!(21)));
    let hour = &read.body["hours"][0];
    assert_eq!(
        (&hour["failed"], &hour["code"]),
        (&json!(1), &json!("timeout"))
    );
    let waits = &read.body["waiting"][0];
    assert_eq!(
        (&waits["requestId"], &waits["requestType"]),
        (&json!("r-1"), &json!("GDPR_DELETE"))
    );
    assert_eq!(read.body["budget"]["free"], 2);
    assert_eq!(read.body["lastFailed"]["code"], "denied");
    for none in ["none", "No%20Id"] {
        let answer = world.get(&format!("{SYSTEMS}/{none}")).await;
        assert_eq!(answer.status, 404, "{none}");
    }
}
