//! The provider on RustCrypto.
//!
//! Feature `rustcrypto` alone verifies signatures on every curve, and agrees on keys over P-256 alone; `brainpool256` adds the curve of
//! the Vietnamese card, for gates, and `all-curves` every other one, the prime-field groups and DSA.

mod ccm;
mod cipher;
#[cfg(feature = "all-curves")]
mod curves;
mod elliptic;
mod hash;
#[cfg(feature = "all-curves")]
mod modp;
mod rsa;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crypto_bigint::BoxedUint;
use rand_core::CryptoRng;

#[cfg(feature = "all-curves")]
use super::ModpGroup;
use super::{
    Cipher, CryptoError, Digest, DigestAlgorithm, EcdsaSignature, Hasher, KeyPair, NamedCurve, Provider, PublicKey, RsaPublicKey,
    SignatureScheme,
};

/// The provider: it has no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct RustCrypto;

impl Provider for RustCrypto {
    fn digest(&self, algorithm: DigestAlgorithm, parts: &[&[u8]]) -> Digest {
        hash::digest(algorithm, parts)
    }

    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        hash::hasher(algorithm)
    }

    fn verify(&self, key: &PublicKey, scheme: &SignatureScheme, message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        match (key, *scheme) {
            (PublicKey::Rsa(key), SignatureScheme::RsaPkcs1 { digest }) => rsa::verify_pkcs1(key, digest, message, signature),
            (PublicKey::Rsa(key), SignatureScheme::RsaPss { digest, mask_digest, salt_len }) => {
                rsa::verify_pss(key, digest, mask_digest, usize::from(salt_len), message, signature)
            }
            (PublicKey::Ec(key), SignatureScheme::Ecdsa { digest }) => {
                let signature = EcdsaSignature::from_der(signature)?;
                elliptic::public::verify(key.curve(), key.point(), &hash::digest(digest, &[message]), &signature)
            }
            (PublicKey::Ec(key), SignatureScheme::EcdsaPlain { digest }) => {
                let signature = EcdsaSignature::from_plain(signature, key.curve())?;
                elliptic::public::verify(key.curve(), key.point(), &hash::digest(digest, &[message]), &signature)
            }
            #[cfg(feature = "all-curves")]
            (PublicKey::Dsa(key), SignatureScheme::Dsa { digest }) => {
                modp::verify_dsa(key, &hash::digest(digest, &[message]), &EcdsaSignature::from_der(signature)?)
            }
            _ => Err(CryptoError::Unsupported("a key of another kind than the signature scheme")),
        }
    }

    #[cfg(feature = "ed25519")]
    fn verify_ed25519(&self, key: &[u8; 32], message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(key);
        let key = key.map_err(|_| CryptoError::PublicKeyInvalid("an Ed25519 key that is no point"))?;
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| CryptoError::SignatureInvalid)?;
        key.verify_strict(message, &signature).map_err(|_| CryptoError::SignatureInvalid)
    }

    fn rsa_public_operation(&self, key: &RsaPublicKey, input: &[u8]) -> Result<Vec<u8>, CryptoError> {
        rsa::public_operation(key, input)
    }

    fn is_on_curve(&self, curve: NamedCurve, point: &[u8]) -> bool {
        elliptic::public::contains(curve, point)
    }

    fn multiply_point(&self, curve: NamedCurve, scalar: &[u8], point: &[u8]) -> Result<Vec<u8>, CryptoError> {
        elliptic::group(curve)?.multiply(scalar, point)
    }

    fn generate_key_pair(&self, curve: NamedCurve, rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        Ok(elliptic::group(curve)?.generate(rng))
    }

    #[cfg(feature = "all-curves")]
    fn generate_modp_key_pair(&self, group: ModpGroup, rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        modp::generate_key_pair(group, rng)
    }

    fn map_integrated(&self, curve: NamedCurve, random: &[u8], rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        elliptic::group(curve)?.map_integrated(random, rng)
    }

    #[cfg(feature = "all-curves")]
    fn map_integrated_modp(
        &self,
        group: ModpGroup,
        random: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Box<dyn KeyPair>, CryptoError> {
        modp::map_integrated(group, random, rng)
    }

    fn cbc_encrypt(&self, cipher: Cipher, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError> {
        cipher::cbc_encrypt(cipher, key, iv, data)
    }

    fn cbc_decrypt(&self, cipher: Cipher, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError> {
        cipher::cbc_decrypt(cipher, key, iv, data)
    }

    fn mac(&self, cipher: Cipher, key: &[u8], data: &[u8]) -> Result<[u8; 8], CryptoError> {
        cipher::mac(cipher, key, data)
    }

    fn ccm_seal(&self, key: &[u8; 32], nonce: &[u8; 13], associated: &[u8], data: &mut Vec<u8>) -> Result<(), CryptoError> {
        ccm::seal(key, nonce, associated, data)
    }

    fn ccm_open(&self, key: &[u8; 32], nonce: &[u8; 13], associated: &[u8], data: &mut Vec<u8>) -> Result<(), CryptoError> {
        ccm::open(key, nonce, associated, data)
    }
}

/// Big-endian octets as a number that is as wide as they are.
fn integer(octets: &[u8]) -> Result<BoxedUint, CryptoError> {
    let bits = u32::try_from(octets.len().max(1) * 8).map_err(|_| CryptoError::Length)?;
    BoxedUint::from_be_slice(octets, bits).map_err(|_| CryptoError::Length)
}

#[cfg(all(test, feature = "all-curves"))]
mod tests;
