//! Telephone numbers and addresses of the sample. Numbers are from ranges kept free for films and books, so that nobody is called.

use super::contact::PostalAddress;
use super::names::{
    AMERICAN_CITIES, AMERICAN_STREETS, BRITISH_CITIES, BRITISH_STREETS, GERMAN_CITIES,
    GERMAN_STREETS, JAPANESE_PLACES,
};
use super::random::Random;
use super::spell::{Country, Phone};

/// Ofcom's numbers for drama: area, and the group before the last.
const BRITISH: [(&str, &str); 12] = [
    ("20", "7946"),
    ("113", "496"),
    ("114", "496"),
    ("115", "496"),
    ("116", "496"),
    ("117", "496"),
    ("118", "496"),
    ("121", "496"),
    ("131", "496"),
    ("141", "496"),
    ("151", "496"),
    ("161", "496"),
];
/// Area codes; 555-0100 to 555-0199 is fictional in each.
const AMERICAN: [u16; 60] = [
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225,
    228, 229, 231, 234, 239, 240, 248, 251, 252, 253, 254, 256, 260, 262, 267, 269, 270, 276, 281,
    301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321,
    323, 325, 330,
];
/// The Bundesnetzagentur's blocks for media productions.
const GERMAN: [(&str, &str); 5] = [
    ("30", "23125"),
    ("69", "90009"),
    ("40", "66969"),
    ("221", "4710"),
    ("89", "99998"),
];
/// Japan reserves none; 555 is what its films use.
const JAPANESE: [(&str, &str); 7] = [
    ("3", "5550"),
    ("6", "5550"),
    ("45", "555"),
    ("52", "555"),
    ("92", "555"),
    ("75", "555"),
    ("11", "555"),
];
/// The last tenth of each range is the stories' own.
const OF_THE_CROWD: u64 = 900;

/// The number of that index: different for different indexes, until a country's range is used up.
pub(super) fn phone(country: Country, index: u64) -> Phone {
    let (list, area, group) = match country {
        Country::Britain => place(&BRITISH, index),
        Country::Germany => place(&GERMAN, index),
        Country::Japan => place(&JAPANESE, index),
        Country::America => {
            let count = AMERICAN.len() as u64;
            let area = AMERICAN[(index % count) as usize].to_string();
            let last = format!("01{:02}", index / count % (OF_THE_CROWD / 10));
            return Phone::new(country, &area, &["555", &last]);
        }
    };
    let number = index / list;
    let last = match country {
        Country::Britain => format!("0{:03}", number % OF_THE_CROWD),
        Country::Japan => format!("{:04}", number % (10 * OF_THE_CROWD)),
        // German numbers may grow behind their block.
        _ if number < OF_THE_CROWD => format!("{number:03}"),
        _ => format!("{:05}", 10_000 + (number - OF_THE_CROWD) % 90_000),
    };
    Phone::new(country, area, &[group, &last])
}

fn place(list: &[(&'static str, &'static str)], index: u64) -> (u64, &'static str, &'static str) {
    let count = list.len() as u64;
    let (area, group) = list[(index % count) as usize];
    (count, area, group)
}

/// A place to live. Streets are made up; cities are real.
pub(super) fn address(country: Country, random: &mut Random) -> PostalAddress {
    let number = random.between(1, 190);
    let mut address = PostalAddress {
        country_code: country.iso().to_owned(),
        ..PostalAddress::default()
    };
    match country {
        Country::Britain => {
            let (city, outward) = random.pick(&BRITISH_CITIES);
            let letters: String = (0..2)
                .map(|_| char::from(*random.pick(b"ABDEFGHJLNPQRSTUWXYZ")))
                .collect();
            address.address1 = format!("{number} {}", random.pick(&BRITISH_STREETS));
            if random.percent(20) {
                address.address2 = Some(format!("Flat {}", random.between(1, 24)));
            }
            address.city = (*city).to_owned();
            address.postal_code = format!("{outward} {}{letters}", random.between(1, 9));
        }
        Country::America => {
            let (city, state, zip) = random.pick(&AMERICAN_CITIES);
            address.address1 = format!("{} {}", number * 10, random.pick(&AMERICAN_STREETS));
            address.city = (*city).to_owned();
            address.state = Some((*state).to_owned());
            address.postal_code = format!("{zip}{:02}", random.below(100));
        }
        Country::Germany => {
            let (city, code) = random.pick(&GERMAN_CITIES);
            address.address1 = format!("{} {number}", random.pick(&GERMAN_STREETS));
            address.city = (*city).to_owned();
            address.postal_code = format!("{code}{:02}", random.below(100));
        }
        Country::Japan => {
            let (prefecture, city, quarter, code) = random.pick(&JAPANESE_PLACES);
            let (block, house) = (random.between(1, 9), random.between(1, 30));
            address.address1 = format!("{quarter}{block}丁目{house}-{number}");
            address.city = (*city).to_owned();
            address.state = Some((*prefecture).to_owned());
            address.postal_code = format!("{code}-{:04}", random.below(10_000));
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn four_thousand_numbers_of_a_country_differ() {
        for country in [
            Country::Britain,
            Country::America,
            Country::Germany,
            Country::Japan,
        ] {
            let numbers: HashSet<String> = (0..4_000).map(|i| phone(country, i).e164()).collect();
            assert_eq!(numbers.len(), 4_000, "{country:?}");
        }
    }

    #[test]
    fn numbers_stay_in_the_fictional_ranges() {
        for index in (0..2_000_000).step_by(997) {
            let german = phone(Country::Germany, index).e164();
            let blocks = [
                "+493023125",
                "+496990009",
                "+494066969",
                "+492214710",
                "+498999998",
            ];
            assert!(
                blocks.iter().any(|block| german.starts_with(block)),
                "{german}"
            );
            assert_eq!(&phone(Country::America, index).e164()[5..10], "55501");
            let british = phone(Country::Britain, index).groups.join("");
            assert!(
                british.starts_with("79460") || british.starts_with("4960"),
                "{british}"
            );
        }
    }

    #[test]
    fn an_address_has_what_its_country_needs() {
        let mut random = Random::of(3, "address", 0);
        for country in [
            Country::Britain,
            Country::America,
            Country::Germany,
            Country::Japan,
        ] {
            let address = address(country, &mut random);
            assert!(!address.address1.is_empty() && !address.city.is_empty());
            assert!(!address.postal_code.is_empty());
            assert_eq!(address.country_code, country.iso());
        }
    }
}
