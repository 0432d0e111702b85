//! The legal clock: by when a request must have been answered (GDPR Art. 12(3), counted as Regulation 1182/71 says).

use std::collections::BTreeSet;

use app::model::Millis;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// The controller's days: her time zone, and the holidays on which no deadline ends.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    holidays: BTreeSet<Date>,
}

/// Why a calendar can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCalendar {
    #[error("there is no time zone {0:?}; want a name such as Europe/Berlin or Asia/Tokyo")]
    Zone(String),
    #[error("{0:?} is no day; want days such as 2026-12-25, with commas between")]
    Holiday(String),
}

impl Default for Calendar {
    /// UTC, without holidays.
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            holidays: BTreeSet::new(),
        }
    }
}

impl Calendar {
    /// By the IANA name of the zone, and days as `2026-12-25,2026-12-26`.
    pub fn new(zone: &str, holidays: &str) -> Result<Self, InvalidCalendar> {
        let days = holidays.split(',').map(str::trim);
        let day = |text: &str| {
            text.parse()
                .map_err(|_| InvalidCalendar::Holiday(text.to_owned()))
        };
        Ok(Self {
            zone: TimeZone::get(zone).map_err(|_| InvalidCalendar::Zone(zone.to_owned()))?,
            holidays: days
                .filter(|day| !day.is_empty())
                .map(day)
                .collect::<Result<_, _>>()?,
        })
    }

    /// The end of the last day on which what was received then is answered in time: one month later, or the last day of that
    /// month; the next working day, if that is a weekend or holiday.
    pub fn due(&self, received: Millis) -> Millis {
        let received = Timestamp::from_millisecond(received).unwrap_or(Timestamp::UNIX_EPOCH);
        let last = self.last_day(self.zone.to_datetime(received).date());
        let next = last.checked_add(1.day()).unwrap_or(Date::MAX);
        let end = next.to_zoned(self.zone.clone());
        end.map_or(Millis::MAX, |end| end.timestamp().as_millisecond() - 1)
    }

    fn last_day(&self, received: Date) -> Date {
        let mut day = received.checked_add(1.month()).unwrap_or(Date::MAX);
        while self.is_free(day) {
            match day.checked_add(1.day()) {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        day
    }

    fn is_free(&self, day: Date) -> bool {
        matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || self.holidays.contains(&day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    #[test]
    fn a_month_ends_as_the_regulation_says() {
        let calendar =
            Calendar::new("Europe/Berlin", "2026-12-25, 2026-12-26,2027-01-01").expect("valid");
        for (received, due) in [
            ("2026-03-05", "2026-04-06"), // a Sunday
            ("2026-08-31", "2026-09-30"), // there is no 31 September
            ("2026-10-31", "2026-11-30"),
            ("2026-11-25", "2026-12-28"), // two holidays and a Sunday
            ("2026-11-30", "2026-12-30"),
            ("2026-12-01", "2027-01-04"),
            ("2027-01-31", "2027-03-01"), // the last of February is a Sunday
            ("2028-01-31", "2028-02-29"), // a leap year
        ] {
            assert_eq!(calendar.last_day(day(received)), day(due), "{received}");
        }
    }

    #[test]
    fn days_are_the_controllers_not_those_of_utc() {
        // 23:30 UTC on 4 March is 5 March in Tokyo; the deadline ends with the day there.
        let received = "2026-03-04T23:30:00Z".parse::<Timestamp>().expect("valid");
        let due = |zone| {
            let calendar = Calendar::new(zone, "").expect("valid");
            Timestamp::from_millisecond(calendar.due(received.as_millisecond()))
                .expect("an instant")
                .to_string()
        };
        assert_eq!(due("UTC"), "2026-04-06T23:59:59.999Z"); // 4 April is a Saturday
        assert_eq!(due("Asia/Tokyo"), "2026-04-06T14:59:59.999Z");
        assert_eq!(due("America/Los_Angeles"), "2026-04-07T06:59:59.999Z");
    }

    #[test]
    fn what_is_no_zone_or_day_is_named() {
        let zone = InvalidCalendar::Zone("Mars/Base".into());
        assert_eq!(Calendar::new("Mars/Base", "").expect_err("no zone"), zone);
        let holiday = InvalidCalendar::Holiday("2026-02-30".into());
        assert_eq!(
            Calendar::new("UTC", "2026-12-25,2026-02-30").expect_err("no day"),
            holiday
        );
    }
}
