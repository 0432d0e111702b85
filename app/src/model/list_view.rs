//! How the list of requests is looked at: filter, order and columns, as its address says them; and views that were given a name.

use serde::{Deserialize, Serialize};

use super::{Due, RequestFilter, RequestId, RequestState, Right, ViewId, WaitsFor};

/// The longest name of a saved view, in characters.
pub const VIEW_NAME: u32 = 60;
/// How many views one member of staff can save.
pub const VIEWS: u32 = 30;

/// A closed list of words: those in URLs.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $count:literal { $($(#[$of:meta])* $one:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$of])* $one),*
        }

        impl $name {
            pub const ALL: [Self; $count] = [$(Self::$one),*];

            /// The word in URLs.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$one => $word),*
                }
            }

            /// What a word of [`Self::as_str`] names.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.as_str() == word)
            }
        }
    };
}

words!(
    /// What comes first.
    #[derive(Default)]
    Sort, 3 {
        /// What was made last; of what has ended, what ended last.
        #[default]
        Newest = "newest",
        Oldest = "oldest",
        /// The nearest deadline. Only what has not been answered has one: nothing else is listed.
        Due = "due",
    }
);

words!(
    /// When a set got its answer.
    Ended, 1 {
        /// In the last seven days.
        Week = "days_7",
    }
);

impl Ended {
    /// From when on.
    pub fn since(self, now: super::Millis) -> super::Millis {
        match self {
            Self::Week => now - 7 * 86_400_000,
        }
    }
}

words!(
    /// A column of the list beside the request's number, which is always there.
    Column, 8 {
        Right = "right",
        State = "state",
        Person = "person",
        Progress = "progress",
        Due = "due",
        Created = "created",
        Ended = "ended",
        By = "by",
    }
);

/// Which columns are shown, in the order of [`Column::ALL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(Vec<Column>);

impl Default for Columns {
    /// All but when it ended.
    fn default() -> Self {
        Self::of(|column| column != Column::Ended)
    }
}

impl Columns {
    /// Those that are wanted.
    pub fn of(wanted: impl Fn(Column) -> bool) -> Self {
        Self(Column::ALL.into_iter().filter(|c| wanted(*c)).collect())
    }

    pub fn has(&self, column: Column) -> bool {
        self.0.contains(&column)
    }

    pub fn iter(&self) -> impl Iterator<Item = Column> {
        self.0.iter().copied()
    }

    /// Their words with commas; what [`ListWords::cols`] reads.
    pub fn words(&self) -> String {
        let words: Vec<_> = self.iter().map(Column::as_str).collect();
        words.join(",")
    }
}

/// What the list shows and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListView {
    pub filter: RequestFilter,
    pub columns: Columns,
}

/// A view that a member of staff gave a name to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    pub id: ViewId,
    /// Hers to choose: may hold anything.
    pub name: String,
    pub view: ListView,
}

/// The views of one member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SavedViews {
    /// In the order in which they were saved.
    pub views: Vec<SavedView>,
    /// What was deleted last, a short while ago: it can be put back.
    pub deleted: Option<SavedView>,
}

/// What the list's address says, word by word, before anything is known of it. Empty: nothing is said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListWords<'q> {
    right: &'q str,
    state: &'q str,
    due: &'q str,
    waits: &'q str,
    ended: &'q str,
    sort: &'q str,
    after: &'q str,
    cols: Vec<&'q str>,
}

