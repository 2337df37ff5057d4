//! Trust snapshots: one signed file that holds a whole trust store, which other machines take over after they checked one public key.
//!
//! The signature is COSE_Sign1 (RFC 9052), as it is around a dossier. It says who vouches for the content; that the content is the
//! latest, a machine knows by the version, which never goes back: otherwise an old snapshot, validly signed, would bring back an anchor
//! that was withdrawn, or a revocation list from before a revocation.
//!
//! The format is written in CDDL (RFC 8610):
//!
//! ```cddl
#![doc = include_str!("trust_snapshot/snapshot.cddl")]
//! ```

mod cbor;

use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::{CryptoError, Digest, DigestAlgorithm, Provider};
use crate::evidence::cose::{self, OpenError, Opened};
use crate::evidence::{TerminalKey, TerminalSignature, TerminalSigner};
use crate::time::Timestamp;

/// No snapshot is longer, in bytes.
pub const LONGEST_SNAPSHOT: usize = 512 << 20;

/// What an object is trusted for, or kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A certificate whose key signs document signers.
    Anchor,
    /// SubjectPublicKeyInfo of a terminal that signs dossiers.
    Terminal,
    /// The certificate of a time-stamp authority, or of who issued it.
    TimeStampAuthority,
    /// A revocation list.
    RevocationList,
    /// A deviation list.
    DeviationList,
    /// A document signer's certificate: known, and trusted no more for that.
    Signer,
}

impl ObjectKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::Anchor, Self::Terminal, Self::TimeStampAuthority, Self::RevocationList, Self::DeviationList, Self::Signer];
}

/// One object of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// The object as received.
    pub content: Vec<u8>,
    /// Where it came from, as the store keeps it beside the object: a JSON object.
    pub provenance: String,
}

/// A whole store, of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    version: u64,
    made_at: Timestamp,
    objects: Vec<Object>,
}

/// Why a file is no snapshot, or none that may be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// It does not begin as a snapshot does.
    #[error("this is not a signed trust snapshot")]
    NotASnapshot,
    /// Broken off, altered, or not in the one form that it has.
    #[error("the snapshot is torn or damaged")]
    Damaged,
    /// A later version of the format.
    #[error("the snapshot has format {0}, and only format 1 is known here")]
    UnknownFormat(u64),
    /// More bytes or objects than any store has.
    #[error("the snapshot is too large")]
    TooLarge,
    /// It is signed with another key than the pinned one.
    #[error("the snapshot is signed with another key than the one that was named")]
    OtherKey,
    /// The signature does not hold.
    #[error("the signature of the snapshot: {0}")]
    Signature(CryptoError),
    /// An earlier version than the one that was taken over last.
    #[error("the snapshot has version {found}, and version {held} was taken over before")]
    Older {
        /// The version that was taken over last.
        held: u64,
        /// The version of this one.
        found: u64,
    },
    /// The version that was taken over last, with other content.
    #[error("the snapshot has version {0} as the one that was taken over before, and other content")]
    SameVersion(u64),
}

impl From<OpenError> for SnapshotError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::OtherKind => Self::NotASnapshot,
            OpenError::Damaged => Self::Damaged,
            OpenError::OtherKey => Self::OtherKey,
            OpenError::Signature(error) => Self::Signature(error),
        }
    }
}

impl Snapshot {
    /// A snapshot of these objects; what stands twice is taken once.
    pub fn new(version: u64, made_at: Timestamp, mut objects: Vec<Object>) -> Self {
        objects.sort_by(|one, other| (one.kind, &one.content).cmp(&(other.kind, &other.content)));
        objects.dedup_by(|one, other| (one.kind, &one.content) == (other.kind, &other.content));
        Self { version, made_at, objects }
    }

    /// The file.
    ///
    /// # Errors
    /// What the signer says; [`CryptoError::Length`] where the snapshot is larger than one may be.
    pub fn signed(&self, signer: &dyn TerminalSigner) -> Result<Vec<u8>, CryptoError> {
        let payload = cbor::write(self);
        let file = cose::file(&TerminalSignature::make(&payload, None, signer)?, &payload);
        if file.len() > LONGEST_SNAPSHOT || self.objects.len() > cbor::MAX_OBJECTS {
            return Err(CryptoError::Length);
        }
        Ok(file)
    }

    /// The version of the content.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// When it was made, by the clock of who made it.
    pub fn made_at(&self) -> Timestamp {
        self.made_at
    }

    /// The objects, by kind and content.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }
}

/// Whether a file begins as a signed snapshot does. Nothing of it is verified.
pub fn looks_like(bytes: &[u8]) -> bool {
    let mut d = minicbor::Decoder::new(bytes);
    cose::begins(&mut d) && cose::read(&mut d).is_ok_and(|(_, payload)| cose::named(payload, cbor::MAGIC).is_some())
}

/// A snapshot whose signature holds under the key that was pinned. It cannot be made in any other way than [`SignedSnapshot::verify`].
#[derive(Clone, Debug)]
pub struct SignedSnapshot {
    snapshot: Snapshot,
    signature: TerminalSignature,
    sha256: Digest,
}

impl SignedSnapshot {
    /// Reads a file and verifies it under the key with this SHA-256 (of its SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// The first rule that the file breaks.
    pub fn verify(bytes: &[u8], pinned: &Digest, provider: &dyn Provider) -> Result<Self, SnapshotError> {
        Self::read(bytes, Some(pinned), provider)
    }

    /// Reads a file that was taken over before and lies where nobody else can write, and verifies it under the key that it names.
    ///
    /// # Errors
    /// The first rule that the file breaks.
    pub fn verify_held(bytes: &[u8], provider: &dyn Provider) -> Result<Self, SnapshotError> {
        Self::read(bytes, None, provider)
    }

    fn read(bytes: &[u8], pinned: Option<&Digest>, provider: &dyn Provider) -> Result<Self, SnapshotError> {
        if bytes.len() > LONGEST_SNAPSHOT {
            return Err(SnapshotError::TooLarge);
        }
        let Opened { signature, payload, rest } = cose::open(bytes, cbor::MAGIC, pinned, provider)?;
        if !rest.is_empty() {
            return Err(SnapshotError::Damaged);
        }
        let snapshot = cbor::read(payload)?;
        Ok(Self { snapshot, signature, sha256: provider.digest(DigestAlgorithm::Sha256, &[payload]) })
    }

    /// The key under which the signature holds.
    pub fn key(&self) -> &TerminalKey {
        self.signature.key()
    }

    /// The content.
    pub fn content(&self) -> &Snapshot {
        &self.snapshot
    }

    /// SHA-256 of the signed content.
    pub fn sha256(&self) -> &Digest {
        &self.sha256
    }

    /// Whether this is to be taken over in the place of one that is held: `false` where both are the same.
    ///
    /// # Errors
    /// [`SnapshotError::Older`] and [`SnapshotError::SameVersion`]: the version never goes back, and stands for one content.
    pub fn advances(&self, held: Option<&Self>) -> Result<bool, SnapshotError> {
        let Some(held) = held else { return Ok(true) };
        let (found, known) = (self.snapshot.version, held.snapshot.version);
        match found.cmp(&known) {
            core::cmp::Ordering::Less => Err(SnapshotError::Older { held: known, found }),
            core::cmp::Ordering::Equal if self.sha256 != held.sha256 => Err(SnapshotError::SameVersion(found)),
            core::cmp::Ordering::Equal => Ok(self.key() != held.key()),
            core::cmp::Ordering::Greater => Ok(true),
        }
    }
}

#[cfg(all(test, feature = "ed25519"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
