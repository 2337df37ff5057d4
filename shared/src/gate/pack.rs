//! Gate packs: what a gate trusts and whom it lets in, in one signed file that it takes over after it checked one public key.
//!
//! A pack has a version that never goes back and a day on which it ends. What is signed is short and holds the digest of the rest, so that
//! a gate hashes the rest where it lies in its flash, and needs no room for it:
//!
//! ```cddl
#![doc = include_str!("pack/pack.cddl")]
//! ```
//!
//! People stand in it by pseudonyms ([`access_list`]) and revoked document signers by digests ([`crate::pki::revocation::digest`]).

pub mod access_list;
mod cbor;
pub mod schedule;

use alloc::string::String;
use alloc::vec::Vec;

use access_list::AccessList;

use crate::crypto::{CryptoError, Digest, DigestAlgorithm, Provider};
use crate::evidence::cose::{self, OpenError};
use crate::evidence::{TerminalSignature, TerminalSigner};
use crate::pki::{Certificate, Provenance, TrustStore};
use crate::time::Timestamp;

/// No pack is longer, in bytes: a gate keeps each of its two in a sector of 128 KiB, beside their state.
pub const LONGEST_PACK: usize = 96 << 10;
/// No pack has more anchors: each is held in memory.
pub const MAX_ANCHORS: usize = 16;
/// No pack has more revoked certificates, schedules, and windows of a schedule: they are held in memory too.
pub const MAX_REVOKED: usize = 512;
/// See [`MAX_REVOKED`].
pub const MAX_SCHEDULES: usize = 32;
/// See [`MAX_REVOKED`].
pub const MAX_WINDOWS: usize = 8;
/// Length of the digest of a revoked certificate in bytes.
pub const REVOKED: usize = 16;

/// How a gate behaves, whoever comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long the lock has power, in milliseconds.
    pub pulse_ms: u32,
    /// How long a code waits for its card, in milliseconds.
    pub code_ms: u32,
    /// How long a card waits for its code, in milliseconds.
    pub card_ms: u32,
    /// Seconds in which nobody comes in twice; 0 for any time.
    pub passback_seconds: u32,
    /// What becomes of DG2. It is never held.
    pub face: Portrait,
    /// How long reading and verifying may take, in milliseconds.
    pub reading_ms: u32,
}

/// What becomes of DG2, the largest file by far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portrait {
    /// It is not read.
    Skipped,
    /// Its hash is computed as it streams: one more altered file that would be found, for one to two seconds.
    Hashed,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pulse_ms: 3000,
            code_ms: 15_000,
            card_ms: 15_000,
            passback_seconds: 0,
            face: Portrait::Skipped,
            reading_ms: 20_000,
        }
    }
}

/// What a pack says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content<'a> {
    /// The site's name: the purpose that is part of each pseudonym.
    pub site: String,
    /// What local time is ahead of UTC, in minutes.
    pub zone_minutes: i16,
    /// How the gate behaves.
    pub settings: Settings,
    /// Certificates whose keys sign document signers, in DER.
    pub anchors: Vec<Vec<u8>>,
    /// Digests of revoked certificates, sorted.
    pub revoked: Vec<[u8; REVOKED]>,
    /// Who may come in.
    pub list: AccessList<'a>,
}

/// What is signed of a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The version, which never goes back.
    pub version: u64,
    /// When it was made: a gate's clock is not before that.
    pub made_at: Timestamp,
    /// From then on it opens nothing.
    pub ends_at: Timestamp,
    /// Bytes of the content.
    length: u32,
    /// SHA-256 of the content.
    sha256: Digest,
}

/// Why bytes are no pack, or none that may be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// They do not begin as a pack does.
    #[error("this is not a gate pack")]
    NotAPack,
    /// Broken off or altered.
    #[error("the gate pack is torn or damaged")]
    Damaged,
    /// A later version of the format.
    #[error("the gate pack has format {0}, and only format 1 is known here")]
    UnknownFormat(u64),
    /// More than a gate has room for.
    #[error("the gate pack is too large")]
    TooLarge,
    /// It is signed with another key than the pinned one.
    #[error("the gate pack is signed with another key than that of its site")]
    OtherKey,
    /// The signature does not hold.
    #[error("the signature of the gate pack: {0}")]
    Signature(CryptoError),
    /// A version that is not later than the one that was taken over last.
    #[error("the gate pack has version {found}, and version {held} was taken over before")]
    NotNewer {
        /// The version that was taken over last.
        held: u64,
        /// The version of this one.
        found: u64,
    },
    /// It has ended.
    #[error("the gate pack has ended")]
    Ended,
    /// An anchor is no certificate, or one that may not sign certificates.
    #[error("anchor {0} of the gate pack is no certificate of an authority")]
    Anchor(usize),
}

