//! What is wrong with documents (ICAO 9303-3 §7.3.5).

use alloc::string::String;

use der::asn1::ObjectIdentifier;

use crate::tlv::asn1::{INTEGER, PRINTABLE_STRING, UTF8_STRING, context};
use crate::tlv::{Element, TlvError};

const CERT_OR_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.1");
const DS_SIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.1.1");
const DS_ENCODING: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.1.2");
const CSCA_ENCODING: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.1.3");
const AA_KEY_COMPROMISED: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.1.4");
const LDS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.2");
const DG_MALFORMED: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.2.1");
const DG_HASH_WRONG: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.2.2");
const SOD_SIGNATURE_WRONG: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.2.3");
const COM_INCONSISTENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.2.4");
const MRZ: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.3");
const MRZ_WRONG_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.3.1");
const MRZ_WRONG_CHECK_DIGIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.3.2");
const CHIP: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.4");
const NATIONAL_USE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.5");

/// Where in a certificate, among the data groups or in the MRZ; `None` where the list does not say, or says what is not known.
pub type Place = Option<u32>;

/// The fifteen kinds of deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deviation {
    /// Another fault of a certificate or key.
    CertificateOrKey,
    /// The signature of the document signer's certificate is wrong.
    SignerSignature,
    /// The document signer's certificate is wrongly encoded.
    SignerEncoding,
    /// The authority's certificate is wrongly encoded.
    AuthorityEncoding,
    /// The key of active authentication may be in other hands.
    ChipKeyCompromised,
    /// Another fault of the files.
    Files,
    /// The TLV of a data group is broken: 1–16, EF.SOD 20, EF.COM 21.
    GroupMalformed(Place),
    /// The hash of a data group in EF.SOD is wrong.
    GroupHash(Place),
    /// The signature of EF.SOD is wrong.
    SodSignature,
    /// EF.COM and EF.SOD disagree.
    ComInconsistent,
    /// Another fault of the MRZ.
    Mrz,
    /// A field of the MRZ is wrong: 2 issuing state, 4 document number, 6 birth, 8 expiry.
    MrzData(Place),
    /// The check digit of a field of the MRZ is wrong.
    MrzCheckDigit(Place),
    /// The chip is not usable.
    Chip,
    /// For the issuing state's own use.
    NationalUse,
    /// A kind that is not known here. It has no effect.
    Unknown(ObjectIdentifier),
}

/// One deviation with the issuer's words.
///
/// ```text
/// DeviationDescription ::= SEQUENCE {
///     description    PrintableString OPTIONAL,
///     deviationType  OBJECT IDENTIFIER,
///     parameters     [0] ANY DEFINED BY deviationType OPTIONAL,
///     nationalUse    [1] ANY OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// What is wrong.
    pub deviation: Deviation,
    /// The issuer's words.
    pub text: Option<String>,
}

impl Description {
    pub(super) fn read(element: &Element<'_>) -> Result<Self, TlvError> {
        let mut fields = element.children()?;
        let text = match fields.peek() {
            Some(PRINTABLE_STRING | UTF8_STRING) => Some(String::from_utf8_lossy(fields.read()?.value).into_owned()),
            _ => None,
        };
        let kind = fields.object_identifier()?;
        let place = fields.optional(context(0, true))?.map_or(Ok(None), |parameters| place(&parameters))?;
        // A primitive [0] is an INTEGER under implicit tagging.
        let place = match fields.optional(context(0, false))? {
            Some(parameters) => number(parameters.value),
            None => place,
        };
        fields.optional(context(1, true))?;
        fields.optional(context(1, false))?;
        fields.finish()?;
        Ok(Self { deviation: deviation(kind, place), text })
    }
}

/// The INTEGER inside explicitly tagged parameters; an extension's identifier is no place that is looked at.
fn place(parameters: &Element<'_>) -> Result<Place, TlvError> {
    let mut fields = parameters.children()?;
    if fields.peek() == Some(INTEGER) { Ok(number(fields.read()?.value)) } else { Ok(None) }
}

fn number(octets: &[u8]) -> Place {
    match octets {
        [value @ 0..=0x7F] => Some(u32::from(*value)),
        _ => None,
    }
}

fn deviation(kind: ObjectIdentifier, place: Place) -> Deviation {
    match kind {
        CERT_OR_KEY => Deviation::CertificateOrKey,
        DS_SIGNATURE => Deviation::SignerSignature,
        DS_ENCODING => Deviation::SignerEncoding,
        CSCA_ENCODING => Deviation::AuthorityEncoding,
        AA_KEY_COMPROMISED => Deviation::ChipKeyCompromised,
        LDS => Deviation::Files,
        DG_MALFORMED => Deviation::GroupMalformed(place),
        DG_HASH_WRONG => Deviation::GroupHash(place),
        SOD_SIGNATURE_WRONG => Deviation::SodSignature,
        COM_INCONSISTENT => Deviation::ComInconsistent,
        MRZ => Deviation::Mrz,
        MRZ_WRONG_DATA => Deviation::MrzData(place),
        MRZ_WRONG_CHECK_DIGIT => Deviation::MrzCheckDigit(place),
        CHIP => Deviation::Chip,
        NATIONAL_USE => Deviation::NationalUse,
        other => Deviation::Unknown(other),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::tlv::{Cursor, Rules};

    /// The description in these hexadecimal digits, blanks apart.
    fn read(digits: &str) -> Result<Description, TlvError> {
        let bytes = hex::decode(digits.replace(' ', "")).unwrap();
        Description::read(&Cursor::new(&bytes, Rules::Ber).read()?)
    }

    #[test]
    fn text_kind_and_place_of_a_deviation() {
        // id-Deviation-LDS-DGHashWrong
        let kind = "0608 6781080101070202";
        let described = |deviation, text: Option<&str>| Ok(Description { deviation, text: text.map(String::from) });
        assert_eq!(read(&alloc::format!("300A {kind}")), described(Deviation::GroupHash(None), None));
        assert!(read(&alloc::format!("300F A003020102 {kind}")).is_err());
        assert_eq!(read(&alloc::format!("300F {kind} A003020102")), described(Deviation::GroupHash(Some(2)), None));
        assert_eq!(read(&alloc::format!("300D {kind} 800102")), described(Deviation::GroupHash(Some(2)), None));
        // A place that is an object identifier, too large or negative is none.
        assert_eq!(read(&alloc::format!("3010 {kind} A00406022A03")), described(Deviation::GroupHash(None), None));
        assert_eq!(read(&alloc::format!("3010 {kind} A00402020102")), described(Deviation::GroupHash(None), None));
        assert_eq!(read(&alloc::format!("300F {kind} A003020182")), described(Deviation::GroupHash(None), None));
        for text in ["0C0141", "130141"] {
            assert_eq!(read(&alloc::format!("300D {text} {kind}")), described(Deviation::GroupHash(None), Some("A")));
        }
        // National use may follow, in either form; nothing else may.
        assert!(read(&alloc::format!("300C {kind} A100")).is_ok() && read(&alloc::format!("300C {kind} 8100")).is_ok());
        assert!(read(&alloc::format!("300C {kind} A200")).is_err());
    }
}
