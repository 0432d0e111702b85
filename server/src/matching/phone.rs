//! Telephone numbers: the one module that knows `rlibphonenumber`.
//!
//! The library sees nothing but an optional '+' and ASCII digits; should it panic all the same, the digits are compared.
//! Whether a number is *valid* (assigned) never decides whether it is compared, only which of two readings is the likelier.

use std::fmt;
use std::panic::catch_unwind;
use std::str::FromStr;

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, Region, ValidationError,
};

use super::phone_text::{self, Typed};

/// The country whose dialling rules a number without a country code follows; two capital letters of ISO 3166-1, e.g. `JP`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    region: Region,
    /// Whether numbers are written with a prefix (mostly 0) inside the country.
    trunk: bool,
}

/// Why a text is not a [`Country`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCountry {
    /// Not two letters A to Z.
    #[error("want two capital letters, e.g. JP, DE or US")]
    Form,
    /// No country of ISO 3166-1 with telephone numbers, e.g. `UK` for `GB`.
    #[error("is no country's code; want one of ISO 3166-1, e.g. JP, DE, GB or US")]
    Unknown,
}

impl Country {
    /// Checks the code; [`InvalidCountry`] says what was wrong.
    pub fn parse(code: &str) -> Result<Self, InvalidCountry> {
        if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(InvalidCountry::Form);
        }
        let region = Region::from_code(code).map_err(|_| InvalidCountry::Form)?;
        let sample = PHONE_NUMBER_UTIL
            .get_example_number(region)
            .map_err(|_| InvalidCountry::Unknown)?;
        let national = sample.format_as(PhoneNumberFormat::National);
        let trunk = phone_text::digits(&national) != sample.get_national_significant_number();
        Ok(Self { region, trunk })
    }
}

impl FromStr for Country {
    type Err = InvalidCountry;
    fn from_str(code: &str) -> Result<Self, InvalidCountry> {
        Self::parse(code)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.region)
    }
}

/// `+` and the E.164 digits; the bare digits of what can't be read as a number; the folded text of what is not only a number.
/// Empty if there is no digit.
pub(super) fn key(raw: &str, country: Country) -> String {
    match phone_text::read(raw) {
        Typed::Number(number) => canonical(&number, country),
        Typed::Text(text) => text,
    }
}

/// The digits by which a database may hold the number that a [`key`] stands for: E.164 without '+', with `00` or the country's
/// own prefix, national with and without trunk prefix. All but the first read as the same number in this country; so a national
/// form is given for numbers of this country only. Never empty.
pub(super) fn forms(key: &str, country: Country) -> Vec<String> {
    let Some(e164) = key.strip_prefix('+') else {
        return vec![key.to_owned()];
    };
    let mut forms: Vec<String> = ["00", "010", "011"]
        .map(|idd| format!("{idd}{e164}"))
        .into();
    forms.extend(
        catch_unwind(|| national(key))
            .ok()
            .flatten()
            .into_iter()
            .flatten(),
    );
    forms.retain(|form| form != e164 && canonical(form, country) == key);
    forms.sort_unstable();
    forms.dedup();
    forms.insert(0, e164.to_owned());
    forms
}

/// The digits of a number whose trunk prefix is written behind its country code, as in `+49 (0)30 …` and `0049 (0)30 …`.
pub(super) fn with_trunk(key: &str) -> Vec<String> {
    let digits = || {
        let [dialled, significant] = national(key)?;
        let code = key.strip_prefix('+')?.strip_suffix(&significant)?;
        (dialled != significant).then(|| format!("{code}{dialled}"))
    };
    let found = catch_unwind(digits).ok().flatten();
    found
        .into_iter()
        .flat_map(|digits| [format!("00{digits}"), digits])
        .collect()
}

/// The key of cleaned digits, with or without '+'.
fn canonical(number: &str, country: Country) -> String {
    let mut key = once(number, country);
    // Reading strips one trunk prefix at a time: +49 0 0 30 … settles at the second.
    for _ in 0..4 {
        let again = once(&key, country);
        if again == key {
            return key;
        }
        key = again;
    }
    phone_text::digits(number)
}

