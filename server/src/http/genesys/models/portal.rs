//! The models of what is ours alone: plans and systems.

use super::{ANY_COUNT, ID, LONG, REQUEST_TYPES, SUBJECT, TEXT, may, must};
use crate::http::genesys::shape::{Model, Shape};

const MANY: usize = 1000;

model!(
    PLAN_COLLECTION,
    "PlanCollection",
    [
        must("id", ID),
        must("title", TEXT),
        must("action", Shape::Word(ACTIONS)),
        may("ground", LONG),
        may("rows", ANY_COUNT),
    ]
);
pub const ACTIONS: &[&str] = &[
    "EXPORT",
    "CHANGE",
    "DELETE",
    "ANONYMISE",
    "KEEP",
    "NOT_SEARCHABLE",
];
model!(
    PLAN_SYSTEM,
    "PlanSystem",
    [
        must("id", ID),
        must("name", TEXT),
        must(
            "collections",
            Shape::List {
                of: &Shape::Object(&PLAN_COLLECTION),
                max: MANY
            }
        ),
    ]
);
model!(
    PLAN_MEMBER,
    "PlanMember",
    [
        must("subject", Shape::Object(&SUBJECT)),
        must(
            "systems",
            Shape::List {
                of: &Shape::Object(&PLAN_SYSTEM),
                max: MANY
            }
        ),
    ]
);
model!(
    PLAN_BLOCK,
    "PlanBlock",
    [must("why", Shape::Word(BLOCKS)), may("system", ID)]
);
pub const BLOCKS: &[&str] = &["ACTIVE_EMPLOYEE", "UNREACHABLE", "NOTHING_TO_DO"];
model!(
    /// What a request would do. Blocked: what would have to change before it may be made.
    PLAN, "GDPRRequestPlan", [
        must("requestType", Shape::Word(REQUEST_TYPES)),
        must("createdDate", Shape::Date),
        must("members", Shape::List { of: &Shape::Object(&PLAN_MEMBER), max: MANY }),
        must("blocked", Shape::List { of: &Shape::Object(&PLAN_BLOCK), max: MANY }),
    ]
);

model!(
    SYSTEM_FIELD,
    "SystemField",
    [
        must("name", TEXT),
        must("category", TEXT),
        may("holds", TEXT),
        may("of", TEXT)
    ]
);
model!(
    SYSTEM_COLLECTION,
    "SystemCollection",
    [
        must("id", ID),
        must("title", TEXT),
        may("parents", Shape::List { of: &ID, max: MANY }),
        must(
            "fields",
            Shape::List {
                of: &Shape::Object(&SYSTEM_FIELD),
                max: MANY
            }
        ),
        must(
            "foundBy",
            Shape::List {
                of: &TEXT,
                max: MANY
            }
        ),
        must("needsSubject", Shape::Flag),
        must("disposition", Shape::Word(&["DELETE", "ANONYMISE", "KEEP"])),
        may("ground", LONG),
    ]
);
model!(
    SYSTEM,
    "GDPRSystem",
    [
        must("id", ID),
        must("name", TEXT),
        must("kind", TEXT),
        must("owner", TEXT),
        must("region", TEXT),
        must("paused", Shape::Flag),
        must("health", Shape::Word(&["UP", "DOWN"])),
        may("healthCode", TEXT),
        must("healthDate", Shape::Date),
        must("openTasks", ANY_COUNT),
        may("perSecond", ANY_COUNT),
        must(
            "resolves",
            Shape::List {
                of: &TEXT,
                max: MANY
            }
        ),
        must(
            "collections",
            Shape::List {
                of: &Shape::Object(&SYSTEM_COLLECTION),
                max: MANY
            }
        ),
    ]
);
listing!(SYSTEMS, "GDPRSystemListing", SYSTEM);
model!(
    SYSTEM_HOUR,
    "SystemHour",
    [
        must("date", Shape::Date),
        must("checks", ANY_COUNT),
        must("failed", ANY_COUNT),
        must("slowestMs", ANY_COUNT),
        may("lastUpDate", Shape::Date),
        may("lastDownDate", Shape::Date),
        may("code", TEXT),
    ]
);
model!(
    SYSTEM_BUDGET,
    "SystemBudget",
    [
        must("perSecond", ANY_COUNT),
        must("free", ANY_COUNT),
        must("waiting", ANY_COUNT),
        must("waitMs", ANY_COUNT),
    ]
);
model!(
    SYSTEM_TASK,
    "SystemTask",
    [
        must("requestId", ID),
        must("date", Shape::Date),
        may("code", TEXT)
    ]
);
model!(
    SYSTEM_WAITING,
    "SystemWaiting",
    [
        must("requestId", ID),
        must("requestType", Shape::Word(REQUEST_TYPES)),
        must("dueDate", Shape::Date),
        must("sinceDate", Shape::Date),
        must("tasks", ANY_COUNT),
        may("nextTryDate", Shape::Date),
        may("code", TEXT),
    ]
);
model!(
    /// A system with what happened there, hour by hour, and what waits for it: the oldest requests, and how many there are.
    SYSTEM_DETAIL, "GDPRSystemDetail", [
        must("system", Shape::Object(&SYSTEM)),
        must("hours", Shape::List { of: &Shape::Object(&SYSTEM_HOUR), max: MANY }),
        may("budget", Shape::Object(&SYSTEM_BUDGET)),
        may("lastDone", Shape::Object(&SYSTEM_TASK)),
        may("lastFailed", Shape::Object(&SYSTEM_TASK)),
        must("waiting", Shape::List { of: &Shape::Object(&SYSTEM_WAITING), max: MANY }),
        must("waitingTotal", ANY_COUNT),
    ]
);
model!(
    SYSTEM_STATE,
    "GDPRSystemState",
    [must("id", ID), must("paused", Shape::Flag)]
);

model!(OPENAPI_SERVER, "OpenApiServer", [must("url", LONG)]);
model!(
    OPENAPI,
    "OpenApiDocument",
    [
        must("openapi", TEXT),
        must("info", Shape::Free),
        must(
            "servers",
            Shape::List {
                of: &Shape::Object(&OPENAPI_SERVER),
                max: 1
            }
        ),
        must("paths", Shape::Free),
        must("components", Shape::Free),
    ]
);
