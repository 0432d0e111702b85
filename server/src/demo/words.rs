//! What people and agents of the sample write, in three languages. `{}` stands for the customer's name.

use super::random::Random;
use super::record::Language;

const CUSTOMER_EN: [&str; 8] = [
    "Hello, this is {}. My parcel has not arrived yet; it was due on Tuesday.",
    "Could you please change the delivery address of my last order?",
    "I was charged twice this month. Please have a look.",
    "The charger that came with the lamp does not fit.",
    "Thank you, that solved it. Kind regards, {}",
    "I would like to return the blue one and keep the green one.",
    "Your website keeps signing me out when I open the basket.",
    "Please call me back after four, I am at work until then.",
];
const CUSTOMER_DE: [&str; 8] = [
    "Guten Tag, hier ist {}. Mein Paket ist noch nicht angekommen, es sollte am Dienstag da sein.",
    "Könnten Sie bitte die Lieferadresse meiner letzten Bestellung ändern?",
    "Mir wurde diesen Monat doppelt abgebucht. Bitte prüfen Sie das.",
    "Das Ladegerät, das bei der Lampe lag, passt nicht.",
    "Danke, das hat geholfen. Viele Grüße, {}",
    "Ich möchte die blaue zurückschicken und die grüne behalten.",
    "Ihre Website meldet mich immer ab, sobald ich den Warenkorb öffne.",
    "Bitte rufen Sie mich nach 16 Uhr zurück, vorher bin ich bei der Arbeit.",
];
const CUSTOMER_JA: [&str; 8] = [
    "{}と申します。火曜日に届く予定の荷物がまだ届いておりません。",
    "先日の注文の配送先を変更していただけますか。",
    "今月、二重に請求されているようです。ご確認をお願いいたします。",
    "ランプに付属していた充電器が合いません。",
    "解決しました。ありがとうございました。{}",
    "青いほうを返品して、緑のほうはそのまま使いたいです。",
    "カートを開くたびにログアウトされてしまいます。",
    "16時以降に折り返しお電話をいただけますか。それまでは仕事中です。",
];
const AGENT_EN: [&str; 4] = [
    "Thank you for your message, {}. I am looking into it.",
    "I have changed it for you. You will get a confirmation by e-mail.",
    "I am sorry for the trouble. A new one is on its way.",
    "Is there anything else I can do for you?",
];
const AGENT_DE: [&str; 4] = [
    "Vielen Dank für Ihre Nachricht, {}. Ich kümmere mich darum.",
    "Ich habe das für Sie geändert. Sie bekommen eine Bestätigung per E-Mail.",
    "Das tut mir leid. Ein neues Gerät ist unterwegs.",
    "Kann ich sonst noch etwas für Sie tun?",
];
const AGENT_JA: [&str; 4] = [
    "{}様、お問い合わせありがとうございます。確認いたします。",
    "変更いたしました。確認のメールをお送りします。",
    "ご迷惑をおかけして申し訳ございません。新しい品をお送りします。",
    "ほかにお手伝いできることはございますか。",
];
const SUBJECTS_EN: [&str; 6] = [
    "Parcel missing",
    "Charged twice",
    "Change of address",
    "Return of one item",
    "Can't stay signed in",
    "Question about the warranty",
];
const SUBJECTS_DE: [&str; 6] = [
    "Paket nicht angekommen",
    "Doppelt abgebucht",
    "Adressänderung",
    "Rückgabe eines Artikels",
    "Anmeldung bricht ab",
    "Frage zur Gewährleistung",
];
const SUBJECTS_JA: [&str; 6] = [
    "荷物が届かない",
    "二重請求について",
    "住所変更のお願い",
    "商品の返品",
    "ログインできない",
    "保証についての質問",
];

impl Language {
    /// ISO 639, two letters.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Japanese => "ja",
        }
    }

    /// A few words that say what it is about.
    pub(super) fn subject(self, random: &mut Random) -> &'static str {
        let subjects = match self {
            Self::English => &SUBJECTS_EN,
            Self::German => &SUBJECTS_DE,
            Self::Japanese => &SUBJECTS_JA,
        };
        random.pick::<&str>(subjects)
    }

    /// Something the customer writes.
    pub(super) fn customer_says(self, name: &str, random: &mut Random) -> String {
        let template = match self {
            Self::English => random.pick(&CUSTOMER_EN),
            Self::German => random.pick(&CUSTOMER_DE),
            Self::Japanese => random.pick(&CUSTOMER_JA),
        };
        template.replace("{}", name.trim())
    }

    /// Something an agent answers.
    pub(super) fn agent_says(self, name: &str, random: &mut Random) -> String {
        let template = match self {
            Self::English => random.pick(&AGENT_EN),
            Self::German => random.pick(&AGENT_DE),
            Self::Japanese => random.pick(&AGENT_JA),
        };
        template.replace("{}", name.trim())
    }
}

/// An instant in milliseconds as `2026-03-04T05:06:07Z`.
pub(super) fn iso(millis: i64) -> String {
    (jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_millis(millis)).to_string()
}

/// The day of an instant in milliseconds, UTC, as `2026-03-04`.
pub(super) fn day(millis: i64) -> String {
    iso(millis).chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_customers_name_stands_where_it_belongs() {
        let mut random = Random::of(1, "words", 0);
        let said: Vec<String> = (0..100)
            .map(|_| Language::German.customer_says("Ada ", &mut random))
            .collect();
        assert!(said.iter().any(|text| text.ends_with("Viele Grüße, Ada")));
        assert!(said.iter().all(|text| !text.contains("{}")));
    }

    #[test]
    fn instants_are_written_in_utc() {
        assert_eq!(iso(1_790_812_800_000), "2026-10-01T00:00:00Z");
        assert_eq!(day(1_790_812_800_000), "2026-10-01");
    }
}
