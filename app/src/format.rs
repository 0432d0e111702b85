//! Instants, sizes and counts as text.

use crate::model::Millis;

const DAY: i64 = 86_400_000;

/// A date and a time of day in UTC.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

/// The proleptic Gregorian calendar, counted in years that begin in March (Hinnant's `civil_from_days`).
fn civil(at: Millis) -> Civil {
    let (days, rest) = (at.div_euclid(DAY), at.rem_euclid(DAY));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month,
        day: day_of_year - (153 * from_march + 2) / 5 + 1,
        hour: rest / 3_600_000,
        minute: rest / 60_000 % 60,
        second: rest / 1_000 % 60,
    }
}

/// For people, to the minute: `2026-11-21 19:48 UTC`.
pub fn minute(at: Millis) -> String {
    let c = civil(at);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02} UTC",
        c.year, c.month, c.day, c.hour, c.minute
    )
}

/// The time of day to the second: `19:48:07`.
pub fn clock(at: Millis) -> String {
    let c = civil(at);
    format!("{:02}:{:02}:{:02}", c.hour, c.minute, c.second)
}

/// RFC 3339, for `<time datetime>`: `2026-11-21T19:48:07Z`.
pub fn rfc3339(at: Millis) -> String {
    let c = civil(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        c.year, c.month, c.day, c.hour, c.minute, c.second
    )
}

/// A count with its thousands set apart: `12,345`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size in decimal units, with one decimal place under ten: `1.2 MB`.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut tenths, mut unit) = (n.saturating_mul(10), 0);
    while tenths >= 10_000 && unit < UNITS.len() - 1 {
        tenths = tenths / 1_000 + u64::from(tenths % 1_000 >= 500);
        unit += 1;
    }
    if unit > 0 && tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", (tenths + 5) / 10, UNITS[unit])
    }
}

/// A duration: `340 ms`, `1.2 s`, `75 s`.
pub fn took(ms: u32) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..10_000 => format!("{}.{} s", ms / 1_000, ms / 100 % 10),
        _ => format!("{} s", ms / 1_000),
    }
}

/// A span of any length, to its two largest units: `340 ms`, `1.2 s`, `1 min 5 s`, `2 h`, `3 d 4 h`.
pub fn span(ms: Millis) -> String {
    let ms = ms.max(0);
    let (seconds, minutes, hours) = (ms / 1_000, ms / 60_000, ms / 3_600_000);
    let (large, small) = match ms {
        0..60_000 => return took(u32::try_from(ms).unwrap_or(u32::MAX)),
        60_000..3_600_000 => ((minutes, "min"), (seconds % 60, "s")),
        3_600_000..DAY => ((hours, "h"), (minutes % 60, "min")),
        _ => ((ms / DAY, "d"), (hours % 24, "h")),
    };
    match small.0 {
        0 => format!("{} {}", large.0, large.1),
        n => format!("{} {} {n} {}", large.0, large.1, small.1),
    }
}

/// The end of a long hash or id, enough to tell two apart by eye: ids that were made in the same minute begin alike.
pub fn short(id: &str) -> &str {
    let end = id.len().checked_sub(8).and_then(|at| id.get(at..));
    end.unwrap_or(id)
}

/// A column's name as people write: `postal_code` and `postalCode` are "Postal code".
pub fn title(name: &str) -> String {
    let mut words = String::new();
    for word in name.split('_').filter(|word| !word.is_empty()) {
        let mut letters = word.chars().peekable();
        let mut before = ' ';
        words.push_str(if words.is_empty() { "" } else { " " });
        while let Some(letter) = letters.next() {
            let begins = before.is_lowercase() && letter.is_uppercase();
            // Of an abbreviation all letters stay capitals.
            let is_word = begins && letters.peek().is_some_and(|next| next.is_lowercase());
            words.push_str(if begins { " " } else { "" });
            match letter {
                _ if words.is_empty() => words.extend(letter.to_uppercase()),
                _ if is_word => words.extend(letter.to_lowercase()),
                _ => words.push(letter),
            }
            before = letter;
        }
    }
    if words.is_empty() {
        name.to_owned()
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_columns_name_is_written_as_words() {
        for (name, want) in [
            ("postal_code", "Postal code"),
            ("VAT_ID", "VAT ID"),
            ("postalCode", "Postal code"),
            ("customerID", "Customer ID"),
            ("über_uns", "Über uns"),
            ("氏名", "氏名"),
            ("_", "_"),
        ] {
            assert_eq!(title(name), want);
        }
    }

    #[test]
    fn an_instant_is_the_same_everywhere() {
        assert_eq!(minute(1_795_290_480_000), "2026-11-21 19:48 UTC");
        assert_eq!(rfc3339(1_795_290_487_999), "2026-11-21T19:48:07Z");
        assert_eq!(clock(1_795_290_487_999), "19:48:07");
    }

    #[test]
    fn leap_days_and_borders_are_right() {
        for (at, want) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (951_868_800_000, "2000-03-01T00:00:00Z"),
            (1_709_251_199_000, "2024-02-29T23:59:59Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(at), want);
        }
    }

    #[test]
    fn counts_and_sizes_are_short() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0, 999, 1_000, 1_249, 43_700, 1_234_567, 5_000_000_000].map(bytes),
            [
                "0 B", "999 B", "1.0 kB", "1.2 kB", "44 kB", "1.2 MB", "5.0 GB"
            ]
            .map(str::to_owned)
        );
        assert_eq!(bytes(u64::MAX / 10), "1844674 TB");
    }

    #[test]
    fn durations_and_ids_are_short() {
        assert_eq!(
            [7, 999, 1_234, 75_000].map(took),
            ["7 ms", "999 ms", "1.2 s", "75 s"]
        );
        assert_eq!(
            [-1, 340, 1_234, 59_999, 65_000, 7_200_000, 273_600_000].map(span),
            [
                "0 ms",
                "340 ms",
                "1.2 s",
                "59 s",
                "1 min 5 s",
                "2 h",
                "3 d 4 h"
            ]
            .map(str::to_owned)
        );
        assert_eq!(short("0123456789ab"), "456789ab");
        assert_eq!(short("ab"), "ab");
        assert_eq!(short("日本語"), "日本語");
    }
}
