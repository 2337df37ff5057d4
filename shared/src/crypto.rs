//! The cryptographic seam: one trait for hashing, signature checking, key agreement and secure messaging's ciphers.
//!
//! Everything above speaks to a [`Provider`]; `rustcrypto::RustCrypto` is the one that ships. A gate may bring another that uses its
//! hardware.

pub mod curve;
pub mod digest;
pub mod ecdsa;
pub mod hmac;
pub mod integrated_mapping;
pub mod iso9796;
pub mod key;
pub mod modp;
mod octets;
pub mod scheme;

#[cfg(feature = "rustcrypto")]
pub mod rustcrypto;

use alloc::boxed::Box;
use alloc::vec::Vec;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::tlv::TlvError;

pub use curve::NamedCurve;
pub use digest::{Digest, DigestAlgorithm};
pub use ecdsa::EcdsaSignature;
pub use key::{DhPublicKey, DsaPublicKey, EcPublicKey, PublicKey, RsaPublicKey};
pub use modp::ModpGroup;
pub use scheme::SignatureScheme;

/// What can go wrong in the seam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// The signature does not belong to this message and key.
    #[error("the signature is not valid")]
    SignatureInvalid,
    /// The provider lacks this algorithm, curve or key size.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// A public key breaks a rule: a point off its curve, an even exponent, a modulus out of bounds.
    #[error("the public key is not valid: {0}")]
    PublicKeyInvalid(&'static str),
    /// A key or its algorithm is not encoded as its standard says.
    #[error("the encoding is broken: {0}")]
    Encoding(#[from] TlvError),
    /// Data of another length than the algorithm takes.
    #[error("the data have a wrong length")]
    Length,
    /// Padding is not what the standard says.
    #[error("the padding is not valid")]
    Padding,
    /// Sealed data were altered, or sealed with another key.
    #[error("the sealed data do not open")]
    TagInvalid,
}

/// Block ciphers of secure messaging, PACE and chip authentication (ICAO 9303-11 §9.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// Two-key triple DES, CBC; MAC: ISO 9797-1 algorithm 3, 8 bytes. Keys of 16 bytes.
    TripleDes,
    /// AES-128, CBC; MAC: CMAC cut to 8 bytes. Keys of 16 bytes.
    Aes128,
    /// AES-192; keys of 24 bytes.
    Aes192,
    /// AES-256; keys of 32 bytes.
    Aes256,
}

