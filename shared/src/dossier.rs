//! What was read from a card: the only thing that passes from [`crate::chip`] to [`crate::inspection`].
//!
//! A dossier holds raw bytes, never a decoded field, and says what ran. It is the evidence: saved, it is inspected again offline by the
//! same function. What anyone can prove again (passive authentication, active authentication over a recorded challenge) and what only
//! the reading terminal attests (chip authentication, PACE-CAM) is told apart by [`Origin`].

mod cbor;
mod file_id;
mod file_name;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use der::asn1::ObjectIdentifier;

use crate::crypto::{Digest, DigestAlgorithm};
use crate::time::Timestamp;

pub use cbor::DossierError;
pub use file_id::{DataGroup, FileId};

/// Everything that one session with one card brought to light.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    origin: Origin,
    /// Which access protocol opened the chip. `None` where only files are known.
    pub access: Option<Access>,
    /// What became of each file that was looked for.
    pub files: BTreeMap<FileId, FileRecord>,
    /// The chip's proof in PACE with chip authentication mapping, where that ran.
    pub chip_mapping: Option<ChipMapping>,
    /// Chip authentication, where it was offered.
    pub chip_authentication: Option<ChipAuthentication>,
    /// Active authentication, where it was offered.
    pub active_authentication: Option<ActiveAuthentication>,
    /// In which ways the chip bent the standard while it was read: stable codes such as `sm.unprotected_status`.
    pub findings: Vec<ReadingFinding>,
    /// When it was read, by the terminal's clock.
    pub read_at: Option<Timestamp>,
    /// What each step cost.
    pub timings: Vec<StepTiming>,
    /// What was taken from the print on the card before it was read. Unsigned: inspection compares it with the chip.
    pub printed: BTreeMap<PrintedData, FileContent>,
}

impl Dossier {
    /// An empty dossier.
    pub fn new(origin: Origin) -> Self {
        Self {
            origin,
            access: None,
            files: BTreeMap::new(),
            chip_mapping: None,
            chip_authentication: None,
            active_authentication: None,
            findings: Vec::new(),
            read_at: None,
            timings: Vec::new(),
            printed: BTreeMap::new(),
        }
    }

    /// A dossier of raw files, as other programs save them. See [`FileId::from_file_name`].
    ///
    /// # Errors
    /// [`DossierError::Duplicate`] where a file is given twice.
    pub fn from_raw_files(files: impl IntoIterator<Item = (FileId, Vec<u8>)>) -> Result<Self, DossierError> {
        let mut dossier = Self::new(Origin::RawFiles);
        for (file, bytes) in files {
            if dossier.files.insert(file, FileRecord::Read(FileContent::Bytes(bytes))).is_some() {
                return Err(DossierError::Duplicate(file));
            }
        }
        Ok(dossier)
    }

    /// Where it comes from, which decides what of it counts as proof.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The raw bytes of a file that was read whole and kept.
    pub fn bytes(&self, file: FileId) -> Option<&[u8]> {
        match self.files.get(&file) {
            Some(FileRecord::Read(FileContent::Bytes(bytes))) => Some(bytes),
            _ => None,
        }
    }
}

/// Where a dossier comes from (`verdicts.md`, "From a file").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This process has just read the card.
    Chip,
    /// A saved dossier: anyone may have edited it.
    Saved,
    /// Raw files, from which even less follows: a file that is missing was not supplied.
    RawFiles,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileRecord {
    /// It was read.
    Read(FileContent),
    /// The chip answered with a status word instead: 6A82 not found, 6982 not allowed.
    Refused {
        /// SW1 SW2.
        status: u16,
    },
    /// The user or the profile left it out.
    Skipped,
    /// Reading it broke off.
    Broken,
}

/// What can be taken from the print on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrintedData {
    /// The text of the QR code of a Vietnamese card, as it was scanned.
    QrCode,
    /// The MRZ, as it was typed or scanned.
    Mrz,
}

impl PrintedData {
    /// Everything that there is.
    pub const ALL: [Self; 2] = [Self::QrCode, Self::Mrz];

    /// Its name in a saved dossier.
    pub const fn name(self) -> &'static str {
        match self {
            Self::QrCode => "QR code",
            Self::Mrz => "MRZ",
        }
    }
}

impl fmt::Display for PrintedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is kept of a file that was read. `Debug` shows its length alone: the bytes are personal data.
#[derive(Clone, PartialEq, Eq)]
pub enum FileContent {
    /// The raw bytes, exactly as the chip gave them.
    Bytes(Vec<u8>),
    /// Only what is needed to compare it with the security object: streamed, or withheld by a profile.
    Digests {
        /// Length of the file in bytes.
        length: u32,
        /// Digests over the whole file.
        digests: Vec<(DigestAlgorithm, Digest)>,
    },
}

