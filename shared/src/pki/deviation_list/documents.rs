//! Which documents an entry means (ICAO 9303-3 §7.3.6).

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use crate::crypto::{DigestAlgorithm, Provider};
use crate::pki::certificate::{Certificate, Name, validity};
use crate::pki::signed_list::ListError;
use crate::time::{Date, Timestamp};
use crate::tlv::asn1::{INTEGER, OCTET_STRING, PRINTABLE_STRING, SEQUENCE, UTF8_STRING, context};
use crate::tlv::{Element, TlvError};

/// No list has more document numbers.
const MAX_NUMBERS: usize = 4_000_000;

/// How surely a document is one of those that are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// It is not: a condition is not met.
    No,
    /// It may be: a condition cannot be judged, because the document does not give what it asks for.
    Possible,
    /// It is: all conditions are met.
    Yes,
}

/// How an entry names a document signer.
///
/// ```text
/// DocumentSignerIdentifier ::= CHOICE {
///     issuerAndSerialNumber  [1] IssuerAndSerialNumber,
///     subjectKeyIdentifier   [2] SubjectKeyIdentifier,
///     certificateDigest      [3] Digest }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignerReference {
    /// By the certificate's issuer and serial number.
    IssuerAndSerialNumber(Name, Vec<u8>),
    /// By the certificate's subjectKeyIdentifier.
    SubjectKeyIdentifier(Vec<u8>),
    /// By the certificate's digest.
    CertificateDigest(Vec<u8>),
}

/// What an entry says of the documents that it means; all that it says must hold at once.
///
/// ```text
/// DeviationDocuments ::= SEQUENCE {
///     documentType     [0] PrintableString (SIZE(2)) OPTIONAL,
///     dscIdentifier    DocumentSignerIdentifier OPTIONAL,
///     issuingDate      [4] IssuancePeriod OPTIONAL,
///     documentNumbers  [5] SET OF PrintableString OPTIONAL }
/// IssuancePeriod ::= SEQUENCE { firstIssued GeneralizedTime, lastIssued GeneralizedTime }
/// ```
#[derive(Clone, Debug)]
pub struct Documents {
    /// The MRZ's document code.
    pub document_type: Option<String>,
    /// The document signer.
    pub signer: Option<SignerReference>,
    /// From when to when they were issued.
    pub issued: Option<(Timestamp, Timestamp)>,
    /// Where the document numbers stand in the list's content, sorted by what stands there.
    numbers: Option<Vec<(u32, u32)>>,
}

/// A document, as far as it is known: nothing of this needs to be verified, since a match never makes anything better than undetermined.
#[derive(Clone, Copy, Default)]
pub struct Candidate<'a> {
    /// The MRZ's document code, without fillers.
    pub document_type: Option<&'a str>,
    /// The MRZ's document number, without fillers.
    pub number: Option<&'a str>,
    /// The document signer's certificate.
    pub signer: Option<&'a Certificate>,
    /// The day of issue.
    pub issue: Option<Date>,
}

