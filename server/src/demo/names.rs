//! Names, streets and cities of the sample's people. Written for this purpose; nobody is meant.

/// A word as its language writes it, its reading in katakana (Japanese only), and in ASCII letters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub(super) written: &'static str,
    pub(super) reading: &'static str,
    pub(super) ascii: &'static str,
}

const fn plain(written: &'static str) -> Word {
    Word { written, reading: "", ascii: written }
}

const fn latin(written: &'static str, ascii: &'static str) -> Word {
    Word { written, reading: "", ascii }
}

const fn kanji(written: &'static str, reading: &'static str, ascii: &'static str) -> Word {
    Word { written, reading, ascii }
}

pub(super) const ENGLISH_FIRST: [Word; 48] = [
    plain("Amelia"), plain("Oliver"), plain("Isla"), plain("George"), plain("Ava"), plain("Harry"),
    plain("Emily"), plain("Jack"), plain("Sophie"), plain("Noah"), plain("Grace"), plain("Charlie"),
    plain("Lily"), plain("Muhammad"), plain("Freya"), plain("Leo"), plain("Aisha"), plain("Oscar"),
    plain("Ella"), plain("Arthur"), plain("Charlotte"), plain("Archie"), plain("Priya"), plain("Henry"),
    plain("Evelyn"), plain("Thomas"), plain("Phoebe"), plain("James"), plain("Daisy"), plain("William"),
    latin("Zoë", "Zoe"), plain("Samuel"), latin("Chloë", "Chloe"), plain("Joseph"), plain("Hannah"), plain("Daniel"),
    latin("Siân", "Sian"), plain("Edward"), plain("Megan"), plain("Benjamin"), latin("Renée", "Renee"), plain("Isaac"),
    plain("Abigail"), plain("Lucas"), plain("Martha"), plain("Ethan"), plain("Georgina"), latin("Seán", "Sean"),
];

pub(super) const ENGLISH_LAST: [Word; 48] = [
    plain("Smith"), plain("Jones"), plain("Taylor"), plain("Brown"), plain("Williams"), plain("Wilson"),
    plain("Johnson"), plain("Davies"), plain("Robinson"), plain("Wright"), plain("Thompson"), plain("Evans"),
    plain("Walker"), plain("White"), plain("Roberts"), plain("Green"), plain("Hall"), plain("Wood"),
    plain("Jackson"), plain("Clarke"), plain("Patel"), plain("Khan"), plain("Lewis"), plain("James"),
    plain("Phillips"), plain("Mason"), plain("Mitchell"), plain("Rose"), plain("Cox"), plain("Marshall"),
    latin("O'Neill", "oneill"), latin("O'Brien", "obrien"), plain("MacDonald"), plain("Campbell"), plain("Murray"), plain("Stewart"),
    plain("Okafor"), plain("Adeyemi"), plain("Singh"), plain("Kaur"), latin("Smith-Jones", "smithjones"), plain("Fraser"),
    plain("Barker"), plain("Fletcher"), plain("Knight"), plain("Holmes"), latin("Brontë", "bronte"), plain("Chapman"),
];

pub(super) const GERMAN_FIRST: [Word; 48] = [
    plain("Anna"), plain("Lukas"), plain("Lea"), plain("Finn"), plain("Mia"), plain("Jonas"),
    plain("Hannah"), plain("Paul"), plain("Emma"), plain("Leon"), plain("Sabine"), plain("Thomas"),
    plain("Petra"), plain("Michael"), plain("Ursula"), plain("Andreas"), plain("Monika"), plain("Stefan"),
    plain("Claudia"), plain("Wolfgang"), latin("Jürgen", "Juergen"), plain("Heike"), latin("Günther", "Guenther"), plain("Katharina"),
    plain("Matthias"), plain("Birgit"), latin("Jörg", "Joerg"), plain("Susanne"), plain("Uwe"), plain("Renate"),
    latin("Bärbel", "Baerbel"), plain("Dieter"), plain("Ingrid"), plain("Klaus"), plain("Elif"), plain("Mehmet"),
    plain("Ayla"), plain("Emre"), plain("Charlotte"), plain("Maximilian"), plain("Frieda"), plain("Anton"),
    latin("Käthe", "Kaethe"), plain("Ole"), plain("Wiebke"), plain("Torsten"), plain("Nele"), latin("Björn", "Bjoern"),
];

