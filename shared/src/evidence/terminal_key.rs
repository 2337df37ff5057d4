//! Public keys of terminals: Ed25519 (RFC 8410) and P-256 (RFC 5480), each in the one encoding that it has.

use alloc::vec::Vec;

use crate::crypto::{CryptoError, Digest, DigestAlgorithm, EcPublicKey, NamedCurve, Provider, PublicKey, SignatureScheme};

/// SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes: algorithm id-Ed25519, no parameters.
const ED25519: [u8; 12] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00];
/// SubjectPublicKeyInfo of a P-256 key up to its point: id-ecPublicKey with the named curve secp256r1.
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03,
    0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The public key of a terminal, known by the SHA-256 of its SubjectPublicKeyInfo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalKey {
    spki: Vec<u8>,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Ed25519([u8; 32]),
    P256(EcPublicKey),
}

impl TerminalKey {
    /// Reads a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] for another kind of key, or another encoding of it.
    pub fn from_spki(bytes: &[u8]) -> Result<Self, CryptoError> {
        let kind = if let Some(key) = bytes.strip_prefix(&ED25519).and_then(|key| key.try_into().ok()) {
            Kind::Ed25519(key)
        } else if let Some(point @ [0x04, ..]) = bytes.strip_prefix(&P256) {
            Kind::P256(EcPublicKey::from_point(NamedCurve::P256, point)?)
        } else {
            return Err(CryptoError::Unsupported("a terminal's key other than Ed25519 and P-256"));
        };
        Ok(Self { spki: bytes.to_vec(), kind })
    }

    /// The key of 32 bytes of Ed25519.
    pub fn ed25519(key: &[u8; 32]) -> Self {
        Self { spki: [ED25519.as_slice(), key].concat(), kind: Kind::Ed25519(*key) }
    }

    /// The SubjectPublicKeyInfo in DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// SHA-256 of the SubjectPublicKeyInfo.
    pub fn fingerprint(&self, provider: &dyn Provider) -> Digest {
        provider.digest(DigestAlgorithm::Sha256, &[&self.spki])
    }

    /// The kind of key, for people.
    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Ed25519(_) => "Ed25519",
            Kind::P256(_) => "P-256",
        }
    }

    /// The algorithm's number in COSE (RFC 9053 tables 1 and 2): EdDSA or ES256.
    pub(super) fn algorithm(&self) -> i8 {
        match self.kind {
            Kind::Ed25519(_) => -8,
            Kind::P256(_) => -7,
        }
    }

    /// Checks a signature.
    ///
    /// # Errors
    /// [`CryptoError::SignatureInvalid`] where it does not hold, [`CryptoError::PublicKeyInvalid`] where the key is no point.
    pub fn verify(&self, message: &[u8], signature: &[u8], provider: &dyn Provider) -> Result<(), CryptoError> {
        match &self.kind {
            Kind::Ed25519(key) => provider.verify_ed25519(key, message, signature),
            Kind::P256(key) => {
                let scheme = SignatureScheme::EcdsaPlain { digest: DigestAlgorithm::Sha256 };
                provider.verify(&PublicKey::Ec(key.clone()), &scheme, message, signature)
            }
        }
    }
}
