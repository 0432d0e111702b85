//! How systems spell what they store: numbers with and without country code, full-width digits, half-width kana, capitals.

use unicode_normalization::UnicodeNormalization;

use super::random::Random;

/// The countries whose fictional numbers the sample uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Country {
    Britain,
    America,
    Germany,
    Japan,
}

impl Country {
    fn code(self) -> &'static str {
        match self {
            Self::Britain => "44",
            Self::America => "1",
            Self::Germany => "49",
            Self::Japan => "81",
        }
    }

    /// ISO 3166, two letters.
    pub(super) fn iso(self) -> &'static str {
        match self {
            Self::Britain => "GB",
            Self::America => "US",
            Self::Germany => "DE",
            Self::Japan => "JP",
        }
    }

    /// What is dialled before the area code inside the country.
    fn trunk(self) -> &'static str {
        match self {
            Self::America => "",
            _ => "0",
        }
    }
}

/// A telephone number: area code without trunk prefix, then the rest in groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phone {
    pub(super) country: Country,
    pub(super) area: String,
    pub(super) groups: Vec<String>,
}

impl Phone {
    pub(super) fn new(country: Country, area: &str, groups: &[&str]) -> Self {
        Self {
            country,
            area: area.to_owned(),
            groups: groups.iter().map(|g| (*g).to_owned()).collect(),
        }
    }

    /// `+44 20 7946 0123`
    pub(super) fn international(&self) -> String {
        format!(
            "+{} {} {}",
            self.country.code(),
            self.area,
            self.groups.join(" ")
        )
    }

    /// `+442079460123`
    pub(super) fn e164(&self) -> String {
        self.international().replace(' ', "")
    }

    /// `020 7946 0123`, `(212) 555-0123`, `03-5550-1234`
    pub(super) fn national(&self) -> String {
        let (trunk, area) = (self.country.trunk(), &self.area);
        match self.country {
            Country::America => format!("({area}) {}", self.groups.join("-")),
            Country::Japan => format!("{trunk}{area}-{}", self.groups.join("-")),
            _ => format!("{trunk}{area} {}", self.groups.join(" ")),
        }
    }

    /// One of the spellings that a system of that country holds. Numbers of elsewhere have their country code:
    /// without it nobody, a person least, could tell whose they are.
    pub(super) fn spelled(&self, system: Country, random: &mut Random) -> String {
        let (code, trunk, area) = (self.country.code(), self.country.trunk(), &self.area);
        let near = if system == self.country { 20 } else { 9 };
        match random.below(near) {
            0..=3 => self.international(),
            4..=6 => self.e164(),
            7 => format!("00{code} {area} {}", self.groups.join(" ")),
            8 => self.international().replace(' ', "-"),
            9..=13 => self.national(),
            14 | 15 => format!("({trunk}{area}) {}", self.groups.join(" ")),
            16 => format!("{trunk}{area}/{}", self.groups.join("")),
            17 => self.national().replace(' ', "."),
            _ => self.national().replace([' ', '-', '(', ')'], ""),
        }
    }
}

/// Digits and signs as wide as kanji.
pub(super) fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_graphic() { wide(c) } else { c })
        .collect()
}

fn wide(c: char) -> char {
    char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c)
}

/// Katakana as terminals of the eighties wrote it: half as wide, voicing marks apart.
pub(super) fn half_width(text: &str) -> String {
    const WIDE: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー\u{3099}\u{309a}";
    const NARROW: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰﾞﾟ";
    let narrow = |c: char| {
        WIDE.chars()
            .zip(NARROW.chars())
            .find(|(w, _)| *w == c)
            .map(|(_, n)| n)
    };
    text.nfd().map(|c| narrow(c).unwrap_or(c)).collect()
}

/// A name, as the forms of different decades store it.
#[derive(Debug, Clone)]
pub(super) struct Name<'a> {
    pub(super) first: &'a str,
    pub(super) last: &'a str,
    /// First and last in katakana; only Japanese names have one.
    pub(super) reading: Option<(&'a str, &'a str)>,
    pub(super) ascii: (&'a str, &'a str),
}

impl Name<'_> {
    /// As she writes it herself: last name first in Japanese.
    pub(super) fn usual(&self) -> String {
        match self.reading {
            Some(_) => format!("{} {}", self.last, self.first),
            None => format!("{} {}", self.first, self.last),
        }
    }

    /// One of the spellings that real systems hold.
    pub(super) fn spelled(&self, random: &mut Random) -> String {
        let draw = random.below(100);
        match self.reading {
            Some((first, last)) => match draw {
                0..=59 => self.usual(),
                60..=69 => format!("{}{}", self.last, self.first),
                70..=76 => format!("{}\u{3000}{}", self.last, self.first),
                77..=89 => format!("{last} {first}"),
                90..=96 => half_width(&format!("{last} {first}")),
                _ => format!("{} {}", capital(self.ascii.0), capital(self.ascii.1)),
            },
            None => match draw {
                0..=79 => self.usual(),
                80..=86 => self.usual().to_uppercase(),
                87..=91 => self.usual().to_lowercase(),
                92..=95 => self.usual().nfd().collect(),
                96..=97 => format!(" {}  {} ", self.first, self.last),
                _ => format!("{}, {}", self.last, self.first),
            },
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_and_full_width_fold_back_to_what_was_meant() {
        for text in ["タカハシ ユキ", "ジュンイチ", "キョウコ", "バッハ", "パー"]
        {
            let narrow = half_width(text);
            assert_ne!(narrow, text);
            assert_eq!(narrow.nfkc().collect::<String>(), text);
        }
        assert_eq!(
            full_width("03-5550-1234").nfkc().collect::<String>(),
            "03-5550-1234"
        );
    }

    #[test]
    fn every_spelling_of_a_number_ends_in_the_same_digits() {
        let phone = Phone::new(Country::Germany, "30", &["23125", "123"]);
        let mut random = Random::of(1, "spelling", 0);
        for _ in 0..200 {
            let digits: String = phone
                .spelled(Country::Germany, &mut random)
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            assert!(digits.ends_with("3023125123"), "{digits}");
        }
        for _ in 0..200 {
            let abroad = phone.spelled(Country::Britain, &mut random);
            assert!(
                abroad.starts_with("+49") || abroad.starts_with("0049"),
                "{abroad}"
            );
        }
        assert_eq!(phone.national(), "030 23125 123");
        assert_eq!(phone.e164(), "+493023125123");
    }

    #[test]
    fn japanese_names_are_written_in_four_scripts() {
        let name = Name {
            first: "美咲",
            last: "山﨑",
            reading: Some(("ミサキ", "ヤマザキ")),
            ascii: ("misaki", "yamazaki"),
        };
        let mut random = Random::of(1, "spelling", 0);
        let seen: std::collections::BTreeSet<String> =
            (0..500).map(|_| name.spelled(&mut random)).collect();
        for expected in [
            "山﨑 美咲",
            "山﨑美咲",
            "ヤマザキ ミサキ",
            "Misaki Yamazaki",
        ] {
            assert!(seen.contains(expected), "{expected} is missing in {seen:?}");
        }
        assert!(seen.contains(&half_width("ヤマザキ ミサキ")));
    }
}
