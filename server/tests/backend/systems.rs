//! One system: how it was, hour by hour, what it did last, and what waits for it.

use app::backend::{Caller, Systems as _};
use app::error::Error;
use app::model::{Health, HealthHour, Millis, Right, SystemDetail, TaskState};
use server::connectors::FaultCode;
use server::params;
use server::pulse;
use server::store::StoreError;
use server::workflow::janitor;

use crate::world::{NOW, World, ada, change, system, worlds};

const HOUR: Millis = HealthHour::LONG;

async fn desk(world: &World) -> SystemDetail {
    let detail = world.habeas.detail(&ada(), &system("desk")).await;
    detail.expect("reads")
}

fn hour(at: Millis, up: bool) -> HealthHour {
    HealthHour::of(&if up {
        Health::Up { took: 5, at }
    } else {
        Health::Down {
            code: FaultCode::Denied.as_str().to_owned(),
            at,
        }
    })
}

async fn add(world: &World, hours: Vec<HealthHour>) {
    let write = world.db().write(move |tx| {
        Box::pin(async move {
            for hour in &hours {
                tx.health_add(&system("desk"), hour).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    write.await.expect("writes");
}

#[tokio::test]
async fn checks_of_several_processes_add_up_and_old_ones_are_forgotten() {
    for world in worlds(NOW).await {
        let old = NOW - HealthHour::KEPT - 2 * HOUR;
        let mut first = hour(NOW - 2 * HOUR, false);
        let second = hour(NOW - 2 * HOUR + 1, true);
        add(&world, vec![hour(old, true), second.clone(), first.clone()]).await;
        first.add(second);
        let read = async || world.db().health_of_system(&system("desk"), 0).await;
        let hours = read().await.expect("reads");
        assert_eq!(hours.len(), 2, "{}", world.name);
        assert_eq!(hours[1], first, "{}", world.name);
        janitor::clean(&world.habeas.engine).await.expect("cleans");
        assert_eq!(read().await.expect("reads"), [first], "{}", world.name);
        let other = world.db().health_of_system(&system("directory"), 0).await;
        assert_eq!(other.expect("reads"), []);
    }
}

#[tokio::test]
async fn what_was_not_written_yet_is_shown_and_counted_once() {
    for world in worlds(NOW).await {
        add(&world, vec![hour(NOW - HOUR, false), hour(NOW, true)]).await;
        let before = desk(&world).await.hours;
        let counted: Vec<u32> = before.iter().map(|hour| hour.checks).collect();
        assert_eq!(counted, [1, 2], "looking is a check: {}", world.name);
        pulse::write(&world.habeas.systems, world.db()).await;
        pulse::write(&world.habeas.systems, world.db()).await;
        let after = world.db().health_of_system(&system("desk"), 0).await;
        assert_eq!(after.expect("reads"), before, "{}", world.name);
        assert_eq!(desk(&world).await.hours, before, "{}", world.name);
    }
}

#[tokio::test]
async fn what_can_t_be_written_is_kept() {
    for world in worlds(NOW).await {
        let before = desk(&world).await.hours;
        change(world.db(), "ALTER TABLE health RENAME TO gone", &[]).await;
        pulse::write(&world.habeas.systems, world.db()).await;
        change(world.db(), "ALTER TABLE gone RENAME TO health", &[]).await;
        assert_eq!(desk(&world).await.hours, before, "{}", world.name);
    }
}

#[tokio::test]
async fn the_sets_that_wait_are_listed_oldest_first_and_all_are_counted() {
    for world in worlds(NOW).await {
        let none = desk(&world).await;
        assert_eq!((none.waiting, none.waiting_sets), (vec![], 0));
        let mut asked = Vec::new();
        for n in 0..22 {
            asked.push(world.ask(&format!("c{n}")).await.expect("makes"));
        }
        // The second has waited for longest, and a try of its failed.
        let sql = "UPDATE task SET created_at = 5, state = 'waiting', code = 'timeout', run_at = 7
             WHERE root_id = $1 AND system_id = 'desk' AND after_id IS NULL";
        assert!(change(world.db(), sql, params![asked[1].as_str()]).await > 0);
        let sql = "UPDATE task SET created_at = 6 WHERE root_id = $1";
        assert!(change(world.db(), sql, params![asked[0].as_str()]).await > 0);
        // A worker has those of the next two. The one waits for the rate budget; the other did.
        let sql = "UPDATE task SET created_at = $2, state = 'running', code = 'budget', run_at = $3
             WHERE root_id = $1 AND system_id = 'desk' AND after_id IS NULL";
        for (n, since, until) in [(2, 7, NOW + 60_000), (3, 8, NOW)] {
            let values = params![asked[n].as_str(), since, until];
            assert!(change(world.db(), sql, values).await > 0);
        }

        let desk = desk(&world).await;
        assert_eq!(
            (desk.waiting.len(), desk.waiting_sets),
            (20, 22),
            "{}",
            world.name
        );
        let first = &desk.waiting[0];
        assert_eq!((&first.request, first.since), (&asked[1], 5));
        assert_eq!(
            (first.right, first.state),
            (Right::Delete, TaskState::Waiting)
        );
        assert_eq!(
            (first.next_try, first.code.as_deref()),
            (Some(7), Some("timeout"))
        );
        let second = &desk.waiting[1];
        assert_eq!(
            (&second.request, second.state),
            (&asked[0], TaskState::Ready)
        );
        assert_eq!((second.next_try, second.code.as_deref()), (None, None));
        assert_eq!(second.tasks, 4, "two records, two collections");
        let third = &desk.waiting[2];
        assert_eq!(
            (&third.request, third.state),
            (&asked[2], TaskState::Waiting)
        );
        assert_eq!(
            (third.next_try, third.code.as_deref()),
            (Some(NOW + 60_000), Some("budget"))
        );
        let fourth = &desk.waiting[3];
        assert_eq!(
            (&fourth.request, fourth.state),
            (&asked[3], TaskState::Running)
        );
        assert_eq!((fourth.next_try, fourth.code.as_deref()), (None, None));
        assert_eq!(
            desk.system.tasks_open,
            desk.waiting.iter().map(|set| set.tasks).sum::<u32>() + 8
        );
    }
}

#[tokio::test]
async fn the_last_tasks_are_those_that_ended_last_well_and_not() {
    for world in worlds(NOW).await {
        let first = world.ask("c1").await.expect("makes");
        world.work().await;
        let second = world.ask("c2").await.expect("makes");
        world.work().await;
        let ended = "UPDATE task SET ended_at = $2 WHERE root_id = $1 AND system_id = 'desk'";
        change(world.db(), ended, params![first.as_str(), 9_i64]).await;
        change(world.db(), ended, params![second.as_str(), 8_i64]).await;
        let done = desk(&world).await;
        assert_eq!(done.last_failed, None, "{}", world.name);
        let last = done.last_done.expect("there is one");
        assert_eq!((last.request, last.at, last.code), (first.clone(), 9, None));

        let fail = "UPDATE task SET state = 'dead', code = 'denied' WHERE root_id = $1 AND system_id = 'desk'";
        change(world.db(), fail, params![first.as_str()]).await;
        let failed = desk(&world).await;
        let last = failed.last_failed.expect("there is one");
        assert_eq!(
            (last.request, last.code.as_deref()),
            (first, Some("denied"))
        );
        assert_eq!(failed.last_done.expect("there is one").request, second);
    }
}

#[tokio::test]
async fn a_system_that_is_not_there_is_not_found() {
    for world in worlds(NOW).await {
        let none = world.habeas.detail(&ada(), &system("nothing")).await;
        assert_eq!(none, Err(Error::not_found("system")));
        let nobody = Caller::nobody("x");
        let refused = world.habeas.detail(&nobody, &system("nothing")).await;
        assert_eq!(refused, Err(Error::Unauthenticated));
    }
}