fn once(number: &str, country: Country) -> String {
    let read = catch_unwind(|| read(number, country)).ok().flatten();
    read.unwrap_or_else(|| phone_text::digits(number))
}

/// The likeliest reading of a number; `None` if there is none.
fn read(number: &str, country: Country) -> Option<String> {
    let local = PHONE_NUMBER_UTIL.parse(number, Some(country.region)).ok()?;
    if number.starts_with('+') || local.is_valid() || is_dialled_at_home(number, &local, country) {
        return Some(e164(&local));
    }
    if let Some(foreign) = international(number) {
        return Some(foreign);
    }
    // Without its area code it is another number in every town.
    let partial = matches!(
        local.is_possible_with_reason(),
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(ValidationError::TooShort)
    );
    let whole = !partial || local.get_national_significant_number() != number;
    whole.then(|| e164(&local))
}

/// Of a length that the country has, and with the trunk prefix if it has one: then it is no foreign number, assigned or not.
fn is_dialled_at_home(number: &str, local: &PhoneNumber, country: Country) -> bool {
    let prefixed = !country.trunk || local.get_national_significant_number() != number;
    let possible = local.is_possible_with_reason() == Ok(NumberLengthType::IsPossible);
    possible && prefixed && !number.starts_with("00")
}

/// Digits that are a number of the world if led in by '+': `0049 …` in Japan, `81 90 …` in Germany.
fn international(number: &str) -> Option<String> {
    let digits = number.strip_prefix("00").unwrap_or(number);
    if digits.starts_with('0') {
        return None;
    }
    let foreign = PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).ok()?;
    foreign.is_valid().then(|| e164(&foreign))
}

fn e164(number: &PhoneNumber) -> String {
    number.format_as(PhoneNumberFormat::E164).into_owned()
}

