//! Public keys, from SubjectPublicKeyInfo and from the chip's own structures.

use alloc::vec::Vec;

use super::NamedCurve;

/// A public key that signatures are checked with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// RSA.
    Rsa(RsaPublicKey),
    /// An elliptic curve.
    Ec(EcPublicKey),
}

/// An RSA key: magnitudes big-endian without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaPublicKey {
    /// n
    pub modulus: Vec<u8>,
    /// e
    pub exponent: Vec<u8>,
}

/// A point of a known curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EcPublicKey {
    /// The curve.
    pub curve: NamedCurve,
    /// Uncompressed point `04 ‖ X ‖ Y`.
    pub point: Vec<u8>,
}
