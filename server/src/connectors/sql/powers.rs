//! What a database's account may that Habeas has no need of: whoever gets its password may it too.

use app::model::Power;

use super::database::Database;
use super::live::{all, text};

/// Told by the database's own catalogue. Advice only: nothing where the catalogue does not say.
pub(super) async fn powers(database: &Database) -> Vec<Power> {
    let Some(words) = database.dialect().powers() else {
        return Vec::new();
    };
    let rows = all(database, words, &[]).await.unwrap_or_default();
    let words = rows.iter().filter_map(|row| text(row, 0).ok());
    let mut powers: Vec<_> = words.filter_map(|word| Power::parse(&word)).collect();
    powers.sort_unstable();
    powers.dedup();
    if powers.first() == Some(&Power::Everything) {
        powers.truncate(1);
    }
    powers
}