impl<'q> ListWords<'q> {
    /// The words of a query string. Ours are plain: one that is encoded means nothing.
    pub fn of_query(query: &'q str) -> Self {
        let mut words = Self::default();
        let query = query.trim_start_matches('?');
        for (name, word) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "right" => words.right = word,
                "state" => words.state = word,
                "due" => words.due = word,
                "waits" => words.waits = word,
                "ended" => words.ended = word,
                "sort" => words.sort = word,
                "after" => words.after = word,
                // Of a form's boxes each says its own; what sends links on may encode commas.
                "cols" => words
                    .cols
                    .extend(word.split(',').flat_map(|word| word.split("%2C"))),
                _ => {}
            }
        }
        words.cols.retain(|word| !word.is_empty());
        words
    }

    /// What they mean, and the fields that mean nothing: those are as if they were empty.
    pub fn read(&self) -> (ListView, Vec<&'static str>) {
        let mut ignored = Vec::new();
        let mut filter = RequestFilter {
            right: word("right", self.right, Right::parse, &mut ignored),
            state: word("state", self.state, RequestState::parse, &mut ignored),
            due: word("due", self.due, Due::parse, &mut ignored),
            waits: word("waits", self.waits, WaitsFor::parse, &mut ignored),
            ended: word("ended", self.ended, Ended::parse, &mut ignored),
            sort: word("sort", self.sort, Sort::parse, &mut ignored).unwrap_or_default(),
            after: word("after", self.after, |t| t.parse().ok(), &mut ignored),
        };
        // What has ended has no deadline any more.
        if filter.ended.is_some() && filter.sort == Sort::Due {
            filter.sort = Sort::Newest;
            ignored.push("sort");
        }
        let columns = self.columns(&mut ignored);
        (ListView { filter, columns }, ignored)
    }

    fn columns(&self, ignored: &mut Vec<&'static str>) -> Columns {
        let named: Vec<_> = self
            .cols
            .iter()
            .filter_map(|word| Column::parse(word))
            .collect();
        if named.len() < self.cols.len() {
            ignored.push("cols");
        }
        if named.is_empty() {
            Columns::default()
        } else {
            Columns::of(|column| named.contains(&column))
        }
    }
}

/// What a word means, if it was said; what it says in vain is ignored by name.
fn word<T>(
    field: &'static str,
    said: &str,
    parse: impl Fn(&str) -> Option<T>,
    ignored: &mut Vec<&'static str>,
) -> Option<T> {
    let meant = Some(said).filter(|said| !said.is_empty()).map(parse)?;
    if meant.is_none() {
        ignored.push(field);
    }
    meant
}

impl RequestFilter {
    /// Each of its conditions: the field, and the filter without it. From the first page on.
    pub fn without_each(&self) -> Vec<(&'static str, Self)> {
        let from_first = Self {
            after: None::<RequestId>,
            ..self.clone()
        };
        type Drop = fn(&mut RequestFilter);
        let drop: [(&'static str, Drop); 5] = [
            ("right", |filter| filter.right = None),
            ("state", |filter| filter.state = None),
            ("due", |filter| filter.due = None),
            ("waits", |filter| filter.waits = None),
            ("ended", |filter| filter.ended = None),
        ];
        let without = drop.into_iter().map(|(field, drop)| {
            let mut filter = from_first.clone();
            drop(&mut filter);
            (field, filter)
        });
        without
            .filter(|(_, filter)| *filter != from_first)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_nothing_is_ignored_by_name() {
        let words = ListWords::of_query("right=delete&state=sleeping&cols=due,mood&sort=size&x=y");
        let (view, ignored) = words.read();
        assert_eq!(ignored, ["state", "sort", "cols"]);
        assert_eq!(view.filter.right, Some(Right::Delete));
        assert_eq!(view.filter.state, None);
        assert_eq!(view.columns, Columns::of(|column| column == Column::Due));
    }

    #[test]
    fn what_has_ended_is_not_sorted_by_its_deadline() {
        let (view, ignored) = ListWords::of_query("?ended=days_7&sort=due").read();
        assert_eq!((view.filter.sort, ignored), (Sort::Newest, vec!["sort"]));
        let (view, ignored) = ListWords::of_query("due=days_7&sort=due").read();
        assert_eq!((view.filter.sort, ignored), (Sort::Due, vec![]));
    }

    #[test]
    fn no_column_is_every_usual_one() {
        for query in ["", "cols=", "cols=,", "cols=mood"] {
            let (view, _) = ListWords::of_query(query).read();
            assert_eq!(view.columns, Columns::default(), "{query}");
        }
        let (view, _) = ListWords::of_query("cols=by&cols=due%2Cstate").read();
        assert_eq!(view.columns.words(), "state,due,by");
        assert_eq!(
            Columns::default().words(),
            "right,state,person,progress,due,created,by"
        );
    }

    #[test]
    fn each_condition_can_be_dropped_alone() {
        let (view, _) = ListWords::of_query("right=delete&due=overdue&sort=due&after=r1").read();
        let without = view.filter.without_each();
        let names: Vec<_> = without.iter().map(|(field, _)| *field).collect();
        assert_eq!(names, ["right", "due"]);
        assert_eq!(without[0].1.due, Some(Due::Overdue));
        assert_eq!((without[0].1.right, &without[0].1.after), (None, &None));
        assert_eq!(without[0].1.sort, Sort::Due);
    }
}
