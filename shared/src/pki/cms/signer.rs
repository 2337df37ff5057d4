//! The signer of a message: who, over what, how (RFC 5652 §5.3).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::{CmsError, CmsFinding};
use crate::crypto::{DigestAlgorithm, Provider};
use crate::pki::algorithm::AlgorithmIdentifier;
use crate::pki::certificate::{Certificate, Name, validity};
use crate::sorting;
use crate::time::Timestamp;
use crate::tlv::asn1::{INTEGER, SEQUENCE, context, join, strip_zeros};
use crate::tlv::{Cursor, Element, Rules, TlvError};

const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");

/// ```text
/// SignerInfo ::= SEQUENCE {
///     version             INTEGER,  -- 1 with issuerAndSerialNumber, 3 with subjectKeyIdentifier
///     sid                 SignerIdentifier,
///     digestAlgorithm     AlgorithmIdentifier,
///     signedAttrs         [0] IMPLICIT SET OF Attribute OPTIONAL,
///     signatureAlgorithm  AlgorithmIdentifier,
///     signature           OCTET STRING,
///     unsignedAttrs       [1] IMPLICIT SET OF Attribute OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct SignerInfo {
    /// 1 or 3.
    pub version: u32,
    /// Which certificate signed.
    pub identifier: SignerIdentifier,
    /// The hash of the content.
    pub digest_algorithm: AlgorithmIdentifier,
    /// What is signed, the content's hash among it.
    pub attributes: Option<SignedAttributes>,
    /// How it is signed.
    pub signature_algorithm: AlgorithmIdentifier,
    /// The signature's octets.
    pub signature: Vec<u8>,
}

impl SignerInfo {
    pub(super) fn from_element(element: &Element<'_>) -> Result<Self, CmsError> {
        if element.tag != SEQUENCE {
            return Err(element.invalid("not a SignerInfo").into());
        }
        let mut fields = element.children()?;
        let version = fields.small_integer()?;
        let identifier = SignerIdentifier::read(&mut fields)?;
        let digest_algorithm = AlgorithmIdentifier::read(&mut fields)?;
        let attributes = match fields.optional(context(0, true))? {
            Some(set) => Some(SignedAttributes::from_element(&set)?),
            None => None,
        };
        let signature_algorithm = AlgorithmIdentifier::read(&mut fields)?;
        let signature = fields.octet_string()?.into_owned();
        Ok(Self { version, identifier, digest_algorithm, attributes, signature_algorithm, signature })
    }

    /// Whether the version is the one of the kind of signer identifier.
    pub fn version_fits(&self) -> bool {
        match self.identifier {
            SignerIdentifier::IssuerAndSerialNumber { .. } => self.version == 1,
            SignerIdentifier::SubjectKeyIdentifier(_) => self.version == 3,
        }
    }
}

/// ```text
/// SignerIdentifier ::= CHOICE {
///     issuerAndSerialNumber  SEQUENCE { issuer Name, serialNumber INTEGER },
///     subjectKeyIdentifier   [0] IMPLICIT OCTET STRING }
/// ```
#[derive(Clone, Debug)]
pub enum SignerIdentifier {
    /// By the name of the certificate's issuer and its serial number.
    IssuerAndSerialNumber {
        /// issuer
        issuer: Name,
        /// Value octets of the serial number.
        serial: Vec<u8>,
    },
    /// By the certificate's subjectKeyIdentifier.
    SubjectKeyIdentifier(Vec<u8>),
}

impl SignerIdentifier {
    fn read(fields: &mut Cursor<'_>) -> Result<Self, TlvError> {
        let element = fields.read()?;
        if element.tag == SEQUENCE {
            let mut parts = element.children()?;
            let issuer = Name::from_element(&parts.expect(SEQUENCE)?)?;
            let serial = parts.expect(INTEGER)?.value.to_vec();
            return Ok(Self::IssuerAndSerialNumber { issuer, serial });
        }
        if element.tag == context(0, false) {
            return Ok(Self::SubjectKeyIdentifier(element.value.to_vec()));
        }
        if element.tag == context(0, true) {
            return join(&element).map(Self::SubjectKeyIdentifier);
        }
        Err(element.invalid("not a signer identifier"))
    }

    /// Whether a certificate is meant: its issuer's name as people read it and its serial number, or its subjectKeyIdentifier.
    pub fn means(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerialNumber { issuer, serial } => certificate.serial == *serial && certificate.issuer.matches(issuer),
            Self::SubjectKeyIdentifier(identifier) => certificate.extensions.subject_key_identifier.as_ref() == Some(identifier),
        }
    }

    /// The certificate that is meant: the one that fits exactly; else by the name as people read it; else the only one there is.
    pub(super) fn find<'a>(
        &self,
        certificates: &'a [Certificate],
        provider: &dyn Provider,
    ) -> Option<(&'a Certificate, Option<CmsFinding>)> {
        let exact = match self {
            Self::IssuerAndSerialNumber { issuer, serial } => certificates
                .iter()
                .find(|certificate| certificate.issuer.as_der() == issuer.as_der() && certificate.serial == *serial),
            Self::SubjectKeyIdentifier(identifier) => {
                certificates.iter().find(|certificate| *key_identifier(certificate, provider) == **identifier)
            }
        };
        if let Some(certificate) = exact {
            return Some((certificate, None));
        }
        if let Self::IssuerAndSerialNumber { issuer, serial } = self
            && let Some(certificate) =
                certificates.iter().find(|certificate| certificate.serial == *serial && certificate.issuer.matches(issuer))
        {
            return Some((certificate, Some(CmsFinding::IssuerStringType)));
        }
        match certificates {
            [only] => Some((only, Some(CmsFinding::SignerIdentifierMismatch))),
            _ => None,
        }
    }
}

