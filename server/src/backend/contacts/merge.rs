//! Merging: contacts of one person become a set with one canonical contact. Sets are trees of links; no link closes a cycle.

use std::collections::BTreeMap;

use app::backend::Caller;
use app::error::Error;
use serde_json::{Map, Value as Json, json};

use super::{ContactError, Contacts, Entry, Result, missing, overlaid};
use crate::contact::{Card, Contact};
use crate::policy::{self, Act};
use crate::store::Tx;
use crate::store::contact::Link;

impl Contacts {
    /// Joins the sets of these contacts under a new canonical contact. It takes each field from the first contact that has it
    /// (a name as a whole: the parts of two would be nobody's), and `set` over that. Contacts that are all in one set already
    /// give its canonical contact, `set` taken over: a call that is repeated makes nothing twice.
    pub async fn merge(
        &self,
        caller: &Caller,
        ids: Vec<String>,
        set: Map<String, Json>,
    ) -> Result<Entry> {
        policy::allow(caller, Act::MergeContacts)?;
        let (this, may_edit) = (self.clone(), policy::allow(caller, Act::EditContacts));
        let (new_id, now) = (self.clock.id(), self.clock.now());
        let canonical = self
            .write(caller, "contacts.merged", move |tx| {
                Box::pin(async move {
                    tx.contacts_lock().await?;
                    let sets = sets_of(tx, &ids).await?;
                    if let Some(root) = sets.keys().next().filter(|_| sets.len() == 1) {
                        let body = this.set_over(tx, root, set, may_edit).await?;
                        return Ok((body, root.clone()));
                    }
                    check_size(sets.values().map(Vec::len).sum::<usize>() + 1)?;
                    let card = this.joined(tx, &ids).await?;
                    let card = this.whole(overlaid(&card, set)?)?;
                    if let Some(what) = card.too_much() {
                        return Err(ContactError::TooLarge(what));
                    }
                    tx.contact_insert(&this.with, &Contact::new(new_id.clone(), card, now))
                        .await?;
                    for root in sets.keys() {
                        tx.contact_link(root, Some(&new_id)).await?;
                    }
                    let roots: Vec<&String> = sets.keys().collect();
                    Ok((json!({ "contact": new_id, "merged": roots }), new_id))
                })
            })
            .await?;
        self.get_merged(&canonical).await
    }

    /// Merges the source, with its whole set, into the target. Both in one set already: nothing changes, unless the target was
    /// merged into the source, which is refused.
    pub async fn merge_into(
        &self,
        caller: &Caller,
        source: String,
        target: String,
    ) -> Result<Entry> {
        policy::allow(caller, Act::MergeContacts)?;
        let canonical = self
            .write(caller, "contacts.merged", move |tx| {
                Box::pin(async move {
                    tx.contacts_lock().await?;
                    let sets = sets_of(tx, &[source.clone(), target.clone()]).await?;
                    if let Some((root, members)) =
                        sets.first_key_value().filter(|_| sets.len() == 1)
                    {
                        if source == target || is_below(members, &target, &source) {
                            return Err(ContactError::Cycle);
                        }
                        return Ok((Json::Null, root.clone()));
                    }
                    check_size(sets.values().map(Vec::len).sum())?;
                    let root = |id: &String| {
                        let set = sets
                            .iter()
                            .find(|(_, members)| members.iter().any(|link| link.id == *id));
                        set.map(|(root, _)| root.clone()).ok_or_else(missing)
                    };
                    let (from, to) = (root(&source)?, root(&target)?);
                    tx.contact_link(&from, Some(&target)).await?;
                    Ok((json!({ "contact": target, "merged": [from] }), to))
                })
            })
            .await?;
        self.get_merged(&canonical).await
    }

    /// Takes values over into a canonical contact that is there already. That is to edit it, and needs to be allowed as such.
    async fn set_over(
        &self,
        tx: &mut Tx,
        id: &str,
        set: Map<String, Json>,
        may_edit: std::result::Result<(), Error>,
    ) -> Result<Json> {
        let contact = tx.contact_by_id(&self.with, id).await?;
        let mut contact = contact.ok_or_else(missing)?;
        if set.is_empty() {
            return Ok(Json::Null);
        }
        let card = self.whole(overlaid(&contact.card, set)?)?;
        if card == contact.card {
            return Ok(Json::Null);
        }
        may_edit?;
        contact.card = card;
        contact.modified_at = self.clock.now().max(contact.modified_at);
        tx.contact_update(&self.with, &contact).await?;
        Ok(json!({ "contact": id, "merged": [] }))
    }

