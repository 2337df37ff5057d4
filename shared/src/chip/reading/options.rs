//! What to read, and bounds.

use alloc::vec::Vec;

use crate::dossier::DataGroup;
use crate::time::Timestamp;

/// How a card is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadingOptions {
    /// What becomes of DG2, the largest file by far.
    pub face: Face,
    /// Which data groups are read.
    pub files: Files,
    /// The relying party's challenge for active authentication; drawn at random where there is none.
    pub challenge: Option<[u8; 8]>,
    /// Bounds.
    pub limits: Limits,
    /// Tries extended length where EF.ATR/INFO does not state it, against ICAO 9303-11 §9.3.1.2. Recorded as `read.extended_probed`.
    pub probe_extended: bool,
    /// The moment of reading, by the terminal's clock.
    pub read_at: Option<Timestamp>,
}

/// What becomes of DG2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Face {
    /// Read and kept.
    #[default]
    Kept,
    /// Read and hashed as it streams; never held.
    Hashed,
    /// Not read.
    Skipped,
}

/// Which data groups are read. EF.COM, EF.SOD, and DG14 and DG15 for the authentication of the chip always are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Files {
    /// Every group that EF.SOD lists, save DG3 and DG4.
    #[default]
    Listed,
    /// These, as far as they are listed; the others are skipped.
    Only(Vec<DataGroup>),
}

/// Bounds against a chip that answers for ever (`attacks.md` 35).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Milliseconds in all.
    pub milliseconds: u64,
    /// Bytes to and from the card in all.
    pub bytes: u64,
    /// Command–response pairs in all.
    pub commands: u32,
    /// Rounds of GET RESPONSE for one answer.
    pub rounds: u32,
    /// Bytes of one file.
    pub file: usize,
    /// Bytes of all files together that are held; one that is hashed as it streams is not.
    pub held: usize,
    /// How often a lost card or session is taken up again.
    pub resumptions: u32,
}

impl Default for Limits {
    /// Two minutes, 2 MiB, 20,000 commands, 512 rounds, files of 512 KiB, all held, four resumptions: several times what the largest real
    /// document needs on the slowest link.
    fn default() -> Self {
        Self {
            milliseconds: 120_000,
            bytes: 2 << 20,
            commands: 20_000,
            rounds: 512,
            file: 512 << 10,
            held: 2 << 20,
            resumptions: 4,
        }
    }
}
