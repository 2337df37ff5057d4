//! Signed messages: EF.SOD, EF.CardSecurity, master lists (RFC 5652, ICAO 9303-10 §4.6.2).
//!
//! Issuers write BER: indefinite lengths, octet strings in pieces (`quirks.md` 9). The signed content is joined, the signed attributes
//! are kept as received. A [`VerifiedMessage`] can be had from [`SignedData::verify`] alone, so that content used is content verified.

mod signer;

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::algorithm::{AlgorithmIdentifier, SignatureFindings, verify_signature};
use super::certificate::Certificate;
use crate::crypto::{CryptoError, DigestAlgorithm, Provider, SignatureScheme};
use crate::time::Timestamp;
use crate::tlv::asn1::{SEQUENCE, context};
use crate::tlv::{Cursor, Rules, Tag, TlvError};

pub use signer::{SignedAttributes, SignerIdentifier, SignerInfo};

const ID_SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const ID_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
/// The version of a SignedData with certificates or revocation lists of other formats.
const OTHER_MEMBERS: u32 = 5;

/// Bound on the certificates in one message: real ones have one to three.
const MAX_CERTIFICATES: usize = 16;

/// Why a message is not a signed one, or its signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CmsError {
    /// The structure is not that of RFC 5652 §5.
    #[error("the signed message is not readable: {0}")]
    Structure(#[from] TlvError),
    /// ContentInfo holds something else than SignedData.
    #[error("the message is not SignedData")]
    NotSignedData,
    /// There must be exactly one SignerInfo.
    #[error("the message has {0} signers instead of one")]
    SignerCount(usize),
    /// SignerInfo's version does not belong to its kind of signer identifier (RFC 5652 §5.3).
    #[error("the version of SignerInfo does not belong to its signer identifier")]
    SignerVersion,
    /// A digest outside SHA-1 and SHA-2.
    #[error("the digest algorithm {0} is not permitted")]
    DigestNotPermitted(ObjectIdentifier),
    /// The signer's digest is not in the message's list of digests.
    #[error("the signer's digest algorithm is not in the message's list")]
    DigestNotListed,
    /// No signed attributes: a bare signature over the content could be passed off as something else.
    #[error("the signed attributes are missing")]
    SignedAttributesMissing,
    /// An attribute that must stand once with one value does not.
    #[error("the signed attribute {0} does not stand once with one value")]
    AttributeCount(ObjectIdentifier),
    /// The message holds something else than what was looked for.
    #[error("the message holds {0}, not what was looked for")]
    ContentType(ObjectIdentifier),
    /// contentType in the signed attributes is not the content's type.
    #[error("the signed content type is not that of the content")]
    ContentTypeMismatch,
    /// messageDigest is not the content's hash.
    #[error("the content does not have the signed hash")]
    MessageDigestMismatch,
    /// The message holds no certificate of its signer.
    #[error("the signer's certificate is not in the message")]
    SignerCertificateMissing,
    /// The message holds a certificate that cannot be read, and none that is its signer's.
    #[error("a certificate in the message is not readable")]
    SignerCertificateMalformed,
    /// The signer's key is of a kind that ICAO 9303-12 §4.1.6 does not permit.
    #[error("the kind of the signer's key is not permitted")]
    KeyNotPermitted,
    /// The signature does not hold, or cannot be checked.
    #[error("the signature: {0}")]
    Signature(#[from] CryptoError),
}

/// A way in which a message bends the standard while its signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CmsFinding {
    /// The signed attributes do not stand in DER order; the signature is over them as received.
    AttributesNotDer,
    /// The signed attributes do not stand in DER order; the signature is over them sorted.
    AttributesSorted,
    /// The signer identifier names the issuer in other string types or another order than the certificate.
    IssuerStringType,
    /// The signer identifier fits no certificate; the message has only one.
    SignerIdentifierMismatch,
    /// The key's point lies on another curve than the one declared.
    CurveCorrected,
    /// An integer of an ECDSA signature has needless leading zeros.
    IntegerNotMinimal,
    /// SignedData has another version than its content asks for (RFC 5652 §5.1).
    Version,
}

/// A message as received; nothing of it is verified yet.
///
/// ```text
/// SignedData ::= SEQUENCE {
///     version           INTEGER,
///     digestAlgorithms  SET OF AlgorithmIdentifier,
///     encapContentInfo  SEQUENCE { eContentType OBJECT IDENTIFIER, eContent [0] EXPLICIT OCTET STRING },
///     certificates      [0] IMPLICIT SET OF Certificate OPTIONAL,
///     crls              [1] IMPLICIT SET OPTIONAL,
///     signerInfos       SET OF SignerInfo }
/// ```
#[derive(Clone, Debug)]
pub struct SignedData {
    version: u32,
    digest_algorithms: Vec<AlgorithmIdentifier>,
    content_type: ObjectIdentifier,
    content: Vec<u8>,
    certificates: Vec<Certificate>,
    /// The version that the members of certificates and crls ask for; 1 where they ask for none.
    member_version: u32,
    has_unreadable_certificate: bool,
    signer: SignerInfo,
}

