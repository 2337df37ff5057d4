//! Extensions of a certificate (ICAO 9303-12 table 6, RFC 5280 §4.2).

use alloc::string::String;
use alloc::vec::Vec;

use der::Decode;
use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, ExtendedKeyUsage, KeyUsage, PrivateKeyUsagePeriod, SubjectKeyIdentifier};

use super::CertificateError;
use crate::time::Timestamp;
use crate::tlv::asn1::{BOOLEAN, OCTET_STRING};
use crate::tlv::{Cursor, Rules, TlvError};

/// extKeyUsage of a master list signer, ICAO 9303-12 §7.1.1.3.
pub const MASTER_LIST_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.3");
/// extKeyUsage of a deviation list signer, ICAO 9303-12 §7.1.1.3.
pub const DEVIATION_LIST_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.8");
/// id-kp-timeStamping, extKeyUsage of a time-stamp authority, RFC 3161 §2.3.
pub const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const PRIVATE_KEY_USAGE_PERIOD: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.16");
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const ISSUER_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.18");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.31");
const CERTIFICATE_POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const NAME_CHANGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.1");
const DOCUMENT_TYPE_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.6.2");

/// What the extensions say, as far as the eMRTD PKI looks at them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// keyIdentifier of authorityKeyIdentifier: which key signed.
    pub authority_key_identifier: Option<Vec<u8>>,
    /// subjectKeyIdentifier: the certified key.
    pub subject_key_identifier: Option<Vec<u8>>,
    /// keyUsage
    pub key_usage: Option<KeyUsage>,
    /// Whether keyUsage is critical, as it must be (RFC 5280 §4.2.1.3).
    pub key_usage_critical: bool,
    /// cA and pathLenConstraint.
    pub basic_constraints: Option<BasicConstraints>,
    /// When the private key may sign.
    pub private_key_usage: Option<PrivateKeyUsage>,
    /// extKeyUsage
    pub extended_key_usage: Option<Vec<ObjectIdentifier>>,
    /// Whether extendedKeyUsage is critical: the key may then serve these purposes only (RFC 5280 §4.2.1.12).
    pub extended_key_usage_critical: bool,
    /// documentType: which documents a signer may sign, by the first letters of the MRZ (`P`, `ID`).
    pub document_types: Option<Vec<String>>,
    /// Whether the nameChange extension is there.
    pub name_change: bool,
    /// Critical extensions that are not known here: such a certificate must be rejected (RFC 5280 §4.2).
    pub unknown_critical: Vec<ObjectIdentifier>,
}

/// Read here and not by `x509_cert`, which refuses what issuers write: FALSE spelled out, a path length over 255.
///
/// ```text
/// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints {
    /// Whether the key signs certificates.
    pub certificate_authority: bool,
    /// How many certificates may follow; ICAO 9303-12 asks for 0.
    pub path_len: Option<u32>,
}

impl BasicConstraints {
    fn read(value: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Cursor::new(value, Rules::Der).sequence()?;
        let certificate_authority = boolean(&mut fields)?;
        let path_len = if fields.is_empty() { None } else { Some(fields.small_integer()?) };
        fields.finish()?;
        Ok(Self { certificate_authority, path_len })
    }
}

/// A BOOLEAN DEFAULT FALSE. Any octet but zero is true, as in BER.
fn boolean(fields: &mut Cursor<'_>) -> Result<bool, TlvError> {
    Ok(fields.optional(BOOLEAN)?.is_some_and(|value| value.value.iter().any(|&octet| octet != 0)))
}

/// privateKeyUsagePeriod: at least one end is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrivateKeyUsage {
    /// The first moment of signing.
    pub not_before: Option<Timestamp>,
    /// The last moment of signing.
    pub not_after: Option<Timestamp>,
}

impl PrivateKeyUsage {
    /// Whether a moment lies within the period, both ends included; an end that is not given is open.
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.not_before.is_none_or(|first| first <= moment) && self.not_after.is_none_or(|last| moment <= last)
    }
}

/// Real certificates have a dozen: more is work that someone wants done (`attacks.md` 31).
const MAX_EXTENSIONS: usize = 64;

