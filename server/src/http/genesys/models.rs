//! The models of the Genesys API, as far as we speak it: what is read, what is written, and what the OpenAPI document says of both.

use super::shape::{Model, Need, Property, Shape};

const TEXT: Shape = Shape::Text { max: 512 };
const LONG: Shape = Shape::Text { max: 2000 };
const ID: Shape = Shape::Text { max: 64 };
const ANY_COUNT: Shape = Shape::Count {
    min: 0,
    max: u32::MAX,
};

const fn must(name: &'static str, shape: Shape) -> Property {
    Property {
        name,
        shape,
        need: Need::Required,
    }
}
const fn may(name: &'static str, shape: Shape) -> Property {
    Property {
        name,
        shape,
        need: Need::Optional,
    }
}
const fn ours(name: &'static str, shape: Shape) -> Property {
    Property {
        name,
        shape,
        need: Need::ReadOnly,
    }
}

macro_rules! model {
    ($(#[$doc:meta])* $name:ident, $title:literal, [$($property:expr),* $(,)?]) => {
        $(#[$doc])*
        pub static $name: Model = Model { name: $title, properties: &[$($property),*] };
    };
}

/// The kinds of content and ids that a search or a replacement names by a word.
pub const SEARCH_TYPES: &[&str] = &[
    "NAME",
    "ADDRESS",
    "PHONE",
    "EMAIL",
    "TWITTER",
    "INSTAGRAM",
    "FACEBOOK",
    "APPLE_MESSAGES",
    "WHATSAPP",
    "EXTERNAL_ID",
];
pub const SOCIAL_TYPES: &[&str] = &[
    "TWITTER",
    "INSTAGRAM",
    "FACEBOOK",
    "APPLE_MESSAGES",
    "WHATSAPP",
];
pub const REQUEST_TYPES: &[&str] = &["GDPR_EXPORT", "GDPR_UPDATE", "GDPR_DELETE"];
const STATUSES: &[&str] = &[
    "INITIATED",
    "SEARCHING",
    "UPDATING",
    "DELETING",
    "FINALIZING",
    "COMPLETED",
    "ERROR",
];

model!(
    ENTITY_REF,
    "EntityRef",
    [may("id", ID), may("name", TEXT), may("selfUri", LONG)]
);
model!(
    DIALER_CONTACT,
    "DialerContactId",
    [must("id", TEXT), must("contactListId", TEXT)]
);
model!(
    JOURNEY_CUSTOMER,
    "GDPRJourneyCustomer",
    [may("type", Shape::Word(&["cookie"])), must("id", TEXT)]
);
model!(
    SOCIAL_HANDLE,
    "SocialHandle",
    [must("type", Shape::Word(SOCIAL_TYPES)), must("value", TEXT)]
);
model!(
    /// A term when it is sent, a person's known values when it is read.
    SUBJECT, "GDPRSubject", [
        may("name", TEXT),
        may("userId", TEXT),
        may("externalContactId", TEXT),
        may("dialerContactId", Shape::Object(&DIALER_CONTACT)),
        may("journeyCustomer", Shape::Object(&JOURNEY_CUSTOMER)),
        may("socialHandle", Shape::Object(&SOCIAL_HANDLE)),
        may("externalId", TEXT),
        may("addresses", Shape::List { of: &TEXT, max: 100 }),
        may("phoneNumbers", Shape::List { of: &TEXT, max: 100 }),
        may("emailAddresses", Shape::List { of: &TEXT, max: 100 }),
    ]
);
model!(
    REPLACEMENT,
    "ReplacementTerm",
    [
        must("type", Shape::Word(SEARCH_TYPES)),
        must("existingValue", TEXT),
        must("updatedValue", TEXT),
    ]
);
model!(
    REQUEST,
    "GDPRRequest",
    [
        ours("id", ID),
        ours("name", TEXT),
        ours("createdBy", Shape::Object(&ENTITY_REF)),
        may(
            "replacementTerms",
            Shape::List {
                of: &Shape::Object(&REPLACEMENT),
                max: 50
            }
        ),
        must("requestType", Shape::Word(REQUEST_TYPES)),
        ours("createdDate", Shape::Date),
        ours("status", Shape::Word(STATUSES)),
        must("subject", Shape::Object(&SUBJECT)),
        ours("resultsUrl", LONG),
        ours(
            "resultsUrls",
            Shape::List {
                of: &LONG,
                max: 100
            }
        ),
        ours(
            "relatedRequests",
            Shape::List {
                of: &Shape::Object(&ENTITY_REF),
                max: 100
            }
        ),
        ours("selfUri", LONG),
    ]
);

macro_rules! listing {
    ($name:ident, $title:literal, $entity:ident) => {
        model!(
            $name,
            $title,
            [
                must(
                    "entities",
                    Shape::List {
                        of: &Shape::Object(&$entity),
                        max: 1000
                    }
                ),
                must("pageSize", ANY_COUNT),
                must("pageNumber", ANY_COUNT),
                must("total", ANY_COUNT),
                must("pageCount", ANY_COUNT),
                may("firstUri", LONG),
                may("selfUri", LONG),
                may("nextUri", LONG),
                may("previousUri", LONG),
                may("lastUri", LONG),
            ]
        );
    };
}
listing!(SUBJECTS, "GDPRSubjectEntityListing", SUBJECT);
listing!(REQUESTS, "GDPRRequestEntityListing", REQUEST);
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
            max: 20
        }
    )]
);
model!(INSTAGRAM, "InstagramId", [must("handle", TEXT)]);
model!(
    WHATS_APP,
    "WhatsAppId",
    [must("phoneNumber", Shape::Object(&PHONE))]
);
model!(
    EXTERNAL_SOURCE,
    "ExternalSource",
    [must("name", Shape::Text { max: 64 })]
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
                max: 50
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

model!(URL, "UrlResponse", [must("url", LONG)]);
model!(NOTHING, "Empty", []);
model!(
    TOKEN_ASK,
    "TokenRequest",
    [
        must("grant_type", Shape::Word(&["client_credentials"])),
        may("scope", LONG)
    ]
);
model!(
    TOKEN,
    "Token",
    [
        must("access_token", TEXT),
        must("token_type", TEXT),
        must("expires_in", ANY_COUNT)
    ]
);
model!(
    ERROR_DETAIL,
    "Detail",
    [may("errorCode", TEXT), may("fieldName", TEXT)]
);
model!(
    ERROR,
    "ErrorBody",
    [
        must("message", LONG),
        must("code", TEXT),
        must("status", ANY_COUNT),
        must("messageParams", Shape::Free),
        must("contextId", ID),
        must(
            "details",
            Shape::List {
                of: &Shape::Object(&ERROR_DETAIL),
                max: 100
            }
        ),
        must(
            "errors",
            Shape::List {
                of: &Shape::Object(&NOTHING),
                max: 100
            }
        ),
        may("error", TEXT),
        may("error_description", LONG),
    ]
);
