//! The hashes of ICAO 9303-12 §4.4.2, with their object identifiers.

use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

/// A hash of the Secure Hash Standard (FIPS 180-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-1
    Sha1,
    /// SHA-224
    Sha224,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl Hash {
    /// Every hash, in order of length.
    pub const ALL: [Hash; 5] = [Hash::Sha1, Hash::Sha224, Hash::Sha256, Hash::Sha384, Hash::Sha512];

    /// The hash of so many bits.
    pub fn of_bits(bits: u16) -> Option<Hash> {
        Hash::ALL.into_iter().find(|hash| hash.len() * 8 == usize::from(bits))
    }

    /// The digest of a message.
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Hash::Sha1 => Sha1::digest(message).to_vec(),
            Hash::Sha224 => Sha224::digest(message).to_vec(),
            Hash::Sha256 => Sha256::digest(message).to_vec(),
            Hash::Sha384 => Sha384::digest(message).to_vec(),
            Hash::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    /// Bytes of a digest.
    #[expect(clippy::len_without_is_empty, reason = "a hash is never empty")]
    pub fn len(self) -> usize {
        match self {
            Hash::Sha1 => 20,
            Hash::Sha224 => 28,
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }

    /// Name as in names of personalisations, such as `sha256`.
    pub fn name(self) -> &'static str {
        match self {
            Hash::Sha1 => "sha1",
            Hash::Sha224 => "sha224",
            Hash::Sha256 => "sha256",
            Hash::Sha384 => "sha384",
            Hash::Sha512 => "sha512",
        }
    }

    /// Object identifier of the hash, dotted.
    pub fn oid(self) -> &'static str {
        match self {
            Hash::Sha1 => "1.3.14.3.2.26",
            Hash::Sha224 => "2.16.840.1.101.3.4.2.4",
            Hash::Sha256 => "2.16.840.1.101.3.4.2.1",
            Hash::Sha384 => "2.16.840.1.101.3.4.2.2",
            Hash::Sha512 => "2.16.840.1.101.3.4.2.3",
        }
    }

    /// Object identifier of PKCS#1 v1.5 signatures with this hash (RFC 8017 appendix C), dotted.
    pub fn rsa_oid(self) -> &'static str {
        match self {
            Hash::Sha1 => "1.2.840.113549.1.1.5",
            Hash::Sha224 => "1.2.840.113549.1.1.14",
            Hash::Sha256 => "1.2.840.113549.1.1.11",
            Hash::Sha384 => "1.2.840.113549.1.1.12",
            Hash::Sha512 => "1.2.840.113549.1.1.13",
        }
    }

    /// Object identifier of DSA with this hash (RFC 3279 §2.2.2, RFC 5758 §3.1); none for SHA-384 and SHA-512
    ///
    /// # Panics
    /// For those two: which hash signs is chosen in this source.
    pub fn dsa_oid(self) -> &'static str {
        match self {
            Hash::Sha1 => "1.2.840.10040.4.3",
            Hash::Sha224 => "2.16.840.1.101.3.4.3.1",
            Hash::Sha256 => "2.16.840.1.101.3.4.3.2",
            other => panic!("no DSA with {}", other.name()),
        }
    }

    /// Object identifier of ECDSA with this hash as ANSI X9.62 numbers it, dotted.
    pub fn ecdsa_oid(self) -> &'static str {
        match self {
            Hash::Sha1 => "1.2.840.10045.4.1",
            Hash::Sha224 => "1.2.840.10045.4.3.1",
            Hash::Sha256 => "1.2.840.10045.4.3.2",
            Hash::Sha384 => "1.2.840.10045.4.3.3",
            Hash::Sha512 => "1.2.840.10045.4.3.4",
        }
    }

    /// Object identifier of plain ECDSA with this hash as BSI TR-03111 numbers it, dotted.
    pub fn plain_ecdsa_oid(self) -> &'static str {
        match self {
            Hash::Sha1 => "0.4.0.127.0.7.1.1.4.1.1",
            Hash::Sha224 => "0.4.0.127.0.7.1.1.4.1.2",
            Hash::Sha256 => "0.4.0.127.0.7.1.1.4.1.3",
            Hash::Sha384 => "0.4.0.127.0.7.1.1.4.1.4",
            Hash::Sha512 => "0.4.0.127.0.7.1.1.4.1.5",
        }
    }
}
