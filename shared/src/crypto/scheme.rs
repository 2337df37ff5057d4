//! Signature schemes of ICAO 9303-12 §4.4, from their AlgorithmIdentifier.

#[cfg(test)]
mod tests;

use der::asn1::ObjectIdentifier;

use super::key::{RSA_ENCRYPTION, RSASSA_PSS};
use super::{CryptoError, DigestAlgorithm, PublicKey};
use crate::tlv::asn1::{NULL, context};
use crate::tlv::{Cursor, Rules};

/// How a signature is made over a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1 {
        /// Hash of the message.
        digest: DigestAlgorithm,
    },
    /// RSASSA-PSS (RFC 8017 §8.1); hash and mask hash apart.
    RsaPss {
        /// Hash of the message.
        digest: DigestAlgorithm,
        /// Hash of MGF1.
        mask_digest: DigestAlgorithm,
        /// Length of the salt in bytes.
        salt_len: u16,
    },
    /// ECDSA; the signature is `SEQUENCE { r, s }` (X9.62).
    Ecdsa {
        /// Hash of the message.
        digest: DigestAlgorithm,
    },
    /// DSA; the signature is `SEQUENCE { r, s }` (RFC 3279 §2.2.2).
    Dsa {
        /// Hash of the message.
        digest: DigestAlgorithm,
    },
    /// ECDSA; the signature is `r ‖ s`, each as wide as the order (BSI TR-03111 §5.2.1).
    EcdsaPlain {
        /// Hash of the message.
        digest: DigestAlgorithm,
    },
}

impl SignatureScheme {
    /// The scheme of an AlgorithmIdentifier.
    ///
    /// `parameters` is the whole encoded element after the object identifier, if there is one. `digest_hint` is the digest that stands
    /// beside the signature (a SignerInfo's digestAlgorithm): plain rsaEncryption takes its hash from there.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] for an algorithm, hash or mask that the standard does not permit, MD5 among them;
    /// [`CryptoError::Encoding`] where the parameters of RSASSA-PSS are broken.
    pub fn from_algorithm_identifier(
        identifier: ObjectIdentifier,
        parameters: Option<&[u8]>,
        digest_hint: Option<DigestAlgorithm>,
    ) -> Result<Self, CryptoError> {
        match identifier {
            RSA_ENCRYPTION => digest_hint
                .map(|digest| Self::RsaPkcs1 { digest })
                .ok_or(CryptoError::Unsupported("rsaEncryption as a signature without a digest beside it")),
            RSASSA_PSS => pss(parameters),
            _ => NAMED
                .into_iter()
                .find(|(known, _)| *known == identifier)
                .map(|(_, scheme)| scheme)
                .ok_or(CryptoError::Unsupported("the signature algorithm")),
        }
    }

    /// Whether a key is of the kind that signs so.
    pub fn fits(self, key: &PublicKey) -> bool {
        match (self, key) {
            (_, PublicKey::Rsa(key)) => key.is_for(self),
            (Self::Ecdsa { .. } | Self::EcdsaPlain { .. }, PublicKey::Ec(_)) | (Self::Dsa { .. }, PublicKey::Dsa(_)) => true,
            _ => false,
        }
    }

    /// The hash of the message.
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaPkcs1 { digest }
            | Self::RsaPss { digest, .. }
            | Self::Ecdsa { digest }
            | Self::EcdsaPlain { digest }
            | Self::Dsa { digest } => digest,
        }
    }
}

