//! What is ours alone under `/api/v2/gdpr`: dry runs, and the systems. All that staff can do on screen is reachable by API.

use app::model::{
    Action, Collection, CollectionPlan, Disposition, Health, HealthHour, IdentifierKind, LastTask,
    PlanBlock, SystemDetail, SystemId, SystemPlan, SystemView, WaitingSet,
};
use serde_json::{Map, Value as Json, json};

use super::answer::{Call, Reply};
use super::error::ApiError;
use super::gdpr::{ask_of, date, not_one, type_of};
use super::port::DryRun;
use super::{Api, subject};

const SYSTEMS: &str = "/api/v2/gdpr/systems";

pub(super) async fn plan_request(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let ask = ask_of(&call)?;
    let field = subject::field_of(ask.term.kind());
    let planned = api.gdpr.dry_run(&call.caller, ask).await;
    Ok(Reply::ok(plan(
        &planned.map_err(|why| not_one(why, field))?,
    )))
}

pub(super) async fn list_systems(api: &Api, call: Call) -> Result<Reply, ApiError> {
    let systems = api.gdpr.systems(&call.caller).await?;
    let entities: Vec<Json> = systems.iter().map(system).collect();
    let total = entities.len();
    Ok(Reply::ok(json!({
        "entities": entities,
        "pageSize": total,
        "pageNumber": 1,
        "total": total,
        "pageCount": 1,
        "selfUri": SYSTEMS,
    })))
}

pub(super) async fn read_system(api: &Api, call: Call) -> Result<Reply, ApiError> {
    // What can't be an id is the id of nothing.
    let id = SystemId::parse(&*call.id).map_err(|_| ApiError::no_such("system"))?;
    let read = api.gdpr.system(&call.caller, &id).await?;
    Ok(Reply::ok(detail(&read)))
}

pub(super) async fn pause_system(api: &Api, call: Call, paused: bool) -> Result<Reply, ApiError> {
    // What can't be an id is the id of nothing.
    let id = SystemId::parse(&*call.id).map_err(|_| ApiError::no_such("system"))?;
    api.gdpr.set_paused(&call.caller, &id, paused).await?;
    Ok(Reply::ok(json!({ "id": id, "paused": paused })))
}

/// Without what is not known: no part of an answer is null.
fn object(entries: &[(&str, Option<Json>)]) -> Json {
    let known = entries.iter().filter_map(|(name, value)| {
        let value = value.clone()?;
        Some(((*name).to_owned(), value))
    });
    known.collect::<Map<_, _>>().into()
}

fn plan(run: &DryRun) -> Json {
    let members = run.plan.members.iter().zip(&run.subjects);
    let member = |(member, of): (&app::model::MemberPlan, &app::model::Subject)| {
        json!({
            "subject": subject::write(&of.key, Some(of)),
            "systems": member.systems.iter().map(system_plan).collect::<Vec<_>>(),
        })
    };
    json!({
        "requestType": type_of(run.plan.right),
        "createdDate": date(run.plan.made_at),
        "members": members.map(member).collect::<Vec<_>>(),
        "blocked": run.plan.blocked.iter().map(block).collect::<Vec<_>>(),
    })
}

fn block(block: &PlanBlock) -> Json {
    match block {
        PlanBlock::ActiveEmployee { .. } => json!({ "why": "ACTIVE_EMPLOYEE" }),
        PlanBlock::Unreachable { system } => json!({ "why": "UNREACHABLE", "system": system }),
        PlanBlock::NothingToDo => json!({ "why": "NOTHING_TO_DO" }),
    }
}

fn system_plan(system: &SystemPlan) -> Json {
    let collection = |of: &CollectionPlan| {
        let (action, ground) = match &of.action {
            Action::Export => ("EXPORT", None),
            Action::Change => ("CHANGE", None),
            Action::Delete => ("DELETE", None),
            Action::Anonymise => ("ANONYMISE", None),
            Action::Keep { ground } => ("KEEP", Some(ground)),
            Action::NotSearchable => ("NOT_SEARCHABLE", None),
        };
        object(&[
            ("id", Some(json!(of.collection))),
            ("title", Some(json!(of.title))),
            ("action", Some(action.into())),
            ("ground", ground.map(|ground| json!(ground))),
            ("rows", of.rows.map(Json::from)),
        ])
    };
    json!({
        "id": system.system,
        "name": system.system_name,
        "collections": system.collections.iter().map(collection).collect::<Vec<_>>(),
    })
}