impl Cipher {
    /// Length of a key in bytes.
    pub fn key_len(self) -> usize {
        match self {
            Self::TripleDes | Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Length of a block in bytes: also the length of the initialisation vector and of the send sequence counter.
    pub fn block_len(self) -> usize {
        match self {
            Self::TripleDes => 8,
            _ => 16,
        }
    }

    /// The hash of the key derivation function (ICAO 9303-11 §9.7.1.2).
    pub fn derivation_digest(self) -> DigestAlgorithm {
        match self {
            Self::TripleDes | Self::Aes128 => DigestAlgorithm::Sha1,
            Self::Aes192 | Self::Aes256 => DigestAlgorithm::Sha256,
        }
    }
}

/// Bytes by which sealing makes data longer.
pub const CCM_TAG: usize = 16;

/// A running hash, for files that are not held in memory.
pub trait Hasher {
    /// Takes more bytes.
    fn update(&mut self, bytes: &[u8]);
    /// Ends the hash.
    fn finish(self: Box<Self>) -> Digest;
}

/// What the protocols need of cryptography.
///
/// Implementations are free of state, so that one can serve many threads.
pub trait Provider {
    /// The hash of the concatenation of `parts`.
    fn digest(&self, algorithm: DigestAlgorithm, parts: &[&[u8]]) -> Digest;

    /// A running hash.
    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher>;

    /// Checks a signature over a whole message.
    ///
    /// # Errors
    /// [`CryptoError::SignatureInvalid`] where it does not hold; otherwise what the key or algorithm lacks.
    fn verify(&self, key: &PublicKey, scheme: &SignatureScheme, message: &[u8], signature: &[u8]) -> Result<(), CryptoError>;

    /// Checks an Ed25519 signature (RFC 8032 §5.1.7), refusing keys of small order: of terminals' keys, never of a document's.
    ///
    /// # Errors
    /// [`CryptoError::SignatureInvalid`] where it does not hold, [`CryptoError::PublicKeyInvalid`] where the key is no point,
    /// [`CryptoError::Unsupported`] where the provider lacks it.
    fn verify_ed25519(&self, _key: &[u8; 32], _message: &[u8], _signature: &[u8]) -> Result<(), CryptoError> {
        Err(CryptoError::Unsupported("Ed25519"))
    }

    /// RSA's public operation `signature^e mod n`, as wide as the modulus: for ISO 9796-2, whose recovered message is looked at by the caller.
    ///
    /// # Errors
    /// Where the key is out of bounds or the input is not below the modulus.
    fn rsa_public_operation(&self, key: &RsaPublicKey, input: &[u8]) -> Result<Vec<u8>, CryptoError>;

    /// Whether a point, uncompressed or compressed, is one of the curve other than the point at infinity.
    fn is_on_curve(&self, curve: NamedCurve, point: &[u8]) -> bool;

    /// The one standard curve of this point's size on which the uncompressed point `04 ‖ X ‖ Y` lies: some issuers declare one curve
    /// and sign on another.
    fn curve_of_point(&self, point: &[u8]) -> Option<NamedCurve> {
        let mut curves = NamedCurve::ALL
            .into_iter()
            .filter(|curve| point.len() == 1 + 2 * curve.field_len() && self.is_on_curve(*curve, point));
        let found = curves.next();
        found.filter(|_| curves.next().is_none())
    }

    /// `scalar · point`, uncompressed: what the terminal checks of PACE with chip authentication mapping (ICAO 9303-11 §4.4.3.5.2). The
    /// scalar is big-endian, and has at most as many bytes as the field.
    ///
    /// # Errors
    /// [`CryptoError::PublicKeyInvalid`] where the point is malformed, off the curve or at infinity, or the product is at infinity;
    /// [`CryptoError::Length`] for a longer scalar.
    fn multiply_point(&self, curve: NamedCurve, scalar: &[u8], point: &[u8]) -> Result<Vec<u8>, CryptoError>;

    /// An ephemeral key pair on a curve's own generator. The private key is drawn as big-endian bytes of the order's length from `rng`,
    /// surplus bits of the first byte cleared (P-521), again while it is zero or not below the order.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] for a curve that the provider lacks.
    fn generate_key_pair(&self, curve: NamedCurve, rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError>;

    /// An ephemeral key pair on a prime-field group's own generator; the private key is drawn below the order, as on a curve.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] for a group that the provider lacks.
    fn generate_modp_key_pair(&self, _group: ModpGroup, _rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        Err(CryptoError::Unsupported("Diffie-Hellman in a prime field"))
    }

    /// Integrated mapping (ICAO 9303-11 §4.4.3.3.2): a fresh key pair on the generator that `random`, the unreduced output of the
    /// pseudo-random function `R(s, t)`, is encoded to.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] for a curve that the provider lacks or that has no encoding (P-224), and for the few numbers that
    /// encode no point.
    fn map_integrated(
        &self,
        _curve: NamedCurve,
        _random: &[u8],
        _rng: &mut dyn CryptoRng,
    ) -> Result<Box<dyn KeyPair>, CryptoError> {
        Err(CryptoError::Unsupported("integrated mapping"))
    }

    /// Integrated mapping in a prime-field group: `random` to the power of the cofactor is the generator.
    ///
    /// # Errors
    /// [`CryptoError::PublicKeyInvalid`] where the generator comes out as one, [`CryptoError::Unsupported`] for a group that the provider
    /// lacks.
    fn map_integrated_modp(
        &self,
        _group: ModpGroup,
        _random: &[u8],
        _rng: &mut dyn CryptoRng,
    ) -> Result<Box<dyn KeyPair>, CryptoError> {
        Err(CryptoError::Unsupported("integrated mapping"))
    }

    /// Encrypts whole blocks in CBC mode, in place.
    ///
    /// # Errors
    /// [`CryptoError::Length`] for a key, vector or data of a wrong length.
    fn cbc_encrypt(&self, cipher: Cipher, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError>;

    /// Decrypts whole blocks in CBC mode, in place.
    ///
    /// # Errors
    /// [`CryptoError::Length`] for a key, vector or data of a wrong length.
    fn cbc_decrypt(&self, cipher: Cipher, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError>;

    /// The 8-byte MAC: for 3DES the retail MAC (ISO 9797-1 algorithm 3) over `data`, which the caller has padded to whole blocks; for
    /// AES the CMAC cut to 8 bytes over `data` as it stands.
    ///
    /// # Errors
    /// [`CryptoError::Length`] for a key or data of a wrong length.
    fn mac(&self, cipher: Cipher, key: &[u8], data: &[u8]) -> Result<[u8; 8], CryptoError>;

    /// Seals data with AES-256 in CCM mode (SP 800-38C), in place, the tag of [`CCM_TAG`] bytes behind: of links and records of gates,
    /// never of documents. A nonce serves once under a key.
    ///
    /// # Errors
    /// [`CryptoError::Length`] for more than 65,535 bytes, [`CryptoError::Unsupported`] where the provider lacks it.
    fn ccm_seal(&self, _key: &[u8; 32], _nonce: &[u8; 13], _associated: &[u8], _data: &mut Vec<u8>) -> Result<(), CryptoError> {
        Err(CryptoError::Unsupported("AES in CCM mode"))
    }

    /// Opens what [`Provider::ccm_seal`] sealed, in place.
    ///
    /// # Errors
    /// [`CryptoError::TagInvalid`] where they were altered, [`CryptoError::Length`] where not even a tag is there; otherwise as for
    /// sealing.
    fn ccm_open(&self, _key: &[u8; 32], _nonce: &[u8; 13], _associated: &[u8], _data: &mut Vec<u8>) -> Result<(), CryptoError> {
        Err(CryptoError::Unsupported("AES in CCM mode"))
    }
}

/// An ephemeral key pair on a curve or in a prime-field group; its private key never leaves it and is wiped with it.
pub trait KeyPair {
    /// The public key as ICAO 9303-11 §9.4.5 encodes it: on a curve the uncompressed point `04 ‖ X ‖ Y`, in a prime field the number without
    /// leading zeros.
    fn public_key(&self) -> &[u8];

    /// Diffie–Hellman: on a curve the x coordinate of the shared point (BSI TR-03111 §4.3.1), in a prime field the shared number; as wide
    /// as the field.
    ///
    /// # Errors
    /// [`CryptoError::PublicKeyInvalid`] where the other side's point is malformed, off the curve or at infinity, where its number is not
    /// of the subgroup, or where the shared point is at infinity.
    fn agree(&self, peer: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError>;

    /// Generic mapping (ICAO 9303-11 §4.4.3.3.1): with this as the mapping key pair, `G' = nonce · G + (own · peer)`, and a fresh key
    /// pair on the generator `G'`.
    ///
    /// # Errors
    /// [`CryptoError::PublicKeyInvalid`] where the other side's point is malformed, off the curve or at infinity, or where the mapped
    /// generator is at infinity.
    fn map_generic(self: Box<Self>, peer: &[u8], nonce: &[u8], rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError>;
}
