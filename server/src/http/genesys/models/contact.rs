//! The models of external contacts.

use super::{ANY_COUNT, ENTITY_REF, ID, LONG, TEXT, may, must, ours};
use crate::contact::Card;
use crate::http::genesys::shape::{Model, Shape};

listing!(CONTACTS, "ContactListing", CONTACT);

model!(
    PHONE,
    "PhoneNumber",
    [
        may("display", TEXT),
        may("e164", Shape::Text { max: 32 }),
        may("userInput", TEXT),
        may("countryCode", Shape::Text { max: 2 }),
    ]
);
model!(
    ADDRESS,
    "ContactAddress",
    [
        may("address1", TEXT),
        may("address2", TEXT),
        may("city", TEXT),
        may("state", TEXT),
        may("postalCode", Shape::Text { max: 32 }),
        may("countryCode", Shape::Text { max: 3 }),
    ]
);
model!(TWITTER, "TwitterId", [must("screenName", TEXT)]);
model!(SCOPED_ID, "FacebookScopedId", [must("scopedId", TEXT)]);
model!(
    FACEBOOK,
    "FacebookId",
    [must(
        "ids",
        Shape::List {
            of: &Shape::Object(&SCOPED_ID),
            max: Card::MAX_SCOPED_IDS
        }
    )]
);
model!(
    INSTAGRAM,
    "InstagramId",
    [
        may("handle", TEXT),
        may(
            "ids",
            Shape::List {
                of: &Shape::Object(&SCOPED_ID),
                max: Card::MAX_SCOPED_IDS
            }
        ),
    ]
);
model!(
    WHATS_APP,
    "WhatsAppId",
    [must("phoneNumber", Shape::Object(&PHONE))]
);
model!(
    EXTERNAL_SOURCE,
    "ExternalSource",
    [
        may("id", Shape::Text { max: 64 }),
        may("name", Shape::Text { max: 64 }),
    ]
);
model!(
    EXTERNAL_ID,
    "ExternalId",
    [
        must("externalSource", Shape::Object(&EXTERNAL_SOURCE)),
        must("value", Shape::Text { max: 255 }),
    ]
);
model!(
    CONTACT,
    "ExternalContact",
    [
        ours("id", ID),
        may("firstName", TEXT),
        may("middleName", TEXT),
        may("lastName", TEXT),
        may("salutation", TEXT),
        may("title", TEXT),
        may("workPhone", Shape::Object(&PHONE)),
        may("cellPhone", Shape::Object(&PHONE)),
        may("homePhone", Shape::Object(&PHONE)),
        may("otherPhone", Shape::Object(&PHONE)),
        may("workEmail", TEXT),
        may("personalEmail", TEXT),
        may("otherEmail", TEXT),
        may("address", Shape::Object(&ADDRESS)),
        may("twitterId", Shape::Object(&TWITTER)),
        may("facebookId", Shape::Object(&FACEBOOK)),
        may("instagramId", Shape::Object(&INSTAGRAM)),
        may("whatsAppId", Shape::Object(&WHATS_APP)),
        may(
            "externalIds",
            Shape::List {
                of: &Shape::Object(&EXTERNAL_ID),
                max: Card::MAX_EXTERNAL_IDS
            }
        ),
        may("customFields", Shape::Free),
        may("type", Shape::Word(CONTACT_TYPES)),
        ours("createDate", Shape::Date),
        ours("modifyDate", Shape::Date),
        ours("canonicalContact", Shape::Object(&ENTITY_REF)),
        ours(
            "mergeSet",
            Shape::List {
                of: &Shape::Object(&ENTITY_REF),
                max: 52
            }
        ),
        ours(
            "mergedFrom",
            Shape::List {
                of: &Shape::Object(&ENTITY_REF),
                max: 52
            }
        ),
        ours("mergedTo", Shape::Object(&ENTITY_REF)),
        ours("selfUri", LONG),
    ]
);
pub const CONTACT_TYPES: &[&str] = &["Ephemeral", "Identified", "Curated"];

/// How many ids one bulk call may name.
pub const MOST_IDS: usize = 100;
model!(ID_ENTITY, "Entity", [must("id", ID)]);
model!(
    BULK_IDS,
    "BulkIdsRequest",
    [must(
        "entities",
        Shape::List {
            of: &Shape::Object(&ID_ENTITY),
            max: MOST_IDS
        }
    )]
);
model!(
    BULK_ERROR,
    "BulkErrorEntity",
    [
        must("code", TEXT),
        must("message", TEXT),
        must("status", ANY_COUNT),
        may("retryable", Shape::Flag),
        may("entity", Shape::Object(&ID_ENTITY)),
    ]
);
model!(
    BULK_RESULT,
    "BulkResult",
    [
        must("id", ID),
        must("success", Shape::Flag),
        must("status", ANY_COUNT),
        may("entity", Shape::Object(&CONTACT)),
        may("error", Shape::Object(&BULK_ERROR)),
    ]
);
model!(
    BULK_RESULTS,
    "BulkFetchContactsResponse",
    [
        must(
            "results",
            Shape::List {
                of: &Shape::Object(&BULK_RESULT),
                max: MOST_IDS
            }
        ),
        must("errorCount", ANY_COUNT),
        must(
            "errorIndexes",
            Shape::List {
                of: &ANY_COUNT,
                max: MOST_IDS
            }
        ),
    ]
);
model!(
    MERGE_CONTACTS,
    "MergeContactsRequest",
    [
        must("contactIds", Shape::List { of: &ID, max: 25 }),
        may("valueOverride", Shape::Object(&CONTACT)),
    ]
);
model!(
    MERGE,
    "MergeRequest",
    [must("sourceContactId", ID), must("targetContactId", ID)]
);
