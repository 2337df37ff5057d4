//! A saved dossier as evidence: the file `card.soat`, the signature of the terminal that read the card, and a time-stamp.
//!
//! The dossier alone says what was read and can be edited by anyone. A terminal's signature (COSE_Sign1, RFC 9052) makes one party answer
//! for all of it; a time-stamp token (RFC 3161) shows that its content existed at a moment. Nothing here decides: whose word counts is
//! said by [`Witnesses`], and what follows from it by [`crate::inspection`].
//!
//! The format of all three is written in CDDL (RFC 8610):
//!
//! ```cddl
#![doc = include_str!("evidence/evidence.cddl")]
//! ```

pub(crate) mod cose;
mod file;
mod statement;
mod terminal_key;
mod witnesses;

use alloc::vec::Vec;

use crate::crypto::{CryptoError, Provider};
use crate::dossier::{Dossier, DossierError};

pub use statement::Statement;
pub use terminal_key::TerminalKey;
pub use witnesses::{Terminal, TimeStampAuthority, Witnesses};

/// Why bytes are no evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// The dossier inside is not one.
    #[error(transparent)]
    Dossier(#[from] DossierError),
    /// The signature around the dossier is broken off, or not in the one form that it has.
    #[error("the signature of the terminal is damaged")]
    Signature,
    /// A signature by another algorithm or kind of key than EdDSA with Ed25519 and ES256 with P-256.
    #[error("the terminal signed with an algorithm or key that is not known here")]
    SignatureAlgorithm,
    /// The time-stamp around the dossier is broken off, or not in the one form that it has.
    #[error("the time-stamp of the dossier is damaged")]
    TimeStamp,
    /// A later version of the time-stamp's envelope.
    #[error("the time-stamp has version {0}, and only version 1 is known here")]
    UnknownTimeStampVersion(u64),
}

/// A dossier as it was saved, with what was laid around it. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedDossier {
    dossier: Dossier,
    signature: Option<TerminalSignature>,
    time_stamp: Option<Vec<u8>>,
}

impl SavedDossier {
    /// A dossier that nobody signed. It counts as saved from here on, wherever it came from.
    ///
    /// # Errors
    /// Where it is larger than a dossier may be.
    pub fn unsigned(dossier: &Dossier) -> Result<Self, EvidenceError> {
        Ok(Self { dossier: Dossier::from_cbor(&dossier.to_cbor())?, signature: None, time_stamp: None })
    }

    /// A dossier under the signature of the terminal that read it.
    ///
    /// # Errors
    /// What the signer says; [`CryptoError::Length`] where the dossier is larger than it may be.
    pub fn signed(dossier: &Dossier, signer: &dyn TerminalSigner) -> Result<Self, CryptoError> {
        Self::signed_stating(dossier, None, signer)
    }

    /// The same, with why the card was read.
    ///
    /// # Errors
    /// Those of [`Self::signed`].
    pub fn signed_stating(
        dossier: &Dossier,
        statement: Option<Statement>,
        signer: &dyn TerminalSigner,
    ) -> Result<Self, CryptoError> {
        let mut saved = Self::unsigned(dossier).map_err(|_| CryptoError::Length)?;
        saved.signature = Some(TerminalSignature::make(&dossier.to_cbor(), statement, signer)?);
        Ok(saved)
    }

    /// The same with a time-stamp token (RFC 3161) in the place of any other.
    pub fn time_stamped(mut self, token: Vec<u8>) -> Self {
        self.time_stamp = Some(token);
        self
    }

    /// Reads a file: a dossier, signed or not, time-stamped or not.
    ///
    /// # Errors
    /// What is wrong with the bytes. There is one encoding of each; any other is refused.
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, EvidenceError> {
        file::read(bytes)
    }

    /// The file.
    pub fn to_cbor(&self) -> Vec<u8> {
        file::write(self)
    }

    /// What was read from the card.
    pub fn dossier(&self) -> &Dossier {
        &self.dossier
    }

    /// The dossier alone.
    pub fn into_dossier(self) -> Dossier {
        self.dossier
    }

    /// The terminal's signature, not yet verified.
    pub fn signature(&self) -> Option<&TerminalSignature> {
        self.signature.as_ref()
    }

    /// The time-stamp token, not yet verified.
    pub fn time_stamp(&self) -> Option<&[u8]> {
        self.time_stamp.as_deref()
    }

    /// Checks the terminal's signature with the key that it names. Whether that key is worth anything, [`Witnesses`] say.
    ///
    /// # Errors
    /// [`CryptoError::SignatureInvalid`] where it does not hold or there is none; otherwise what the provider lacks.
    pub fn verify_signature(&self, provider: &dyn Provider) -> Result<&TerminalKey, CryptoError> {
        let signature = self.signature.as_ref().ok_or(CryptoError::SignatureInvalid)?;
        signature.verify(&self.dossier.to_cbor(), provider).map(|()| &signature.key)
    }
}

/// A signature over a dossier or a trust snapshot, with the key under which it is claimed to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminalSignature {
    key: TerminalKey,
    statement: Option<Statement>,
    value: Vec<u8>,
}

impl TerminalSignature {
    /// Signs a payload, which begins with its own name.
    pub(crate) fn make(payload: &[u8], statement: Option<Statement>, signer: &dyn TerminalSigner) -> Result<Self, CryptoError> {
        let key = signer.key().clone();
        let value = signer.sign(&cose::to_be_signed(&key, statement.as_ref(), payload))?;
        Ok(Self { key, statement, value })
    }

    /// Checks that the named key signed the payload.
    pub(crate) fn verify(&self, payload: &[u8], provider: &dyn Provider) -> Result<(), CryptoError> {
        self.key.verify(&cose::to_be_signed(&self.key, self.statement.as_ref(), payload), &self.value, provider)
    }

    /// Why the card was read, as the terminal says.
    pub fn statement(&self) -> Option<&Statement> {
        self.statement.as_ref()
    }

    /// The key that it names.
    pub fn key(&self) -> &TerminalKey {
        &self.key
    }
}

/// What signs dossiers and trust snapshots: a key in a file, in a secure element.
pub trait TerminalSigner {
    /// The public half.
    fn key(&self) -> &TerminalKey;

    /// 64 bytes: an Ed25519 signature (RFC 8032), or ECDSA over SHA-256 as `r ‖ s` (RFC 9053 §2.1).
    ///
    /// # Errors
    /// Where the key cannot be used.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CryptoError>;
}

#[cfg(all(test, feature = "ed25519"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
pub(crate) mod tests;
