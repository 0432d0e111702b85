//! What the page says, in each language.

use app::model::{IdentifierKind, Millis, Right, SkipGround};
use jiff::Timestamp;

use super::facts::Lang;

/// The page's texts.
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) title: &'static str,
    pub(super) lede: &'static str,
    pub(super) request: &'static str,
    pub(super) asked: &'static str,
    pub(super) made: &'static str,
    pub(super) found_by: &'static str,
    pub(super) rows: &'static str,
    pub(super) files_found: &'static str,
    pub(super) searched: &'static str,
    pub(super) left_out: &'static str,
    pub(super) overview: &'static str,
    pub(super) overview_lede: &'static str,
    pub(super) place: &'static str,
    pub(super) found: &'static str,
    pub(super) open: &'static str,
    pub(super) nothing: &'static str,
    pub(super) missing: &'static str,
    pub(super) missing_none: &'static str,
    pub(super) not_searchable: &'static str,
    pub(super) waived: &'static str,
    pub(super) kept: &'static str,
    pub(super) failed: &'static str,
    pub(super) not_searchable_short: &'static str,
    pub(super) waived_short: &'static str,
    pub(super) kept_short: &'static str,
    pub(super) failed_short: &'static str,
    pub(super) record: &'static str,
    pub(super) field: &'static str,
    pub(super) category: &'static str,
    pub(super) fields_of: &'static str,
    pub(super) file_name: &'static str,
    pub(super) size: &'static str,
    pub(super) saved_as_bin: &'static str,
    pub(super) clipped: &'static str,
    pub(super) another: &'static str,
    pub(super) another_left_out: &'static str,
    pub(super) another_short: &'static str,
    pub(super) comma: &'static str,
    pub(super) yes: &'static str,
    pub(super) no: &'static str,
    pub(super) about: &'static str,
    pub(super) about_lines: [&'static str; 4],
}

static EN: Words = Words {
    lang: "en",
    title: "Your personal data",
    lede: "This is a copy of the personal data that was found about you. It can be read without the internet, and opening it sends nothing to anyone. Keep it as you would keep a letter from your bank.",
    request: "Request",
    asked: "Asked for",
    made: "Put together",
    found_by: "You were found by",
    rows: "Records",
    files_found: "Files",
    searched: "Places searched",
    left_out: "Places left out",
    overview: "What is where",
    overview_lede: "Every place where data about people is kept, and what was found there about you.",
    place: "Place",
    found: "Found",
    open: "All of it",
    nothing: "Nothing found",
    missing: "What is not in here, and why",
    missing_none: "Nothing was left out: every place was searched to the end.",
    not_searchable: "Can't be searched by what identified you in this request. If you think there is something about you, give us another detail, such as an e-mail address.",
    waived: "It could not be read, and a member of staff decided to leave it out:",
    kept: "Held back for a legal reason:",
    failed: "It could not be read. You have a right to it: please ask again, or ask us why.",
    not_searchable_short: "Not searchable",
    waived_short: "Left out",
    kept_short: "Held back",
    failed_short: "Could not be read",
    record: "Record",
    field: "Field",
    category: "Kind of data",
    fields_of: "What the fields hold",
    file_name: "Name",
    size: "Size",
    saved_as_bin: "saved as .bin, since files of its kind may run a program",
    clipped: "… shortened here",
    another: "[another person]",
    another_left_out: "says something of another person: left out",
    another_short: "Another person",
    comma: ", ",
    yes: "yes",
    no: "no",
    about: "About this package",
    about_lines: [
        "The JSON files hold every value exactly as it was stored; other programs can read them.",
        "The CSV files open in a spreadsheet. A ' stands before text that a spreadsheet would take for a formula.",
        "The file manifest.json lists every file with its SHA-256, so that you can prove that nothing was changed.",
        "Times are in UTC.",
    ],
};

