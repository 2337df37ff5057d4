//! The cryptography of the library, watched, or with something missing.

use rand_core::CryptoRng;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{
    Cipher, CryptoError, Digest, DigestAlgorithm, EcPublicKey, Hasher, KeyPair, NamedCurve, Provider, PublicKey, RsaPublicKey,
    SignatureScheme,
};

/// What a provider does with a signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signatures {
    /// It checks it.
    Checked,
    /// It takes it for right: so a test comes fast to what lies behind.
    Believed,
}

/// Asks before each signature is checked and each point multiplied; Ed25519 it lacks, as a provider may.
pub struct Asking<F>(pub F);

impl<F: Fn(&PublicKey) -> Result<Signatures, CryptoError>> Provider for Asking<F> {
    fn verify(&self, key: &PublicKey, scheme: &SignatureScheme, message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        match (self.0)(key)? {
            Signatures::Checked => RustCrypto.verify(key, scheme, message, signature),
            Signatures::Believed => Ok(()),
        }
    }

    fn digest(&self, algorithm: DigestAlgorithm, parts: &[&[u8]]) -> Digest {
        RustCrypto.digest(algorithm, parts)
    }

    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        RustCrypto.hasher(algorithm)
    }

    fn rsa_public_operation(&self, key: &RsaPublicKey, input: &[u8]) -> Result<Vec<u8>, CryptoError> {
        RustCrypto.rsa_public_operation(key, input)
    }

    fn is_on_curve(&self, curve: NamedCurve, point: &[u8]) -> bool {
        RustCrypto.is_on_curve(curve, point)
    }

    fn multiply_point(&self, curve: NamedCurve, scalar: &[u8], point: &[u8]) -> Result<Vec<u8>, CryptoError> {
        (self.0)(&PublicKey::Ec(EcPublicKey::from_point(curve, point)?))?;
        RustCrypto.multiply_point(curve, scalar, point)
    }

    fn generate_key_pair(&self, curve: NamedCurve, rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        RustCrypto.generate_key_pair(curve, rng)
    }

    fn cbc_encrypt(&self, cipher: Cipher, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError> {
        RustCrypto.cbc_encrypt(cipher, key, iv, data)
    }

    fn cbc_decrypt(&self, cipher: Cipher, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError> {
        RustCrypto.cbc_decrypt(cipher, key, iv, data)
    }

    fn mac(&self, cipher: Cipher, key: &[u8], data: &[u8]) -> Result<[u8; 8], CryptoError> {
        RustCrypto.mac(cipher, key, data)
    }
}
