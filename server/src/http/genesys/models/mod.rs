//! The models of the Genesys API, as far as we speak it: what is read, what is written, and what the OpenAPI document says of both.

use super::shape::{Model, Need, Property, Shape};

const TEXT: Shape = Shape::Text { max: 512 };
const LONG: Shape = Shape::Text { max: 2000 };
const ID: Shape = Shape::Text { max: 64 };
/// What a system holds of a person. Where it is shown, the 4,001st character stands for the rest of it.
const KNOWN: Shape = Shape::Known { max: 4001 };
const ALL_KNOWN: Shape = Shape::List {
    of: &KNOWN,
    max: 1000,
};
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
    [
        must("type", Shape::Word(SOCIAL_TYPES)),
        must("value", KNOWN)
    ]
);
model!(
    /// A term when it is sent, a person's known values when it is read. What was read may be sent: the term among it is checked
    /// by its kind, the rest is not looked at.
    SUBJECT, "GDPRSubject", [
        may("name", KNOWN),
        may("userId", TEXT),
        may("externalContactId", TEXT),
        may("dialerContactId", Shape::Object(&DIALER_CONTACT)),
        may("journeyCustomer", Shape::Object(&JOURNEY_CUSTOMER)),
        may("socialHandle", Shape::Object(&SOCIAL_HANDLE)),
        may("externalId", KNOWN),
        may("addresses", ALL_KNOWN),
        may("phoneNumbers", ALL_KNOWN),
        may("emailAddresses", ALL_KNOWN),
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

mod contact;
mod portal;
pub use contact::*;
pub use portal::*;

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
