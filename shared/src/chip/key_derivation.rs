//! Keys from shared secrets and passwords (ICAO 9303-11 §9.7).

use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::AccessKey;
use super::access_key::MrzKey;
use crate::crypto::{Cipher, DigestAlgorithm, Provider};

/// A key; wiped when dropped.
pub type Secret = Zeroizing<Vec<u8>>;

/// The counter of the key derivation function: which key is made (§9.7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Encryption = 1,
    Mac = 2,
    Password = 3,
}

/// The two keys of a session, and the cipher that they are for. No `Debug`.
pub struct SessionKeys {
    pub(super) cipher: Cipher,
    pub(super) encryption: Secret,
    pub(super) mac: Secret,
}

impl SessionKeys {
    /// KS_Enc and KS_MAC from a shared secret, or BAC's document keys from their seed (§9.7.1, §9.7.2, §9.7.4).
    pub fn derive(provider: &dyn Provider, cipher: Cipher, secret: &[u8]) -> Self {
        Self {
            cipher,
            encryption: derive(provider, cipher, secret, Purpose::Encryption),
            mac: derive(provider, cipher, secret, Purpose::Mac),
        }
    }
}

/// BAC's document keys: their seed is the first 16 bytes of SHA-1 over the MRZ information (§9.7.2).
pub fn document_keys(provider: &dyn Provider, key: &MrzKey) -> SessionKeys {
    let hash = Zeroizing::new(provider.digest(DigestAlgorithm::Sha1, &[key.information().as_bytes()]));
    SessionKeys::derive(provider, Cipher::TripleDes, hash.as_ref().get(..16).unwrap_or_default())
}

/// PACE's K_π = KDF(f(π), 3), where f is SHA-1 over the MRZ information, or the digits of CAN, PIN or PUK as they stand (§9.7.3).
pub fn password_key(provider: &dyn Provider, cipher: Cipher, password: &AccessKey) -> Secret {
    match password {
        AccessKey::Mrz(key) => {
            let hash = Zeroizing::new(provider.digest(DigestAlgorithm::Sha1, &[key.information().as_bytes()]));
            derive(provider, cipher, hash.as_ref(), Purpose::Password)
        }
        AccessKey::Can(number) => derive(provider, cipher, number.digits().as_bytes(), Purpose::Password),
        AccessKey::Pin(secret) | AccessKey::Puk(secret) => {
            derive(provider, cipher, secret.digits().as_bytes(), Purpose::Password)
        }
    }
}

/// KDF(K, c) = H(K ‖ c), cut to the key's length (§9.7.1).
fn derive(provider: &dyn Provider, cipher: Cipher, secret: &[u8], purpose: Purpose) -> Secret {
    let counter = [0, 0, 0, purpose as u8];
    let hash = Zeroizing::new(provider.digest(cipher.derivation_digest(), &[secret, &counter]));
    let mut key = Zeroizing::new(hash.as_ref().get(..cipher.key_len()).unwrap_or_default().to_vec());
    if cipher == Cipher::TripleDes {
        // Parity bits say nothing, yet the worked examples have them right (§9.7.1.1).
        for octet in key.iter_mut() {
            *octet = (*octet & 0xFE) | u8::from((*octet & 0xFE).count_ones().is_multiple_of(2));
        }
    }
    key
}