fn detail(of: &SystemDetail) -> Json {
    let budget = of.budget.map(|budget| {
        json!({
            "perSecond": budget.per_second,
            "free": budget.free,
            "waiting": budget.waiting,
            "waitMs": budget.wait,
        })
    });
    let hours: Vec<Json> = of.hours.iter().map(hour).collect();
    let waiting: Vec<Json> = of.waiting.iter().map(waiting).collect();
    object(&[
        ("system", Some(system(&of.system))),
        ("hours", Some(hours.into())),
        ("budget", budget),
        ("lastDone", of.last_done.as_ref().map(task)),
        ("lastFailed", of.last_failed.as_ref().map(task)),
        ("waiting", Some(waiting.into())),
        ("waitingTotal", Some(of.waiting_sets.into())),
    ])
}

fn hour(of: &HealthHour) -> Json {
    object(&[
        ("date", Some(date(of.hour).into())),
        ("checks", Some(of.checks.into())),
        ("failed", Some(of.failed.into())),
        ("slowestMs", Some(of.slowest.into())),
        ("lastUpDate", of.last_up_at.map(|at| date(at).into())),
        ("lastDownDate", of.last_down_at.map(|at| date(at).into())),
        ("code", of.code.as_ref().map(|code| json!(code))),
    ])
}

fn task(of: &LastTask) -> Json {
    object(&[
        ("requestId", Some(json!(of.request))),
        ("date", Some(date(of.at).into())),
        ("code", of.code.as_ref().map(|code| json!(code))),
    ])
}

fn waiting(of: &WaitingSet) -> Json {
    object(&[
        ("requestId", Some(json!(of.request))),
        ("requestType", Some(type_of(of.right).into())),
        ("dueDate", Some(date(of.due_at).into())),
        ("sinceDate", Some(date(of.since).into())),
        ("tasks", Some(of.tasks.into())),
        ("nextTryDate", of.next_try.map(|at| date(at).into())),
        ("code", of.code.as_ref().map(|code| json!(code))),
    ])
}

fn system(of: &SystemView) -> Json {
    let (health, code, at) = match &of.health {
        Health::Up { at, .. } => ("UP", None, *at),
        Health::Down { code, at } => ("DOWN", Some(code), *at),
    };
    let collections: Vec<Json> = of.inventory.collections.iter().map(collection).collect();
    let resolves: Vec<&str> = of.resolves.iter().map(|kind| kind.as_str()).collect();
    object(&[
        ("id", Some(json!(of.id))),
        ("name", Some(json!(of.name))),
        ("kind", Some(json!(of.kind))),
        ("owner", Some(json!(of.owner))),
        ("region", Some(json!(of.region))),
        ("paused", Some(of.paused.into())),
        ("health", Some(health.into())),
        ("healthCode", code.map(|code| json!(code))),
        ("healthDate", Some(date(at).into())),
        ("openTasks", Some(of.tasks_open.into())),
        ("perSecond", of.per_second.map(Json::from)),
        ("concurrency", of.concurrency.map(Json::from)),
        ("resolves", Some(json!(resolves))),
        ("collections", Some(collections.into())),
    ])
}

fn collection(of: &Collection) -> Json {
    let (disposition, ground) = match &of.disposition {
        Disposition::Delete => ("DELETE", None),
        Disposition::Anonymise => ("ANONYMISE", None),
        Disposition::Keep { ground } => ("KEEP", Some(ground)),
    };
    let word = |kind: IdentifierKind| Json::from(kind.as_str());
    let field = |field: &app::model::Field| {
        object(&[
            ("name", Some(json!(field.name))),
            ("category", Some(json!(field.category))),
            ("holds", field.holds.map(word)),
            ("of", field.of.is_another().then(|| json!(field.of))),
        ])
    };
    let fields: Vec<Json> = of.fields.iter().map(field).collect();
    let found_by: Vec<Json> = of.found_by.iter().copied().map(word).collect();
    object(&[
        ("id", Some(json!(of.name))),
        ("title", Some(json!(of.title))),
        (
            "parents",
            (!of.parents.is_empty()).then(|| json!(of.parents)),
        ),
        ("fields", Some(fields.into())),
        ("foundBy", Some(found_by.into())),
        ("needsSubject", Some(of.needs_subject.into())),
        ("disposition", Some(disposition.into())),
        ("ground", ground.map(|ground| json!(ground))),
    ])
}
