//! AlgorithmIdentifier, and signature checks that bear with what issuers wrote.

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use crate::crypto::{CryptoError, DigestAlgorithm, EcPublicKey, EcdsaSignature, Provider, PublicKey, SignatureScheme};
use crate::tlv::asn1::{NULL, SEQUENCE};
use crate::tlv::{Cursor, Element, TlvError};

/// ```text
/// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlgorithmIdentifier {
    /// Which algorithm.
    pub identifier: ObjectIdentifier,
    /// Its parameters as received; NULL is read as none.
    pub parameters: Option<Vec<u8>>,
}

impl AlgorithmIdentifier {
    pub(super) fn from_element(element: &Element<'_>) -> Result<Self, TlvError> {
        let mut fields = element.children()?;
        let identifier = fields.object_identifier()?;
        let parameters = if fields.is_empty() { None } else { Some(fields.read()?) };
        fields.finish()?;
        Ok(Self { identifier, parameters: parameters.filter(|value| value.tag != NULL).map(|value| value.raw.to_vec()) })
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, TlvError> {
        Self::from_element(&cursor.expect(SEQUENCE)?)
    }

    /// The hash that it names, if it names one of SHA-1 and SHA-2.
    pub fn digest(&self) -> Option<DigestAlgorithm> {
        DigestAlgorithm::from_object_identifier(self.identifier)
    }

    /// The signature scheme that it names; plain rsaEncryption takes its hash from `digest_hint`.
    ///
    /// # Errors
    /// Where it names none that ICAO 9303-12 §4.1.6 permits.
    pub fn signature_scheme(&self, digest_hint: Option<DigestAlgorithm>) -> Result<SignatureScheme, CryptoError> {
        SignatureScheme::from_algorithm_identifier(self.identifier, self.parameters.as_deref(), digest_hint)
    }
}

/// In which ways a signature held that bends its standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignatureFindings {
    /// The key's point lies on another curve of the same size than the one that was declared, and the signature is of that curve.
    pub curve_corrected: bool,
    /// An integer of an ECDSA signature has needless leading zeros.
    pub integer_not_minimal: bool,
}

/// Checks a signature with a key as certified. Where the point is not on the declared curve, the curve is the one standard curve of that
/// size on which it lies (`quirks.md` 14).
///
/// # Errors
/// [`CryptoError::SignatureInvalid`] where the signature does not hold, [`CryptoError::PublicKeyInvalid`] where the point lies on no
/// standard curve, otherwise what is not supported.
pub fn verify_signature(
    provider: &dyn Provider,
    key: &PublicKey,
    scheme: &SignatureScheme,
    message: &[u8],
    signature: &[u8],
) -> Result<SignatureFindings, CryptoError> {
    // The scheme is named beside the signature, where anyone can exchange it; for what the key may be used, its certificate says.
    if let PublicKey::Rsa(rsa) = key
        && matches!(scheme, SignatureScheme::RsaPkcs1 { .. } | SignatureScheme::RsaPss { .. })
        && !rsa.is_for(*scheme)
    {
        return Err(CryptoError::PublicKeyInvalid(
            "a key that was certified for RSASSA-PSS alone, or for other parameters of it",
        ));
    }
    let corrected = match (provider.verify(key, scheme, message, signature), key) {
        // Where the curve itself is not supported, the provider says so: nothing is known of the point then.
        (Err(CryptoError::PublicKeyInvalid(_)), PublicKey::Ec(key)) => {
            let curve = provider
                .curve_of_point(key.point())
                .ok_or(CryptoError::PublicKeyInvalid("a point that lies on no standard curve of its size"))?;
            let key = PublicKey::Ec(EcPublicKey::from_point(curve, key.point())?);
            provider.verify(&key, scheme, message, signature)?;
            true
        }
        (verified, _) => verified.map(|()| false)?,
    };
    let has_integers = matches!(scheme, SignatureScheme::Ecdsa { .. } | SignatureScheme::Dsa { .. });
    Ok(SignatureFindings {
        curve_corrected: corrected,
        integer_not_minimal: has_integers && EcdsaSignature::from_der(signature).is_ok_and(|signature| signature.is_padded),
    })
}