opaque_debug!(Candidate<'_>);

impl Documents {
    pub(super) fn read(element: &Element<'_>, content: &[u8]) -> Result<Self, ListError> {
        let mut fields = element.children()?;
        let document_type = match fields.optional(context(0, false))? {
            Some(code) => Some(trimmed(code.value)),
            None => match fields.optional(context(0, true))? {
                Some(explicit) => Some(trimmed(explicit.children()?.read()?.value)),
                None => None,
            },
        };
        let signer = read_signer(&mut fields)?;
        let issued = match fields.optional(context(4, true))? {
            Some(period) => {
                let mut period = period.children()?;
                if period.peek() == Some(SEQUENCE) {
                    period = period.sequence()?;
                }
                Some((validity::time(&period.read()?)?, validity::time(&period.read()?)?))
            }
            None => None,
        };
        let numbers = match fields.optional(context(5, true))? {
            Some(set) => Some(read_numbers(&set, content)?),
            None => None,
        };
        fields.finish()?;
        Ok(Self { document_type, signer, issued, numbers })
    }

    /// How many document numbers are named; `None` where the numbers do not matter.
    pub fn numbers(&self) -> Option<usize> {
        self.numbers.as_ref().map(Vec::len)
    }

    pub(super) fn meets(
        &self,
        document: &Candidate<'_>,
        content: &[u8],
        digest: DigestAlgorithm,
        provider: &dyn Provider,
    ) -> Match {
        let judge = |met: Option<bool>| match met {
            Some(true) => Match::Yes,
            Some(false) => Match::No,
            None => Match::Possible,
        };
        let code = self.document_type.as_ref().map(|code| judge(document.document_type.map(|own| own == code)));
        let signer = self.signer.as_ref().map(|signer| judge(document.signer.map(|own| signer.means(own, digest, provider))));
        let issued = self.issued.map(|(first, last)| {
            judge(document.issue.map(|day| {
                let noon = Timestamp(day.days_since_epoch() * 86_400 + 43_200);
                let day_of = |moment: Timestamp| moment.0.div_euclid(86_400);
                (day_of(first)..=day_of(last)).contains(&day_of(noon))
            }))
        });
        let number = self.numbers.as_ref().map(|numbers| judge(document.number.map(|own| lists(numbers, content, own))));
        [code, signer, issued, number].into_iter().flatten().min().unwrap_or(Match::Yes)
    }
}

impl SignerReference {
    fn means(&self, certificate: &Certificate, digest: DigestAlgorithm, provider: &dyn Provider) -> bool {
        match self {
            Self::IssuerAndSerialNumber(issuer, serial) => certificate.issuer.matches(issuer) && certificate.serial == *serial,
            Self::SubjectKeyIdentifier(identifier) => certificate.extensions.subject_key_identifier.as_ref() == Some(identifier),
            Self::CertificateDigest(expected) => provider.digest(digest, &[certificate.as_der()]).as_ref() == expected.as_slice(),
        }
    }
}

fn read_signer(fields: &mut crate::tlv::Cursor<'_>) -> Result<Option<SignerReference>, TlvError> {
    if let Some(reference) = fields.optional(context(1, true))? {
        let mut parts = reference.children()?;
        // Implicitly tagged: the two fields themselves; explicitly: a SEQUENCE of them, which a name is as well.
        let mut ahead = parts;
        ahead.read()?;
        if ahead.is_empty() {
            parts = parts.sequence()?;
        }
        let issuer = Name::from_element(&parts.expect(SEQUENCE)?)?;
        let serial = parts.expect(INTEGER)?.value.to_vec();
        return Ok(Some(SignerReference::IssuerAndSerialNumber(issuer, serial)));
    }
    for (number, reference) in
        [(2, SignerReference::SubjectKeyIdentifier as fn(Vec<u8>) -> _), (3, SignerReference::CertificateDigest)]
    {
        if let Some(value) = fields.optional(context(number, false))? {
            return Ok(Some(reference(value.value.to_vec())));
        }
        if let Some(value) = fields.optional(context(number, true))? {
            return Ok(Some(reference(value.children()?.expect(OCTET_STRING)?.value.to_vec())));
        }
    }
    Ok(None)
}

/// Reads the numbers as places in the content, so that each costs eight bytes, and sorts them.
fn read_numbers(set: &Element<'_>, content: &[u8]) -> Result<Vec<(u32, u32)>, ListError> {
    let mut members = set.children()?;
    if members.peek() == Some(crate::tlv::asn1::SET) {
        members = members.set()?;
    }
    let mut numbers = Vec::new();
    for member in members {
        let member = member?;
        if !matches!(member.tag, PRINTABLE_STRING | UTF8_STRING) {
            return Err(member.invalid("not a document number").into());
        }
        let index = |value: usize| u32::try_from(value).map_err(|_| ListError::TooLong);
        let number = trim(member.value);
        numbers.push((index(member.value_position)?, index(member.value_position + number.len())?));
        if numbers.len() > MAX_NUMBERS {
            return Err(ListError::TooLong);
        }
    }
    numbers.sort_unstable_by(|one, other| at(content, *one).cmp(at(content, *other)));
    Ok(numbers)
}

fn lists(numbers: &[(u32, u32)], content: &[u8], number: &str) -> bool {
    numbers.binary_search_by(|place| at(content, *place).cmp(trim(number.as_bytes()))).is_ok()
}

fn at(content: &[u8], (start, end): (u32, u32)) -> &[u8] {
    let index = |value: u32| usize::try_from(value).unwrap_or(usize::MAX);
    let range: Range<usize> = index(start)..index(end);
    content.get(range).unwrap_or_default()
}

/// Without fillers and blanks at the end.
fn trim(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|&octet| octet != b'<' && octet != b' ').map_or(0, |last| last + 1);
    text.get(..end).unwrap_or_default()
}

fn trimmed(text: &[u8]) -> String {
    String::from_utf8_lossy(trim(text)).into_owned()
}

