//! Names, streets and cities of the sample's people. Written for this purpose; nobody is meant.

use super::random::Random;

/// A name as its language writes it, in ASCII letters, and its reading in katakana (Japanese only, else empty).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) written: &'static str,
    pub(super) ascii: &'static str,
    pub(super) reading: &'static str,
}

impl Word {
    /// Reads `written`, `written=ascii` or `written=ascii=reading`.
    fn parse(text: &'static str) -> Self {
        let (written, rest) = text.split_once('=').unwrap_or((text, text));
        let (ascii, reading) = rest.split_once('=').unwrap_or((rest, ""));
        Self {
            written,
            ascii,
            reading,
        }
    }
}

/// One of a list of names, which is not empty.
pub(super) fn pick(list: &'static str, random: &mut Random) -> Word {
    let count = list.split(", ").count();
    let chosen = list.split(", ").nth(random.below(count as u64) as usize);
    Word::parse(chosen.unwrap_or(list))
}

pub(super) const ENGLISH_FIRST: &str = "\
    Amelia, Oliver, Isla, George, Ava, Harry, Emily, Jack, Sophie, Noah, Grace, Charlie, Lily, \
    Muhammad, Freya, Leo, Aisha, Oscar, Ella, Arthur, Charlotte, Archie, Priya, Henry, Evelyn, \
    Thomas, Phoebe, James, Daisy, William, Zoë=Zoe, Samuel, Chloë=Chloe, Joseph, Hannah, \
    Daniel, Siân=Sian, Edward, Megan, Benjamin, Renée=Renee, Isaac, Abigail, Lucas, Martha, \
    Ethan, Georgina, Seán=Sean";

pub(super) const ENGLISH_LAST: &str = "\
    Smith, Jones, Taylor, Brown, Williams, Wilson, Johnson, Davies, Robinson, Wright, Thompson, \
    Evans, Walker, White, Roberts, Green, Hall, Wood, Jackson, Clarke, Patel, Khan, Lewis, \
    James, Phillips, Mason, Mitchell, Rose, Cox, Marshall, O'Neill=oneill, O'Brien=obrien, \
    MacDonald, Campbell, Murray, Stewart, Okafor, Adeyemi, Singh, Kaur, Smith-Jones=smithjones, \
    Fraser, Barker, Fletcher, Knight, Holmes, Brontë=bronte, Chapman";

pub(super) const GERMAN_FIRST: &str = "\
    Anna, Lukas, Lea, Finn, Mia, Jonas, Hannah, Paul, Emma, Leon, Sabine, Thomas, Petra, \
    Michael, Ursula, Andreas, Monika, Stefan, Claudia, Wolfgang, Jürgen=Juergen, Heike, \
    Günther=Guenther, Katharina, Matthias, Birgit, Jörg=Joerg, Susanne, Uwe, Renate, \
    Bärbel=Baerbel, Dieter, Ingrid, Klaus, Elif, Mehmet, Ayla, Emre, Charlotte, Maximilian, \
    Frieda, Anton, Käthe=Kaethe, Ole, Wiebke, Torsten, Nele, Björn=Bjoern";

pub(super) const GERMAN_LAST: &str = "\
    Müller=Mueller, Schmidt, Schneider, Fischer, Weber, Meyer, Wagner, Becker, Schulz, \
    Hoffmann, Schäfer=Schaefer, Koch, Bauer, Richter, Klein, Wolf, Schröder=Schroeder, Neumann, \
    Schwarz, Zimmermann, Braun, Krüger=Krueger, Hofmann, Hartmann, Lange, Schmitt, Werner, \
    Weiß=Weiss, Krause, Meier, Lehmann, Köhler=Koehler, Herrmann, König=Koenig, Walter, Mayer, \
    Huber, Kaiser, Fuchs, Peters, Yılmaz=Yilmaz, Kaya, Groß=Gross, Vogt, Böhm=Boehm, Lorenz, \
    von der Heide=vonderheide, Brandt";