impl SignedData {
    /// Reads a ContentInfo with SignedData and exactly one signer. Bytes after it are ignored: some chips pad their files.
    ///
    /// # Errors
    /// Where the structure is another, or the signers are none or several.
    pub fn from_ber(bytes: &[u8]) -> Result<Self, CmsError> {
        let mut info = Cursor::new(bytes, Rules::Ber).sequence()?;
        if info.object_identifier()? != ID_SIGNED_DATA {
            return Err(CmsError::NotSignedData);
        }
        let mut fields = info.expect(context(0, true))?.children()?.sequence()?;
        let version = fields.small_integer()?;
        let (mut digest_algorithms, mut listed) = (Vec::new(), fields.set()?);
        while !listed.is_empty() {
            digest_algorithms.push(AlgorithmIdentifier::read(&mut listed)?);
        }
        let mut encapsulated = fields.sequence()?;
        let content_type = encapsulated.object_identifier()?;
        let content = encapsulated.expect(context(0, true))?.children()?.octet_string()?.into_owned();
        let (mut certificates, mut member_version, mut has_unreadable_certificate) = (Vec::new(), 1, false);
        if let Some(set) = fields.optional(context(0, true))? {
            for element in set.children()?.take(MAX_CERTIFICATES) {
                let element = element?;
                member_version = member_version.max(version_for(element.tag));
                // Other members of CertificateSet (attribute certificates) have context tags; a certificate that is not readable signs
                // nothing.
                if element.tag == SEQUENCE {
                    match Certificate::from_der(element.raw) {
                        Ok(certificate) => certificates.push(certificate),
                        Err(_) => has_unreadable_certificate = true,
                    }
                }
            }
        }
        if let Some(set) = fields.optional(context(1, true))?
            && set.children()?.take(MAX_CERTIFICATES).any(|list| list.is_ok_and(|list| list.tag == context(1, true)))
        {
            member_version = OTHER_MEMBERS;
        }
        let mut signers = Vec::new();
        for element in fields.set()? {
            signers.push(element?);
        }
        let [signer] = signers.as_slice() else {
            return Err(CmsError::SignerCount(signers.len()));
        };
        let signer = SignerInfo::from_element(signer)?;
        Ok(Self {
            version,
            digest_algorithms,
            content_type,
            content,
            certificates,
            member_version,
            has_unreadable_certificate,
            signer,
        })
    }

    /// Version of SignedData.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether the version is the one that the content asks for. ICAO 9303-10 §4.6.2.2 asks for 3 whatever the content is.
    fn version_fits(&self) -> bool {
        let of_content = if self.content_type == ID_DATA { 1 } else { 3 };
        let required = self.member_version.max(of_content).max(if self.signer.version == 3 { 3 } else { 1 });
        self.version == required || (self.version == 3 && required == 1)
    }

    /// eContentType, as yet unverified.
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// The content before anything of it is verified: for nothing but choosing by which algorithm to bind a file to its dossier.
    pub(crate) fn unverified_content(&self) -> &[u8] {
        &self.content
    }

    /// The certificates in the message.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The one signer.
    pub fn signer(&self) -> &SignerInfo {
        &self.signer
    }

    /// Checks the signature with the signer's certificate out of the message. Whether that certificate is worth anything is another
    /// question: see [`super::chain`].
    ///
    /// # Errors
    /// The first rule that the message breaks.
    pub fn verify(self, provider: &dyn Provider) -> Result<VerifiedMessage, CmsError> {
        self.verify_with(Vec::new(), provider)
    }

