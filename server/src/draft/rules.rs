//! Words by which columns and tables are known, in English, Japanese and a little German.

use app::model::IdentifierKind;

use super::guess::Sure;

/// What a word says of a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Words that follow one another, put together; for a script without spaces, a part of the name.
    pub(super) word: &'static str,
    pub(super) is: Is,
    pub(super) sure: Sure,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    Email,
    Phone,
    /// A handle or number of this kind.
    Social(IdentifierKind),
    FullName,
    FirstName,
    MiddleName,
    LastName,
    Address,
    /// Anything else, by its category. Of a text, or of anything at all.
    Text(&'static str),
    Any(&'static str),
}

impl Is {
    pub(super) fn category(self) -> &'static str {
        match self {
            Self::Email => "user.contact.email",
            Self::Phone | Self::Social(IdentifierKind::Whatsapp) => "user.contact.phone_number",
            Self::Social(_) => "user.social",
            Self::FullName | Self::FirstName | Self::MiddleName | Self::LastName => "user.name",
            Self::Address => "user.contact.address",
            Self::Text(category) | Self::Any(category) => category,
        }
    }

    pub(super) fn holds(self) -> Option<IdentifierKind> {
        match self {
            Self::Email => Some(IdentifierKind::Email),
            Self::Phone => Some(IdentifierKind::Phone),
            Self::Social(kind) => Some(kind),
            Self::FullName | Self::FirstName | Self::MiddleName | Self::LastName => {
                Some(IdentifierKind::Name)
            }
            Self::Address => Some(IdentifierKind::Address),
            Self::Text(_) | Self::Any(_) => None,
        }
    }
}

const fn rule(word: &'static str, is: Is, sure: Sure) -> Rule {
    Rule { word, is, sure }
}

macro_rules! rules {
    ($($is:expr, $sure:ident: $($word:literal)+;)+) => {
        &[$($(rule($word, $is, Sure::$sure)),+),+]
    };
}

const IP: &str = "user.device.ip_address";
const STREET: &str = "user.contact.address.street";
const CITY: &str = "user.contact.address.city";
const POSTAL: &str = "user.contact.address.postal_code";
const STATE: &str = "user.contact.address.state";
const COUNTRY: &str = "user.contact.address.country";
const PASSWORD: &str = "user.authorization.password";
const CREDENTIALS: &str = "user.authorization.credentials";
const BANK: &str = "user.financial.bank_account";
const CARD: &str = "user.financial.credit_card";
const BORN: &str = "user.demographic.date_of_birth";
const NATIONAL: &str = "user.government_id.national_identification_number";
const DEVICE: &str = "user.device.device_id";
const WORKPLACE: &str = "user.workplace";