impl From<OpenError> for PackError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::OtherKind => Self::NotAPack,
            OpenError::Damaged => Self::Damaged,
            OpenError::OtherKey => Self::OtherKey,
            OpenError::Signature(error) => Self::Signature(error),
        }
    }
}

impl Content<'_> {
    /// The file.
    ///
    /// # Errors
    /// [`PackError::TooLarge`], [`PackError::Anchor`], [`PackError::Ended`] where it ends before it was made, and what the signer says.
    pub fn signed(
        &self,
        version: u64,
        made_at: Timestamp,
        ends_at: Timestamp,
        signer: &dyn TerminalSigner,
        provider: &dyn Provider,
    ) -> Result<Vec<u8>, PackError> {
        if ends_at <= made_at {
            return Err(PackError::Ended);
        }
        self.trust_store(provider)?;
        let content = cbor::write(self);
        let length = u32::try_from(content.len()).map_err(|_| PackError::TooLarge)?;
        let sha256 = provider.digest(DigestAlgorithm::Sha256, &[&content]);
        let header = cbor::write_header(&Header { version, made_at, ends_at, length, sha256 });
        let signature = TerminalSignature::make(&header, None, signer).map_err(PackError::Signature)?;
        let mut file = cose::file(&signature, &header);
        file.extend_from_slice(&content);
        let schedules = &self.list.schedules;
        let fits = file.len() <= LONGEST_PACK
            && self.anchors.len() <= MAX_ANCHORS
            && self.revoked.len() <= MAX_REVOKED
            && schedules.len() <= MAX_SCHEDULES
            && schedules.iter().all(|schedule| schedule.0.len() <= MAX_WINDOWS);
        if fits { Ok(file) } else { Err(PackError::TooLarge) }
    }

    /// The anchors, and the revoked certificates, as inspection takes them.
    ///
    /// # Errors
    /// [`PackError::Anchor`]
    fn trust_store(&self, provider: &dyn Provider) -> Result<TrustStore, PackError> {
        let mut trust = TrustStore::new();
        for (index, anchor) in self.anchors.iter().enumerate() {
            let certificate = Certificate::from_der(anchor).map_err(|_| PackError::Anchor(index))?;
            if certificate.extensions.key_usage.is_some_and(|usage| !usage.key_cert_sign()) {
                return Err(PackError::Anchor(index));
            }
            trust.add(certificate, Provenance::Operator { source: String::from("gate pack") }, false, provider);
        }
        trust.revoke(self.revoked.iter().copied());
        Ok(trust)
    }
}

/// A pack whose signature and digest hold under the key that was pinned. It cannot be made in any other way than [`GatePack::verify`].
#[derive(Clone, Debug)]
pub struct GatePack<'a> {
    header: Header,
    content: Content<'a>,
    trust: TrustStore,
}

impl<'a> GatePack<'a> {
    /// Verifies a pack under the key with this SHA-256 (of its SubjectPublicKeyInfo). Its list of people stays where it lies.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn verify(bytes: &'a [u8], pinned: &Digest, provider: &dyn Provider) -> Result<Self, PackError> {
        if bytes.len() > LONGEST_PACK {
            return Err(PackError::TooLarge);
        }
        let opened = cose::open(bytes, cbor::MAGIC, Some(pinned), provider)?;
        let (header, content) = (cbor::read_header(opened.payload)?, opened.rest);
        let whole = usize::try_from(header.length).is_ok_and(|length| length == content.len());
        if !whole || provider.digest(DigestAlgorithm::Sha256, &[content]) != header.sha256 {
            return Err(PackError::Damaged);
        }
        let content = cbor::read(content)?;
        if content.anchors.len() > MAX_ANCHORS {
            return Err(PackError::TooLarge);
        }
        let trust = content.trust_store(provider)?;
        Ok(Self { header, content, trust })
    }

    /// What is signed.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What it says.
    pub fn content(&self) -> &Content<'a> {
        &self.content
    }

    /// What is signed, what it says, and whom it trusts: to be kept.
    pub fn into_parts(self) -> (Header, Content<'a>, TrustStore) {
        (self.header, self.content, self.trust)
    }

    /// Whether it may be taken over where a version was held before.
    ///
    /// # Errors
    /// [`PackError::NotNewer`] and [`PackError::Ended`].
    pub fn may_follow(&self, held: Option<u64>, now: Timestamp) -> Result<(), PackError> {
        let found = self.header.version;
        match held {
            Some(held) if found <= held => Err(PackError::NotNewer { held, found }),
            _ if now >= self.header.ends_at => Err(PackError::Ended),
            _ => Ok(()),
        }
    }
}

#[cfg(all(test, feature = "ed25519"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
