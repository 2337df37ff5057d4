//! What a scanned code is: that of a card, that of a health insurance, or something else, which is named and never read as a card.

use super::health_insurance::{HealthInsurance, HealthInsuranceError};
use super::qr::{self, Qr, QrError};

/// A scanned code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// An ID card's.
    Card(Qr),
    /// A health-insurance card's.
    HealthInsurance(HealthInsurance),
    /// Neither.
    Other(Seeming),
}

/// What a code that is no card's seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeming {
    /// An ID card's, and why it cannot be read.
    Card(QrError),
    /// A health-insurance card's, and why it cannot be read.
    HealthInsurance(HealthInsuranceError),
    /// Of VNeID, the state's application: only its servers can say what it means.
    VNeId,
    /// A web address.
    Url,
    /// A payment (EMVCo, as VietQR is).
    Payment,
    /// A machine-readable zone.
    Mrz,
    /// Nothing that is known here.
    Unknown,
}

impl Code {
    /// Says what the bytes of a scan are.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::of(&qr::decode(bytes))
    }

    /// Says what a text is.
    pub fn of(text: &str) -> Self {
        let error = match Qr::parse(text) {
            Ok(code) => return Self::Card(code),
            Err(error) => error,
        };
        match HealthInsurance::parse(text) {
            Ok(card) => Self::HealthInsurance(card),
            Err(_) if seems_a_card(text, error) => Self::Other(Seeming::Card(error)),
            Err(error) if HealthInsurance::seems(text) => Self::Other(Seeming::HealthInsurance(error)),
            Err(_) => Self::Other(seeming(text)),
        }
    }
}

/// Whether the number of a card stands at its beginning, or what a keyboard made of it.
fn seems_a_card(text: &str, error: QrError) -> bool {
    let start = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '\u{FEFF}');
    let digits = start.bytes().take_while(u8::is_ascii_digit).count();
    let behind = start.get(digits..).and_then(|rest| rest.chars().next());
    error == QrError::InputMethod || (digits == 12 && behind.is_none_or(|letter| ['|', ';', '~', '\r', '\n'].contains(&letter)))
}

fn seeming(text: &str) -> Seeming {
    let text = text.trim();
    if let Some(host) = web_host(text) {
        return if is_of_vneid(host) { Seeming::VNeId } else { Seeming::Url };
    }
    let begins = |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if begins("vneid") {
        Seeming::VNeId
    } else if begins("0002010102") && text.is_char_boundary(text.len().saturating_sub(8)) && has_payment_checksum(text) {
        Seeming::Payment
    } else if crate::mrz::MachineReadableZone::parse(text).is_ok() {
        Seeming::Mrz
    } else {
        Seeming::Unknown
    }
}

/// The host of a web address.
fn web_host(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let authority = rest.split(['/', '?', '#']).next().filter(|_| is_web)?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

fn is_of_vneid(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    host == "vneid.gov.vn" || host.ends_with(".vneid.gov.vn")
}

/// The last field of an EMVCo code is `6304` and four hexadecimal digits.
fn has_payment_checksum(text: &str) -> bool {
    let end = text.get(text.len().saturating_sub(8)..).unwrap_or_default();
    end.strip_prefix("6304").is_some_and(|sum| sum.len() == 4 && sum.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CARD: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Hà Nội|15032021";

    #[test]
    fn each_is_named_for_what_it_is() {
        assert!(matches!(Code::of(CARD), Code::Card(_)));
        assert!(matches!(Code::from_bytes(CARD.as_bytes()), Code::Card(_)));
        for (text, seeming) in [
            ("001199000001|012345678|Nguyễn", Seeming::Card(QrError::FieldCount { found: 3 })),
            ("001199000001", Seeming::Card(QrError::FieldCount { found: 1 })),
            ("đđăă\u{323}\u{323}đđđđđă||A|1|Nam|B|1", Seeming::Card(QrError::InputMethod)),
            ("GD4010199000001|4e6|x", Seeming::HealthInsurance(HealthInsuranceError::FieldCount { found: 3 })),
            ("https://vneid.gov.vn/x?y=1", Seeming::VNeId),
            ("HTTPS://app.VNeID.gov.vn", Seeming::VNeId),
            ("vneid:abc", Seeming::VNeId),
            ("https://vneid.gov.vn.example.org/", Seeming::Url),
            ("https://vneid.gov.vn@example.org/", Seeming::Url),
            ("http://example.org", Seeming::Url),
            ("00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F", Seeming::Payment),
            ("IDVNM1990000014001199000001<<59901018F3901016VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<", Seeming::Mrz),
            ("WIFI:S:x;T:WPA;P:y;;", Seeming::Unknown),
            ("a|b|c|d|e|f|g", Seeming::Unknown),
            ("", Seeming::Unknown),
            ("0019990000019|x", Seeming::Unknown),
        ] {
            assert_eq!(Code::of(text), Code::Other(seeming), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_named(bytes in proptest::collection::vec(any::<u8>(), 0..100), text in "\\PC{0,60}") {
            let _ = (Code::from_bytes(&bytes), Code::of(&text));
        }

        /// Nothing that does not begin with twelve digits is ever a card.
        #[test]
        fn a_card_begins_with_its_number(text in "[a-z/:.|]{1,12}\\PC{0,60}") {
            prop_assert!(!matches!(Code::of(&text), Code::Card(_)));
        }
    }
}