impl fmt::Debug for FileContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Digests { length, .. } => write!(f, "Digests({length})"),
        }
    }
}

/// The access protocol that opened the chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Which one ran.
    pub protocol: AccessProtocol,
    /// Which secret opened it.
    pub password: PasswordKind,
}

/// Which access protocol ran (ICAO 9303-11 §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessProtocol {
    /// PACE, by its object identifier and domain parameter.
    Pace {
        /// For instance id-PACE-ECDH-GM-AES-CBC-CMAC-128.
        protocol: ObjectIdentifier,
        /// Standardised domain parameter, ICAO 9303-11 table 6.
        parameter_id: u8,
    },
    /// BAC, and why not PACE.
    Bac {
        /// Why PACE did not run.
        reason: BacReason,
    },
    /// None: the chip offers none and gives its files to whoever asks. The password is the one with which its DG1 was compared.
    Unprotected,
}

/// Why a chip was opened with BAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BacReason {
    /// EF.CardAccess does not exist, or offers no PACE.
    PaceNotOffered,
    /// EF.CardAccess could not be read: the status word.
    CardAccessRefused(u16),
    /// EF.CardAccess offers only variants that this reader lacks.
    PaceVariantUnknown,
}

/// Which secret opened the chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordKind {
    /// Key from document number, date of birth and date of expiry.
    Mrz,
    /// The six-digit card access number.
    Can,
    /// The holder's personal identification number.
    Pin,
    /// The key that unblocks the PIN.
    Puk,
}

impl fmt::Display for PasswordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mrz => "MRZ",
            Self::Can => "CAN",
            Self::Pin => "PIN",
            Self::Puk => "PUK",
        })
    }
}

/// What the chip sent as its proof in PACE with chip authentication mapping (ICAO 9303-11 §4.4.3.5). Inspection compares it with the key
/// of the verified EF.CardSecurity; the chip's numbers can be made up by anyone afterwards, so that only the reading itself is proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipMapping {
    /// PK_Map,IC: the chip's public key of the mapping, uncompressed point.
    pub mapping_key: Vec<u8>,
    /// What came with the chip's token.
    pub outcome: ChipMappingOutcome,
}

/// The chip authentication data as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChipMappingOutcome {
    /// CA_IC, decrypted: a number modulo the curve's order, as wide as the order.
    Data(Vec<u8>),
    /// The chip sent none.
    Missing,
    /// They are not whole blocks, or their padding is wrong.
    Malformed,
}

/// What was seen of chip authentication (ICAO 9303-11 §6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipAuthentication {
    /// keyId of the key that was used, where the chip has several.
    pub key_id: Option<u32>,
    /// id-CA-ECDH-… or id-CA-DH-… that ran.
    pub protocol: ObjectIdentifier,
    /// The chip's public key as used, an uncompressed point or a number without leading zeros: inspection compares it with the verified
    /// DG14.
    pub public_key: Vec<u8>,
    /// How it ended.
    pub outcome: ChipAuthenticationOutcome,
}

/// How chip authentication ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipAuthenticationOutcome {
    /// The chip answered under the new session keys: it holds the private key.
    Confirmed,
    /// The chip refused the protocol with this status word.
    Refused(u16),
    /// The chip agreed, but what followed did not verify under the new keys.
    WrongKeys,
    /// This reader cannot use the key's curve or protocol.
    Unsupported,
}

/// What was seen of active authentication (ICAO 9303-11 §6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveAuthentication {
    /// The 8 bytes that the chip had to sign.
    pub challenge: [u8; 8],
    /// Whether the relying party chose them.
    pub challenge_source: ChallengeSource,
    /// What the chip answered.
    pub outcome: ActiveAuthenticationOutcome,
}

/// Who chose the challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeSource {
    /// The terminal, at random.
    Terminal,
    /// A relying party, so that the answer is fresh for it too.
    RelyingParty,
}

/// How active authentication ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActiveAuthenticationOutcome {
    /// A signature, not yet verified.
    Signature(Vec<u8>),
    /// The chip refused with this status word.
    Refused(u16),
}

/// A way in which the chip bent the standard while it was read, and was read through all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingFinding {
    /// A stable code: `sm.unprotected_status`, `read.block_reduced`, `card_access.after_application` …
    pub code: alloc::string::String,
    /// The file in question.
    pub file: Option<FileId>,
}

/// What one step of reading cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTiming {
    /// Which step: `card_access`, `pace`, `bac`, `select`, `chip_authentication`, `active_authentication`, or a file's name.
    pub step: alloc::string::String,
    /// Command–response pairs.
    pub apdus: u32,
    /// Bytes to and from the card.
    pub bytes: u32,
    /// Milliseconds.
    pub milliseconds: u32,
}
