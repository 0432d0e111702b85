//! What went wrong and what to do next, in English.

use super::words_en::ground;
use crate::error::{Conflict, Error, Reason};
use crate::format::count;
use crate::model::{Blocked, InvalidIdentifier, PlanBlock, SkipGround};

pub(super) fn error(error: &Error) -> String {
    match error {
        Error::Unauthenticated => "You are signed out. Open a sign-in link, then come back.".into(),
        Error::Forbidden => "You may not do this. Ask whoever runs Habeas.".into(),
        Error::NotFound { .. } => "It is not there, or not yours to see.".into(),
        Error::Invalid { field, reason: why } => format!("{}: {}", name(field), reason(why)),
        Error::Conflict { why } => conflict(why),
        Error::RateLimited { retry_after } => {
            format!("Too many requests. Try again in {retry_after} seconds.")
        }
        Error::Unavailable { systems } => {
            let names: Vec<&str> = systems.iter().map(|system| system.as_str()).collect();
            format!("No answer from: {}. Nothing was done. Try again, or look at Systems.", names.join(", "))
        }
        Error::Internal { correlation } => {
            format!("Habeas made a mistake. Nothing more was done. The log knows it as {correlation}.")
        }
        Error::Transport { .. } => {
            "The server could not be understood or reached. Check the connection and load the page again.".into()
        }
    }
}

fn name(field: &str) -> &str {
    match field {
        "value" => "Value",
        "kind" => "Identifier",
        "list" => "Contact list",
        "reason" => "Reason",
        "confirmed" => "Confirmation",
        "right" => "Right",
        "replacements" | "replacementTerms" => "Corrections",
        "place" => "Where it failed",
        "ground" => "Ground",
        "delay" => "Delay",
        "name" => "Name",
        "owner" => "Owner",
        "region" => "Region",
        "host" => "Host",
        "port" => "Port",
        "database" => "Database",
        "user" => "User",
        "authority" => "Certificate authority",
        "category" => "Data category",
        "title" => "What staff call it",
        "decided" => "Tables",
        "fields" => "Column",
        other => other,
    }
}

pub(super) fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Missing => "Fill this in.".into(),
        Reason::Identifier(why) => identifier(*why).into(),
        Reason::Length { min, max } => {
            format!(
                "Write {} to {} characters.",
                count(u64::from(*min)),
                count(u64::from(*max))
            )
        }
        Reason::Unknown => "This is not one of the choices.".into(),
        Reason::NotConfirmed => "Tick the box to confirm. Nothing is done without.".into(),
        Reason::WrongCode => {
            "This is not the code of the person's first record. Read it above, beside her name."
                .into()
        }
        Reason::NotAllowed => "This is not possible here.".into(),
        Reason::Expired => "This is too old. Make a new one.".into(),
        Reason::Used => "This was used already, or never existed. Make a new one.".into(),
        Reason::Same => "Old and new are the same: nothing would change.".into(),
        Reason::TooManyBeside => "No more than eight identifiers can stand side by side. Take one away, or begin a new search.".into(),
        Reason::TooMany => "This finds too many people. Search for more of it.".into(),
        Reason::Taken => "You have one of this name already. Choose another.".into(),
        Reason::Full { max } => format!("There are {max} already: delete one first."),
        Reason::Contradicts => {
            "Another replacement replaces this value too, or puts it there.".into()
        }
    }
}

fn identifier(why: InvalidIdentifier) -> &'static str {
    match why {
        InvalidIdentifier::Empty => "Fill this in.",
        InvalidIdentifier::TooLong => "This is too long: at most 512 characters.",
        InvalidIdentifier::ControlCharacter => {
            "This holds an invisible control character. Type it instead of pasting."
        }
        InvalidIdentifier::NotAnEmail => {
            "This is not an e-mail address. It needs a name, an @ and a domain."
        }
        InvalidIdentifier::NotAPhone => "This is not a telephone number. It needs 4 to 20 digits.",
        InvalidIdentifier::ListMissing => "Give the id of the contact list too.",
    }
}

fn conflict(why: &Conflict) -> String {
    match why {
        Conflict::PlanChanged => "What the systems hold, or which records are this person's, has changed since this plan was made. Make a new plan and check it.".into(),
        Conflict::ActiveEmployee => "This is a current employee. Deactivate the account first, then make a new plan.".into(),
        Conflict::Ambiguous { people } => {
            format!("This means {people} people. Search, choose one, and act on her id.")
        }
        Conflict::Retry { blocked: why } => blocked(why),
        Conflict::Skip { blocked: why } => not_skipped(why),
        Conflict::InFlight { request } => format!("The same is in progress already: {request}."),
        Conflict::DoneAlready => "Somebody has done this already. Load the page again to see who, and what stands now.".into(),
        Conflict::SetTooLarge { most } => {
            format!("Staff linked more than {most} records to this person, too many to act on at once. Undo the links that are not right.")
        }
    }
}

