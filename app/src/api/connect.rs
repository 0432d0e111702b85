//! Connecting a database.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::components::Parts;
use crate::error::Error;
use crate::html::Html;
use crate::wire::Answer;

#[cfg(feature = "ssr")]
use super::{form, subjects::identifier};
#[cfg(feature = "ssr")]
use crate::backend::{Backend, Caller};
#[cfg(feature = "ssr")]
use crate::error::Reason;
#[cfg(feature = "ssr")]
use crate::model::{
    CollectionChoice, CollectionName, DatabaseKind, DatabasePlace, Disposition, DraftId, DraftView,
    Encryption, FieldChoice, NewDatabase, OfWhom,
};
#[cfg(feature = "ssr")]
use crate::paths;
#[cfg(feature = "ssr")]
use crate::session::lang_of_request;
#[cfg(feature = "ssr")]
use crate::views::{connect, draft};

/// What was typed of a database. Every field may be absent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DatabaseWords {
    pub name: String,
    pub owner: String,
    pub region: String,
    pub kind: String,
    pub host: String,
    pub port: String,
    pub database: String,
    pub user: String,
    pub password: String,
    pub encryption: String,
    pub authority: String,
    pub samples: String,
}

/// What was chosen of one column. Every field may be absent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldWords {
    pub name: String,
    pub take: String,
    pub category: String,
    /// `true` where it says something of somebody else.
    pub another: String,
    /// `null`, `keep`, `fixed`, or nothing: as is usual.
    pub erase: String,
    /// What takes its place.
    pub text: String,
}

/// The form of a new database, and what nobody finished.
#[server(prefix = "/ui", endpoint = "connect/new", input = GetUrl, output = Answer)]
pub async fn get_connect() -> Result<Parts, Error> {
    let (backend, lang) = (expect_context::<Backend>(), lang_of_request());
    let drafts = backend.connect.drafts(&expect_context::<Caller>()).await;
    let drafts = form::read(drafts)?;
    Ok(Parts {
        parts: vec![
            Html::of(lang, || view! { <connect::ConnectHead/> }),
            Html::of(lang, || view! { <connect::NewDatabaseForm drafts/> }),
        ],
        events: None,
    })
}

/// A draft, and one of its collections to decide on: the one that is named, or else the first that somebody has to look at.
#[server(prefix = "/ui", endpoint = "connect/get", input = GetUrl, output = Answer)]
pub async fn get_draft(id: String, #[server(default)] collection: String) -> Result<Parts, Error> {
    let (backend, lang) = (expect_context::<Backend>(), lang_of_request());
    let found = async {
        let id = DraftId::parse(id).map_err(|_| Error::not_found("draft"))?;
        backend
            .connect
            .draft(&expect_context::<Caller>(), &id)
            .await
    };
    let drafted = form::read(found.await)?;
    let head = (drafted.new.clone(), drafted.looked.clone());
    Ok(Parts {
        parts: vec![
            Html::of(
                lang,
                || view! { <draft::DraftHead new=head.0 looked=head.1/> },
            ),
            Html::of(
                lang,
                || view! { <draft::DraftBody draft=drafted collection/> },
            ),
        ],
        events: None,
    })
}

/// Whether the database answers, in words; keeps nothing. For the form while it is filled in.
#[server(prefix = "/ui", endpoint = "connect/test", output = Answer)]
pub async fn test_database(
    #[server(default)] database: DatabaseWords,
    #[server(default)] draft: String,
) -> Result<Html, Error> {
    let lang = lang_of_request();
    let tested = async {
        let backend = expect_context::<Backend>();
        let id = form::optional("draft", &draft, form::id::<DraftId>)?;
        let (place, caller) = (place(&database)?, expect_context::<Caller>());
        let connect = backend.connect;
        connect
            .test(&caller, place, database.password, id.as_ref())
            .await
    };
    let tested = form::read(tested.await)?;
    Ok(Html::of(lang, || view! { <connect::Tested tested/> }))
}

/// Looks a database through and drafts its description.
#[server(prefix = "/ui", endpoint = "connect/start", output = Answer)]
pub async fn start_draft(#[server(default)] database: DatabaseWords) -> Result<(), Error> {
    let started = async {
        let (new, backend) = (new(&database)?, expect_context::<Backend>());
        let caller = expect_context::<Caller>();
        let id = backend
            .connect
            .start(&caller, new, database.password)
            .await?;
        Ok(paths::draft(&id))
    };
    form::go::<StartDraft>(started.await, paths::CONNECT)
}

/// The same for a draft that is there.
#[server(prefix = "/ui", endpoint = "connect/again", output = Answer)]
pub async fn start_again(
    #[server(default)] draft: String,
    #[server(default)] database: DatabaseWords,
) -> Result<(), Error> {
    let page = page_of(&draft);
    let started = async {
        let (id, new) = (form::id::<DraftId>("draft", &draft)?, new(&database)?);
        let (backend, caller) = (expect_context::<Backend>(), expect_context::<Caller>());
        let connect = backend.connect;
        connect
            .start_again(&caller, &id, new, database.password)
            .await
    };
    form::stay::<StartAgain>(started.await, &page)
}