static JA: Words = Words {
    lang: "ja",
    title: "あなたの個人データ",
    lede: "あなたについて見つかった個人データの写しです。インターネットに接続せずに読むことができ、開いても外部には何も送信されません。銀行からの書類と同じように、大切に保管してください。",
    request: "請求番号",
    asked: "請求日時",
    made: "作成日時",
    found_by: "検索に使った情報",
    rows: "記録",
    files_found: "ファイル",
    searched: "検索した場所",
    left_out: "含まれていない場所",
    overview: "どこに何があるか",
    overview_lede: "個人データを保管しているすべての場所と、そこで見つかったあなたのデータです。",
    place: "場所",
    found: "結果",
    open: "全データ",
    nothing: "該当なし",
    missing: "含まれていないものとその理由",
    missing_none: "含まれていないものはありません。すべての場所を最後まで検索しました。",
    not_searchable: "今回の請求で使った情報では検索できません。あなたのデータがあると思われる場合は、メールアドレスなど別の情報をお知らせください。",
    waived: "読み取ることができず、担当者の判断により含めていません。理由：",
    kept: "法律上の理由により含めていません：",
    failed: "読み取ることができませんでした。あなたには開示を受ける権利があります。再度ご請求いただくか、理由をお問い合わせください。",
    not_searchable_short: "検索不可",
    waived_short: "判断により除外",
    kept_short: "開示対象外",
    failed_short: "読み取り不可",
    record: "記録",
    field: "項目",
    category: "データの種類",
    fields_of: "各項目の内容",
    file_name: "名前",
    size: "サイズ",
    saved_as_bin: "プログラムを実行し得る種類のため .bin として保存",
    clipped: "…（以下省略）",
    another: "［他の人の情報］",
    another_left_out: "他の人に関する情報のため除外",
    another_short: "他の人の情報",
    comma: "、",
    yes: "はい",
    no: "いいえ",
    about: "このデータについて",
    about_lines: [
        "JSON ファイルには、保存されていた値がそのまま入っています。他のプログラムで読み込めます。",
        "CSV ファイルは表計算ソフトで開けます。数式と見なされる文字列の前には ' を付けています。",
        "manifest.json には全ファイルの SHA-256 が記載されており、改変がないことを確認できます。",
        "時刻は協定世界時（UTC）です。",
    ],
};

impl Words {
    pub(super) fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::En => &EN,
            Lang::Ja => &JA,
        }
    }

    fn pick<T>(&self, en: T, ja: T) -> T {
        if self.lang == "ja" { ja } else { en }
    }

    /// Whose package it is, before and after the name.
    pub(super) fn prepared_for(&self) -> (&'static str, &'static str) {
        self.pick(("Prepared for ", ""), ("", " 様"))
    }

    /// A number with its thousands apart.
    pub(super) fn number(&self, number: u64) -> String {
        grouped(number)
    }

    /// A number with its noun, e.g. `1 record`, `1,200 件`.
    pub(super) fn records(&self, count: u64) -> String {
        let one = if count == 1 { "record" } else { "records" };
        self.pick(
            format!("{} {one}", grouped(count)),
            format!("{} 件", grouped(count)),
        )
    }

    /// A number with its noun, e.g. `1 file`, `3 ファイル`.
    pub(super) fn files(&self, count: u64) -> String {
        let one = if count == 1 { "file" } else { "files" };
        self.pick(
            format!("{} {one}", grouped(count)),
            format!("{} ファイル", grouped(count)),
        )
    }

    /// Says what was left out to protect somebody else. Names of fields follow.
    pub(super) fn of_another(&self, values: u64, fields: u64) -> String {
        let say = if values == 1 {
            "value says"
        } else {
            "values say"
        };
        let field = if fields == 1 { "field" } else { "fields" };
        let (values, fields) = (grouped(values), grouped(fields));
        self.pick(
            format!(
                "{values} {say} something of another person, for example who dealt with your matter, and so could not be \
                 handed over; the files say so in their places. {fields} {field}:"
            ),
            format!(
                "対応した担当者など、他の人に関する {values} 件の値は、その人を保護するため含めていません。該当箇所にはその旨を記載しています。\
                 {fields} 項目："
            ),
        )
    }

    /// Says that only the first of many are shown.
    pub(super) fn first_of(&self, shown: usize, count: u64) -> String {
        let (shown, count) = (grouped(shown as u64), grouped(count));
        self.pick(
            format!("The first {shown} of {count} are shown here; the CSV and JSON files have them all."),
            format!("{count} 件のうち最初の {shown} 件を表示しています。CSV と JSON には全件が入っています。"),
        )
    }

    /// Says that only the first of many files are listed.
    pub(super) fn first_files(&self, shown: usize, count: u64) -> String {
        let (shown, count) = (grouped(shown as u64), grouped(count));
        self.pick(
            format!("The first {shown} of {count} are listed here; manifest.json has them all."),
            format!("{count} 個のうち最初の {shown} 個を表示しています。全一覧は manifest.json にあります。"),
        )
    }

    pub(super) fn right(&self, right: Right) -> String {
        let (en, ja, number) = match right {
            Right::Export => ("Right of access", "アクセス権", 15),
            Right::Update => ("Right to rectification", "訂正権", 16),
            Right::Delete => ("Right to erasure", "消去権", 17),
        };
        self.pick(
            format!("{en} · {}", right.article()),
            format!("{ja} · GDPR 第{number}条"),
        )
    }

    pub(super) fn kind(&self, kind: IdentifierKind) -> &'static str {
        use IdentifierKind as K;
        let (en, ja) = match kind {
            K::Name => ("name", "氏名"),
            K::Address => ("address", "住所"),
            K::Phone => ("telephone number", "電話番号"),
            K::Email => ("e-mail address", "メールアドレス"),
            K::Twitter => ("X (Twitter) handle", "X（Twitter）アカウント"),
            K::Instagram => ("Instagram handle", "Instagram アカウント"),
            K::Facebook => ("Facebook id", "Facebook ID"),
            K::AppleMessages => ("Apple Messages id", "Apple メッセージ ID"),
            K::Whatsapp => ("WhatsApp number", "WhatsApp 番号"),
            K::UserId => ("employee account", "従業員アカウント"),
            K::ExternalContactId => ("contact in our directory", "連絡先台帳の ID"),
            K::DialerContactId => ("contact on a call list", "架電リストの ID"),
            K::VisitorId => ("website visitor", "ウェブサイト訪問者 ID"),
            K::ExternalId => ("customer number in another system", "他システムの ID"),
        };
        self.pick(en, ja)
    }

    /// On what ground something was left out, to the person whose data it is.
    pub(super) fn ground(&self, ground: SkipGround) -> &'static str {
        let (en, ja) = match ground {
            SkipGround::Decommissioned => (
                "the system is switched off for good.",
                "システムはすでに廃止されています。",
            ),
            SkipGround::NothingHeld => (
                "somebody looked there by hand and found nothing about you.",
                "担当者が直接確認し、あなたのデータがないことを確かめました。",
            ),
            SkipGround::LegalRetention => (
                "a law requires that it is kept.",
                "法令により保管が義務づけられています。",
            ),
            SkipGround::DoneByHand => (
                "it is being handled by hand, apart from this package.",
                "このデータとは別に、担当者が直接対応しています。",
            ),
            SkipGround::Other => (
                "ask us, and we tell you the reason.",
                "詳しい理由はお問い合わせください。",
            ),
        };
        self.pick(en, ja)
    }

    /// The instant in UTC, as people write it.
    pub(super) fn instant(&self, at: Millis) -> String {
        let form = self.pick("%-d %B %Y, %H:%M UTC", "%Y年%-m月%-d日 %H:%M（UTC）");
        Timestamp::from_millisecond(at)
            .map_or_else(|_| at.to_string(), |at| at.strftime(form).to_string())
    }

    /// What a fideslang category means; nothing if its branch is not known.
    pub(super) fn category_of(&self, key: &str) -> Option<&'static str> {
        let inside = |branch: &str| {
            key.strip_prefix(branch)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let (_, en, ja) = CATEGORIES.iter().find(|(branch, ..)| inside(branch))?;
        Some(self.pick(en, ja))
    }
}