    async fn get_merged(&self, id: &str) -> Result<Entry> {
        let contact = self
            .db
            .contact_by_id(&self.with, id)
            .await?
            .ok_or_else(missing)?;
        self.entry(contact).await
    }

    async fn joined(&self, tx: &mut Tx, ids: &[String]) -> Result<Card> {
        let mut cards = Vec::with_capacity(ids.len());
        for id in ids {
            cards.push(
                tx.contact_by_id(&self.with, id)
                    .await?
                    .ok_or_else(missing)?
                    .card,
            );
        }
        Ok(joined(&cards))
    }
}

/// The sets of these contacts, each once, by the ids of their canonical contacts.
async fn sets_of(tx: &mut Tx, ids: &[String]) -> Result<BTreeMap<String, Vec<Link>>> {
    let mut sets = BTreeMap::new();
    for id in ids {
        let members = tx.contact_links(id).await?;
        let root = members.first().ok_or_else(missing)?.id.clone();
        sets.insert(root, members);
    }
    Ok(sets)
}

fn check_size(size: usize) -> Result<()> {
    if size > Contact::MAX_SET {
        Err(ContactError::SetTooLarge(size))
    } else {
        Ok(())
    }
}

/// Whether `low` was merged into `high`, through however many others.
fn is_below(members: &[Link], low: &str, high: &str) -> bool {
    let above = |id: &str| {
        members
            .iter()
            .find(|link| link.id == id)
            .and_then(|link| link.canonical.as_deref())
    };
    // A chain is never longer than its set, even if it should close a cycle.
    std::iter::successors(above(low), |id| above(id))
        .take(members.len())
        .any(|id| id == high)
}

/// Each field from the first card that has it, the name as a whole; external ids and Facebook ids of all.
fn joined(cards: &[Card]) -> Card {
    let mut whole = Card::default();
    for card in cards {
        let named = whole.name().is_some();
        if !named {
            whole.first_name.clone_from(&card.first_name);
            whole.middle_name.clone_from(&card.middle_name);
            whole.last_name.clone_from(&card.last_name);
        }
        macro_rules! first {
            ($($field:ident),*) => {$(
                if whole.$field.is_none() {
                    whole.$field.clone_from(&card.$field);
                }
            )*};
        }
        first!(
            salutation,
            title,
            work_phone,
            cell_phone,
            home_phone,
            other_phone
        );
        first!(
            work_email,
            personal_email,
            other_email,
            address,
            twitter_id,
            instagram_id,
            whats_app_id
        );
        add_new(&mut whole.external_ids, &card.external_ids);
        if let Some(facebook) = &card.facebook_id {
            add_new(
                &mut whole.facebook_id.get_or_insert_default().ids,
                &facebook.ids,
            );
        }
        for (key, value) in &card.custom_fields {
            whole
                .custom_fields
                .entry(key)
                .or_insert_with(|| value.clone());
        }
    }
    whole
}

fn add_new<T: Clone + PartialEq>(all: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_joined_card_never_mixes_two_names() {
        let one = Card {
            first_name: Some("Anna".into()),
            ..Card::default()
        };
        let other = Card {
            first_name: Some("Maria".into()),
            last_name: Some("Müller".into()),
            work_email: Some("m@example.org".into()),
            ..Card::default()
        };
        let card = joined(&[one, other]);
        assert_eq!(card.name().as_deref(), Some("Anna"));
        assert_eq!(card.work_email.as_deref(), Some("m@example.org"));
    }

    #[test]
    fn what_is_below_is_found_through_a_chain_and_in_a_cycle() {
        let link = |id: &str, canonical: Option<&str>| Link {
            id: id.into(),
            canonical: canonical.map(Into::into),
        };
        let chain = [link("a", None), link("b", Some("a")), link("c", Some("b"))];
        assert!(is_below(&chain, "c", "a"));
        assert!(!is_below(&chain, "a", "c"));
        let cycle = [link("a", Some("b")), link("b", Some("a"))];
        assert!(!is_below(&cycle, "a", "x"));
    }
}