/// subjectKeyIdentifier, or SHA-1 of the key's bits where the certificate has none (RFC 5280 §4.2.1.2, method 1).
fn key_identifier<'a>(certificate: &'a Certificate, provider: &dyn Provider) -> Cow<'a, [u8]> {
    if let Some(identifier) = &certificate.extensions.subject_key_identifier {
        return Cow::Borrowed(identifier);
    }
    let bits = Cursor::new(&certificate.public_key_info, Rules::Der).sequence().and_then(|mut fields| {
        fields.expect(SEQUENCE)?;
        fields.bit_string()
    });
    Cow::Owned(provider.digest(DigestAlgorithm::Sha1, &[bits.unwrap_or_default()]).as_ref().to_vec())
}

/// The signed attributes, with the bytes that the signature is over.
///
/// ```text
/// Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF ANY }
/// ```
#[derive(Clone, Debug)]
pub struct SignedAttributes {
    raw: Vec<u8>,
    attributes: Vec<Vec<u8>>,
}

impl SignedAttributes {
    fn from_element(set: &Element<'_>) -> Result<Self, TlvError> {
        let mut attributes = Vec::new();
        for attribute in set.children()? {
            attributes.push(attribute?.raw.to_vec());
        }
        Ok(Self { raw: set.raw.to_vec(), attributes })
    }

    /// The bytes as received, under the tag of SET instead of `[0]` (RFC 5652 §5.4).
    pub(super) fn as_received(&self) -> Vec<u8> {
        let mut bytes = self.raw.clone();
        if let Some(tag) = bytes.first_mut() {
            *tag = 0x31;
        }
        bytes
    }

    /// The bytes as DER: attributes sorted, the set's length definite.
    pub(super) fn as_der(&self) -> Vec<u8> {
        let mut sorted: Vec<&[u8]> = self.attributes.iter().map(Vec::as_slice).collect();
        sorting::sort(&mut sorted);
        set_of(&sorted)
    }

    /// The one value of an attribute; `None` where the attribute is not there.
    pub(super) fn value(&self, kind: ObjectIdentifier) -> Result<Option<Element<'_>>, CmsError> {
        let mut found = None;
        for attribute in &self.attributes {
            let mut fields = Cursor::new(attribute, Rules::Ber).sequence()?;
            if fields.object_identifier()? != kind {
                continue;
            }
            let mut values = fields.set()?;
            let value = values.read()?;
            if found.is_some() || !values.is_empty() {
                return Err(CmsError::AttributeCount(kind));
            }
            found = Some(value);
        }
        Ok(found)
    }

    fn required(&self, kind: ObjectIdentifier) -> Result<Element<'_>, CmsError> {
        self.value(kind)?.ok_or(CmsError::AttributeCount(kind))
    }

    /// contentType
    ///
    /// # Errors
    /// Where it does not stand once with one value.
    pub fn content_type(&self) -> Result<ObjectIdentifier, CmsError> {
        let value = self.required(CONTENT_TYPE)?;
        Ok(Cursor::new(value.raw, Rules::Ber).object_identifier()?)
    }

    /// messageDigest
    ///
    /// # Errors
    /// Where it does not stand once with one value.
    pub fn message_digest(&self) -> Result<Vec<u8>, CmsError> {
        let value = self.required(MESSAGE_DIGEST)?;
        Ok(Cursor::new(value.raw, Rules::Ber).octet_string()?.into_owned())
    }

    /// signingTime, where it is given.
    ///
    /// # Errors
    /// Where it stands more than once or is not a time.
    pub fn signing_time(&self) -> Result<Option<Timestamp>, CmsError> {
        Ok(self.value(SIGNING_TIME)?.map(|value| validity::time(&value)).transpose()?)
    }
}

/// A SET OF with its members as they are given, of definite length.
fn set_of(members: &[&[u8]]) -> Vec<u8> {
    let length: usize = members.iter().map(|member| member.len()).sum();
    let mut bytes = Vec::with_capacity(length + 6);
    bytes.push(0x31);
    match u8::try_from(length) {
        Ok(short @ 0..=0x7F) => bytes.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let significant = strip_zeros(&octets);
            // A usize has at most 8 octets.
            bytes.push(0x80 | u8::try_from(significant.len()).unwrap_or(8));
            bytes.extend_from_slice(significant);
        }
    }
    for member in members {
        bytes.extend_from_slice(member);
    }
    bytes
}