/// The digits as dialled inside the number's country, and those without its trunk prefix.
fn national(key: &str) -> Option<[String; 2]> {
    let number = PHONE_NUMBER_UTIL.parse(key, None).ok()?;
    let national = number.format_as(PhoneNumberFormat::National);
    Some([
        phone_text::digits(&national),
        number.get_national_significant_number(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        Country::parse(code).expect("a country")
    }

    #[test]
    fn a_country_is_two_capital_letters_of_a_known_one() {
        for code in ["JP", "DE", "US", "GB"] {
            assert_eq!(
                Country::parse(code).map(|c| c.to_string()).as_deref(),
                Ok(code)
            );
        }
        for bad in ["", "J", "jp", "JPN", "日本", "4A", "é"] {
            assert_eq!(Country::parse(bad), Err(InvalidCountry::Form), "{bad}");
        }
        for unknown in ["UK", "ZZ", "XX"] {
            assert_eq!(
                Country::parse(unknown),
                Err(InvalidCountry::Unknown),
                "{unknown}"
            );
        }
    }

    #[test]
    fn a_number_is_one_in_all_its_forms() {
        let cases: &[(&str, &str, &[&str])] = &[
            (
                "JP",
                "+819012345678",
                &[
                    "090-1234-5678",
                    "０９０－１２３４－５６７８",
                    "(090) 1234 5678",
                    "+81 90 1234 5678",
                    "+81 (0)90-1234-5678",
                    "0081 90 1234 5678",
                    "010 81 90 1234 5678",
                    "819012345678",
                    "9012345678",
                    "tel:+81-90-1234-5678",
                    "090-1234-5678 内線 12",
                    "電話：090-1234-5678",
                    "090ー1234ー5678",
                    "\u{202a}+81 90-1234-5678\u{202c}",
                ],
            ),
            (
                "JP",
                "+81312345678",
                &[
                    "03-1234-5678",
                    "03（1234）5678",
                    "０３−１２３４−５６７８（内線５）",
                    "+81-3-1234-5678",
                ],
            ),
            (
                "DE",
                "+493012345678",
                &[
                    "030/12345678",
                    "030 12345678",
                    "+49 (0)30 12345678",
                    "0049 30 12345678",
                    "4930 12345678",
                    "Tel.: 030-12345678",
                    "030 12345678 ext. 9",
                    "030 12345678 (Büro)",
                ],
            ),
            (
                "US",
                "+12125551234",
                &[
                    "(212) 555-1234",
                    "212.555.1234",
                    "1-212-555-1234",
                    "+1 212 555 1234",
                    "2125551234 x99",
                    "(212) 555-1234 ext. 5",
                    "011 1 212 555 1234",
                    "phone 212 555 1234",
                ],
            ),
            (
                "JP",
                "+493012345678",
                &[
                    "+49 30 12345678",
                    "0049 30 12345678",
                    "010 49 30 12345678",
                    "493012345678",
                ],
            ),
            (
                "DE",
                "+12015550123",
                &["+1 201 555 0123", "001 201-555-0123"],
            ),
            ("IT", "+390612345678", &["06 1234 5678", "+39 06 1234 5678"]),
        ];
        for (code, want, raws) in cases {
            for raw in *raws {
                assert_eq!(key(raw, country(code)), *want, "{raw} in {code}");
            }
        }
    }

    #[test]
    fn a_number_that_is_not_assigned_is_compared_all_the_same() {
        assert_eq!(
            key("090-0000-0000", country("JP")),
            key("+81 90 0000 0000", country("JP"))
        );
        assert_eq!(
            key("(201) 555-0199", country("US")),
            key("+1 201 555 0199", country("US"))
        );
    }

    #[test]
    fn other_numbers_stay_others() {
        let cases = [
            ("JP", "03-1234-5678", "06-1234-5678"),
            ("JP", "+49 30 12345678", "030-1234-5678"),
            ("US", "555-0199", "+1 555 0199"),
            ("US", "656 123 4567", "+65 6123 4567"),
            ("US", "1-800-FLOWERS", "1-800-MATTRESS"),
            ("US", "1 800 FLOWERS", "1 800 MATTRESS"),
            ("JP", "090-1234-xxxx", "090-1234-yyyy"),
            ("JP", "090-1234-xxxx", "090-1234"),
            ("JP", "03-1234-5678, 090-1234-5678", "03-1234-5678"),
        ];
        for (code, one, other) in cases {
            assert_ne!(
                key(one, country(code)),
                key(other, country(code)),
                "{one} became {other} in {code}"
            );
        }
    }

    #[test]
    fn forms_are_the_digits_that_a_database_may_hold() {
        let of = |raw, code| forms(&key(raw, country(code)), country(code));
        assert_eq!(
            of("090-1234-5678", "JP"),
            [
                "819012345678",
                "00819012345678",
                "010819012345678",
                "09012345678",
                "9012345678"
            ]
        );
        assert_eq!(
            of("030 12345678", "DE"),
            [
                "493012345678",
                "00493012345678",
                "03012345678",
                "3012345678"
            ]
        );
        assert_eq!(
            of("212 555 1234", "US"),
            [
                "12125551234",
                "0012125551234",
                "01112125551234",
                "2125551234"
            ]
        );
        assert_eq!(of("555-0199", "US"), ["5550199"]);
    }

    #[test]
    fn a_trunk_prefix_may_stand_behind_the_country_code() {
        let cases: &[(&str, &[&str])] = &[
            ("+493012345678", &["004903012345678", "4903012345678"]),
            ("+442079460123", &["004402079460123", "4402079460123"]),
            ("+12125551234", &[]),
            ("+390612345678", &[]),
            ("5550199", &[]),
        ];
        for (key, want) in cases {
            assert_eq!(with_trunk(key), *want, "{key}");
        }
    }

    #[test]
    fn a_foreign_number_has_no_national_form() {
        let forms = forms(&key("+49 30 12345678", country("JP")), country("JP"));
        assert_eq!(forms, ["493012345678", "00493012345678", "010493012345678"]);
    }
}