/// Writes down what was decided of one collection, and goes on to the next that wants somebody.
#[server(prefix = "/ui", endpoint = "connect/decide", output = Answer)]
pub async fn decide(
    #[server(default)] draft: String,
    #[server(default)] collection: String,
    #[server(default)] take: String,
    #[server(default)] title: String,
    #[server(default)] disposition: String,
    #[server(default)] ground: String,
    #[server(default)] fields: Vec<FieldWords>,
) -> Result<(), Error> {
    let id = DraftId::parse(&*draft).ok();
    let here = CollectionName::parse(&*collection).ok();
    let page = match (&id, &here) {
        (Some(id), Some(here)) => paths::draft_at(id, here),
        _ => page_of(&draft),
    };
    let decided = async {
        let id = form::id::<DraftId>("draft", &draft)?;
        let collection: CollectionName = form::id("collection", &collection)?;
        let choice = CollectionChoice {
            disposition: form::word("disposition", &disposition, |word| chosen(word, &ground))?,
            fields: fields.into_iter().map(field).collect(),
            take: take == "true",
            title,
            collection: collection.clone(),
        };
        let (backend, caller) = (expect_context::<Backend>(), expect_context::<Caller>());
        backend.connect.decide(&caller, &id, choice).await?;
        let draft = backend.connect.draft(&caller, &id).await?;
        Ok(next(&draft, &collection))
    };
    form::go::<Decide>(decided.await, &page)
}

/// Searches by the draft, in its database alone.
#[server(prefix = "/ui", endpoint = "connect/try", output = Answer)]
pub async fn try_search(
    #[server(default)] draft: String,
    #[server(default)] kind: String,
    #[server(default)] value: String,
) -> Result<(), Error> {
    let tried = async {
        let id = form::id::<DraftId>("draft", &draft)?;
        let identifier = identifier(&kind, &value, "")?;
        let (backend, caller) = (expect_context::<Backend>(), expect_context::<Caller>());
        backend.connect.try_search(&caller, &id, identifier).await?;
        Ok(format!("{}#try", paths::draft(&id)))
    };
    form::go::<TrySearch>(tried.await, &page_of(&draft))
}

/// Makes the draft a system.
#[server(prefix = "/ui", endpoint = "connect/enable", output = Answer)]
pub async fn enable_draft(#[server(default)] draft: String) -> Result<(), Error> {
    let enabled = async {
        let id = form::id::<DraftId>("draft", &draft)?;
        let (backend, caller) = (expect_context::<Backend>(), expect_context::<Caller>());
        Ok(match backend.connect.enable(&caller, &id).await? {
            Some(system) => paths::system(&system),
            None => format!("{}#enable", paths::draft(&id)),
        })
    };
    form::go::<EnableDraft>(enabled.await, &page_of(&draft))
}

/// Throws a draft away, and what was typed with it.
#[server(prefix = "/ui", endpoint = "connect/discard", output = Answer)]
pub async fn discard_draft(#[server(default)] draft: String) -> Result<(), Error> {
    let discarded = async {
        let id = form::id::<DraftId>("draft", &draft)?;
        let (backend, caller) = (expect_context::<Backend>(), expect_context::<Caller>());
        backend.connect.discard(&caller, &id).await?;
        Ok(paths::CONNECT.to_owned())
    };
    form::go::<DiscardDraft>(discarded.await, &page_of(&draft))
}

#[cfg(feature = "ssr")]
fn page_of(draft: &str) -> String {
    match DraftId::parse(draft) {
        Ok(id) => paths::draft(&id),
        Err(_) => paths::CONNECT.to_owned(),
    }
}

#[cfg(feature = "ssr")]
fn new(words: &DatabaseWords) -> Result<NewDatabase, Error> {
    Ok(NewDatabase {
        name: words.name.clone(),
        owner: words.owner.clone(),
        region: words.region.clone(),
        place: place(words)?,
        samples: words.samples == "true",
    })
}

#[cfg(feature = "ssr")]
fn place(words: &DatabaseWords) -> Result<DatabasePlace, Error> {
    let port = words.port.trim();
    let number = |field: &str, text: &str| {
        let port = text.parse::<u16>().ok().filter(|port| *port > 0);
        port.ok_or_else(|| Error::invalid(field, Reason::Unknown))
    };
    Ok(DatabasePlace {
        kind: form::word("kind", &words.kind, DatabaseKind::parse)?,
        host: words.host.clone(),
        port: form::optional("port", port, number)?,
        database: words.database.clone(),
        user: words.user.clone(),
        encryption: form::optional("encryption", &words.encryption, |field, text| {
            form::word(field, text, Encryption::parse)
        })?
        .unwrap_or_default(),
        authority: words.authority.clone(),
    })
}

#[cfg(feature = "ssr")]
fn chosen(word: &str, ground: &str) -> Option<Disposition> {
    match word {
        "delete" => Some(Disposition::Delete),
        "anonymise" => Some(Disposition::Anonymise),
        "keep" => Some(Disposition::Keep {
            ground: ground.trim().to_owned(),
        }),
        _ => None,
    }
}

#[cfg(feature = "ssr")]
fn field(words: FieldWords) -> FieldChoice {
    let FieldWords {
        name,
        take,
        category,
        another,
        erase,
        text,
    } = words;
    let of = if another == "true" {
        OfWhom::Another
    } else {
        OfWhom::Her
    };
    let erase = match erase.as_str() {
        "" => None,
        "null" | "keep" => Some(erase),
        _ => Some(format!("{erase}:{text}")),
    };
    FieldChoice {
        name,
        take: take == "true",
        category,
        of,
        erase,
    }
}

/// The next collection that wants somebody, after this one and then from the first; where none does, what is to be done then.
#[cfg(feature = "ssr")]
fn next(draft: &DraftView, after: &CollectionName) -> String {
    let all = &draft.collections;
    let at = all.iter().position(|one| one.name == *after).unwrap_or(0);
    let rest = all.iter().skip(at).chain(all.iter().take(at));
    match rest.into_iter().find(|one| one.is_open()) {
        Some(next) => format!("{}#inventory", paths::draft_at(&draft.id, &next.name)),
        None => format!("{}#try", paths::draft(&draft.id)),
    }
}
