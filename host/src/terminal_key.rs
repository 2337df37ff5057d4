//! The secret key with which a terminal signs dossiers: PKCS #8 in PEM (RFC 5958, RFC 7468), Ed25519 or P-256, readable by its user alone.

use std::path::Path;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, KeypairBytes};
use ed25519_dalek::{Signer, SigningKey};
use p256::ecdsa::SigningKey as P256SigningKey;
use soat::crypto::CryptoError;
use soat::evidence::{TerminalKey, TerminalSigner};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::{permissions, safe_file};

/// A secret key out of its file.
pub struct FileKey {
    secret: Secret,
    public: TerminalKey,
}

enum Secret {
    Ed25519(SigningKey),
    P256(P256SigningKey),
}

impl FileKey {
    /// Reads a key.
    ///
    /// # Errors
    /// That others can read the file, that it cannot be read, or that it holds another kind of key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = permissions::read_private(path, "signing-key-unreadable", "signing-key-open")?;
        Self::from_pem(&text).ok_or_else(|| Error::usage("signing-key-invalid").with("path", path.display().to_string()))
    }

    fn from_pem(text: &str) -> Option<Self> {
        if let Ok(key) = SigningKey::from_pkcs8_pem(text) {
            let public = TerminalKey::ed25519(key.verifying_key().as_bytes());
            return Some(Self { secret: Secret::Ed25519(key), public });
        }
        let key = P256SigningKey::from_pkcs8_pem(text).ok()?;
        let spki = key.verifying_key().to_public_key_der().ok()?;
        let public = TerminalKey::from_spki(spki.as_bytes()).ok()?;
        Some(Self { secret: Secret::P256(key), public })
    }

    /// Makes an Ed25519 key in a new file, and its public half in `FILE.pub`.
    ///
    /// # Errors
    /// That a file is there already or cannot be written, or that there are no random numbers.
    pub fn create(path: &Path, public_path: &Path) -> Result<TerminalKey> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).map_err(|_| Error::usage("no-random-numbers"))?;
        let key = SigningKey::from_bytes(&seed);
        let invalid = || Error::usage("signing-key-invalid").with("path", path.display().to_string());
        // Without the public half inside: what OpenSSL 3.0 reads, and RFC 8410 §7 shows first.
        let bytes = KeypairBytes { secret_key: *seed, public_key: None };
        let secret = bytes.to_pkcs8_pem(LineEnding::LF).map_err(|_| invalid())?;
        let public = key.verifying_key().to_public_key_pem(LineEnding::LF).map_err(|_| invalid())?;
        for (place, text) in [(path, secret.as_str()), (public_path, public.as_str())] {
            safe_file::create(place, text.as_bytes()).map_err(|cause| Error::not_created(place, &cause))?;
        }
        Ok(TerminalKey::ed25519(key.verifying_key().as_bytes()))
    }
}

impl TerminalSigner for FileKey {
    fn key(&self) -> &TerminalKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, CryptoError> {
        Ok(match &self.secret {
            Secret::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Secret::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
        })
    }
}