fn not_skipped(why: &Blocked) -> String {
    match why {
        Blocked::InFlight { .. } => {
            "Skipping is possible once every related request has ended.".into()
        }
        Blocked::NothingFailed => {
            "Nothing is failed there any more, so there is nothing to skip.".into()
        }
        Blocked::TooOld => {
            "What was read in this run is no longer kept, so it can't go on. Retry instead.".into()
        }
        Blocked::Relinked | Blocked::Drifted => blocked(why),
        Blocked::Retried { by } => format!("What failed is tried again already, by {by}."),
    }
}

pub(super) fn blocked(why: &Blocked) -> String {
    match why {
        Blocked::InFlight { requests } => {
            let ids: Vec<&str> = requests.iter().map(|id| id.as_str()).collect();
            format!(
                "Retry is possible once every related request has ended. Still in progress: {}",
                ids.join(", ")
            )
        }
        Blocked::TooOld => "What was read is no longer kept.".into(),
        Blocked::Relinked => "Since this request was made, staff confirmed that one of its records is not this person's. Search her again and make a new request.".into(),
        Blocked::Drifted => "Somewhere there is more than the plan said that was confirmed. Search the person again, look at a new plan, and skip here what that one does.".into(),
        Blocked::NothingFailed => "Nothing failed, so there is nothing to retry.".into(),
        Blocked::Retried { by } => format!("It was retried already, by {by}."),
    }
}

pub(super) fn plan_block(why: &PlanBlock, system: &str) -> String {
    match why {
        PlanBlock::ActiveEmployee { .. } => "One of the records is a current employee, whose data is needed while she works here (Art. 6(1)(f)). Deactivate the account first.".into(),
        PlanBlock::Unreachable { .. } => format!("{system} could not say what it holds. Make the plan again once it answers; if it is paused, resume it first."),
        PlanBlock::NothingToDo => "No system holds anything of this person for this right.".into(),
    }
}

pub(super) fn code(code: &str) -> String {
    match code {
        "timeout" => "It did not answer in time. If this lasts, ask its owner.",
        "unreachable" | "refused" => "It can't be reached. If this lasts, ask its owner.",
        "denied" => "It refused us. Its owner must mend the credentials or rights.",
        "cut_off" => "Its answer broke off in the middle, so what it holds is unknown. Ask again.",
        "rate_limited" => "It asked us to slow down. It goes on by itself.",
        "mismatch" => "It is not built as its inventory says. Mend the inventory, then retry.",
        "referenced" => "Other rows there still refer to what was to be erased. Its owner must decide.",
        "constraint" => "One of its rules forbids this change. Its owner must decide.",
        "internal" => "It failed inside. Its owner must look, then retry.",
        "storage" => "Habeas could not write what it read: is the disk full? Then retry.",
        "still_there" => "After the erasure something was still found there. Retry, or ask its owner.",
        "not_begun" => "It was not begun, because what comes before it did not succeed. Retry after that is mended.",
        "uncertain" => "It was cut off in a step that is not safe to repeat. Check in the system itself, then decide.",
        "returned" => "The person was found there again after the erasure. Retry to erase that too, or skip it with a ground if it is to stay.",
        "too_many" => "It holds more records like that than anyone can look through. Search for more of the value, or for another identifier.",
        "drifted" => "There is more than the plan said that was confirmed, so nothing was touched. Search the person again and make a new plan.",
        "uncounted" => "Habeas could not count the call against its rate budget, so it was not asked. Retry once the database answers.",
        "budget" => "Its rate budget is used up for the moment. It goes on by itself.",
        "out" => "The system answers nothing, so it is only asked whether it is well again. It goes on by itself as soon as it is.",
        "crowded" => "As many tasks of the system are worked on as its description allows at a time. It goes on by itself.",
        "too_many_tries" => "It was tried as often as allowed. Mend the cause, then retry.",
        "paused" => "A person paused the system. It goes on when the system is resumed.",
        other => return format!("The system answered: {other}."),
    }
    .into()
}

pub(super) fn code_short(code: &str) -> String {
    match code {
        "timeout" => "no answer in time",
        "unreachable" | "refused" => "unreachable",
        "denied" => "access refused",
        "cut_off" => "cut off",
        "rate_limited" => "rate limit",
        "mismatch" => "differs from inventory",
        "referenced" => "still referred to",
        "constraint" => "forbidden by a rule",
        "internal" => "failed inside",
        "storage" => "disk problem",
        "still_there" => "still there",
        "not_begun" => "not begun",
        "uncertain" => "uncertain",
        "returned" => "found again",
        "too_many" => "too many found",
        "drifted" => "more than planned",
        "uncounted" => "rate budget unknown",
        "budget" => "rate budget",
        "out" => "no answer",
        "crowded" => "others before it",
        "too_many_tries" => "too many tries",
        "paused" => "paused",
        other => {
            return SkipGround::parse(other).map_or_else(
                || other.replace('_', " "),
                |skipped| ground(skipped).to_owned(),
            );
        }
    }
    .into()
}