pub(super) const JAPANESE_FIRST: &str = "\
    翔太=shota=ショウタ, 美咲=misaki=ミサキ, 大輔=daisuke=ダイスケ, 陽子=yoko=ヨウコ, \
    健一=kenichi=ケンイチ, さくら=sakura=サクラ, 拓也=takuya=タクヤ, 愛=ai=アイ, \
    直樹=naoki=ナオキ, 恵子=keiko=ケイコ, 誠=makoto=マコト, 明美=akemi=アケミ, \
    浩=hiroshi=ヒロシ, 久美子=kumiko=クミコ, 剛=tsuyoshi=ツヨシ, 真由美=mayumi=マユミ, \
    蓮=ren=レン, 結衣=yui=ユイ, 悠真=yuma=ユウマ, 陽菜=hina=ヒナ, 大和=yamato=ヤマト, \
    凛=rin=リン, 颯太=sota=ソウタ, 葵=aoi=アオイ, 修=osamu=オサム, 裕子=yuko=ユウコ, \
    隆=takashi=タカシ, 千尋=chihiro=チヒロ, 哲也=tetsuya=テツヤ, 香織=kaori=カオリ, \
    亮=ryo=リョウ, 麻衣=mai=マイ, 学=manabu=マナブ, 智子=tomoko=トモコ, 聡=satoshi=サトシ, \
    直美=naomi=ナオミ, 和也=kazuya=カズヤ, 奈々=nana=ナナ, 勇気=yuki=ユウキ, 彩=aya=アヤ, \
    達也=tatsuya=タツヤ, 京子=kyoko=キョウコ, 純一=junichi=ジュンイチ, 典子=noriko=ノリコ, \
    圭介=keisuke=ケイスケ, 舞=mai=マイ, 義男=yoshio=ヨシオ, 節子=setsuko=セツコ";

pub(super) const JAPANESE_LAST: &str = "\
    佐藤=sato=サトウ, 鈴木=suzuki=スズキ, 田中=tanaka=タナカ, 伊藤=ito=イトウ, \
    渡辺=watanabe=ワタナベ, 渡邊=watanabe=ワタナベ, 山本=yamamoto=ヤマモト, \
    中村=nakamura=ナカムラ, 小林=kobayashi=コバヤシ, 加藤=kato=カトウ, 吉田=yoshida=ヨシダ, \
    山田=yamada=ヤマダ, 佐々木=sasaki=ササキ, 山口=yamaguchi=ヤマグチ, 松本=matsumoto=マツモト, \
    井上=inoue=イノウエ, 木村=kimura=キムラ, 林=hayashi=ハヤシ, 斎藤=saito=サイトウ, \
    齋藤=saito=サイトウ, 清水=shimizu=シミズ, 山崎=yamazaki=ヤマザキ, 山﨑=yamazaki=ヤマザキ, \
    森=mori=モリ, 池田=ikeda=イケダ, 橋本=hashimoto=ハシモト, 阿部=abe=アベ, \
    石川=ishikawa=イシカワ, 前田=maeda=マエダ, 藤田=fujita=フジタ, 小川=ogawa=オガワ, \
    後藤=goto=ゴトウ, 岡田=okada=オカダ, 長谷川=hasegawa=ハセガワ, 村上=murakami=ムラカミ, \
    近藤=kondo=コンドウ, 石井=ishii=イシイ, 坂本=sakamoto=サカモト, 遠藤=endo=エンドウ, \
    青木=aoki=アオキ, 藤井=fujii=フジイ, 西村=nishimura=ニシムラ, 福田=fukuda=フクダ, \
    太田=ota=オオタ, 三浦=miura=ミウラ, 岡本=okamoto=オカモト, 松田=matsuda=マツダ, \
    中島=nakajima=ナカジマ";