/// The longest word decides; of equally long ones, the first.
pub(super) const COLUMNS: &[Rule] = rules! {
    Is::Email, High: "email" "emailaddress" "mailaddress" "メール" "ﾒｰﾙ" "eメール";
    Is::Email, Medium: "mail";
    Is::Phone, High: "phone" "phonenumber" "telephone" "tel" "telno" "mobilephone" "mobilenumber" "cellphone" "cellnumber" "telefon"
        "telefonnummer" "msisdn" "電話" "携帯番号";
    Is::Phone, Medium: "mobile" "landline" "handy" "携帯";
    Is::Text("user.contact.fax_number"), High: "fax" "faxnumber" "ファックス" "ファクス";
    Is::Social(IdentifierKind::Whatsapp), Medium: "whatsapp";
    Is::Social(IdentifierKind::Twitter), Medium: "twitter" "twitterhandle";
    Is::Social(IdentifierKind::Instagram), Medium: "instagram" "instagramhandle";
    Is::Social(IdentifierKind::Facebook), Medium: "facebook" "facebookid";
    Is::Text("user.social"), Medium: "linkedin" "skype" "lineid" "discord" "telegram";
    Is::FullName, High: "fullname" "customername" "contactname" "personname" "employeename" "membername" "patientname" "氏名" "名前" "姓名";
    Is::FullName, Medium: "displayname" "recipientname" "cardholder" "cardholdername" "accountholder" "participantname" "authorname"
        "nickname" "フリガナ" "ふりがな" "ローマ字";
    Is::FirstName, High: "firstname" "givenname" "forename" "vorname";
    Is::MiddleName, High: "middlename";
    Is::LastName, High: "lastname" "surname" "familyname" "nachname" "maidenname" "姓" "名字" "苗字";
    Is::Text("user.name"), Low: "kana" "カナ" "initial" "salutation" "セイ" "メイ";
    Is::Text("user.account.username"), High: "username" "ユーザー名" "ユーザ名";
    Is::Text("user.account.username"), Medium: "login" "loginname" "loginid" "ログイン" "screenname" "handle";
    Is::Address, High: "postaladdress" "mailingaddress" "homeaddress" "fulladdress" "shippingaddress" "billingaddress" "anschrift" "住所";
    Is::Address, Medium: "address" "adresse";
    Is::Text(STREET), High: "street" "streetaddress" "streetname" "addressline" "housenumber" "strasse" "番地" "丁目" "町名" "建物";
    Is::Text(CITY), Medium: "city" "town" "ort" "市区町村" "市町村";
    Is::Any(POSTAL), High: "zip" "zipcode" "postcode" "postalcode" "plz" "郵便番号";
    Is::Text(STATE), Medium: "province" "prefecture" "都道府県" "県名";
    Is::Text(STATE), Low: "region" "county";
    Is::Text(COUNTRY), Medium: "country" "countrycode" "countryname" "国名" "国コード";
    Is::Any(BORN), High: "dob" "dateofbirth" "birthdate" "birthday" "birthdt" "bornon" "geburtsdatum" "生年月日" "誕生日";
    Is::Any(BORN), Medium: "birth" "born" "birthyear" "yearofbirth";
    Is::Any("user.demographic.age_range"), Low: "age" "年齢";
    Is::Any("user.demographic.gender"), High: "gender" "sex" "性別" "geschlecht";
    Is::Any("user.demographic.marital_status"), High: "maritalstatu" "maritalstatus" "婚姻";
    Is::Any("user.demographic"), Medium: "nationality" "citizenship" "国籍";
    Is::Any("user.demographic.race_ethnicity"), High: "ethnicity" "人種";
    Is::Any("user.demographic.religious_belief"), High: "religion" "宗教";
    Is::Any("user.demographic.sexual_orientation"), High: "sexualorientation";
    Is::Text("user.demographic.language"), Low: "language" "locale" "言語";
    Is::Any(IP), High: "ip" "ipaddress" "ipaddr" "ipv4" "ipv6" "clientip" "remoteip" "ipアドレス";
    Is::Any(IP), Medium: "remoteaddr" "remoteaddress";
    Is::Text("user.device"), High: "useragent" "ユーザーエージェント";
    Is::Text("user.device"), Medium: "browser" "devicename" "devicemodel";
    Is::Any(DEVICE), High: "deviceid" "imei" "macaddress" "idfa" "advertisingid" "端末id";
    Is::Any("user.device.cookie_id"), Medium: "cookie" "cookieid" "visitorid" "クッキー";
    Is::Any(PASSWORD), High: "password" "passwordhash" "passwordsalt" "passwd" "pwd" "pwhash" "passphrase" "passwort" "パスワード";
    Is::Any(CREDENTIALS), Medium: "accesstoken" "refreshtoken" "sessiontoken" "apitoken" "apikey" "otpsecret" "totpsecret" "secret"
        "sessionid" "resettoken" "confirmationtoken";
    Is::Text(BANK), High: "iban" "bankaccount" "bankaccountnumber" "accountnumber" "kontonummer" "口座";
    Is::Text(BANK), Medium: "bic" "swift" "swiftcode" "routingnumber" "sortcode";
    Is::Any(CARD), High: "cardnumber" "creditcard" "creditcardnumber" "cardno" "ccn" "ccnumber" "cvv" "cvc" "cardlast" "カード番号"
        "クレジット";
    Is::Any(CARD), Medium: "cardexpiry" "cardexpiration" "expirymonth" "expiryyear";
    Is::Any("user.financial"), Medium: "salary" "wage" "income" "creditscore" "給与" "年収" "gehalt";
    Is::Any(NATIONAL), High: "ssn" "socialsecuritynumber" "nationalid" "nationalidnumber" "taxid" "taxnumber" "mynumber" "steuernummer"
        "マイナンバー" "個人番号";
    Is::Any("user.government_id.passport_number"), High: "passport" "passportnumber" "passportno" "旅券" "パスポート";
    Is::Any("user.government_id.drivers_license_number"), High: "driverlicense" "driverslicense" "driverlicence" "drivinglicence"
        "drivinglicense" "免許";
    Is::Any("user.government_id.vehicle_registration"), Medium: "licenseplate" "numberplate" "kennzeichen" "ナンバープレート";
    Is::Any("user.location.precise"), Medium: "latitude" "longitude" "lat" "lng" "lon" "geolocation" "gps" "緯度" "経度";
    Is::Any("user.location"), Low: "location" "位置";
    Is::Text("user.job_title"), Medium: "jobtitle" "occupation" "profession" "役職" "職業";
    Is::Text(WORKPLACE), Medium: "company" "companyname" "employer" "会社" "勤務先";
    Is::Text(WORKPLACE), Low: "organization" "organisation" "department" "部署";
    Is::Any("user.content.self_image"), Medium: "photo" "avatar" "selfie" "profileimage" "profilepicture" "写真";
    Is::Any("user.health"), High: "diagnosis" "bloodtype" "allergy" "medication" "medicalhistory" "病名" "診断" "アレルギー" "血液型";
    Is::Any("user.health.insurance_beneficiary_id"), High: "insurancenumber" "healthinsurance" "保険証" "保険者番号";
    Is::Any("user.biometrics"), High: "fingerprint" "faceid" "biometric" "指紋";
    Is::Any("user.privacy_preferences"), Medium: "consent" "optin" "optout" "unsubscribed" "marketingconsent" "同意";
    Is::Any("user.behavior"), Low: "lastlogin" "lastseen" "lastvisit" "signincount" "loginat" "最終ログイン";
    Is::Text("user.behavior.search_history"), Medium: "searchterm" "searchquery" "検索語";
    Is::Text("user.behavior.browsing_history"), Low: "referrer" "referer" "pageurl" "閲覧";
    Is::Text("user.content"), Medium: "note" "comment" "remark" "memo" "message" "body" "biography" "bio" "aboutme" "feedback"
        "備考" "メモ" "コメント" "メッセージ" "bemerkung" "notiz";
    Is::Text("user.content"), Low: "description" "subject" "text" "content" "answer" "内容" "本文" "件名";
};