/// Branches of fideslang, narrow ones before the wide ones that hold them.
static CATEGORIES: [(&str, &str, &str); 30] = [
    ("user.contact.email", "E-mail address", "メールアドレス"),
    ("user.contact.phone_number", "Telephone number", "電話番号"),
    ("user.contact.address", "Postal address", "住所"),
    ("user.contact.organization", "Organisation", "所属組織"),
    ("user.contact.url", "Web address", "ウェブアドレス"),
    ("user.contact", "Contact detail", "連絡先"),
    ("user.name", "Name", "氏名"),
    ("user.account", "Account", "アカウント"),
    ("user.unique_id", "Identifier", "識別子"),
    ("user.authorizing", "Sign-in", "認証情報"),
    ("user.authorization", "Sign-in", "認証情報"),
    ("user.behavior", "Behaviour", "行動"),
    ("user.biometric", "Biometric data", "生体情報"),
    (
        "user.childrens",
        "Data about a child",
        "子どもに関するデータ",
    ),
    ("user.content.self_image", "Picture", "画像"),
    (
        "user.content",
        "What you wrote or sent",
        "作成・送信した内容",
    ),
    ("user.correspondence", "Correspondence", "やり取り"),
    ("user.date_of_birth", "Date of birth", "生年月日"),
    ("user.demographic", "About you as a person", "属性"),
    ("user.device", "Device", "端末"),
    ("user.financial", "Financial data", "財務情報"),
    ("user.payment", "Payment", "支払い"),
    ("user.gender", "Gender", "性別"),
    ("user.government_id", "Official number", "公的番号"),
    ("user.health_and_medical", "Health", "健康・医療"),
    ("user.job_title", "Job", "職務"),
    ("user.location", "Location", "位置情報"),
    ("user.social", "Social media", "ソーシャルメディア"),
    ("user", "Data about you", "あなたに関するデータ"),
    ("system", "Technical data", "技術情報"),
];

/// 1234567 → 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_category_wins_over_its_branch() {
        let words = Words::of(Lang::En);
        assert_eq!(
            words.category_of("user.contact.email"),
            Some("E-mail address")
        );
        assert_eq!(
            words.category_of("user.contact.fax"),
            Some("Contact detail")
        );
        assert_eq!(words.category_of("user.contacts"), Some("Data about you"));
        assert_eq!(words.category_of("users"), None);
    }

    #[test]
    fn numbers_and_instants_read_well() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(100_000), "100,000");
        let (en, ja) = (Words::of(Lang::En), Words::of(Lang::Ja));
        assert_eq!(en.records(1), "1 record");
        assert_eq!(en.instant(1_700_000_000_000), "14 November 2023, 22:13 UTC");
        assert_eq!(ja.instant(1_700_000_000_000), "2023年11月14日 22:13（UTC）");
    }
}