pub(super) const BRITISH_STREETS: [&str; 12] = [
    "Sampler Lane",
    "Kestrel Court",
    "Wicket Road",
    "Old Foundry Street",
    "Thimble Close",
    "Larkspur Avenue",
    "Pepperpot Hill",
    "Quince Gardens",
    "Rookery Walk",
    "Saltmarsh Way",
    "Umber Terrace",
    "Willowherb Mews",
];

/// City, and a postcode's outward part.
pub(super) const BRITISH_CITIES: [(&str, &str); 8] = [
    ("London", "SE1"),
    ("Leeds", "LS1"),
    ("Bristol", "BS1"),
    ("Glasgow", "G1"),
    ("Cardiff", "CF10"),
    ("Norwich", "NR1"),
    ("Sheffield", "S1"),
    ("Newcastle upon Tyne", "NE1"),
];

pub(super) const AMERICAN_STREETS: [&str; 10] = [
    "Sample Street",
    "Maple Hollow Road",
    "Sagebrush Avenue",
    "Lantern Drive",
    "Blue Heron Boulevard",
    "Cedar Bend",
    "Prairie Clover Lane",
    "Tumbleweed Court",
    "Juniper Row",
    "Harvest Moon Way",
];

/// City, state, the first three digits of the ZIP code.
pub(super) const AMERICAN_CITIES: [(&str, &str, &str); 8] = [
    ("Portland", "OR", "972"),
    ("Austin", "TX", "787"),
    ("Madison", "WI", "537"),
    ("Albany", "NY", "122"),
    ("Boulder", "CO", "803"),
    ("Savannah", "GA", "314"),
    ("Duluth", "MN", "558"),
    ("Tucson", "AZ", "857"),
];

pub(super) const GERMAN_STREETS: [&str; 12] = [
    "Musterstraße",
    "Probenweg",
    "Am Alten Speicher",
    "Holunderallee",
    "Kranichgasse",
    "Beispielring",
    "Zum Storchennest",
    "Weißdornstraße",
    "Lerchenstieg",
    "Mühlgrabenweg",
    "Fährgasse",
    "Bürgermeister-Klönschnack-Straße",
];

/// City, and the first three digits of the postcode.
pub(super) const GERMAN_CITIES: [(&str, &str); 8] = [
    ("Berlin", "109"),
    ("Hamburg", "203"),
    ("Köln", "506"),
    ("München", "803"),
    ("Frankfurt am Main", "603"),
    ("Leipzig", "041"),
    ("Nürnberg", "904"),
    ("Halle (Saale)", "061"),
];

/// Prefecture, ward or city, quarter, the first three digits of the postcode.
pub(super) const JAPANESE_PLACES: [(&str, &str, &str, &str); 8] = [
    ("東京都", "千代田区", "見本町", "100"),
    ("東京都", "世田谷区", "例台", "154"),
    ("大阪府", "大阪市北区", "試町", "530"),
    ("神奈川県", "横浜市中区", "仮通", "231"),
    ("愛知県", "名古屋市中区", "雛形", "460"),
    ("福岡県", "福岡市博多区", "標本町", "812"),
    ("北海道", "札幌市中央区", "北例条西", "060"),
    ("京都府", "京都市左京区", "模範町", "606"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_name_has_its_ascii_and_japanese_ones_their_reading() {
        for list in [
            ENGLISH_FIRST,
            ENGLISH_LAST,
            GERMAN_FIRST,
            GERMAN_LAST,
            JAPANESE_FIRST,
            JAPANESE_LAST,
        ] {
            let words: Vec<Word> = list.split(", ").map(Word::parse).collect();
            let written: HashSet<&str> = words.iter().map(|word| word.written).collect();
            assert_eq!(written.len(), 48, "a name is there twice in {list}");
            for word in words {
                assert!(word.ascii.is_ascii() && !word.ascii.is_empty(), "{word:?}");
                assert_eq!(
                    word.reading.is_empty(),
                    list != JAPANESE_FIRST && list != JAPANESE_LAST
                );
            }
        }
    }
}
