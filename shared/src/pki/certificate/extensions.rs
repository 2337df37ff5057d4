//! Extensions of a certificate (ICAO 9303-12 table 6, RFC 5280 §4.2).

use alloc::string::String;
use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::{CertificateError, validity};
use crate::time::Timestamp;
use crate::tlv::asn1::{BIT_STRING, OCTET_STRING, context};
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

/// What the key may be used for (RFC 5280 §4.2.1.3).
///
/// ```text
/// KeyUsage ::= BIT STRING {
///     digitalSignature (0), nonRepudiation (1), keyEncipherment (2), dataEncipherment (3), keyAgreement (4), keyCertSign (5),
///     cRLSign (6), encipherOnly (7), decipherOnly (8) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    fn read(value: &[u8]) -> Result<Self, Malformed> {
        let mut outer = Cursor::new(value, Rules::Der);
        let bits = outer.expect(BIT_STRING)?.value;
        outer.finish()?;
        let (octets, unused) = match bits {
            [0] => ([0; 2], 0),
            [unused @ 0..=7, first] => ([*first, 0], 8 + *unused),
            [unused @ 0..=7, first, second] => ([*first, *second], *unused),
            _ => return Err(Malformed),
        };
        Ok(Self(u16::from_be_bytes(octets) >> unused << unused))
    }

    /// Bit 0 is the highest of the first octet.
    fn has(self, bit: u32) -> bool {
        self.0 >> (15 - bit) & 1 == 1
    }

    /// Whether the key verifies signatures other than those of certificates and revocation lists.
    pub fn digital_signature(&self) -> bool {
        self.has(0)
    }

    /// nonRepudiation, of late contentCommitment: signatures that bind their signer.
    pub fn non_repudiation(&self) -> bool {
        self.has(1)
    }

    /// Whether the key enciphers keys.
    pub fn key_encipherment(&self) -> bool {
        self.has(2)
    }

    /// Whether the key enciphers data.
    pub fn data_encipherment(&self) -> bool {
        self.has(3)
    }

    /// Whether keys are agreed on with it.
    pub fn key_agreement(&self) -> bool {
        self.has(4)
    }

    /// Whether the key verifies signatures of certificates.
    pub fn key_cert_sign(&self) -> bool {
        self.has(5)
    }

    /// Whether the key verifies signatures of revocation lists.
    pub fn crl_sign(&self) -> bool {
        self.has(6)
    }

    /// Whether what is agreed on with it may encipher only.
    pub fn encipher_only(&self) -> bool {
        self.has(7)
    }

    /// Whether what is agreed on with it may decipher only.
    pub fn decipher_only(&self) -> bool {
        self.has(8)
    }
}

/// Issuers write what DER forbids: FALSE spelled out.
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
        let mut fields = whole(value)?;
        let certificate_authority = fields.boolean()?;
        let path_len = if fields.is_empty() { None } else { Some(fields.small_integer()?) };
        fields.finish()?;
        Ok(Self { certificate_authority, path_len })
    }
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
    /// ```text
    /// PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0] GeneralizedTime OPTIONAL, notAfter [1] GeneralizedTime OPTIONAL }
    /// ```
    fn read(value: &[u8]) -> Result<Self, Malformed> {
        let mut fields = whole(value)?;
        let mut moment =
            |number| fields.optional(context(number, false))?.map(|time| validity::generalized_time(&time)).transpose();
        let (not_before, not_after) = (moment(0)?, moment(1)?);
        fields.finish()?;
        Ok(Self { not_before, not_after })
    }

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
            let critical = fields.boolean()?;
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
            AUTHORITY_KEY_IDENTIFIER => self.authority_key_identifier = key_identifier(value)?,
            SUBJECT_KEY_IDENTIFIER => {
                let mut outer = Cursor::new(value, Rules::Der);
                self.subject_key_identifier = Some(outer.expect(OCTET_STRING)?.value.to_vec());
                outer.finish()?;
            }
            KEY_USAGE => self.key_usage = Some(KeyUsage::read(value)?),
            BASIC_CONSTRAINTS => self.basic_constraints = Some(BasicConstraints::read(value)?),
            PRIVATE_KEY_USAGE_PERIOD => self.private_key_usage = Some(PrivateKeyUsage::read(value)?),
            EXTENDED_KEY_USAGE => {
                let mut purposes = Vec::new();
                let mut list = whole(value)?;
                while !list.is_empty() {
                    purposes.push(list.object_identifier()?);
                }
                self.extended_key_usage = Some(purposes);
            }
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
    let mut list = whole(value)?;
    list.small_integer()?;
    let mut types = Vec::new();
    for kind in list.set()? {
        types.push(String::from_utf8_lossy(kind?.value).into_owned());
    }
    list.finish()?;
    Ok(types)
}

/// ```text
/// AuthorityKeyIdentifier ::= SEQUENCE {
///     keyIdentifier             [0] OCTET STRING OPTIONAL,
///     authorityCertIssuer       [1] GeneralNames OPTIONAL,
///     authorityCertSerialNumber [2] INTEGER OPTIONAL }
/// ```
///
/// Of names and number only the structure is read: what is asked of an issuer is its key.
fn key_identifier(value: &[u8]) -> Result<Option<Vec<u8>>, Malformed> {
    let mut fields = whole(value)?;
    let identifier = fields.optional(context(0, false))?.map(|identifier| identifier.value.to_vec());
    if let Some(names) = fields.optional(context(1, true))? {
        for name in names.children()? {
            name?;
        }
    }
    fields.optional(context(2, false))?;
    fields.finish()?;
    Ok(identifier)
}

/// keyIdentifier out of the value of an authorityKeyIdentifier; `None` where it has none or is not readable.
pub(in crate::pki) fn key_identifier_of(value: &[u8]) -> Option<Vec<u8>> {
    key_identifier(value).ok().flatten()
}

/// The elements of a SEQUENCE after which nothing follows.
fn whole(value: &[u8]) -> Result<Cursor<'_>, TlvError> {
    let mut outer = Cursor::new(value, Rules::Der);
    let fields = outer.sequence()?;
    outer.finish()?;
    Ok(fields)
}

/// An extension that holds something else than its type.
struct Malformed;

impl From<TlvError> for Malformed {
    fn from(_: TlvError) -> Self {
        Self
    }
}