/// Object identifiers that name a scheme and its hash: RFC 8017 appendix A.2.4 (and the older OIW arc), RFC 5758 §3,
/// BSI TR-03111 §5.2.1.1.
const NAMED: [(ObjectIdentifier, SignatureScheme); 19] = {
    use DigestAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};
    use ObjectIdentifier as Oid;
    use SignatureScheme::{Dsa, Ecdsa, EcdsaPlain, RsaPkcs1};
    [
        (Oid::new_unwrap("1.2.840.113549.1.1.5"), RsaPkcs1 { digest: Sha1 }),
        (Oid::new_unwrap("1.2.840.113549.1.1.14"), RsaPkcs1 { digest: Sha224 }),
        (Oid::new_unwrap("1.2.840.113549.1.1.11"), RsaPkcs1 { digest: Sha256 }),
        (Oid::new_unwrap("1.2.840.113549.1.1.12"), RsaPkcs1 { digest: Sha384 }),
        (Oid::new_unwrap("1.2.840.113549.1.1.13"), RsaPkcs1 { digest: Sha512 }),
        (Oid::new_unwrap("1.3.14.3.2.29"), RsaPkcs1 { digest: Sha1 }),
        (Oid::new_unwrap("1.2.840.10045.4.1"), Ecdsa { digest: Sha1 }),
        (Oid::new_unwrap("1.2.840.10045.4.3.1"), Ecdsa { digest: Sha224 }),
        (Oid::new_unwrap("1.2.840.10045.4.3.2"), Ecdsa { digest: Sha256 }),
        (Oid::new_unwrap("1.2.840.10045.4.3.3"), Ecdsa { digest: Sha384 }),
        (Oid::new_unwrap("1.2.840.10045.4.3.4"), Ecdsa { digest: Sha512 }),
        (Oid::new_unwrap("1.2.840.10040.4.3"), Dsa { digest: Sha1 }),
        (Oid::new_unwrap("2.16.840.1.101.3.4.3.1"), Dsa { digest: Sha224 }),
        (Oid::new_unwrap("2.16.840.1.101.3.4.3.2"), Dsa { digest: Sha256 }),
        (Oid::new_unwrap("0.4.0.127.0.7.1.1.4.1.1"), EcdsaPlain { digest: Sha1 }),
        (Oid::new_unwrap("0.4.0.127.0.7.1.1.4.1.2"), EcdsaPlain { digest: Sha224 }),
        (Oid::new_unwrap("0.4.0.127.0.7.1.1.4.1.3"), EcdsaPlain { digest: Sha256 }),
        (Oid::new_unwrap("0.4.0.127.0.7.1.1.4.1.4"), EcdsaPlain { digest: Sha384 }),
        (Oid::new_unwrap("0.4.0.127.0.7.1.1.4.1.5"), EcdsaPlain { digest: Sha512 }),
    ]
};

/// id-mgf1 (RFC 8017 appendix A.2.1)
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");

/// RSASSA-PSS-params (RFC 4055 §3.1). Each part has its default, and so has the whole where a card leaves it out.
///
/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm     [0] HashAlgorithm     DEFAULT sha1,
///     maskGenAlgorithm  [1] MaskGenAlgorithm  DEFAULT mgf1SHA1,
///     saltLength        [2] INTEGER           DEFAULT 20,
///     trailerField      [3] INTEGER           DEFAULT 1
/// }
/// ```
fn pss(parameters: Option<&[u8]>) -> Result<SignatureScheme, CryptoError> {
    let (mut digest, mut mask_digest, mut salt_len) = (DigestAlgorithm::Sha1, DigestAlgorithm::Sha1, 20);
    let mut outer = Cursor::new(parameters.unwrap_or_default(), Rules::Ber);
    if outer.peek() == Some(NULL) {
        outer.read()?;
    } else if !outer.is_empty() {
        let mut fields = outer.sequence()?;
        if let Some(field) = fields.optional(context(0, true))? {
            digest = digest_algorithm(&mut field.children()?)?;
        }
        if let Some(field) = fields.optional(context(1, true))? {
            let mut mask = field.children()?.sequence()?;
            if mask.object_identifier()? != MGF1 {
                return Err(CryptoError::Unsupported("a mask generation function other than MGF1"));
            }
            mask_digest = digest_algorithm(&mut mask)?;
        }
        if let Some(field) = fields.optional(context(2, true))? {
            salt_len = u16::try_from(field.children()?.small_integer()?)
                .map_err(|_| CryptoError::Unsupported("an RSASSA-PSS salt longer than any modulus"))?;
        }
        if let Some(field) = fields.optional(context(3, true))?
            && field.children()?.small_integer()? != 1
        {
            return Err(CryptoError::Unsupported("an RSASSA-PSS trailer other than BC"));
        }
        fields.finish()?;
    }
    outer.finish()?;
    Ok(SignatureScheme::RsaPss { digest, mask_digest, salt_len })
}

fn digest_algorithm(cursor: &mut Cursor<'_>) -> Result<DigestAlgorithm, CryptoError> {
    let identifier = cursor.sequence()?.object_identifier()?;
    DigestAlgorithm::from_object_identifier(identifier).ok_or(CryptoError::Unsupported("a hash other than SHA-1 and SHA-2"))
}