pub(super) const GERMAN_LAST: [Word; 48] = [
    latin("Müller", "Mueller"), plain("Schmidt"), plain("Schneider"), plain("Fischer"), plain("Weber"), plain("Meyer"),
    plain("Wagner"), plain("Becker"), plain("Schulz"), plain("Hoffmann"), latin("Schäfer", "Schaefer"), plain("Koch"),
    plain("Bauer"), plain("Richter"), plain("Klein"), plain("Wolf"), latin("Schröder", "Schroeder"), plain("Neumann"),
    plain("Schwarz"), plain("Zimmermann"), plain("Braun"), latin("Krüger", "Krueger"), plain("Hofmann"), plain("Hartmann"),
    plain("Lange"), plain("Schmitt"), plain("Werner"), latin("Weiß", "Weiss"), plain("Krause"), plain("Meier"),
    plain("Lehmann"), latin("Köhler", "Koehler"), plain("Herrmann"), latin("König", "Koenig"), plain("Walter"), plain("Mayer"),
    plain("Huber"), plain("Kaiser"), plain("Fuchs"), plain("Peters"), latin("Yılmaz", "Yilmaz"), plain("Kaya"),
    latin("Groß", "Gross"), plain("Vogt"), latin("Böhm", "Boehm"), plain("Lorenz"), latin("von der Heide", "vonderheide"), plain("Brandt"),
];

pub(super) const JAPANESE_FIRST: [Word; 48] = [
    kanji("翔太", "ショウタ", "shota"), kanji("美咲", "ミサキ", "misaki"), kanji("大輔", "ダイスケ", "daisuke"), kanji("陽子", "ヨウコ", "yoko"),
    kanji("健一", "ケンイチ", "kenichi"), kanji("さくら", "サクラ", "sakura"), kanji("拓也", "タクヤ", "takuya"), kanji("愛", "アイ", "ai"),
    kanji("直樹", "ナオキ", "naoki"), kanji("恵子", "ケイコ", "keiko"), kanji("誠", "マコト", "makoto"), kanji("明美", "アケミ", "akemi"),
    kanji("浩", "ヒロシ", "hiroshi"), kanji("久美子", "クミコ", "kumiko"), kanji("剛", "ツヨシ", "tsuyoshi"), kanji("真由美", "マユミ", "mayumi"),
    kanji("蓮", "レン", "ren"), kanji("結衣", "ユイ", "yui"), kanji("悠真", "ユウマ", "yuma"), kanji("陽菜", "ヒナ", "hina"),
    kanji("大和", "ヤマト", "yamato"), kanji("凛", "リン", "rin"), kanji("颯太", "ソウタ", "sota"), kanji("葵", "アオイ", "aoi"),
    kanji("修", "オサム", "osamu"), kanji("裕子", "ユウコ", "yuko"), kanji("隆", "タカシ", "takashi"), kanji("千尋", "チヒロ", "chihiro"),
    kanji("哲也", "テツヤ", "tetsuya"), kanji("香織", "カオリ", "kaori"), kanji("亮", "リョウ", "ryo"), kanji("麻衣", "マイ", "mai"),
    kanji("学", "マナブ", "manabu"), kanji("智子", "トモコ", "tomoko"), kanji("聡", "サトシ", "satoshi"), kanji("直美", "ナオミ", "naomi"),
    kanji("和也", "カズヤ", "kazuya"), kanji("奈々", "ナナ", "nana"), kanji("勇気", "ユウキ", "yuki"), kanji("彩", "アヤ", "aya"),
    kanji("達也", "タツヤ", "tatsuya"), kanji("京子", "キョウコ", "kyoko"), kanji("純一", "ジュンイチ", "junichi"), kanji("典子", "ノリコ", "noriko"),
    kanji("圭介", "ケイスケ", "keisuke"), kanji("舞", "マイ", "mai"), kanji("義男", "ヨシオ", "yoshio"), kanji("節子", "セツコ", "setsuko"),
];

