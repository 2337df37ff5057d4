//! Signatures and points, which are public, on the named curves.

use super::arithmetic;
use crate::crypto::{CryptoError, Digest, EcdsaSignature, NamedCurve};

const INVALID_POINT: CryptoError = CryptoError::PublicKeyInvalid("a point that is not on its curve");

/// Checks an ECDSA signature over a digest (BSI TR-03111 §4.2.1.2).
pub(in crate::crypto::rustcrypto) fn verify(
    curve: NamedCurve,
    point: &[u8],
    digest: &Digest,
    signature: &EcdsaSignature<'_>,
) -> Result<(), CryptoError> {
    match arithmetic(curve)?.verify(point, digest.as_ref(), signature.r, signature.s) {
        None => Err(INVALID_POINT),
        Some(true) => Ok(()),
        Some(false) => Err(CryptoError::SignatureInvalid),
    }
}

/// Whether a point is one of the curve other than the point at infinity: uncompressed or compressed.
pub(in crate::crypto::rustcrypto) fn contains(curve: NamedCurve, point: &[u8]) -> bool {
    arithmetic(curve).is_ok_and(|arithmetic| arithmetic.contains(point))
}
