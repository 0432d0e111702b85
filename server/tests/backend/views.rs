//! Saved views: each member of staff has her own, by name, and can put back what she deleted.

use app::backend::{Caller, Views, Who};
use app::error::{Error, Reason};
use app::model::{ListView, ListWords, VIEWS};
use server::params;

use crate::world::{NOW, World, ada, change, worlds};

fn eve() -> Caller {
    Caller {
        who: Who::Staff {
            id: "2".to_owned(),
            name: "Eve".to_owned(),
        },
        ..ada()
    }
}

fn view(query: &str) -> ListView {
    ListWords::of_query(query).read().0
}

/// Worlds with two members of staff.
async fn staffed() -> Vec<World> {
    let worlds = worlds(NOW).await;
    for world in &worlds {
        let staff =
            "INSERT INTO staff (id, name, created_at) VALUES ('1', 'Ada', 0), ('2', 'Eve', 0)";
        change(world.db(), staff, &[]).await;
    }
    worlds
}

async fn names(world: &World, caller: &Caller) -> (Vec<String>, Option<String>) {
    let saved = world.habeas.views(caller).await.expect("reads");
    let names = saved.views.into_iter().map(|view| view.name).collect();
    (names, saved.deleted.map(|view| view.name))
}

async fn save(world: &World, caller: &Caller, name: &str) -> Result<(), Error> {
    world.habeas.clock.advance(1);
    let query = view("right=delete&sort=due&cols=due");
    world.habeas.save_view(caller, name, query).await
}

#[tokio::test]
async fn each_has_her_own_and_no_name_twice() {
    for world in staffed().await {
        save(&world, &ada(), " Erasures ").await.expect("saves");
        let taken = Err(Error::invalid("name", Reason::Taken));
        assert_eq!(save(&world, &ada(), "erasures").await, taken);
        save(&world, &eve(), "Erasures").await.expect("hers");
        assert_eq!(names(&world, &eve()).await.0, ["Erasures"]);
        let saved = world.habeas.views(&ada()).await.expect("reads").views;
        assert_eq!(saved.len(), 1, "{}", world.name);
        assert_eq!(saved[0].view, view("right=delete&sort=due&cols=due"));
        // Names may be those of persons.
        let row = world
            .db()
            .one("SELECT name_sealed FROM saved_view LIMIT 1", &[]);
        let sealed = row.await.expect("reads").expect("a row");
        let sealed = sealed.blob("name_sealed").expect("bytes");
        assert!(!sealed.windows(8).any(|part| part == b"Erasures"));
        let not_hers = world.habeas.delete_view(&eve(), &saved[0].id).await;
        assert_eq!(not_hers, Err(Error::not_found("view")));
    }
}

#[tokio::test]
async fn names_are_short_and_views_not_too_many() {
    for world in staffed().await {
        let missing = Err(Error::invalid("name", Reason::Missing));
        assert_eq!(save(&world, &ada(), "  ").await, missing);
        let (min, max) = (1, 60);
        let length = Err(Error::invalid("name", Reason::Length { min, max }));
        for bad in ["消".repeat(61), "a\nb".to_owned()] {
            assert_eq!(save(&world, &ada(), &bad).await, length, "{bad}");
        }
        save(&world, &ada(), &"消".repeat(60)).await.expect("fits");
        for at in 1..VIEWS {
            save(&world, &ada(), &format!("view {at}"))
                .await
                .expect("saves");
        }
        let full = Err(Error::invalid("name", Reason::Full { max: VIEWS }));
        assert_eq!(save(&world, &ada(), "one more").await, full);
        save(&world, &eve(), "one more").await.expect("hers");
    }
}

#[tokio::test]
async fn what_was_deleted_last_can_be_put_back_for_a_while() {
    for world in staffed().await {
        for name in ["a", "b"] {
            save(&world, &ada(), name).await.expect("saves");
        }
        let saved = world.habeas.views(&ada()).await.expect("reads").views;
        let deleted = |name: &str| Some(name.to_owned());
        for one in &saved {
            world
                .habeas
                .delete_view(&ada(), &one.id)
                .await
                .expect("deletes");
        }
        assert_eq!(names(&world, &ada()).await, (vec![], deleted("b")));
        let put_back = world.habeas.put_view_back(&ada(), &saved[0].id).await;
        assert_eq!(put_back, Err(Error::not_found("view")), "only the last");
        let put_back = world.habeas.put_view_back(&eve(), &saved[1].id).await;
        assert_eq!(put_back, Err(Error::not_found("view")), "only hers");
        world
            .habeas
            .put_view_back(&ada(), &saved[1].id)
            .await
            .expect("puts back");
        assert_eq!(names(&world, &ada()).await, (vec!["b".to_owned()], None));
        world
            .habeas
            .delete_view(&ada(), &saved[1].id)
            .await
            .expect("deletes");
        world.habeas.clock.advance(11 * 60_000);
        assert_eq!(names(&world, &ada()).await, (vec![], None));
        save(&world, &ada(), "B")
            .await
            .expect("the name is free again");
    }
}

#[tokio::test]
async fn a_query_that_means_less_today_still_opens() {
    for world in staffed().await {
        save(&world, &ada(), "old").await.expect("saves");
        let sql = "UPDATE saved_view SET query = $1";
        change(world.db(), sql, params!["state=napping&right=delete"]).await;
        let saved = world.habeas.views(&ada()).await.expect("reads").views;
        assert_eq!(saved[0].view, view("right=delete"));
    }
}
