//! The `directory` kind, over a store of our own.

use std::sync::Arc;

use app::model::{IdentifierKind, SubjectKey, SystemId};
use async_trait::async_trait;
use server::backend::contacts::Contacts;
use server::clock::Clock;
use server::connectors::Connector;
use server::connectors::directory::Directory;
use server::contact::{Card, Contact, Phone};
use server::matching::Country;
use server::secret::Keys;
use server::store::{ContactKeys, Db};
use tempfile::TempDir;

use crate::compliance::compliance;
use crate::people::Person;
use crate::sql::key;
use crate::world::World;

compliance!(AddressBook);

/// A directory that holds the people, one contact each.
struct AddressBook {
    contacts: Contacts,
    connector: Arc<dyn Connector>,
    _folder: TempDir,
}

fn contact(person: &Person) -> Contact {
    let card = Card {
        last_name: Some(person.name.clone()),
        work_email: Some(person.email.clone()),
        cell_phone: Some(Phone::typed(&person.phone)),
        ..Card::default()
    };
    Contact::new(person.id.clone(), card, 0)
}

#[async_trait]
impl World for AddressBook {
    async fn with(people: &[Person]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::sqlite(&folder.path().join("habeas.db"))
            .await
            .expect("opens");
        let keys = Keys::new(&std::array::from_fn(|i| i as u8 * 5 + 3)).expect("strong enough");
        let country = Country::parse("DE").expect("a country");
        let contacts = Contacts {
            db,
            with: ContactKeys { keys, country },
            clock: Clock::set_to(0),
        };
        let all = people.iter().map(contact).collect();
        contacts.fill(all).await.expect("filled");
        let system = SystemId::parse("directory").expect("an id");
        let directory = Directory::new(system, country, Arc::new(contacts.clone())).expect("made");
        Self {
            contacts,
            connector: Arc::new(directory),
            _folder: folder,
        }
    }

    fn connector(&self) -> Arc<dyn Connector> {
        Arc::clone(&self.connector)
    }

    fn key(&self, person: &Person) -> SubjectKey {
        key(IdentifierKind::ExternalContactId, &person.id)
    }

    /// A person is one contact, however many messages she has elsewhere.
    fn rows(&self, _: &Person) -> usize {
        1
    }

    async fn dump(&self, person: &Person) -> Vec<String> {
        let contacts = &self.contacts;
        let found = contacts.db.contact_by_id(&contacts.with, &person.id).await;
        let found = found.expect("read");
        let card = found.map(|found| serde_json::to_string(&found.card).expect("JSON"));
        card.into_iter().collect()
    }

    async fn vanish(&self) {
        self.contacts.db.close().await;
    }
}