pub(super) const JAPANESE_LAST: [Word; 48] = [
    kanji("佐藤", "サトウ", "sato"), kanji("鈴木", "スズキ", "suzuki"), kanji("田中", "タナカ", "tanaka"), kanji("伊藤", "イトウ", "ito"),
    kanji("渡辺", "ワタナベ", "watanabe"), kanji("渡邊", "ワタナベ", "watanabe"), kanji("山本", "ヤマモト", "yamamoto"), kanji("中村", "ナカムラ", "nakamura"),
    kanji("小林", "コバヤシ", "kobayashi"), kanji("加藤", "カトウ", "kato"), kanji("吉田", "ヨシダ", "yoshida"), kanji("山田", "ヤマダ", "yamada"),
    kanji("佐々木", "ササキ", "sasaki"), kanji("山口", "ヤマグチ", "yamaguchi"), kanji("松本", "マツモト", "matsumoto"), kanji("井上", "イノウエ", "inoue"),
    kanji("木村", "キムラ", "kimura"), kanji("林", "ハヤシ", "hayashi"), kanji("斎藤", "サイトウ", "saito"), kanji("齋藤", "サイトウ", "saito"),
    kanji("清水", "シミズ", "shimizu"), kanji("山崎", "ヤマザキ", "yamazaki"), kanji("山﨑", "ヤマザキ", "yamazaki"), kanji("森", "モリ", "mori"),
    kanji("池田", "イケダ", "ikeda"), kanji("橋本", "ハシモト", "hashimoto"), kanji("阿部", "アベ", "abe"), kanji("石川", "イシカワ", "ishikawa"),
    kanji("前田", "マエダ", "maeda"), kanji("藤田", "フジタ", "fujita"), kanji("小川", "オガワ", "ogawa"), kanji("後藤", "ゴトウ", "goto"),
    kanji("岡田", "オカダ", "okada"), kanji("長谷川", "ハセガワ", "hasegawa"), kanji("村上", "ムラカミ", "murakami"), kanji("近藤", "コンドウ", "kondo"),
    kanji("石井", "イシイ", "ishii"), kanji("坂本", "サカモト", "sakamoto"), kanji("遠藤", "エンドウ", "endo"), kanji("青木", "アオキ", "aoki"),
    kanji("藤井", "フジイ", "fujii"), kanji("西村", "ニシムラ", "nishimura"), kanji("福田", "フクダ", "fukuda"), kanji("太田", "オオタ", "ota"),
    kanji("三浦", "ミウラ", "miura"), kanji("岡本", "オカモト", "okamoto"), kanji("松田", "マツダ", "matsuda"), kanji("中島", "ナカジマ", "nakajima"),
];

pub(super) const BRITISH_STREETS: [&str; 12] = [
    "Sampler Lane", "Kestrel Court", "Wicket Road", "Old Foundry Street", "Thimble Close", "Larkspur Avenue",
    "Pepperpot Hill", "Quince Gardens", "Rookery Walk", "Saltmarsh Way", "Umber Terrace", "Willowherb Mews",
];

/// City, and a postcode's outward part.
pub(super) const BRITISH_CITIES: [(&str, &str); 8] = [
    ("London", "SE1"), ("Leeds", "LS1"), ("Bristol", "BS1"), ("Glasgow", "G1"), ("Cardiff", "CF10"), ("Norwich", "NR1"),
    ("Sheffield", "S1"), ("Newcastle upon Tyne", "NE1"),
];

pub(super) const AMERICAN_STREETS: [&str; 10] = [
    "Sample Street", "Maple Hollow Road", "Sagebrush Avenue", "Lantern Drive", "Blue Heron Boulevard", "Cedar Bend",
    "Prairie Clover Lane", "Tumbleweed Court", "Juniper Row", "Harvest Moon Way",
];

/// City, state, the first three digits of the ZIP code.
pub(super) const AMERICAN_CITIES: [(&str, &str, &str); 8] = [
    ("Portland", "OR", "972"), ("Austin", "TX", "787"), ("Madison", "WI", "537"), ("Albany", "NY", "122"),
    ("Boulder", "CO", "803"), ("Savannah", "GA", "314"), ("Duluth", "MN", "558"), ("Tucson", "AZ", "857"),
];

pub(super) const GERMAN_STREETS: [&str; 12] = [
    "Musterstraße", "Probenweg", "Am Alten Speicher", "Holunderallee", "Kranichgasse", "Beispielring",
    "Zum Storchennest", "Weißdornstraße", "Lerchenstieg", "Mühlgrabenweg", "Fährgasse", "Bürgermeister-Klönschnack-Straße",
];

/// City, and the first three digits of the postcode.
pub(super) const GERMAN_CITIES: [(&str, &str); 8] = [
    ("Berlin", "109"), ("Hamburg", "203"), ("Köln", "506"), ("München", "803"), ("Frankfurt am Main", "603"),
    ("Leipzig", "041"), ("Nürnberg", "904"), ("Halle (Saale)", "061"),
];

/// Prefecture, ward or city, quarter, the first three digits of the postcode.
pub(super) const JAPANESE_PLACES: [(&str, &str, &str, &str); 8] = [
    ("東京都", "千代田区", "見本町", "100"), ("東京都", "世田谷区", "例台", "154"), ("大阪府", "大阪市北区", "試町", "530"),
    ("神奈川県", "横浜市中区", "仮通", "231"), ("愛知県", "名古屋市中区", "雛形", "460"), ("福岡県", "福岡市博多区", "標本町", "812"),
    ("北海道", "札幌市中央区", "北例条西", "060"), ("京都府", "京都市左京区", "模範町", "606"),
];