#[cfg(all(test, feature = "rustcrypto"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::crypto::rustcrypto::RustCrypto;
    use crate::tlv::{Cursor, Rules};

    /// The documents in these hexadecimal digits, blanks apart, as they stand in a list, and the bytes themselves.
    fn read(digits: &str) -> Result<(Documents, Vec<u8>), ListError> {
        let bytes = hex::decode(digits.replace(' ', "")).unwrap();
        let documents = Documents::read(&Cursor::new(&bytes, Rules::Ber).read()?, &bytes)?;
        Ok((documents, bytes))
    }

    fn meets((documents, content): &(Documents, Vec<u8>), document: Candidate<'_>) -> Match {
        documents.meets(&document, content, DigestAlgorithm::Sha256, &RustCrypto)
    }

    #[test]
    fn the_code_of_documents_with_its_fillers() {
        // "P<", "ID"; under an implicit tag and under an explicit one.
        for (digits, code) in [("3004 8002503C", "P"), ("3004 80024944", "ID"), ("3006 A0041302503C", "P"), ("3004 80023C20", "")]
        {
            assert_eq!(read(digits).unwrap().0.document_type.as_deref(), Some(code), "{digits}");
        }
        let passports = read("3004 8002503C").unwrap();
        for (own, expected) in [(Some("P"), Match::Yes), (Some("ID"), Match::No), (None, Match::Possible)] {
            assert_eq!(meets(&passports, Candidate { document_type: own, ..Candidate::default() }), expected, "{own:?}");
        }
        let all = read("3000").unwrap();
        assert_eq!((meets(&all, Candidate::default()), all.0.numbers()), (Match::Yes, None));
        assert!(read("3002 8600").is_err(), "a field that is not known");
    }

    #[test]
    fn numbers_of_documents() {
        // "C2<", "B10", "A": not sorted, with a filler; as a SET of its own too.
        let listed = "130343323C 0C03423130 130141";
        for digits in [alloc::format!("300F A50D {listed}"), alloc::format!("3011 A50F 310D {listed}")] {
            let documents = read(&digits).unwrap();
            assert_eq!(documents.0.numbers(), Some(3));
            for (number, expected) in [("A", true), ("B10", true), ("C2", true), ("C2<", true), ("C", false), ("B1", false)] {
                let found = meets(&documents, Candidate { number: Some(number), ..Candidate::default() });
                assert_eq!(found, if expected { Match::Yes } else { Match::No }, "{number}");
            }
            assert_eq!(meets(&documents, Candidate::default()), Match::Possible);
        }
        assert!(read("3005 A503020101").is_err(), "a number that is no text");
    }

    /// Whole days, the first and the last among them; the times of day do not count.
    #[test]
    fn a_period_of_issue() {
        // 2020-09-13 12:26:40 to 2020-09-15 00:00:00, without a SEQUENCE and with one.
        let moments = "170D3230303931333132323634305A 170D3230303931353030303030305A";
        for digits in [alloc::format!("3020 A41E {moments}"), alloc::format!("3022 A420 301E {moments}")] {
            let documents = read(&digits).unwrap();
            let on = |day| Candidate { issue: Date::new(2020, 9, day), ..Candidate::default() };
            let found = [12, 13, 14, 15, 16].map(|day| meets(&documents, on(day)));
            assert_eq!(found, [Match::No, Match::Yes, Match::Yes, Match::Yes, Match::No]);
            assert_eq!(meets(&documents, Candidate::default()), Match::Possible);
        }
    }

    /// Of several conditions the one that is met least counts.
    #[test]
    fn all_conditions_at_once() {
        let documents = read("3009 8002503C A503130141").unwrap();
        let of = |code, number| Candidate { document_type: code, number, ..Candidate::default() };
        for (candidate, expected) in [
            (of(Some("P"), Some("A")), Match::Yes),
            (of(Some("P"), None), Match::Possible),
            (of(Some("P"), Some("B")), Match::No),
            (of(Some("ID"), Some("A")), Match::No),
            (of(None, Some("A")), Match::Possible),
        ] {
            assert_eq!(meets(&documents, candidate), expected);
        }
    }

    #[test]
    fn references_to_a_signer_in_either_form() {
        // C=VN
        let (name, serial) = ("300D 310B 3009 0603550406 1302564E", "020105");
        for digits in [alloc::format!("3014 A112 {name} {serial}"), alloc::format!("3016 A114 3012 {name} {serial}")] {
            let signer = read(&digits).unwrap().0.signer;
            let Some(SignerReference::IssuerAndSerialNumber(issuer, serial)) = signer else { unreachable!("{digits}") };
            assert_eq!((issuer.country().as_deref(), serial), (Some("VN"), alloc::vec![5]));
        }
        let (key, digest) = (SignerReference::SubjectKeyIdentifier, SignerReference::CertificateDigest);
        for (digits, expected) in [
            ("3004 82020102", key(alloc::vec![1, 2])),
            ("3006 A20404020102", key(alloc::vec![1, 2])),
            ("3004 83020304", digest(alloc::vec![3, 4])),
            ("3006 A30404020304", digest(alloc::vec![3, 4])),
        ] {
            assert_eq!(read(digits).unwrap().0.signer, Some(expected), "{digits}");
        }
    }
}