/// What is only said by the table around it.
pub(super) const NAME: [&str; 2] = ["name", "名"];
pub(super) const STATE_OF: [&str; 1] = ["state"];
pub(super) const STATE_CATEGORY: &str = STATE;

/// What makes of an e-mail address something about one.
pub(super) const ABOUT: [&str; 30] = [
    "verified",
    "confirmed",
    "valid",
    "statu",
    "status",
    "type",
    "kind",
    "template",
    "count",
    "enabled",
    "sent",
    "at",
    "on",
    "flag",
    "id",
    "domain",
    "provider",
    "format",
    "length",
    "changed",
    "updated",
    "required",
    "allowed",
    "preference",
    "option",
    "code",
    "version",
    "key",
    "label",
    "by",
];

/// Tables of people.
pub(super) const PEOPLE: &[&str] = &[
    "customer",
    "client",
    "user",
    "contact",
    "person",
    "member",
    "patient",
    "subscriber",
    "lead",
    "student",
    "guest",
    "candidate",
    "applicant",
    "donor",
    "volunteer",
    "profile",
    "participant",
    "attendee",
    "visitor",
    "passenger",
    "resident",
    "citizen",
    "registrant",
    "kunde",
    "顧客",
    "会員",
    "ユーザー",
    "ユーザ",
    "利用者",
    "患者",
    "学生",
    "お客様",
    "個人",
    "名簿",
    "連絡先",
    "申込者",
    "応募者",
    "購読者",
];

/// Tables of those who work here.
pub(super) const STAFF: &[&str] = &[
    "employee",
    "staff",
    "agent",
    "worker",
    "operator",
    "teacher",
    "driver",
    "mitarbeiter",
    "社員",
    "従業員",
    "職員",
    "担当者",
];

/// Columns that name who did something with a row, not whose it is.
pub(super) const ROLES: &[&str] = &[
    "created",
    "updated",
    "modified",
    "deleted",
    "assigned",
    "assignee",
    "approved",
    "approver",
    "handled",
    "reviewed",
    "reviewer",
    "agent",
    "manager",
    "operator",
    "by",
    "editor",
    "seller",
    "担当",
    "作成者",
    "更新者",
    "承認者",
];

/// Tables that the law mostly wants kept; not if they are also one of [`NO_LEDGER`].
pub(super) const LEDGER: &[&str] = &[
    "invoice",
    "payment",
    "ledger",
    "transaction",
    "receipt",
    "refund",
    "payout",
    "accounting",
    "journal",
    "tax",
    "payroll",
    "bill",
    "rechnung",
    "zahlung",
    "buchung",
    "請求",
    "支払",
    "入金",
    "領収",
    "仕訳",
    "取引",
    "売上",
    "会計",
    "納税",
];
pub(super) const NO_LEDGER: &[&str] = &[
    "method",
    "card",
    "preference",
    "setting",
    "token",
    "gateway",
    "provider",
    "取引先",
    "支払方法",
];
