//! What staff confirm of found records.

use leptos::prelude::*;

use crate::error::Error;
use crate::wire::Answer;

#[cfg(feature = "ssr")]
use super::form;
#[cfg(feature = "ssr")]
use crate::backend::{Backend, Caller};
#[cfg(feature = "ssr")]
use crate::error::Reason;
#[cfg(feature = "ssr")]
use crate::model::{SearchId, SubjectHandle};
#[cfg(feature = "ssr")]
use crate::paths;

/// Says that two found records are one person's. `lead` is the one of them whose set leads.
#[server(prefix = "/ui", endpoint = "links/join", output = Answer)]
pub async fn join_people(
    #[server(default)] search: String,
    #[server(default)] one: String,
    #[server(default)] other: String,
    #[server(default)] lead: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let page = page(&search, &[&one, &other], "join");
    let joined = async {
        let search = form::id("search", &search)?;
        let records = joined(&one, &other, &lead)?;
        let backend = expect_context::<Backend>();
        backend
            .links
            .join(
                &expect_context::<Caller>(),
                &search,
                [&records[0], &records[1]],
                &reason,
            )
            .await?;
        Ok(paths::search(&search))
    };
    form::go::<JoinPeople>(joined.await, &page)
}

/// The record that is put behind, and the one that leads.
#[cfg(feature = "ssr")]
fn joined(one: &str, other: &str, lead: &str) -> Result<[SubjectHandle; 2], Error> {
    let (one, other) = (form::id("one", one)?, form::id("other", other)?);
    let lead = form::id("lead", lead)?;
    if lead == other {
        Ok([one, lead])
    } else if lead == one {
        Ok([other, lead])
    } else {
        Err(Error::invalid("lead", Reason::Unknown))
    }
}

/// Says that the link which a system declares from a found record does not hold.
#[server(prefix = "/ui", endpoint = "links/part", output = Answer)]
pub async fn part_people(
    #[server(default)] search: String,
    #[server(default)] record: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let page = page(&search, &[&record], "part");
    let parted = async {
        let (search, record) = (form::id("search", &search)?, form::id("record", &record)?);
        let backend = expect_context::<Backend>();
        backend
            .links
            .part(&expect_context::<Caller>(), &search, &record, &reason)
            .await?;
        Ok(paths::search(&search))
    };
    form::go::<PartPeople>(parted.await, &page)
}

/// Takes back what was confirmed.
#[server(prefix = "/ui", endpoint = "links/undo", output = Answer)]
pub async fn undo_link(
    #[server(default)] search: String,
    #[server(default)] link: String,
    #[server(default)] reason: String,
) -> Result<(), Error> {
    let page = page(&search, &[], &link);
    let undone = async {
        let (search, link) = (form::id("search", &search)?, form::id("link", &link)?);
        let backend = expect_context::<Backend>();
        backend
            .links
            .undo(&expect_context::<Caller>(), &link, &reason)
            .await?;
        Ok(paths::search(&search))
    };
    form::go::<UndoLink>(undone.await, &page)
}

/// Where the form stands: with its records, as far as they are named.
#[cfg(feature = "ssr")]
fn page(search: &str, records: &[&str], word: &str) -> String {
    let Ok(search) = SearchId::parse(search) else {
        return paths::FIND.to_owned();
    };
    let records = records.iter().map(|record| SubjectHandle::parse(*record));
    let records: Result<Vec<_>, _> = records.collect();
    let is_id = crate::model::LinkId::parse(word).is_ok();
    match records {
        Ok(records) if is_id => paths::confirming(&search, &records, word),
        _ => paths::search(&search),
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_leads_is_one_of_the_two() {
        let handles = |[a, b]: [SubjectHandle; 2]| format!("{a} {b}");
        let lead = |lead| joined("ab", "cd", lead).map(handles);
        assert_eq!(lead("cd"), Ok("ab cd".to_owned()));
        assert_eq!(lead("ab"), Ok("cd ab".to_owned()));
        assert_eq!(lead("ef"), Err(Error::invalid("lead", Reason::Unknown)));
        assert_eq!(lead(""), Err(Error::invalid("lead", Reason::Missing)));
    }

    #[test]
    fn a_form_goes_back_to_where_it_was_without_what_was_typed() {
        assert_eq!(
            page("s1", &["ab", "cd"], "join"),
            "/find/s1?compare=ab,cd&link=join#link"
        );
        assert_eq!(page("s1", &[], "l-1"), "/find/s1?link=l-1#link");
        assert_eq!(page("s1", &["A B"], "part"), "/find/s1");
        assert_eq!(page("s1", &[], "a b&c"), "/find/s1");
        assert_eq!(page("S 1", &[], "l-1"), "/find");
    }
}