    /// The same for a message that may have no certificate inside: then the signer's is looked for among those that are known from
    /// elsewhere, such as a directory.
    ///
    /// # Errors
    /// As [`SignedData::verify`].
    pub fn verify_with(mut self, known: Vec<Certificate>, provider: &dyn Provider) -> Result<VerifiedMessage, CmsError> {
        if self.certificates.is_empty() && !self.has_unreadable_certificate {
            self.certificates = known;
        }
        let mut findings = Vec::new();
        if !self.signer.version_fits() {
            return Err(CmsError::SignerVersion);
        }
        if !self.version_fits() {
            findings.push(CmsFinding::Version);
        }
        let not_permitted = |algorithm: &AlgorithmIdentifier| CmsError::DigestNotPermitted(algorithm.identifier);
        let digest = self.signer.digest_algorithm.digest().ok_or_else(|| not_permitted(&self.signer.digest_algorithm))?;
        if !self.digest_algorithms.iter().any(|algorithm| algorithm.digest() == Some(digest)) {
            return Err(CmsError::DigestNotListed);
        }
        let attributes = self.signer.attributes.as_ref().ok_or(CmsError::SignedAttributesMissing)?;
        if attributes.content_type()? != self.content_type {
            return Err(CmsError::ContentTypeMismatch);
        }
        if attributes.message_digest()? != provider.digest(digest, &[&self.content]).as_ref() {
            return Err(CmsError::MessageDigestMismatch);
        }
        let signing_time = attributes.signing_time()?;

        let (certificate, finding) =
            self.signer.identifier.find(&self.certificates, provider).ok_or(if self.has_unreadable_certificate {
                CmsError::SignerCertificateMalformed
            } else {
                CmsError::SignerCertificateMissing
            })?;
        findings.extend(finding);
        let key = certificate.public_key().map_err(|error| match error {
            CryptoError::Unsupported(_) if !certificate.has_permitted_key() => CmsError::KeyNotPermitted,
            error => CmsError::Signature(error),
        })?;
        let scheme = self.signer.signature_algorithm.signature_scheme(Some(digest))?;
        let check = |message: &[u8]| verify_signature(provider, &key, &scheme, message, &self.signer.signature);
        let (received, sorted) = (attributes.as_received(), attributes.as_der());
        let is_der = received == sorted;
        // As received first; a signer that sorted before it signed is met second (`quirks.md` 11).
        let signature = match check(&received) {
            Err(CryptoError::SignatureInvalid) if !is_der => {
                let signature = check(&sorted)?;
                findings.push(CmsFinding::AttributesSorted);
                signature
            }
            Ok(signature) if !is_der => {
                findings.push(CmsFinding::AttributesNotDer);
                signature
            }
            other => other?,
        };
        findings.extend(signature.into_cms());

        let certificate = certificate.clone();
        Ok(VerifiedMessage {
            content_type: self.content_type,
            content: self.content,
            certificates: self.certificates,
            signer: certificate,
            attributes: self.signer.attributes,
            signing_time,
            digest,
            scheme,
            findings,
        })
    }
}

/// The version of a SignedData with a member of this kind: `[3]` other, `[2]` attribute certificate of version 2, `[1]` of version 1.
fn version_for(member: Tag) -> u32 {
    match member {
        _ if member == context(3, true) => OTHER_MEMBERS,
        _ if member == context(2, true) => 4,
        _ if member == context(1, true) => 3,
        _ => 1,
    }
}

impl SignatureFindings {
    fn into_cms(self) -> impl Iterator<Item = CmsFinding> {
        let curve = self.curve_corrected.then_some(CmsFinding::CurveCorrected);
        let integer = self.integer_not_minimal.then_some(CmsFinding::IntegerNotMinimal);
        curve.into_iter().chain(integer)
    }
}

/// A message whose signature holds under the certificate of its signer. It cannot be made in any other way.
#[derive(Clone, Debug)]
pub struct VerifiedMessage {
    content_type: ObjectIdentifier,
    content: Vec<u8>,
    certificates: Vec<Certificate>,
    signer: Certificate,
    attributes: Option<SignedAttributes>,
    signing_time: Option<Timestamp>,
    digest: DigestAlgorithm,
    scheme: SignatureScheme,
    findings: Vec<CmsFinding>,
}

impl VerifiedMessage {
    /// eContentType
    pub fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// The same message, if this is what it holds.
    ///
    /// # Errors
    /// [`CmsError::ContentType`] where it holds something else.
    pub fn holding(self, content_type: ObjectIdentifier) -> Result<Self, CmsError> {
        if self.content_type == content_type { Ok(self) } else { Err(CmsError::ContentType(self.content_type)) }
    }

    /// The signed content.
    pub fn content(&self) -> &[u8] {
        &self.content
    }

    /// The certificates in the message, the signer's among them.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The certificate under which the signature holds.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// The one value of a signed attribute, with its tag and length; `None` where it is not there.
    ///
    /// # Errors
    /// [`CmsError::AttributeCount`] where it does not stand once with one value.
    pub fn signed_attribute(&self, kind: ObjectIdentifier) -> Result<Option<Vec<u8>>, CmsError> {
        match &self.attributes {
            Some(attributes) => Ok(attributes.value(kind)?.map(|value| value.raw.to_vec())),
            None => Ok(None),
        }
    }

    /// When the signer says that it signed.
    pub fn signing_time(&self) -> Option<Timestamp> {
        self.signing_time
    }

    /// The hash of the content.
    pub fn digest(&self) -> DigestAlgorithm {
        self.digest
    }

    /// How the signed attributes are signed.
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// In which ways the message bends the standard.
    pub fn findings(&self) -> &[CmsFinding] {
        &self.findings
    }
}

#[cfg(all(test, feature = "rustcrypto"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;
