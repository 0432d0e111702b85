//! Variants of kanji: one person's name is written with one form in one register and with another in the next.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Groups of variants in names of families, given names and places; the others become the first of each. Old and new official
/// forms, and popular ones.
/// 斉 and 斎 are two characters, but records of their owners mix them, so here they are one. 坂 and 阪, 藤 and 籐 are not.
const GROUPS: &str = "
    高髙 崎﨑嵜 辺邊邉 斉齊斎齋 沢澤 浜濱濵 桜櫻 島嶋嶌 富冨 吉𠮷 広廣 渕淵渊 関關 滝瀧 塩鹽 黒黑 栄榮 桧檜 芦蘆 薮藪
    亀龜 鶴靏靍 蔵藏 桑桒 柳栁 横橫 曽曾 増增 館舘 鴎鷗 稲稻 砺礪 祢禰 竈竃 野埜 秋穐龝 橋𣘺 土圡 栃杤
    槙槇 郷鄕 鎌鐮 衛衞 隣鄰 麹麴 猪豬 満滿 浅淺 渓溪 歳歲 爾尓 船舩 条條 峰峯 岳嶽 巌巖 鯵鰺 糸絲 児兒
    会會 荘莊 壷壺 諌諫 弁辨瓣辯 当當 宮宫
    恵惠 徳德 真眞 竜龍 実實 寿壽 与與 宝寶 静靜 鉄鐵 豊豐 礼禮 弥彌 郎郞 学學 楽樂 暁曉 顕顯 穂穗 総總
    継繼 経經 蛍螢 譲讓 遥遙 寛寬 奥奧 声聲 聡聰 緑綠 清淸 涼凉 瑶瑤 茎莖 萌萠 薫薰 頼賴 鋭銳 誉譽 昂昻
    昇曻 尭堯 凛凜 晋晉 亘亙 為爲 悦悅 恒恆 将將 壮壯 穣穰 禄祿 産產 歓歡 暦曆 皐皋 粋粹 禅禪 縁緣 絵繪
    鎮鎭 青靑 教敎 応應 万萬 円圓 団團 芸藝 珍珎 梅楳
    国國圀 県縣 戸戶 台臺 旧舊 峡峽 湾灣 仏佛 渋澁澀 瀬瀨 駅驛 霊靈 麦麥 黄黃 双雙 区區 庁廳 医醫 図圖 両兩
    狭狹 浄淨 帯帶 発發 様樣 気氣 来來
";

static STANDARD: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pairs = GROUPS.split_whitespace().filter_map(|group| {
        let mut forms = group.chars();
        forms
            .next()
            .map(|first| forms.map(move |form| (form, first)))
    });
    pairs.flatten().collect()
});

/// The form that a character is compared in; itself if it is no variant.
pub(super) fn standard(c: char) -> char {
    // Every variant is beyond: most text never asks the table.
    if c < '\u{3400}' {
        c
    } else {
        STANDARD.get(&c).copied().unwrap_or(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn variants_of_common_names_are_one() {
        for (variant, want) in [
            ("髙橋", "高橋"),
            ("山﨑", "山崎"),
            ("渡邊", "渡辺"),
            ("渡邉", "渡辺"),
            ("齋藤", "斉藤"),
            ("齊藤", "斉藤"),
            ("斎藤", "斉藤"),
            ("澤田", "沢田"),
            ("濵田", "浜田"),
            ("濱田", "浜田"),
            ("櫻井", "桜井"),
            ("國井", "国井"),
            ("𠮷田", "吉田"),
        ] {
            assert_eq!(variant.chars().map(standard).collect::<String>(), want);
        }
    }

    #[test]
    fn other_characters_stay() {
        for text in ["坂阪", "藤籐", "伊井", "大太犬", "未末", "Anna"] {
            assert_eq!(text.chars().map(standard).collect::<String>(), text);
        }
    }

    #[test]
    fn every_group_is_well_formed() {
        let mut seen = HashMap::new();
        for group in GROUPS.split_whitespace() {
            assert!(group.chars().count() >= 2, "{group} has nothing to fold");
            assert!(
                group.nfkc().eq(group.chars()),
                "{group} is folded by NFKC already"
            );
            for form in group.chars() {
                assert_eq!(seen.insert(form, group), None, "{form} is in two groups");
                assert!(form >= '\u{3400}', "{form} is never looked up");
            }
        }
    }
}
