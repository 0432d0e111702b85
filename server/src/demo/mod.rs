//! The sample organisation: systems with people in them, invented, the same for the same seed.
//!
//! [`make`] writes into an empty folder
//! - `contact-centre.db`, `help-desk.db`, `newsletter.db`, `billing.db`: databases as other software would have made them;
//! - `attachments/<external_contact_id|external_id>/<id>/<file>`: every byte of the id but `A-Z a-z 0-9 _ -` as `%XX`;
//! - `systems/*.toml`: what each system holds, for the connectors;
//! - `demo.json`: the stories, who is found by what, for tests and documentation.
//!
//! The directory's contacts are not written but handed over: [`Made::contacts`].
//! To add a story: a method of `stories::Cast`, called in `stories::cast`.

mod attachments;
mod census;
mod contact;
mod contact_centre;
mod database;
mod desk;
mod names;
mod numbers;
mod people;
mod png;
mod random;
mod record;
mod spell;
mod stories;
#[cfg(test)]
mod tests;
mod words;

use std::path::Path;

use serde_json::{Map, Value, json};

pub use contact::{ContactKind, DirectoryContact, EmailSlot, PhoneSlot, PostalAddress};

use contact_centre::ContactCentre;
use desk::Desks;
use record::Person;
use stories::{Cast, Story};

/// The descriptions of the systems, by the names of their files.
const SYSTEMS: [(&str, &str); 6] = [
    ("attachments.toml", include_str!("systems/attachments.toml")),
    ("billing.toml", include_str!("systems/billing.toml")),
    (
        "contact-centre.toml",
        include_str!("systems/contact-centre.toml"),
    ),
    ("directory.toml", include_str!("systems/directory.toml")),
    ("help-desk.toml", include_str!("systems/help-desk.toml")),
    ("newsletter.toml", include_str!("systems/newsletter.toml")),
];

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Other seeds give other people; the stories stay.
    pub seed: u64,
    /// How many persons. The people of the stories are always there, and count.
    pub persons: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            persons: 2_000,
        }
    }
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    options: Options,
    /// At least the people of the stories.
    pub persons: u32,
    /// Rows and files in all systems, the directory's contacts not counted.
    pub records: u64,
}

impl Made {
    /// The directory's contacts; of a merge set the canonical one comes before those merged into it.
    /// Made anew at every call, one at a time.
    pub fn contacts(&self) -> impl Iterator<Item = DirectoryContact> + Send + use<> {
        persons(self.options)
            .flat_map(|person| person.records)
            .filter_map(|record| record.contact)
    }
}

/// Why the sample could not be made. Holds no personal data: there is none.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("the folder holds something already: want an empty one")]
    NotEmpty,
    #[error("the folder can't be written")]
    Folder(#[source] std::io::Error),
    #[error("a database of the sample can't be written")]
    Database(#[from] sqlx::Error),
    #[error("a description of a system is not TOML")]
    Description(#[from] toml::de::Error),
    #[error("the stories can't be written as JSON")]
    Stories(#[from] serde_json::Error),
}

/// Makes the sample in a folder that is empty or not there yet. What is left after an error has to be removed.
pub async fn make(folder: &Path, options: Options) -> Result<Made, DemoError> {
    prepare(folder).await?;
    let mut centre = ContactCentre::create(folder).await?;
    let mut desks = Desks::create(folder).await?;
    let mut made = Made {
        options,
        persons: 0,
        records: 0,
    };
    for person in persons(options) {
        centre.add(&person).await?;
        desks.add(&person).await?;
        made.records += attachments::add(folder, &person).await?;
        made.persons += 1;
    }
    made.records += centre.finish().await? + desks.finish().await?;
    tell(folder, &made).await?;
    Ok(made)
}

/// Everybody, one at a time: the stories' people, then the crowd.
fn persons(options: Options) -> impl Iterator<Item = Person> + Send {
    let cast = stories::cast(options.seed).persons;
    let crowd = cast.len() as u32..options.persons;
    cast.into_iter()
        .chain(crowd.map(move |index| people::person(options.seed, index)))
}

async fn prepare(folder: &Path) -> Result<(), DemoError> {
    let systems = folder.join("systems");
    tokio::fs::create_dir_all(folder)
        .await
        .map_err(DemoError::Folder)?;
    let mut entries = tokio::fs::read_dir(folder)
        .await
        .map_err(DemoError::Folder)?;
    if entries
        .next_entry()
        .await
        .map_err(DemoError::Folder)?
        .is_some()
    {
        return Err(DemoError::NotEmpty);
    }
    tokio::fs::create_dir(&systems)
        .await
        .map_err(DemoError::Folder)?;
    tokio::fs::create_dir(folder.join("attachments"))
        .await
        .map_err(DemoError::Folder)?;
    for (name, text) in SYSTEMS {
        tokio::fs::write(systems.join(name), text)
            .await
            .map_err(DemoError::Folder)?;
    }
    Ok(())
}

/// Writes `demo.json`: the stories, each with the number of subjects that every of its identifiers finds.
async fn tell(folder: &Path, made: &Made) -> Result<(), DemoError> {
    let Cast { stories, .. } = stories::cast(made.options.seed);
    let asks: Vec<_> = stories
        .iter()
        .flat_map(|story| story.asks.clone())
        .collect();
    let mut answers = census::count(folder, &asks, made.contacts())
        .await?
        .into_iter();
    let told: Map<String, Value> = stories
        .into_iter()
        .map(|story| (story.name.to_owned(), told(story, &mut answers)))
        .collect();
    let text = serde_json::to_string_pretty(&json!({
        "seed": made.options.seed, "persons": made.persons, "stories": told,
    }))?;
    tokio::fs::write(folder.join("demo.json"), text + "\n")
        .await
        .map_err(DemoError::Folder)
}

/// The facts of one story, and `expect`: per identifier the subjects that it finds, in all and by system.
fn told(story: Story, answers: &mut impl Iterator<Item = census::Answer>) -> Value {
    let expect = story.asks.iter().zip(answers).map(|(ask, answer)| {
        let keys: std::collections::BTreeSet<&String> = answer.values().flatten().collect();
        let systems: Map<String, Value> =
            answer.iter().map(|(system, keys)| (system.clone(), keys.len().into())).collect();
        let mut expect = json!({
            "kind": ask.kind.as_str(), "value": ask.value, "subjects": keys.len(), "systems": systems,
        });
        if let Some(list) = &ask.list {
            expect["list"] = list.as_str().into();
        }
        expect
    });
    let expect: Vec<Value> = expect.collect();
    let mut facts = story.facts;
    facts["expect"] = expect.into();
    facts
}