impl Extensions {
    /// ```text
    /// Extensions ::= SEQUENCE OF SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
    /// ```
    pub(super) fn from_cursor(list: Cursor<'_>) -> Result<Self, CertificateError> {
        let mut extensions = Self::default();
        let mut seen = Vec::new();
        for extension in list {
            if seen.len() == MAX_EXTENSIONS {
                return Err(CertificateError::TooManyExtensions);
            }
            let mut fields = extension?.children()?;
            let kind = fields.object_identifier()?;
            let critical = boolean(&mut fields)?;
            let value = fields.expect(OCTET_STRING)?.value;
            fields.finish()?;
            if seen.contains(&kind) {
                return Err(CertificateError::DuplicateExtension(kind));
            }
            seen.push(kind);
            extensions.key_usage_critical |= critical && kind == KEY_USAGE;
            extensions.extended_key_usage_critical |= critical && kind == EXTENDED_KEY_USAGE;
            if !extensions.take(kind, value).map_err(|Malformed| CertificateError::Extension(kind))? && critical {
                extensions.unknown_critical.push(kind);
            }
        }
        Ok(extensions)
    }

    /// Takes one extension; `false` where it is not known.
    fn take(&mut self, kind: ObjectIdentifier, value: &[u8]) -> Result<bool, Malformed> {
        match kind {
            AUTHORITY_KEY_IDENTIFIER => {
                let identifier = AuthorityKeyIdentifier::from_der(value)?.key_identifier;
                self.authority_key_identifier = identifier.map(|octets| octets.as_bytes().to_vec());
            }
            SUBJECT_KEY_IDENTIFIER => {
                self.subject_key_identifier = Some(SubjectKeyIdentifier::from_der(value)?.0.as_bytes().to_vec());
            }
            KEY_USAGE => self.key_usage = Some(KeyUsage::from_der(value)?),
            BASIC_CONSTRAINTS => self.basic_constraints = Some(BasicConstraints::read(value)?),
            PRIVATE_KEY_USAGE_PERIOD => {
                let period = PrivateKeyUsagePeriod::from_der(value)?;
                let moment = |time: der::asn1::GeneralizedTime| {
                    i64::try_from(time.to_unix_duration().as_secs()).map(Timestamp).map_err(|_| Malformed)
                };
                self.private_key_usage = Some(PrivateKeyUsage {
                    not_before: period.not_before.map(moment).transpose()?,
                    not_after: period.not_after.map(moment).transpose()?,
                });
            }
            EXTENDED_KEY_USAGE => self.extended_key_usage = Some(ExtendedKeyUsage::from_der(value)?.0),
            NAME_CHANGE => self.name_change = true,
            DOCUMENT_TYPE_LIST => self.document_types = Some(document_types(value)?),
            SUBJECT_ALT_NAME | ISSUER_ALT_NAME | CRL_DISTRIBUTION_POINTS | CERTIFICATE_POLICIES => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether the key named as the signer's is the certified one: true of a root, false of a link certificate.
    pub fn authority_key_matches_own(&self) -> bool {
        self.authority_key_identifier.is_none() || self.authority_key_identifier == self.subject_key_identifier
    }

    /// Whether the certificate says that its key does not sign certificates, and in no other place that it does. One that says nothing,
    /// as old ones do, denies nothing; seven authorities of one real list contradict themselves.
    pub fn denies_authority(&self) -> bool {
        !self.is_certificate_authority() && self.key_usage.is_some_and(|usage| !usage.key_cert_sign())
    }

    /// Whether the certificate says that its key signs certificates.
    pub fn is_certificate_authority(&self) -> bool {
        self.basic_constraints.as_ref().is_some_and(|constraints| constraints.certificate_authority)
    }
}

/// ICAO 9303-12 §7.1.1.6
///
/// ```text
/// DocumentTypeListSyntax ::= SEQUENCE { version INTEGER, docTypeList SET OF PrintableString (SIZE(1..2)) }
/// ```
fn document_types(value: &[u8]) -> Result<Vec<String>, Malformed> {
    let mut list = Cursor::new(value, Rules::Der).sequence()?;
    list.small_integer()?;
    let mut types = Vec::new();
    for kind in list.set()? {
        types.push(String::from_utf8_lossy(kind?.value).into_owned());
    }
    Ok(types)
}

/// keyIdentifier out of the value of an authorityKeyIdentifier; `None` where it has none or is not readable.
pub(in crate::pki) fn key_identifier_of(value: &[u8]) -> Option<Vec<u8>> {
    AuthorityKeyIdentifier::from_der(value).ok()?.key_identifier.map(|octets| octets.as_bytes().to_vec())
}

/// An extension that holds something else than its type.
struct Malformed;

impl From<der::Error> for Malformed {
    fn from(_: der::Error) -> Self {
        Self
    }
}

impl From<TlvError> for Malformed {
    fn from(_: TlvError) -> Self {
        Self
    }
}
