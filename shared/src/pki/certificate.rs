//! X.509 certificates of the eMRTD PKI (ICAO 9303-12 §7.1, RFC 5280 §4).

pub mod extensions;
pub mod name;
pub mod validity;

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::algorithm::{AlgorithmIdentifier, SignatureFindings, verify_signature};
use crate::crypto::{CryptoError, Digest, DigestAlgorithm, Provider, PublicKey, SignatureScheme};
use crate::tlv::asn1::{INTEGER, SEQUENCE, context};
use crate::tlv::{Cursor, Rules, TlvError};

pub use extensions::Extensions;
pub use name::Name;
pub use validity::Validity;

/// Why bytes are not a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The structure is not that of RFC 5280 §4.1.
    #[error("the certificate is not readable: {0}")]
    Structure(#[from] TlvError),
    /// An extension that this library knows holds another type than its own.
    #[error("the certificate's extension {0} is not readable")]
    Extension(ObjectIdentifier),
    /// One extension stands twice (RFC 5280 §4.2).
    #[error("the certificate's extension {0} stands twice")]
    DuplicateExtension(ObjectIdentifier),
    /// More extensions than any certificate needs.
    #[error("the certificate has too many extensions")]
    TooManyExtensions,
}

/// A certificate that owns its bytes. Signatures are verified over the received bytes, never over a re-encoding.
///
/// ```text
/// Certificate ::= SEQUENCE {
///     tbsCertificate      TBSCertificate,
///     signatureAlgorithm  AlgorithmIdentifier,
///     signatureValue      BIT STRING }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    raw: Vec<u8>,
    tbs: core::ops::Range<usize>,
    /// X.509 version: 1 to 3; ICAO 9303-12 asks for 3.
    pub version: u32,
    /// The value octets of the serial number as received: real ones are negative, over-long and given twice.
    pub serial: Vec<u8>,
    /// Who signed it.
    pub issuer: Name,
    /// Whose key it holds.
    pub subject: Name,
    /// From when to when it holds.
    pub validity: Validity,
    /// SubjectPublicKeyInfo as received.
    pub public_key_info: Vec<u8>,
    /// The algorithm named inside the signed part.
    pub tbs_algorithm: AlgorithmIdentifier,
    /// The algorithm named beside the signature.
    pub signature_algorithm: AlgorithmIdentifier,
    /// The signature's octets.
    pub signature: Vec<u8>,
    /// What the extensions say.
    pub extensions: Extensions,
}

impl Certificate {
    /// Reads a DER certificate; nothing may follow it.
    ///
    /// # Errors
    /// Where it is not one, or a known extension is malformed.
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateError> {
        let mut outer = Cursor::new(bytes, Rules::Der);
        let mut certificate = outer.sequence()?;
        outer.finish()?;

        let tbs = certificate.expect(SEQUENCE)?;
        let signature_algorithm = AlgorithmIdentifier::read(&mut certificate)?;
        let signature = certificate.bit_string()?.to_vec();
        certificate.finish()?;

        let mut fields = tbs.children()?;
        let version = match fields.optional(context(0, true))? {
            Some(version) => version.children()?.small_integer()?.saturating_add(1),
            None => 1,
        };
        let serial = fields.expect(INTEGER)?.value.to_vec();
        let tbs_algorithm = AlgorithmIdentifier::read(&mut fields)?;
        let issuer = Name::from_element(&fields.expect(SEQUENCE)?)?;
        let validity = Validity::from_cursor(fields.sequence()?)?;
        let subject = Name::from_element(&fields.expect(SEQUENCE)?)?;
        let public_key_info = fields.expect(SEQUENCE)?.raw.to_vec();
        // issuerUniqueID, subjectUniqueID: not used by ICAO 9303-12, tolerated.
        fields.optional(context(1, false))?;
        fields.optional(context(2, false))?;
        let extensions = match fields.optional(context(3, true))? {
            Some(list) => Extensions::from_cursor(list.children()?.sequence()?)?,
            None => Extensions::default(),
        };
        fields.finish()?;

        Ok(Self {
            raw: bytes.to_vec(),
            tbs: tbs.position..tbs.position + tbs.raw.len(),
            version,
            serial,
            issuer,
            subject,
            validity,
            public_key_info,
            tbs_algorithm,
            signature_algorithm,
            signature,
            extensions,
        })
    }

    /// The whole certificate as received.
    pub fn as_der(&self) -> &[u8] {
        &self.raw
    }

    /// The signed part as received.
    pub fn tbs(&self) -> &[u8] {
        self.raw.get(self.tbs.clone()).unwrap_or_default()
    }

    /// SHA-256 of the whole certificate: its fingerprint.
    pub fn fingerprint(&self, provider: &dyn Provider) -> Digest {
        provider.digest(DigestAlgorithm::Sha256, &[&self.raw])
    }

    /// The certified key.
    ///
    /// # Errors
    /// Where the key is malformed, or of a kind or on a curve that is not supported.
    pub fn public_key(&self) -> Result<PublicKey, CryptoError> {
        PublicKey::from_spki(&self.public_key_info)
    }

    /// Whether the key is of a kind that ICAO 9303-12 §4.1.6 permits, be it supported or not.
    pub fn has_permitted_key(&self) -> bool {
        PublicKey::is_permitted_to_sign(&self.public_key_info)
    }

    /// How the certificate is signed.
    ///
    /// # Errors
    /// Where the algorithm is not supported.
    pub fn signature_scheme(&self) -> Result<SignatureScheme, CryptoError> {
        self.signature_algorithm.signature_scheme(None)
    }

    /// Whether the algorithm inside the signed part is the one beside the signature (RFC 5280 §4.1.1.2). NULL parameters and none are
    /// the same thing.
    pub fn algorithms_agree(&self) -> bool {
        self.tbs_algorithm == self.signature_algorithm
    }

    /// Whether issuer and subject have the same name: a root, or a link certificate of a re-keyed authority.
    pub fn is_self_issued(&self) -> bool {
        self.issuer.matches(&self.subject)
    }

    /// Checks that `key` signed this certificate.
    ///
    /// # Errors
    /// [`CryptoError::SignatureInvalid`] where it did not; otherwise what is not supported.
    pub fn verify_signed_by(&self, key: &PublicKey, provider: &dyn Provider) -> Result<SignatureFindings, CryptoError> {
        verify_signature(provider, key, &self.signature_scheme()?, self.tbs(), &self.signature)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;
