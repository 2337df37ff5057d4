//! Floors: the weakest keys and digests that a profile takes (`attacks.md` 27).
//!
//! What no profile takes is not built in: RSA and DSA under 1024 bits, curves under 160, digests other than SHA-1 and SHA-2.

use crate::crypto::{DigestAlgorithm, PublicKey};

/// The weakest that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floors {
    /// Bits of an RSA modulus.
    pub rsa: u16,
    /// Bits of the modulus of DSA and Diffie-Hellman.
    pub finite_field: u16,
    /// Bits of the field of an elliptic curve.
    pub ec: u16,
    /// The shortest digest.
    pub digest: DigestAlgorithm,
}

impl Floors {
    /// All that is built in.
    pub const LOWEST: Self = Self { rsa: 1024, finite_field: 1024, ec: 160, digest: DigestAlgorithm::Sha1 };

    /// SHA-1 is no longer permitted (ICAO 9303-12 §4.1.6.4); keys of 112 bits of security (NIST SP 800-57 part 1, table 2).
    pub const BITS_112: Self = Self { rsa: 2048, finite_field: 2048, ec: 224, digest: DigestAlgorithm::Sha224 };

    /// Whether a key is long enough.
    pub fn permits_key(&self, key: &PublicKey) -> bool {
        let floor = match key {
            PublicKey::Rsa(_) => self.rsa,
            PublicKey::Ec(_) => self.ec,
            PublicKey::Dsa(_) | PublicKey::Dh(_) => self.finite_field,
        };
        key.bits() >= usize::from(floor)
    }

    /// Whether a digest is long enough.
    pub fn permits_digest(&self, digest: DigestAlgorithm) -> bool {
        digest.output_len() >= self.digest.output_len()
    }
}
